use std::path::PathBuf;

use deno_sandbox::{
    Error, ExpandGlobOptions, Fs, MakeTempOptions, MkdirOptions, OpenOptions, RemoveOptions,
    WalkOptions, WriteOptions,
};
use pyo3::prelude::*;

use crate::arguments::{Content, Moment, Pattern, SandboxPath, named};
use crate::file::NativeFile;
use crate::runtime::Home;
use crate::streams::{NativeByteStream, NativeEntryStream, NativeFileWriter};
use crate::transfer::{listener, until_failed};

/// Files of a sandbox.
#[pyclass(frozen, name = "Fs")]
pub(crate) struct NativeFs {
    home: Home,
    fs: Fs,
}

impl NativeFs {
    pub(crate) fn new(home: Home, fs: Fs) -> Self {
        Self { home, fs }
    }
}

type Awaited<'py> = PyResult<Bound<'py, PyAny>>;

fn write_options(
    append: Option<bool>,
    create: Option<bool>,
    create_new: Option<bool>,
    mode: Option<u32>,
) -> WriteOptions {
    WriteOptions {
        append,
        create,
        create_new,
        mode,
    }
}

fn regexes(patterns: Option<Vec<Pattern>>) -> Option<Vec<deno_sandbox::Regex>> {
    patterns.map(|patterns| patterns.into_iter().map(|pattern| pattern.0).collect())
}

