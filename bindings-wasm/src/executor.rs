//! Runs futures: those a caller has a promise for, and background work.
//!
//! Unlike `wasm-bindgen-futures`, a task can be cancelled from JavaScript, its first step is taken within
//! the call that starts it, and JavaScript enters the module only through exports, where a panic is
//! caught.

use std::cell::{Cell, RefCell};
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use deno_sandbox::Action;
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::engine;
use crate::error::rejection;

/// What settles a promise: what it is fulfilled or rejected with.
type Outcome = Result<JsValue, JsValue>;

enum Task {
    Background(Pin<Box<dyn Future<Output = ()>>>),
    Promised(Pin<Box<dyn Future<Output = Outcome>>>),
}

impl Task {
    /// Goes on with it; whether it is over.
    fn poll(&mut self, id: u32, cx: &mut Context<'_>) -> bool {
        match self {
            Self::Background(task) => task.as_mut().poll(cx).is_ready(),
            Self::Promised(task) => {
                let Poll::Ready(outcome) = task.as_mut().poll(cx) else {
                    return false;
                };
                let fulfilled = outcome.is_ok();
                let (Ok(value) | Err(value)) = outcome;
                engine::with(|engine| engine.settle(id, fulfilled, &value));
                true
            }
        }
    }
}

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
    /// By the numbers of tasks, which are used again.
    slots: RefCell<Vec<Option<Slot>>>,
    unused: RefCell<Vec<u32>>,
    ready: RefCell<Vec<u32>>,
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
    promise_of(
        signal,
        Box::pin(async {
            match future.await {
                Ok(value) => Ok(value.into_js()),
                Err(error) => Err(rejection(&error)),
            }
        }),
    )
}

/// A promise for what a call to a sandbox gives: as [`promise`], and compiled once.
pub(crate) fn call<T: IntoJs + 'static>(signal: &JsValue, action: Action<T>) -> JsValue {
    promise(signal, action.map(IntoJs::into_js))
}

/// A promise for what a call gives, unless its arguments are malformed.
pub(crate) fn act<T: IntoJs>(
    signal: &JsValue,
    action: deno_sandbox::Result<impl Future<Output = deno_sandbox::Result<T>> + 'static>,
) -> JsValue {
    match action {
        Ok(action) => promise(signal, action),
        Err(error) => promise_of(signal, Box::pin(future::ready(Err(rejection(&error))))),
    }
}

/// As [`promise`], where both outcomes are JavaScript's already.
pub(crate) fn promise_of(
    signal: &JsValue,
    future: Pin<Box<dyn Future<Output = Outcome>>>,
) -> JsValue {
    if !signal.is_undefined() && engine::with(|engine| engine.is_aborted(signal)) {
        return engine::with(|engine| engine.aborted(signal));
    }
    let id = new_id();
    let promise = engine::with(|engine| engine.promise(id, signal));
    begin(id, Task::Promised(future));
    promise
}

/// Runs a task in the background.
pub(crate) fn spawn(task: Pin<Box<dyn Future<Output = ()>>>) {
    begin(new_id(), Task::Background(task));
}

fn new_id() -> u32 {
    EXECUTOR.with(|executor| {
        let unused = executor.unused.borrow_mut().pop();
        unused.unwrap_or_else(|| {
            let mut slots = executor.slots.borrow_mut();
            slots.push(None);
            slots.len() as u32 - 1
        })
    })
}

/// The slot of a task that is not over.
fn with_slot<T>(id: u32, use_it: impl FnOnce(&mut Option<Slot>) -> T) -> Option<T> {
    EXECUTOR.with(|executor| executor.slots.borrow_mut().get_mut(id as usize).map(use_it))
}

/// Removes a task.
fn remove(id: u32) -> Option<Slot> {
    let slot = with_slot(id, Option::take)??;
    EXECUTOR.with(|executor| executor.unused.borrow_mut().push(id));
    Some(slot)
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
    with_slot(id, |empty| *empty = Some(slot));
    step(id);
}

/// Polls a task once, if it still exists and is not being polled.
fn step(id: u32) {
    let taken = with_slot(id, |slot| {
        let slot = slot.as_mut()?;
        slot.wake.queued.store(false, Ordering::Relaxed);
        Some((slot.task.take()?, slot.wake.clone()))
    });
    let Some((mut task, wake)) = taken.flatten() else {
        return;
    };
    let waker = Waker::from(wake.clone());
    let over = EXECUTOR.with(|executor| {
        let outer = executor.polling.replace(true);
        let over = task.poll(id, &mut Context::from_waker(&waker));
        executor.polling.set(outer);
        over
    });
    // It may have been cancelled meanwhile, and its number given to another.
    let is_mine = |slot: &&mut Slot| Arc::ptr_eq(&slot.wake, &wake);
    if over {
        if with_slot(id, |slot| slot.as_mut().filter(is_mine).is_some()) == Some(true) {
            remove(id);
        }
    } else {
        // Otherwise it is dropped here, where the table is free: that may wake others.
        let mut task = Some(task);
        with_slot(id, |slot| {
            if let Some(slot) = slot.as_mut().filter(is_mine) {
                slot.task = task.take();
            }
        });
    }
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
    drop(remove(task));
}

/// How many tasks there are, for tests of leaks.
#[wasm_bindgen(js_name = taskCount)]
pub fn task_count() -> usize {
    EXECUTOR.with(|executor| executor.slots.borrow().iter().flatten().count())
}
