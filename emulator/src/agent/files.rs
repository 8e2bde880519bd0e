use std::fs::{self, DirBuilder, FileType, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{
    DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, symlink,
};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use deno_sandbox::rpc::methods::{
    DirEntry, MakeTempParams, MkdirParams, OpenOptions as OpenRequest, RemoveParams, UtimeParams,
};
use deno_sandbox::rpc::values::{Date, FileInfo};
use nix::fcntl::AT_FDCWD;
use nix::sys::stat::{UtimensatFlags, utimensat};
use nix::sys::time::TimeSpec;
use time::OffsetDateTime;

use super::failure::{Doing, Failure};
use super::sandbox::Sandbox;

pub(super) fn read_dir(sandbox: &Sandbox, path: &str) -> Result<Vec<DirEntry>, Failure> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(sandbox.resolve(path)).at("readdir", path)? {
        let entry = entry.at("readdir", path)?;
        let kind = entry.file_type().at("readdir", path)?;
        entries.push(DirEntry {
            name: entry.file_name().to_string_lossy().into_owned(),
            is_file: kind.is_file(),
            is_directory: kind.is_dir(),
            is_symlink: kind.is_symlink(),
        });
    }
    Ok(entries)
}

pub(super) fn remove(sandbox: &Sandbox, params: &RemoveParams) -> Result<(), Failure> {
    let file = sandbox.resolve(&params.path);
    let recursive = params
        .options
        .as_ref()
        .and_then(|options| options.recursive);
    let removed = fs::symlink_metadata(&file).and_then(|found| {
        if !found.is_dir() {
            fs::remove_file(&file)
        } else if recursive == Some(true) {
            fs::remove_dir_all(&file)
        } else {
            fs::remove_dir(&file)
        }
    });
    removed.at("remove", &params.path)
}

pub(super) fn mkdir(sandbox: &Sandbox, params: &MkdirParams) -> Result<(), Failure> {
    let options = params.options.clone().unwrap_or_default();
    DirBuilder::new()
        .recursive(options.recursive.unwrap_or(false))
        .mode(options.mode.unwrap_or(0o777) & 0o7777)
        .create(sandbox.resolve(&params.path))
        .at("mkdir", &params.path)
}

pub(super) fn rename(sandbox: &Sandbox, from: &str, to: &str) -> Result<(), Failure> {
    fs::rename(sandbox.resolve(from), sandbox.resolve(to)).between("rename", from, to)
}

pub(super) fn copy_file(sandbox: &Sandbox, from: &str, to: &str) -> Result<(), Failure> {
    let (source, target) = (sandbox.resolve(from), sandbox.resolve(to));
    let allowed = sandbox.limits.allow_copy(&source, &target);
    allowed
        .and_then(|()| fs::copy(source, target).map(drop))
        .between("copy", from, to)
}

pub(super) fn link(sandbox: &Sandbox, target: &str, path: &str) -> Result<(), Failure> {
    fs::hard_link(sandbox.resolve(target), sandbox.resolve(path)).between("link", target, path)
}

pub(super) fn make_symlink(sandbox: &Sandbox, target: &str, path: &str) -> Result<(), Failure> {
    symlink(target, sandbox.resolve(path)).between("symlink", target, path)
}

pub(super) fn read_link(sandbox: &Sandbox, path: &str) -> Result<String, Failure> {
    let target = fs::read_link(sandbox.resolve(path)).at("readlink", path)?;
    Ok(target.to_string_lossy().into_owned())
}

pub(super) fn real_path(sandbox: &Sandbox, path: &str) -> Result<String, Failure> {
    let real = fs::canonicalize(sandbox.resolve(path)).at("realpath", path)?;
    Ok(real.to_string_lossy().into_owned())
}

pub(super) fn stat(sandbox: &Sandbox, path: &str) -> Result<FileInfo, Failure> {
    let metadata = fs::metadata(sandbox.resolve(path)).at("stat", path)?;
    Ok(file_info(&metadata))
}

pub(super) fn lstat(sandbox: &Sandbox, path: &str) -> Result<FileInfo, Failure> {
    let metadata = fs::symlink_metadata(sandbox.resolve(path)).at("lstat", path)?;
    Ok(file_info(&metadata))
}

pub(super) fn chmod(sandbox: &Sandbox, path: &str, mode: u32) -> Result<(), Failure> {
    let permissions = Permissions::from_mode(mode & 0o7777);
    fs::set_permissions(sandbox.resolve(path), permissions).at("chmod", path)
}

pub(super) fn change_owner(
    sandbox: &Sandbox,
    path: &str,
    uid: Option<u32>,
    gid: Option<u32>,
) -> Result<(), Failure> {
    chown(sandbox.resolve(path), uid, gid).at("chown", path)
}

