//! Calls by the names of the wire, for faces of languages without types.

use super::action::Name;
use super::connection::{Limit, Rpc};
use super::{Action, EntryStream, FsFile, Sandbox};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Quoted;
use crate::rpc::connection::{Reply, Request};
use crate::rpc::dynamic::{Dynamic, Encoder};
use crate::rpc::methods::{
    Chmod, Chown, CopyFile, Create, EnvDelete, EnvGet, EnvSet, EnvToObject, ExpandGlob, FileLock,
    FileSeek, FileStat, FileSync, FileSyncData, FileTruncate, FileUnlock, FileUtime, Link, Lstat,
    MakeTempDir, MakeTempFile, Method, Mkdir, Open, ReadDir, ReadLink, RealPath, Remove, Rename,
    Stat, Symlink, Truncate, Umask, Utime, Walk,
};
use crate::rpc::shape::{Kind, Shaped};
use crate::transport::MaybeSend;

/// A method as data.
struct Described {
    name: &'static str,
    verb: &'static str,
    lasts: bool,
    params: Kind,
    output: Kind,
    /// Whether there is always a result.
    answers: bool,
}

const fn described<M: Method<Params: Shaped, Output: Shaped>>() -> Described {
    Described {
        name: M::NAME,
        verb: M::VERB,
        lasts: M::LASTS,
        params: M::Params::KIND,
        output: M::Output::KIND,
        answers: M::Output::REQUIRED,
    }
}

macro_rules! all_of {
    ($($method:ident)+) => { &[$(described::<$method>()),+] };
}

/// Those whose whole meaning is in the table.
static CALLS: &[Described] = all_of! {
    ReadDir Remove Mkdir Rename Stat Lstat Chmod Chown CopyFile Link Symlink ReadLink RealPath MakeTempDir
    MakeTempFile Truncate Umask Utime EnvGet EnvSet EnvToObject EnvDelete
};
static OPENING: &[Described] = all_of!(Open Create);
static LISTING: &[Described] = all_of!(Walk ExpandGlob);
static OF_FILES: &[Described] = all_of! {
    FileSync FileSyncData FileLock FileUnlock FileSeek FileStat FileTruncate FileUtime
};

impl Sandbox {
    /// Calls a method of files, folders or the environment by its name on the wire, like `chmod`, with its
    /// parameters as an object; gives its result as JSON text.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorCode::InvalidOption) among others for parameters that are not what the method
    /// takes, before anything is sent; else as the method's own function on [`Fs`](crate::Fs) or
    /// [`Env`](crate::Env).
    pub fn call(&self, method: &str, params: &impl Dynamic) -> Action<String> {
        Prepared::new(CALLS, method, params, None).json(self.rpc())
    }

    /// Opens a file by `open` or `create`, as [`call`](Self::call) calls.
    ///
    /// # Errors
    /// As [`Fs::open`](crate::Fs::open).
    pub fn call_for_file(&self, method: &str, params: &impl Dynamic) -> Action<FsFile> {
        let mut prepared = Prepared::new(OPENING, method, params, None);
        let (rpc, path) = (self.rpc().clone(), std::mem::take(&mut prepared.path));
        prepared.send(self.rpc(), move |reply| {
            Ok(FsFile::new(rpc, reply.decode::<Open>()?, path))
        })
    }

    /// Lists files by `walk` or `expandGlob`, as [`call`](Self::call) calls.
    ///
    /// # Errors
    /// As [`Fs::walk`](crate::Fs::walk).
    pub fn call_for_entries(&self, method: &str, params: &impl Dynamic) -> Action<EntryStream> {
        let rpc = self.rpc().clone();
        Prepared::new(LISTING, method, params, None).send(self.rpc(), move |reply| {
            Ok(EntryStream::new(&rpc, reply.decode::<Walk>()?))
        })
    }
}

impl FsFile {
    /// Calls a method of open files by its name on the wire, like `fileStat`, as [`Sandbox::call`] does; which
    /// file is meant is known.
    ///
    /// # Errors
    /// As the method's own function.
    pub fn call(&self, method: &str, params: &impl Dynamic) -> Action<String> {
        Prepared::new(OF_FILES, method, params, Some(self)).json(self.rpc())
    }
}

/// A call that is ready to be made, unless its parameters are malformed.
struct Prepared {
    name: Name,
    limit: Limit,
    request: Result<Request>,
    output: Kind,
    answers: bool,
    /// The path it is about.
    path: String,
}

impl Prepared {
    fn new(
        table: &'static [Described],
        method: &str,
        params: &impl Dynamic,
        file: Option<&FsFile>,
    ) -> Self {
        let Some(known) = table.iter().find(|known| known.name == method) else {
            let message = format!("there is no method {}", Quoted(method));
            return Self {
                name: Name::plain("call the sandbox"),
                limit: Limit::Usual,
                request: Err(Error::new(ErrorCode::InvalidOption, message)),
                output: Kind::Nothing,
                answers: false,
                path: String::new(),
            };
        };
        let mut encoder = Encoder {
            file: file.map(FsFile::handle),
            about: file.map(FsFile::path).into_iter().collect(),
            ..Encoder::default()
        };
        let written = encoder.write("options", known.params, params);
        let Encoder { json, about, .. } = encoder;
        let what: Vec<&str> = about.iter().map(String::as_str).collect();
        Self {
            name: Name::about(known.verb, "to", &what),
            limit: Limit::of(known.lasts),
            request: written.map(|()| Request::of(known.name, json)),
            output: known.output,
            answers: known.answers,
            path: about.into_iter().next().unwrap_or_default(),
        }
    }

    fn json(self, rpc: &Rpc) -> Action<String> {
        let (output, answers) = (self.output, self.answers);
        self.send(rpc, move |reply| reply.json(output, answers))
    }

    fn send<T>(
        self,
        rpc: &Rpc,
        decode: impl FnOnce(&Reply) -> Result<T> + MaybeSend + 'static,
    ) -> Action<T> {
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
        for call in [CALLS, OPENING, LISTING, OF_FILES].into_iter().flatten() {
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
