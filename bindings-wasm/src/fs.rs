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

use crate::error::rejection;
use crate::executor::{promise, promise_of};
use crate::file::{NativeFile, moment};
use crate::options::{Options, whole_argument};
use crate::sandbox::NativeSandbox;
use crate::streams::{NativeByteStream, NativeEntryStream, parts_of};

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
        promise(signal, async move {
            Ok(NativeByteStream::new(fs.read_stream(path).await?))
        })
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
                Err(error) => Err(thrown.take().unwrap_or_else(|| rejection(&error))),
            }
        };
        promise_of(signal, Box::pin(outcome))
    }

    pub fn open(&self, path: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        let options = named(open_options(options), "open", &path);
        promise(signal, async move {
            Ok(NativeFile::new(fs.open(path, options?).await?))
        })
    }

    pub fn create(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move {
            Ok(NativeFile::new(fs.create(path).await?))
        })
    }

    #[wasm_bindgen(js_name = readDir)]
    pub fn read_dir(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.read_dir(path).await })
    }

    pub fn mkdir(&self, path: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        let options = named(mkdir_options(options), "make folder", &path);
        promise(signal, async move { fs.mkdir_with(path, options?).await })
    }

    pub fn remove(&self, path: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        let options = named(remove_options(options), "remove", &path);
        promise(signal, async move { fs.remove_with(path, options?).await })
    }

    pub fn rename(&self, from: String, to: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.rename(from, to).await })
    }

    #[wasm_bindgen(js_name = copyFile)]
    pub fn copy_file(&self, from: String, to: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.copy_file(from, to).await })
    }

    pub fn link(&self, target: String, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.link(target, path).await })
    }

    pub fn symlink(&self, target: String, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.symlink(target, path).await })
    }

    #[wasm_bindgen(js_name = readLink)]
    pub fn read_link(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.read_link(path).await })
    }

    #[wasm_bindgen(js_name = realPath)]
    pub fn real_path(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.real_path(path).await })
    }

    pub fn stat(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.stat(path).await })
    }

    pub fn lstat(&self, path: String, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move { fs.lstat(path).await })
    }

    pub fn chmod(&self, path: String, mode: f64, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move {
            fs.chmod(path, whole_argument(mode, "mode")?).await
        })
    }

    pub fn chown(
        &self,
        path: String,
        uid: Option<f64>,
        gid: Option<f64>,
        signal: &JsValue,
    ) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move {
            let uid = uid.map(|uid| whole_argument(uid, "uid")).transpose()?;
            let gid = gid.map(|gid| whole_argument(gid, "gid")).transpose()?;
            fs.chown(path, uid, gid).await
        })
    }

    pub fn truncate(&self, path: String, length: Option<f64>, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move {
            fs.truncate(path, whole_argument(length.unwrap_or_default(), "length")?)
                .await
        })
    }

    pub fn umask(&self, mask: Option<f64>, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move {
            fs.umask(mask.map(|mask| whole_argument(mask, "mask")).transpose()?)
                .await
        })
    }

    pub fn utime(&self, path: String, atime_ms: f64, mtime_ms: f64, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        promise(signal, async move {
            fs.utime(path, moment(atime_ms)?, moment(mtime_ms)?).await
        })
    }

    #[wasm_bindgen(js_name = makeTempDir)]
    pub fn make_temp_dir(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        let options = make_temp_options(options);
        promise(signal, async move { fs.make_temp_dir(options?).await })
    }

    #[wasm_bindgen(js_name = makeTempFile)]
    pub fn make_temp_file(&self, options: &JsValue, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        let options = make_temp_options(options);
        promise(signal, async move { fs.make_temp_file(options?).await })
    }

    pub fn walk(&self, path: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        let options = named(walk_options(options), "walk", &path);
        promise(signal, async move {
            Ok(NativeEntryStream::new(fs.walk(path, options?).await?))
        })
    }

    #[wasm_bindgen(js_name = expandGlob)]
    pub fn expand_glob(&self, glob: String, options: &JsValue, signal: &JsValue) -> JsValue {
        let fs = self.0.fs();
        let options = named(glob_options(options), "expand", &glob);
        promise(signal, async move {
            Ok(NativeEntryStream::new(
                fs.expand_glob(glob, options?).await?,
            ))
        })
    }
}

fn named<T>(result: Result<T>, verb: &str, path: &str) -> Result<T> {
    result.map_err(|error| error.during(format_args!("{verb} {path:?}")))
}

fn write_options(options: &JsValue, path: &str) -> Result<WriteOptions> {
    let read = || {
        let mut options = Options::new(options)?;
        let write = WriteOptions {
            append: options.flag("append")?,
            create: options.flag("create")?,
            create_new: options.flag("createNew")?,
            mode: options.whole("mode")?,
        };
        options.finish()?;
        Ok(write)
    };
    named(read(), "write", path)
}

fn open_options(options: &JsValue) -> Result<OpenOptions> {
    let mut options = Options::new(options)?;
    let open = OpenOptions {
        read: options.flag("read")?,
        write: options.flag("write")?,
        append: options.flag("append")?,
        truncate: options.flag("truncate")?,
        create: options.flag("create")?,
        create_new: options.flag("createNew")?,
        mode: options.whole("mode")?,
    };
    options.finish()?;
    Ok(open)
}

fn mkdir_options(options: &JsValue) -> Result<MkdirOptions> {
    let mut options = Options::new(options)?;
    let mkdir = MkdirOptions {
        recursive: options.flag("recursive")?,
        mode: options.whole("mode")?,
    };
    options.finish()?;
    Ok(mkdir)
}

fn remove_options(options: &JsValue) -> Result<RemoveOptions> {
    let mut options = Options::new(options)?;
    let remove = RemoveOptions {
        recursive: options.flag("recursive")?,
    };
    options.finish()?;
    Ok(remove)
}

fn make_temp_options(options: &JsValue) -> Result<MakeTempOptions> {
    let mut options = Options::new(options)?;
    let make = MakeTempOptions {
        dir: options.text("dir")?,
        prefix: options.text("prefix")?,
        suffix: options.text("suffix")?,
    };
    options.finish()?;
    Ok(make)
}

fn walk_options(options: &JsValue) -> Result<WalkOptions> {
    let mut options = Options::new(options)?;
    let walk = WalkOptions {
        max_depth: options
            .number("maxDepth")?
            .filter(|depth| depth.is_finite()),
        include_files: options.flag("includeFiles")?,
        include_dirs: options.flag("includeDirs")?,
        include_symlinks: options.flag("includeSymlinks")?,
        follow_symlinks: options.flag("followSymlinks")?,
        canonicalize: options.flag("canonicalize")?,
        exts: options.texts("exts")?,
        matching: expressions(&mut options, "match")?,
        skip: expressions(&mut options, "skip")?,
    };
    options.finish()?;
    Ok(walk)
}

fn glob_options(options: &JsValue) -> Result<ExpandGlobOptions> {
    let mut options = Options::new(options)?;
    let glob = ExpandGlobOptions {
        extended: options.flag("extended")?,
        globstar: options.flag("globstar")?,
        case_insensitive: options.flag("caseInsensitive")?,
        root: options.text("root")?,
        exclude: options.texts("exclude")?,
        include_dirs: options.flag("includeDirs")?,
        follow_symlinks: options.flag("followSymlinks")?,
        canonicalize: options.flag("canonicalize")?,
    };
    options.finish()?;
    Ok(glob)
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
