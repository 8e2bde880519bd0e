//! How the JVM makes small calls: the texts of a call and its answer lie where both sides find them, and what
//! crosses the border are numbers.
//!
//! An exported `async fn` crosses it twice as often, to be polled again, completed and freed, and its buffers
//! cross besides, which must be made and freed as well. On the JVM that takes a tenth of a round trip.

use std::any::Any;
use std::collections::HashMap;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::SystemTime;

use deno_sandbox::{DirEntry, Error, FileInfo, ProcessStatus, WalkEntry};
use futures_util::FutureExt;
use uniffi::Lower;

use crate::UniFfiTag;
use crate::call::{Cancellation, call, runtime};
use crate::data::Data;
use crate::failure::Failure;

/// Takes the answer of one call after the other.
#[derive(Debug, Default, uniffi::Object)]
pub struct Mailbox {
    cancellation: Arc<Cancellation>,
    /// The foreign side writes texts here before a call begins, and nobody reads it but that call as it does.
    outgoing: Mutex<Vec<u8>>,
    label: Label,
    inside: Mutex<Inside>,
}

/// A text in a mailbox's outgoing memory.
#[derive(Debug)]
pub struct Text {
    start: usize,
    length: usize,
}

// In one number, since numbers are what crosses the border for nothing: the start in its upper half.
uniffi::custom_type!(Text, u64, {
    try_lift: |place| Ok(Text {
        start: usize::try_from(place >> 32)?,
        length: usize::try_from(place & u64::from(u32::MAX))?,
    }),
    lower: |text| (text.start as u64) << 32 | text.length as u64,
});

/// What the foreign side reads, from memory, to find the answer: its [`Kind`], and the address, the capacity
/// and the length of its bytes.
type Label = [AtomicU64; 4];

/// What there is an answer of.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Value,
    Failure,
    Panic,
}

#[derive(Debug, Default)]
struct Inside {
    /// Stays as it is while the foreign side reads it: until the next call begins.
    answer: Vec<u8>,
    arrived: bool,
    waiting: Option<Waker>,
}

#[uniffi::export]
impl Mailbox {
    /// For as many calls as come, one at a time.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends the call that is under way, or the next one, as a [`Cancellation`] does.
    pub fn cancel(&self) {
        self.cancellation.cancel();
    }

    /// Makes room for this many bytes of texts, beside those that are there; gives where it is.
    pub fn make_room(&self, size: u64) -> u64 {
        let mut outgoing = lock(&self.outgoing);
        // More than this machine can address cannot be written there either.
        outgoing.resize(usize::try_from(size).unwrap_or(usize::MAX), 0);
        outgoing.as_mut_ptr().expose_provenance() as u64
    }

    /// Where the label is, as long as this lives.
    pub fn label(&self) -> u64 {
        self.label.as_ptr().expose_provenance() as u64
    }

    /// Never ends. Polled once after a call has begun, it wakes once: when the answer is there.
    pub async fn answers(&self) {
        poll_fn(|cx| {
            let mut inside = lock(&self.inside);
            if inside.arrived {
                cx.waker().wake_by_ref();
            } else {
                inside.waiting = Some(cx.waker().clone());
            }
            Poll::<()>::Pending
        })
        .await;
    }
}

impl Mailbox {
    /// An argument of the call that begins. One that is not as it was told panics, which becomes an error of
    /// the call.
    pub(crate) fn text(&self, text: Text) -> String {
        let bytes = &lock(&self.outgoing)[text.start..][..text.length];
        String::from_utf8(bytes.to_vec()).expect("text is encoded as UTF-8")
    }

    /// Begins a call: on our own threads, which have the connection at hand.
    pub(crate) fn begin<T: Answer>(
        self: Arc<Self>,
        operation: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) {
        let mut answer = {
            let mut inside = lock(&self.inside);
            inside.arrived = false;
            std::mem::take(&mut inside.answer)
        };
        answer.clear();
        let runtime = match runtime() {
            Ok(runtime) => runtime,
            Err(error) => {
                Failure::from(error).write(&mut answer);
                return self.arrive(Kind::Failure, answer);
            }
        };
        runtime.spawn(async move {
            let cancellation = Arc::clone(&self.cancellation);
            let written = async move {
                let kind = match call(cancellation, operation).await {
                    Ok(value) => {
                        value.write(&mut answer);
                        Kind::Value
                    }
                    Err(failure) => {
                        failure.write(&mut answer);
                        Kind::Failure
                    }
                };
                (kind, answer)
            };
            let (kind, answer) = AssertUnwindSafe(written)
                .catch_unwind()
                .await
                .unwrap_or_else(|panic| (Kind::Panic, words(panic.as_ref()).into()));
            self.arrive(kind, answer);
        });
    }

    fn arrive(&self, kind: Kind, answer: Vec<u8>) {
        let address = answer.as_ptr().expose_provenance();
        let label = [kind as usize, address, answer.capacity(), answer.len()];
        for (place, value) in self.label.iter().zip(label) {
            // The lock below is what orders it.
            place.store(value as u64, Ordering::Relaxed);
        }
        let waiting = {
            let mut inside = lock(&self.inside);
            inside.answer = answer;
            inside.arrived = true;
            inside.waiting.take()
        };
        if let Some(waker) = waiting {
            waker.wake();
        }
    }
}

/// Nothing is left half done where a lock is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    let literal = || panic.downcast_ref::<&str>().copied();
    owned.or_else(literal).unwrap_or("the core panicked")
}

/// What a call answers, as the generated code of the foreign side reads it.
pub(crate) trait Answer: Send + 'static {
    fn write(self, answer: &mut Vec<u8>);
}

impl Answer for () {
    fn write(self, _: &mut Vec<u8>) {}
}

macro_rules! answers {
    ($($answer:ty),+) => {
        $(impl Answer for $answer {
            fn write(self, answer: &mut Vec<u8>) {
                <Self as Lower<UniFfiTag>>::write(self, answer);
            }
        })+
    };
}

answers!(
    Failure,
    FileInfo,
    ProcessStatus,
    String,
    SystemTime,
    Vec<DirEntry>,
    u32,
    u64
);
answers!(Option<Data>, Option<String>, Option<WalkEntry>, HashMap<String, String>);

/// Exports calls that answer with a plain value, each in two forms: the one that Swift waits for, and the one
/// that Kotlin begins. Arguments in brackets are short texts.
macro_rules! calls {
    ($object:ident { $(
        $(#[$doc:meta])*
        $name:ident, $begin:ident[$($text:ident),*]($($argument:ident: $type:ty),*) -> $answer:ty:
            |$this:ident| $operation:expr;
    )+ }) => {
        #[uniffi::export]
        impl $object {
            $(
                $(#[$doc])*
                pub async fn $name(
                    &self,
                    $($text: String,)*
                    $($argument: $type,)*
                    cancellation: Arc<$crate::call::Cancellation>,
                ) -> Result<$answer, $crate::failure::Failure> {
                    let $this = self;
                    $crate::call::call(cancellation, $operation).await
                }

                $(#[$doc])*
                pub fn $begin(
                    self: Arc<Self>,
                    $($text: $crate::mailbox::Text,)*
                    $($argument: $type,)*
                    mailbox: Arc<$crate::mailbox::Mailbox>,
                ) {
                    let $this = self;
                    $(let $text = mailbox.text($text);)*
                    mailbox.begin::<$answer>(async move { $operation.await });
                }
            )+
        }
    };
}

pub(crate) use calls;
