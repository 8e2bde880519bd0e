//! Calls by the names of the wire, for faces of languages without types.

use super::action::Name;
use super::connection::{Limit, Rpc};
use super::{Action, Command, EntryStream, FsFile, Process, Sandbox, options};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Quoted;
use crate::rpc::connection::{Reply, Request};
use crate::rpc::dynamic::{Dynamic, Encoder, Known};
use crate::rpc::methods::{
    Chmod, Chown, CopyFile, Create, EnvDelete, EnvGet, EnvSet, EnvToObject, ExpandGlob, FileLock,
    FileSeek, FileStat, FileSync, FileSyncData, FileTruncate, FileUnlock, FileUtime, Link, Lstat,
    MakeTempDir, MakeTempFile, Method, Mkdir, Open, ProcessKill, ReadDir, ReadLink, RealPath,
    Remove, Rename, Spawn, Stat, Symlink, Truncate, Umask, Utime, Walk,
};
use crate::rpc::shape::{Kind, Shaped};

/// What a call by its name gives.
#[derive(Debug)]
pub enum Answer {
    /// Its result, as JSON text.
    Json(String),
    /// An open file.
    File(FsFile),
    /// A listing.
    Entries(EntryStream),
    /// A process.
    Process(Box<Process>),
}

/// A method as data.
#[derive(Clone, Copy)]
struct Described {
    name: &'static str,
    verb: &'static str,
    lasts: bool,
    params: Kind,
    gives: Gives,
}

/// What becomes of a result.
#[derive(Clone, Copy)]
enum Gives {
    /// It is of a kind, or none where there need not be one.
    Json(Kind, bool),
    File,
    Entries,
}

const fn described<M: Method<Params: Shaped, Output: Shaped>>() -> Described {
    giving::<M>(Gives::Json(M::Output::KIND, M::Output::REQUIRED))
}

const fn giving<M: Method<Params: Shaped>>(gives: Gives) -> Described {
    Described {
        name: M::NAME,
        verb: M::VERB,
        lasts: M::LASTS,
        params: M::Params::KIND,
        gives,
    }
}

macro_rules! all_of {
    ($($method:ident)+ $(, $other:ident: $gives:ident)*) => {
        &[$(described::<$method>(),)+ $(giving::<$other>(Gives::$gives)),*]
    };
}

/// Those whose whole meaning is in the table.
static CALLS: &[Described] = all_of! {
    ReadDir Remove Mkdir Rename Stat Lstat Chmod Chown CopyFile Link Symlink ReadLink RealPath MakeTempDir
    MakeTempFile Truncate Umask Utime EnvGet EnvSet EnvToObject EnvDelete,
    Open: File, Create: File, Walk: Entries, ExpandGlob: Entries
};
static OF_FILES: &[Described] = all_of! {
    FileSync FileSyncData FileLock FileUnlock FileSeek FileStat FileTruncate FileUtime
};
static OF_PROCESSES: &[Described] = all_of!(ProcessKill);

/// The name that command lines are called by, beside the methods of the wire.
const SH: &str = "sh";

impl Sandbox {
    /// Calls a method of files, folders, the environment or processes by its name on the wire, like `chmod`, with its
    /// parameters as an object.
    ///
    /// Of `spawn`, the `stdin` is `piped` or `null`, which it is unless told; its `stdout` and `stderr` are `null`, or
    /// piped whatever else they are to be. `sh` starts a process for a `script`, with `sudo` if that is true.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorCode::InvalidOption) among others for parameters that are not what the method
    /// takes, before anything is sent; else as the method's own function on [`Fs`](crate::Fs),
    /// [`Env`](crate::Env) or this.
    pub fn call(&self, method: &str, params: &impl Dynamic) -> Action<Answer> {
        let rpc = self.rpc();
        match method {
            Spawn::NAME => {
                let program = params.get("command").text().unwrap_or_default();
                let name = Name::of(Spawn::VERB, &program);
                start(rpc, name, options::process(program, params))
            }
            SH => {
                let name = Name::plain("run a command line");
                start(rpc, name, options::command_line(params))
            }
            _ => Prepared::new(CALLS, method, params, Subject::default()).send(rpc),
        }
    }
}

impl FsFile {
    /// Calls a method of open files by its name on the wire, like `fileStat`, as [`Sandbox::call`] does; which
    /// file is meant is known.
    ///
    /// # Errors
    /// As the method's own function.
    pub fn call(&self, method: &str, params: &impl Dynamic) -> Action<Answer> {
        let subject = Subject {
            about: Some(self.path()),
            known: vec![("fileHandleId", self.handle().file_handle_id.to_string())],
        };
        Prepared::new(OF_FILES, method, params, subject).send(self.rpc())
    }
}

