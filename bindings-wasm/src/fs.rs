//! Files of a sandbox: methods of [`NativeSandbox`].

use std::cell::RefCell;
use std::rc::Rc;

use deno_sandbox::{
    Error, ErrorCode, ExpandGlobOptions, MakeTempOptions, MkdirOptions, OpenOptions, Regex,
    RemoveOptions, Result, WalkOptions, WriteOptions,
};
use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use crate::executor::{Failure, act, promise, promise_of};
use crate::file::moment;
use crate::options::{Options, whole_argument};
use crate::sandbox::NativeSandbox;
use crate::streams::parts_of;

#[wasm_bindgen]
impl NativeSandbox {
    #[wasm_bindgen(js_name = readFile)]
    pub fn read_file(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.read_file(path).await })
    }

    #[wasm_bindgen(js_name = readTextFile)]
    pub fn read_text_file(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.read_text_file(path).await })
    }

    #[wasm_bindgen(js_name = readStream)]
    pub fn read_stream(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.read_stream(path).await })
    }

    #[wasm_bindgen(js_name = writeFile)]
    pub fn write_file(
        &self,
        path: String,
        data: Vec<u8>,
        options: &JsValue,
        signal: &JsValue,
    ) -> JsValue {
        let fs = self.0.fs();
        let options = write_options(options, &path);
        promise(signal, async move {
            fs.write_file_with(path, data, options?).await
        })
    }

    #[wasm_bindgen(js_name = writeTextFile)]
    pub fn write_text_file(
        &self,
        path: String,
        text: String,
        options: &JsValue,
        signal: &JsValue,
    ) -> JsValue {
        let fs = self.0.fs();
        let options = write_options(options, &path);
        promise(signal, async move {
            fs.write_text_file_with(path, text, options?).await
        })
    }

    #[wasm_bindgen(js_name = writeStream)]
    pub fn write_stream(
        &self,
        path: String,
        source: JsValue,
        options: &JsValue,
        signal: &JsValue,
    ) -> JsValue {
        let fs = self.0.fs();
        let options = write_options(options, &path);
        let thrown = Rc::new(RefCell::new(None));
        let parts = parts_of(source, thrown.clone());
        let outcome = async move {
            let write = async { fs.write_stream(path, parts, options?).await };
            match write.await {
                Ok(()) => Ok(JsValue::UNDEFINED),
                Err(error) => Err(match thrown.take() {
                    Some(value) => Failure::Thrown(value),
                    None => Failure::Sdk(error),
                }),
            }
        };
        promise_of(signal, Box::pin(outcome))
    }

    pub fn open(&self, path: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let options = named(open_options(options), "open", &path);
        act(
            signal,
            options.map(|options| self.0.fs().open(path, options)),
        )
    }

    pub fn create(&self, path: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().create(path))
    }

    #[wasm_bindgen(js_name = readDir)]
    pub fn read_dir(&self, path: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().read_dir(path))
    }

    pub fn mkdir(&self, path: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let options = named(mkdir_options(options), "make folder", &path);
        act(
            signal,
            options.map(|options| self.0.fs().mkdir_with(path, options)),
        )
    }

    pub fn remove(&self, path: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let options = named(remove_options(options), "remove", &path);
        act(
            signal,
            options.map(|options| self.0.fs().remove_with(path, options)),
        )
    }

    pub fn rename(&self, from: String, to: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().rename(from, to))
    }

    #[wasm_bindgen(js_name = copyFile)]
    pub fn copy_file(&self, from: String, to: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().copy_file(from, to))
    }

    pub fn link(&self, target: String, path: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().link(target, path))
    }

    pub fn symlink(&self, target: String, path: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().symlink(target, path))
    }

    #[wasm_bindgen(js_name = readLink)]
    pub fn read_link(&self, path: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().read_link(path))
    }

    #[wasm_bindgen(js_name = realPath)]
    pub fn real_path(&self, path: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().real_path(path))
    }

    pub fn stat(&self, path: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().stat(path))
    }

    pub fn lstat(&self, path: String, signal: &JsValue) -> JsValue {
        promise(signal, self.0.fs().lstat(path))
    }

    pub fn chmod(&self, path: String, mode: f64, signal: &JsValue) -> JsValue {
        let mode = named(
            whole_argument(mode, "mode"),
            "change the permissions of",
            &path,
        );
        act(signal, mode.map(|mode| self.0.fs().chmod(path, mode)))
    }

    pub fn chown(
        &self,
        path: String,
        uid: Option<f64>,
        gid: Option<f64>,
        signal: &JsValue,
    ) -> JsValue {
        let ids = || {
            let uid = uid.map(|uid| whole_argument(uid, "uid")).transpose()?;
            let gid = gid.map(|gid| whole_argument(gid, "gid")).transpose()?;
            Ok((uid, gid))
        };
        let ids = named(ids(), "change the owner of", &path);
        act(
            signal,
            ids.map(|(uid, gid)| self.0.fs().chown(path, uid, gid)),
        )
    }

    pub fn truncate(&self, path: String, length: Option<f64>, signal: &JsValue) -> JsValue {
        let length = whole_argument(length.unwrap_or_default(), "length");
        let length = named(length, "truncate", &path);
        act(
            signal,
            length.map(|length| self.0.fs().truncate(path, length)),
        )
    }

    pub fn umask(&self, mask: Option<f64>, signal: &JsValue) -> JsValue {
        let mask = mask.map(|mask| whole_argument(mask, "mask")).transpose();
        act(signal, mask.map(|mask| self.0.fs().umask(mask)))
    }

    pub fn utime(&self, path: String, atime_ms: f64, mtime_ms: f64, signal: &JsValue) -> JsValue {
        let times = || Ok((moment(atime_ms)?, moment(mtime_ms)?));
        let times = named(times(), "set the times of", &path);
        act(
            signal,
            times.map(|(atime, mtime)| self.0.fs().utime(path, atime, mtime)),
        )
    }

    #[wasm_bindgen(js_name = makeTempDir)]
    pub fn make_temp_dir(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let options = make_temp_options(options);
        act(
            signal,
            options.map(|options| self.0.fs().make_temp_dir(options)),
        )
    }

    #[wasm_bindgen(js_name = makeTempFile)]
    pub fn make_temp_file(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let options = make_temp_options(options);
        act(
            signal,
            options.map(|options| self.0.fs().make_temp_file(options)),
        )
    }

    pub fn walk(&self, path: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let options = named(walk_options(options), "list", &path);
        act(
            signal,
            options.map(|options| self.0.fs().walk(path, options)),
        )
    }

    #[wasm_bindgen(js_name = expandGlob)]
    pub fn expand_glob(&self, glob: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let options = named(glob_options(options), "expand", &glob);
        act(
            signal,
            options.map(|options| self.0.fs().expand_glob(glob, options)),
        )
    }
}

