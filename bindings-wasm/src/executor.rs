//! Runs futures: those a caller has a promise for, and background work.
//!
//! Unlike `wasm-bindgen-futures`, a task can be cancelled from JavaScript, its first step is taken within
//! the call that starts it, and JavaScript enters the module only through exports, where a panic is
//! caught.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

use deno_sandbox::Action;
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::engine;
use crate::error::rejection;

type Task = Pin<Box<dyn Future<Output = ()>>>;

struct Slot {
    /// `None` while it is being polled.
    task: Option<Task>,
    wake: Arc<TaskWake>,
}

struct TaskWake {
    id: u32,
    queued: AtomicBool,
}

#[derive(Default)]
struct Executor {
    slots: RefCell<HashMap<u32, Slot>>,
    ready: RefCell<Vec<u32>>,
    next: Cell<u32>,
    scheduled: Cell<bool>,
    /// Whether a task is being polled, and so JavaScript that it called.
    polling: Cell<bool>,
}

thread_local! {
    static EXECUTOR: Executor = Executor::default();
}

impl Wake for TaskWake {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::Relaxed) {
            return;
        }
        EXECUTOR.with(|executor| {
            executor.ready.borrow_mut().push(self.id);
            if !executor.scheduled.replace(true) {
                engine::with(engine::Engine::schedule);
            }
        });
    }
}

/// A promise for what `future` gives. The signal, if it is one, cancels it.
pub(crate) fn promise<T: IntoJs>(
    signal: &JsValue,
    future: impl Future<Output = deno_sandbox::Result<T>> + 'static,
) -> JsValue {
    let outcome = async {
        match future.await {
            Ok(value) => Ok(value.into_js()),
            Err(error) => Err(rejection(&error)),
        }
    };
    promise_of(signal, Box::pin(outcome))
}

/// A promise for what an action gives, unless its arguments are malformed.
pub(crate) fn act<T: IntoJs + 'static>(
    signal: &JsValue,
    action: deno_sandbox::Result<Action<T>>,
) -> JsValue {
    match action {
        Ok(action) => promise(signal, action),
        Err(error) => promise(signal, future::ready(Err::<(), _>(error))),
    }
}

/// As [`promise`], where the failure may be a value of the caller's own.
pub(crate) fn promise_of(
    signal: &JsValue,
    future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>,
) -> JsValue {
    if !signal.is_undefined() && engine::with(|engine| engine.is_aborted(signal)) {
        return engine::with(|engine| engine.aborted(signal));
    }
    let id = new_id();
    let promise = engine::with(|engine| engine.promise(id, signal));
    begin(
        id,
        Box::pin(async move {
            let (fulfilled, value) = match future.await {
                Ok(value) => (true, value),
                Err(error) => (false, error),
            };
            engine::with(|engine| engine.settle(id, fulfilled, &value));
        }),
    );
    promise
}

/// Runs a task in the background.
pub(crate) fn spawn(task: Task) {
    begin(new_id(), task);
}

fn new_id() -> u32 {
    EXECUTOR.with(|executor| {
        let slots = executor.slots.borrow();
        loop {
            let id = executor.next.get();
            executor.next.set(id.wrapping_add(1));
            if !slots.contains_key(&id) {
                return id;
            }
        }
    })
}

fn begin(id: u32, task: Task) {
    let wake = Arc::new(TaskWake {
        id,
        queued: AtomicBool::new(false),
    });
    let slot = Slot {
        task: Some(task),
        wake,
    };
    EXECUTOR.with(|executor| executor.slots.borrow_mut().insert(id, slot));
    step(id);
}

/// Polls a task once, if it still exists and is not being polled.
fn step(id: u32) {
    let taken = EXECUTOR.with(|executor| {
        let mut slots = executor.slots.borrow_mut();
        let slot = slots.get_mut(&id)?;
        slot.wake.queued.store(false, Ordering::Relaxed);
        Some((slot.task.take()?, slot.wake.clone()))
    });
    let Some((mut task, wake)) = taken else {
        return;
    };
    let waker = Waker::from(wake);
    let over = EXECUTOR.with(|executor| {
        let outer = executor.polling.replace(true);
        let poll = task.as_mut().poll(&mut Context::from_waker(&waker));
        executor.polling.set(outer);
        poll.is_ready()
    });
    EXECUTOR.with(|executor| {
        let mut slots = executor.slots.borrow_mut();
        if over {
            slots.remove(&id);
        } else if let Some(slot) = slots.get_mut(&id) {
            slot.task = Some(task);
            return;
        }
        // Dropping it may wake others, which needs the table.
        drop(slots);
        drop(task);
    });
}

/// Polls every task that can go on.
#[wasm_bindgen]
pub fn run() {
    EXECUTOR.with(|executor| {
        if executor.polling.get() {
            // Called by JavaScript that a task called: what is ready is scheduled already.
            return;
        }
        executor.scheduled.set(true);
        loop {
            let ready = executor.ready.take();
            if ready.is_empty() {
                break;
            }
            ready.into_iter().for_each(step);
        }
        executor.scheduled.set(false);
    });
}

/// Drops a task: nobody waits for it any more.
#[wasm_bindgen]
pub fn cancel(task: u32) {
    let slot = EXECUTOR.with(|executor| executor.slots.borrow_mut().remove(&task));
    drop(slot);
}

/// How many tasks there are, for tests of leaks.
#[wasm_bindgen(js_name = taskCount)]
pub fn task_count() -> usize {
    EXECUTOR.with(|executor| executor.slots.borrow().len())
}