impl Process {
    /// Calls a method of processes by its name on the wire, like `processKill`, as [`Sandbox::call`] does; which
    /// process is meant is known.
    ///
    /// # Errors
    /// As the method's own function.
    pub fn call(&self, method: &str, params: &impl Dynamic) -> Action<Answer> {
        let subject = Subject {
            about: Some(self.program().to_owned()),
            known: vec![("pid", self.pid().to_string())],
        };
        Prepared::new(OF_PROCESSES, method, params, subject).send(self.rpc())
    }
}

/// Starts a process, unless its options are malformed; `name` is what cannot be done then.
fn start(rpc: &Rpc, name: Name, command: Result<Command>) -> Action<Answer> {
    match command {
        Ok(command) => {
            let started = Process::spawn(rpc, &command);
            started.map(|process| Answer::Process(Box::new(process)))
        }
        Err(error) => Action::failed(rpc, name, error),
    }
}

/// Whose method is called.
#[derive(Default)]
struct Subject {
    /// Its name, where it has one.
    about: Option<String>,
    /// What says in the parameters which it is.
    known: Known,
}

/// A call that is ready to be made, unless its parameters are malformed.
struct Prepared {
    name: Name,
    limit: Limit,
    request: Result<Request>,
    gives: Gives,
    /// The path it is about.
    path: String,
}

impl Prepared {
    fn new(
        table: &'static [Described],
        method: &str,
        params: &impl Dynamic,
        subject: Subject,
    ) -> Self {
        let Some(known) = table.iter().find(|known| known.name == method) else {
            let message = format!("there is no method {}", Quoted(method));
            return Self {
                name: Name::plain("call the sandbox"),
                limit: Limit::Usual,
                request: Err(Error::new(ErrorCode::InvalidOption, message)),
                gives: Gives::Json(Kind::Nothing, false),
                path: String::new(),
            };
        };
        let mut encoder = Encoder {
            about: subject.about.into_iter().collect(),
            known: subject.known,
            ..Encoder::default()
        };
        let written = encoder.write("options", known.params, params);
        let Encoder { json, about, .. } = encoder;
        let what: Vec<&str> = about.iter().map(String::as_str).collect();
        Self {
            name: Name::about(known.verb, "to", &what),
            limit: Limit::of(known.lasts),
            request: written.map(|()| Request::of(known.name, json)),
            gives: known.gives,
            path: about.into_iter().next().unwrap_or_default(),
        }
    }

    fn send(self, rpc: &Rpc) -> Action<Answer> {
        let (connection, gives, path) = (rpc.clone(), self.gives, self.path);
        let decode = move |reply: &Reply| {
            Ok(match gives {
                Gives::Json(kind, required) => Answer::Json(reply.json(kind, required)?),
                Gives::File => {
                    let handle = reply.decode::<Open>()?;
                    Answer::File(FsFile::new(connection, handle, path))
                }
                Gives::Entries => {
                    let stream = reply.decode::<Walk>()?;
                    Answer::Entries(EntryStream::new(&connection, stream))
                }
            })
        };
        Action::sent(rpc, self.name, self.limit, self.request, decode)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::rpc::methods;

    /// A value of each kind, as it is given and as it is written.
    fn sample(kind: Kind) -> (Value, Value) {
        let both = |value: Value| (value.clone(), value);
        match kind {
            Kind::Nothing => both(Value::Null),
            Kind::Flag => both(json!(true)),
            Kind::Whole(max) => both(json!(max.min(2))),
            Kind::Signed => both(json!(-7)),
            Kind::Limit => (json!(3), json!(3.0)),
            Kind::Moment => (json!(981173106789.0), json!("2001-02-03T04:05:06.789Z")),
            Kind::List(of) => {
                let (given, written) = sample(*of);
                (json!([given]), json!([written]))
            }
            Kind::Texts => both(json!({"KEY": "value"})),
            Kind::Object(fields) => fields
                .iter()
                .map(|field| (field.name, sample(field.kind)))
                .fold(
                    (json!({}), json!({})),
                    |(mut given, mut written), (name, sample)| {
                        (given[name], written[name]) = sample;
                        (given, written)
                    },
                ),
            _ => both(json!("text")),
        }
    }

    #[test]
    fn what_is_written_by_a_shape_is_read_by_its_type_and_nothing_is_lost() {
        for call in [CALLS, OF_FILES, OF_PROCESSES].into_iter().flatten() {
            let (given, written) = sample(call.params);
            let mut encoder = Encoder::default();
            encoder.write("options", call.params, &given).unwrap();
            let read = |json: &str| methods::Request::decode(call.name, json).unwrap().unwrap();
            let typed = read(&encoder.json);
            for read in [&typed, &read(&typed.params())] {
                assert_eq!(
                    serde_json::to_value(read).unwrap(),
                    written,
                    "{}",
                    call.name
                );
            }
        }
    }
}