pub(super) fn truncate(sandbox: &Sandbox, path: &str, size: u64) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).open(sandbox.resolve(path));
    file.and_then(|file| file.set_len(size))
        .at("truncate", path)
}

pub(super) fn utime(sandbox: &Sandbox, params: &UtimeParams) -> Result<(), Failure> {
    utimensat(
        AT_FDCWD,
        &sandbox.resolve(&params.path),
        &time_spec(params.atime),
        &time_spec(params.mtime),
        UtimensatFlags::FollowSymlink,
    )
    .at("utime", &params.path)
}

/// Makes something new under a name nothing else has; `create` fails where the name is taken.
pub(super) fn make_temp(
    sandbox: &Sandbox,
    params: &MakeTempParams,
    create: impl Fn(&Path) -> io::Result<()>,
) -> Result<String, Failure> {
    let options = params.options.clone().unwrap_or_default();
    let folder = options.dir.as_deref().unwrap_or("/tmp");
    let prefix = options.prefix.unwrap_or_default();
    let suffix = options.suffix.unwrap_or_default();
    for part in [&prefix, &suffix] {
        if part.contains('/') {
            return Err(Failure::invalid(format!(
                "Invalid prefix or suffix {part:?}: it is part of a name and must not contain '/'"
            )));
        }
    }
    loop {
        let name = format!("{prefix}{:016x}{suffix}", rand::random::<u64>());
        let path = sandbox.resolve(folder).join(name);
        match create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => {
                let text = path.to_string_lossy().into_owned();
                return done.at("maketemp", &text).map(|()| text);
            }
        }
    }
}

pub(super) fn new_temp_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

pub(super) fn new_temp_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).map(drop)
}

/// How the system opens a file for a call of `open`.
pub(super) fn open_options(request: Option<&OpenRequest>) -> OpenOptions {
    let request = request.cloned().unwrap_or_default();
    let unspecified = request
        == OpenRequest {
            mode: request.mode,
            ..OpenRequest::default()
        };
    let mut options = OpenOptions::new();
    options
        .read(request.read.unwrap_or(unspecified))
        .write(request.write.unwrap_or(false))
        .append(request.append.unwrap_or(false))
        .truncate(request.truncate.unwrap_or(false))
        .create(request.create.unwrap_or(false))
        .create_new(request.create_new.unwrap_or(false))
        .mode(request.mode.unwrap_or(0o666) & 0o7777);
    options
}

pub(super) fn file_info(metadata: &Metadata) -> FileInfo {
    let kind: FileType = metadata.file_type();
    let changed =
        date(i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec()));
    FileInfo {
        is_file: kind.is_file(),
        is_directory: kind.is_dir(),
        is_symlink: kind.is_symlink(),
        size: metadata.len(),
        mtime: date(
            i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec()),
        ),
        atime: date(
            i128::from(metadata.atime()) * 1_000_000_000 + i128::from(metadata.atime_nsec()),
        ),
        // Not every file system keeps it, but clients rely on its being there.
        birthtime: metadata.created().map_or(changed, system_date),
        ctime: changed,
        dev: metadata.dev(),
        ino: metadata.ino(),
        mode: metadata.mode(),
        nlink: metadata.nlink(),
        uid: metadata.uid(),
        gid: metadata.gid(),
        rdev: metadata.rdev(),
        blksize: metadata.blksize(),
        blocks: metadata.blocks(),
        is_block_device: kind.is_block_device(),
        is_char_device: kind.is_char_device(),
        is_fifo: kind.is_fifo(),
        is_socket: kind.is_socket(),
    }
}

/// A time as the system takes it.
pub(super) fn time_spec(date: Date) -> TimeSpec {
    let nanos = date.0.nanosecond();
    TimeSpec::new(date.0.unix_timestamp(), i64::from(nanos))
}

fn system_date(time: SystemTime) -> Date {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => date(after.as_nanos() as i128),
        Err(before) => date(-(before.duration().as_nanos() as i128)),
    }
}

/// A time in whole milliseconds, which is what the clients' dates hold.
fn date(nanos: i128) -> Date {
    let millis = nanos.div_euclid(1_000_000) * 1_000_000;
    let utc = OffsetDateTime::from_unix_timestamp_nanos(millis);
    // Beyond the years text can tell: the nearest that it can.
    let limit = if nanos < 0 {
        time::PrimitiveDateTime::MIN
    } else {
        time::PrimitiveDateTime::MAX
    };
    Date(utc.unwrap_or_else(|_| limit.assume_utc()))
}