fn named<T>(result: Result<T>, verb: &str, path: &str) -> Result<T> {
    result.map_err(|error| error.during(format_args!("{verb} {path:?}")))
}

fn write_options(options: &JsValue, path: &str) -> Result<WriteOptions> {
    let read = || {
        let mut options = Options::new(options);
        let write = WriteOptions {
            append: options.flag("append"),
            create: options.flag("create"),
            create_new: options.flag("createNew"),
            mode: options.whole_u32("mode"),
        };
        options.finish(write)
    };
    named(read(), "write", path)
}

fn open_options(options: &JsValue) -> Result<OpenOptions> {
    let mut options = Options::new(options);
    let open = OpenOptions {
        read: options.flag("read"),
        write: options.flag("write"),
        append: options.flag("append"),
        truncate: options.flag("truncate"),
        create: options.flag("create"),
        create_new: options.flag("createNew"),
        mode: options.whole_u32("mode"),
    };
    options.finish(open)
}

fn mkdir_options(options: &JsValue) -> Result<MkdirOptions> {
    let mut options = Options::new(options);
    let mkdir = MkdirOptions {
        recursive: options.flag("recursive"),
        mode: options.whole_u32("mode"),
    };
    options.finish(mkdir)
}

fn remove_options(options: &JsValue) -> Result<RemoveOptions> {
    let mut options = Options::new(options);
    let remove = RemoveOptions {
        recursive: options.flag("recursive"),
    };
    options.finish(remove)
}

fn make_temp_options(options: &JsValue) -> Result<MakeTempOptions> {
    let mut options = Options::new(options);
    let make = MakeTempOptions {
        dir: options.text("dir"),
        prefix: options.text("prefix"),
        suffix: options.text("suffix"),
    };
    options.finish(make)
}

fn walk_options(options: &JsValue) -> Result<WalkOptions> {
    let mut options = Options::new(options);
    let walk = WalkOptions {
        max_depth: options.number("maxDepth").filter(|depth| depth.is_finite()),
        include_files: options.flag("includeFiles"),
        include_dirs: options.flag("includeDirs"),
        include_symlinks: options.flag("includeSymlinks"),
        follow_symlinks: options.flag("followSymlinks"),
        canonicalize: options.flag("canonicalize"),
        exts: options.texts("exts"),
        matching: expressions(&mut options, "match")?,
        skip: expressions(&mut options, "skip")?,
    };
    options.finish(walk)
}

fn glob_options(options: &JsValue) -> Result<ExpandGlobOptions> {
    let mut options = Options::new(options);
    let glob = ExpandGlobOptions {
        extended: options.flag("extended"),
        globstar: options.flag("globstar"),
        case_insensitive: options.flag("caseInsensitive"),
        root: options.text("root"),
        exclude: options.texts("exclude"),
        include_dirs: options.flag("includeDirs"),
        follow_symlinks: options.flag("followSymlinks"),
        canonicalize: options.flag("canonicalize"),
    };
    options.finish(glob)
}

/// A list of `RegExp`s.
fn expressions(options: &mut Options, key: &'static str) -> Result<Option<Vec<Regex>>> {
    let Some(value) = options.value(key) else {
        return Ok(None);
    };
    let expression = |item: JsValue| {
        let text = |name: &str| Reflect::get(&item, &name.into()).ok()?.as_string();
        Some(Regex {
            source: text("source")?,
            flags: text("flags")?,
        })
    };
    let list = value.dyn_ref::<Array>();
    match list.and_then(|list| list.iter().map(expression).collect()) {
        Some(expressions) => Ok(Some(expressions)),
        None => {
            let message = format!("\"{key}\" must be a list of regular expressions");
            Err(Error::new(ErrorCode::InvalidOption, message))
        }
    }
}