#[pymethods]
impl NativeFs {
    fn read_file<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home
            .run_on(py, path.0.clone(), async move { fs.read_file(path).await })
    }

    fn read_text_file<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(
            py,
            path.0.clone(),
            async move { fs.read_text_file(path).await },
        )
    }

    fn read_stream<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let (home, fs) = (self.home, self.fs.clone());
        home.run_on(py, path.0.clone(), async move {
            let stream = fs.read_stream(path).await?;
            Ok::<_, Error>(NativeByteStream::of_file(home, stream))
        })
    }

    #[pyo3(signature = (path, data, *, append=None, create=None, create_new=None, mode=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn write_file<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        data: Content,
        #[pyo3(from_py_with = named)] append: Option<bool>,
        #[pyo3(from_py_with = named)] create: Option<bool>,
        #[pyo3(from_py_with = named)] create_new: Option<bool>,
        #[pyo3(from_py_with = named)] mode: Option<u32>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        let options = write_options(append, create, create_new, mode);
        self.home.run_on(py, path.0.clone(), async move {
            fs.write_file_with(path, data.0, options).await
        })
    }

    #[pyo3(signature = (path, content, *, append=None, create=None, create_new=None, mode=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn write_text_file<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        #[pyo3(from_py_with = named)] content: String,
        #[pyo3(from_py_with = named)] append: Option<bool>,
        #[pyo3(from_py_with = named)] create: Option<bool>,
        #[pyo3(from_py_with = named)] create_new: Option<bool>,
        #[pyo3(from_py_with = named)] mode: Option<u32>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        let options = write_options(append, create, create_new, mode);
        self.home.run_on(py, path.0.clone(), async move {
            fs.write_text_file_with(path, content, options).await
        })
    }

    /// A file whose content comes in parts.
    #[pyo3(signature = (path, *, append=None, create=None, create_new=None, mode=None))]
    fn write_stream<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        #[pyo3(from_py_with = named)] append: Option<bool>,
        #[pyo3(from_py_with = named)] create: Option<bool>,
        #[pyo3(from_py_with = named)] create_new: Option<bool>,
        #[pyo3(from_py_with = named)] mode: Option<u32>,
    ) -> Awaited<'py> {
        let (home, fs) = (self.home, self.fs.clone());
        let options = write_options(append, create, create_new, mode);
        home.run_on(py, path.0.clone(), async move {
            Ok::<_, Error>(NativeFileWriter::start(home, fs, path.0, options))
        })
    }

    fn read_dir<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home
            .run_on(py, path.0.clone(), async move { fs.read_dir(path).await })
    }

    fn mkdir<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        #[pyo3(from_py_with = named)] recursive: Option<bool>,
        #[pyo3(from_py_with = named)] mode: Option<u32>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        let options = MkdirOptions { recursive, mode };
        self.home.run_on(py, path.0.clone(), async move {
            fs.mkdir_with(path, options).await
        })
    }

    fn remove<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        #[pyo3(from_py_with = named)] recursive: Option<bool>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        let options = RemoveOptions { recursive };
        self.home.run_on(py, path.0.clone(), async move {
            fs.remove_with(path, options).await
        })
    }

    fn rename<'py>(
        &self,
        py: Python<'py>,
        old_path: SandboxPath,
        new_path: SandboxPath,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(py, old_path.0.clone(), async move {
            fs.rename(old_path, new_path).await
        })
    }

    fn stat<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home
            .run_on(py, path.0.clone(), async move { fs.stat(path).await })
    }

    fn lstat<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home
            .run_on(py, path.0.clone(), async move { fs.lstat(path).await })
    }

    fn chmod<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        #[pyo3(from_py_with = named)] mode: u32,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(
            py,
            path.0.clone(),
            async move { fs.chmod(path, mode).await },
        )
    }

    fn chown<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        #[pyo3(from_py_with = named)] uid: Option<u32>,
        #[pyo3(from_py_with = named)] gid: Option<u32>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(
            py,
            path.0.clone(),
            async move { fs.chown(path, uid, gid).await },
        )
    }

    fn copy_file<'py>(
        &self,
        py: Python<'py>,
        from_path: SandboxPath,
        to_path: SandboxPath,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(py, from_path.0.clone(), async move {
            fs.copy_file(from_path, to_path).await
        })
    }

    fn link<'py>(&self, py: Python<'py>, target: SandboxPath, path: SandboxPath) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(
            py,
            target.0.clone(),
            async move { fs.link(target, path).await },
        )
    }

    fn symlink<'py>(
        &self,
        py: Python<'py>,
        target: SandboxPath,
        path: SandboxPath,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(
            py,
            path.0.clone(),
            async move { fs.symlink(target, path).await },
        )
    }

    fn read_link<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home
            .run_on(py, path.0.clone(), async move { fs.read_link(path).await })
    }

    fn real_path<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home
            .run_on(py, path.0.clone(), async move { fs.real_path(path).await })
    }

    fn truncate<'py>(
        &self,
        py: Python<'py>,
        name: SandboxPath,
        #[pyo3(from_py_with = named)] length: u64,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(py, name.0.clone(), async move {
            fs.truncate(name, length).await
        })
    }

    fn umask<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named)] mask: Option<u32>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run(py, async move { fs.umask(mask).await })
    }

    fn utime<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        atime: Moment,
        mtime: Moment,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        self.home.run_on(py, path.0.clone(), async move {
            fs.utime(path, atime.0, mtime.0).await
        })
    }

    fn make_temp_dir<'py>(
        &self,
        py: Python<'py>,
        dir: Option<SandboxPath>,
        #[pyo3(from_py_with = named)] prefix: Option<String>,
        #[pyo3(from_py_with = named)] suffix: Option<String>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        let options = temp_options(dir, prefix, suffix);
        self.home
            .run(py, async move { fs.make_temp_dir(options).await })
    }

    fn make_temp_file<'py>(
        &self,
        py: Python<'py>,
        dir: Option<SandboxPath>,
        #[pyo3(from_py_with = named)] prefix: Option<String>,
        #[pyo3(from_py_with = named)] suffix: Option<String>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        let options = temp_options(dir, prefix, suffix);
        self.home
            .run(py, async move { fs.make_temp_file(options).await })
    }

    #[pyo3(signature = (path, *, max_depth=None, include_files=None, include_dirs=None,
        include_symlinks=None, follow_symlinks=None, canonicalize=None, exts=None, matching=None, skip=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn walk<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        #[pyo3(from_py_with = named)] max_depth: Option<f64>,
        #[pyo3(from_py_with = named)] include_files: Option<bool>,
        #[pyo3(from_py_with = named)] include_dirs: Option<bool>,
        #[pyo3(from_py_with = named)] include_symlinks: Option<bool>,
        #[pyo3(from_py_with = named)] follow_symlinks: Option<bool>,
        #[pyo3(from_py_with = named)] canonicalize: Option<bool>,
        #[pyo3(from_py_with = named)] exts: Option<Vec<String>>,
        #[pyo3(from_py_with = named)] matching: Option<Vec<Pattern>>,
        #[pyo3(from_py_with = named)] skip: Option<Vec<Pattern>>,
    ) -> Awaited<'py> {
        let (home, fs) = (self.home, self.fs.clone());
        let options = WalkOptions {
            max_depth,
            include_files,
            include_dirs,
            include_symlinks,
            follow_symlinks,
            canonicalize,
            exts,
            matching: regexes(matching),
            skip: regexes(skip),
        };
        home.run_on(py, path.0.clone(), async move {
            let entries = fs.walk(path, options).await?;
            Ok::<_, Error>(NativeEntryStream::new(home, entries))
        })
    }

    #[pyo3(signature = (glob, *, root=None, exclude=None, include_dirs=None, follow_symlinks=None,
        canonicalize=None, extended=None, globstar=None, case_insensitive=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn expand_glob<'py>(
        &self,
        py: Python<'py>,
        glob: SandboxPath,
        root: Option<SandboxPath>,
        #[pyo3(from_py_with = named)] exclude: Option<Vec<String>>,
        #[pyo3(from_py_with = named)] include_dirs: Option<bool>,
        #[pyo3(from_py_with = named)] follow_symlinks: Option<bool>,
        #[pyo3(from_py_with = named)] canonicalize: Option<bool>,
        #[pyo3(from_py_with = named)] extended: Option<bool>,
        #[pyo3(from_py_with = named)] globstar: Option<bool>,
        #[pyo3(from_py_with = named)] case_insensitive: Option<bool>,
    ) -> Awaited<'py> {
        let (home, fs) = (self.home, self.fs.clone());
        let options = ExpandGlobOptions {
            root: root.map(|root| root.0),
            exclude,
            include_dirs,
            follow_symlinks,
            canonicalize,
            extended,
            globstar,
            case_insensitive,
        };
        home.run(py, async move {
            let entries = fs.expand_glob(glob, options).await?;
            Ok::<_, Error>(NativeEntryStream::new(home, entries))
        })
    }

    #[pyo3(signature = (path, *, read=None, write=None, append=None, truncate=None, create=None,
        create_new=None, mode=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn open<'py>(
        &self,
        py: Python<'py>,
        path: SandboxPath,
        #[pyo3(from_py_with = named)] read: Option<bool>,
        #[pyo3(from_py_with = named)] write: Option<bool>,
        #[pyo3(from_py_with = named)] append: Option<bool>,
        #[pyo3(from_py_with = named)] truncate: Option<bool>,
        #[pyo3(from_py_with = named)] create: Option<bool>,
        #[pyo3(from_py_with = named)] create_new: Option<bool>,
        #[pyo3(from_py_with = named)] mode: Option<u32>,
    ) -> Awaited<'py> {
        let (home, fs) = (self.home, self.fs.clone());
        let options = OpenOptions {
            read,
            write,
            append,
            truncate,
            create,
            create_new,
            mode,
        };
        home.run_on(py, path.0.clone(), async move {
            let file = fs.open(path, options).await?;
            Ok::<_, Error>(NativeFile::new(home, file))
        })
    }

    fn create<'py>(&self, py: Python<'py>, path: SandboxPath) -> Awaited<'py> {
        let (home, fs) = (self.home, self.fs.clone());
        home.run_on(py, path.0.clone(), async move {
            let file = fs.create(path).await?;
            Ok::<_, Error>(NativeFile::new(home, file))
        })
    }

    fn upload<'py>(
        &self,
        py: Python<'py>,
        local_path: PathBuf,
        sandbox_path: SandboxPath,
        progress: Option<Py<PyAny>>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        let (tell, failed) = listener(py, self.home, progress)?;
        self.home.run(py, async move {
            let upload = fs.upload_with_progress(local_path, sandbox_path, tell);
            until_failed(upload, failed).await
        })
    }

    fn download<'py>(
        &self,
        py: Python<'py>,
        sandbox_path: SandboxPath,
        local_path: PathBuf,
        progress: Option<Py<PyAny>>,
    ) -> Awaited<'py> {
        let fs = self.fs.clone();
        let (tell, failed) = listener(py, self.home, progress)?;
        self.home.run(py, async move {
            let download = fs.download_with_progress(sandbox_path, local_path, tell);
            until_failed(download, failed).await
        })
    }
}

fn temp_options(
    dir: Option<SandboxPath>,
    prefix: Option<String>,
    suffix: Option<String>,
) -> MakeTempOptions {
    MakeTempOptions {
        dir: dir.map(|dir| dir.0),
        prefix,
        suffix,
    }
}
