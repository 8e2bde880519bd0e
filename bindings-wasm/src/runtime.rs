//! The core's notion of time and background work.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use deno_sandbox::transport::{BoxFuture, Runtime};
use wasm_bindgen::prelude::*;

use crate::engine;
use crate::executor;

/// JavaScript's event loop.
pub(crate) struct EventLoop;

impl Runtime for EventLoop {
    fn now(&self) -> Duration {
        now()
    }

    fn unix_time(&self) -> Duration {
        milliseconds(engine::with(engine::Engine::unix_time))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let at = now().saturating_add(duration);
        Box::pin(Sleep { at, id: None })
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        executor::spawn(task);
    }

    fn random(&self) -> f64 {
        engine::with(engine::Engine::random)
    }
}

fn now() -> Duration {
    milliseconds(engine::with(engine::Engine::now))
}

fn milliseconds(count: f64) -> Duration {
    Duration::from_micros((count * 1e3) as u64)
}

/// All sleeps share one timer of the host: most are given up, and setting it costs more than a look
/// through the few there are.
#[derive(Default)]
struct Timers {
    waiting: RefCell<Vec<(u64, Duration, Waker)>>,
    next_id: Cell<u64>,
    /// When the host's timer fires.
    armed: Cell<Option<Duration>>,
}

thread_local! {
    static TIMERS: Timers = Timers::default();
}

impl Timers {
    fn arm(&self) {
        let next = self.waiting.borrow().iter().map(|(_, at, _)| *at).min();
        match (next, self.armed.get()) {
            (Some(next), armed) if armed.is_none_or(|armed| next < armed) => {
                let wait = next.saturating_sub(now()).as_secs_f64() * 1e3;
                self.armed.set(Some(next));
                engine::with(|engine| engine.set_timer(wait.ceil()));
            }
            (None, Some(_)) => {
                // It would keep the program from ending.
                self.armed.set(None);
                engine::with(engine::Engine::clear_timer);
            }
            _ => {}
        }
    }
}

/// The host's timer fired.
#[wasm_bindgen]
pub fn timer() {
    let due: Vec<Waker> = TIMERS.with(|timers| {
        timers.armed.set(None);
        // The host may be a little early by this clock.
        let now = now() + Duration::from_millis(1);
        let waiting = timers.waiting.borrow();
        let due = waiting.iter().filter(|(_, at, _)| *at <= now);
        due.map(|(_, _, waker)| waker.clone()).collect()
    });
    due.into_iter().for_each(Waker::wake);
    executor::run();
    TIMERS.with(Timers::arm);
}

struct Sleep {
    at: Duration,
    id: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let early = Duration::from_millis(1);
        if now() + early >= self.at {
            self.forget();
            return Poll::Ready(());
        }
        TIMERS.with(|timers| {
            let mut waiting = timers.waiting.borrow_mut();
            match self.id {
                Some(id) => {
                    if let Some((_, _, waker)) = waiting.iter_mut().find(|(i, _, _)| *i == id) {
                        waker.clone_from(cx.waker());
                    }
                }
                None => {
                    let id = timers.next_id.get();
                    timers.next_id.set(id + 1);
                    waiting.push((id, self.at, cx.waker().clone()));
                    self.id = Some(id);
                }
            }
            drop(waiting);
            timers.arm();
        });
        Poll::Pending
    }
}

impl Sleep {
    fn forget(&mut self) {
        if let Some(id) = self.id.take() {
            TIMERS.with(|timers| {
                timers.waiting.borrow_mut().retain(|(i, _, _)| *i != id);
                timers.arm();
            });
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.forget();
    }
}
