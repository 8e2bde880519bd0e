//! One ext4 file system in one sparse file.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use super::mounted::Mounted;
use super::tools::{run, sync};

/// A file of `capacity` bytes that takes up none; it is formatted when first mounted.
pub(super) fn create(file: &Path, capacity: u64) -> io::Result<()> {
    let image = OpenOptions::new().write(true).create_new(true).open(file)?;
    image.set_len(capacity)?;
    image.sync_all()
}

/// A file system of `capacity` bytes that holds a copy of `content`.
pub(super) fn create_filled(file: &Path, capacity: u64, content: &Path) -> io::Result<()> {
    create(file, capacity)?;
    format(file, Some(content))?;
    sync(file)
}

/// A copy with the same capacity or a larger one.
pub(super) fn copy(from: &Path, to: &Path, capacity: u64) -> io::Result<()> {
    // A file system that something still had open when it was let go is written to a little longer.
    wait_until_free(from)?;
    let options = ["--reflink=auto", "--sparse=always", "--"].map(Path::new);
    run("cp", options.into_iter().chain([from, to]), &[0])?;
    grow(to, capacity)?;
    sync(to)
}

/// Mounts the file system at `dir`, which is made. What was never formatted is formatted first.
pub(super) fn mount(file: &Path, dir: &Path) -> io::Result<Mounted> {
    wait_until_free(file)?;
    if is_formatted(file)? {
        return attach(file, dir);
    }
    // Made aside and complete before it takes its place, so that a crash leaves either nothing or an
    // empty file system. It stays mounted meanwhile: a loop device follows the file, not its name.
    let aside = file.with_extension("new");
    wait_until_free(&aside)?;
    let _ = fs::remove_file(&aside);
    create(&aside, file.metadata()?.len())?;
    format(&aside, None)?;
    let mounted = attach(&aside, dir)?;
    fs::remove_dir(dir.join("lost+found"))?;
    // A sandbox's user need not be this machine's root.
    fs::set_permissions(dir, fs::Permissions::from_mode(0o777))?;
    nix::unistd::syncfs(File::open(dir)?)?;
    sync(&aside)?;
    fs::rename(&aside, file)?;
    if let Some(folder) = file.parent() {
        sync(folder)?;
    }
    Ok(mounted)
}

fn attach(file: &Path, dir: &Path) -> io::Result<Mounted> {
    fs::create_dir_all(dir)?;
    // Device files and set-user-id programs made inside a sandbox mean nothing on this machine.
    let options = ["-t", "ext4", "-o", "loop,nodev,nosuid", "--"].map(Path::new);
    if let Err(error) = run("mount", options.into_iter().chain([file, dir]), &[0]) {
        let _ = fs::remove_dir(dir);
        return Err(error);
    }
    Ok(Mounted::image(dir.to_owned()))
}

/// Waits until no image below `folder` is mounted any more.
///
/// The mounts of an emulator that was killed end a moment after it, and a file system that is
/// mounted twice is lost.
pub(super) fn wait_until_free(folder: &Path) -> io::Result<()> {
    for _ in 0..200 {
        if !is_mounted(folder) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(io::Error::other(format!(
        "\"{}\" is still mounted by an emulator that ended",
        folder.display()
    )))
}

/// Whether a loop device has a file at `path` or below it.
fn is_mounted(path: &Path) -> bool {
    let Ok(devices) = fs::read_dir("/sys/block") else {
        return false;
    };
    devices.flatten().any(|device| {
        let file = fs::read_to_string(device.path().join("loop/backing_file"));
        file.is_ok_and(|file| Path::new(file.trim_end()).starts_with(path))
    })
}

/// Makes, mounts and unmounts a small one, to see whether this machine can.
pub(super) fn trial(scratch: &Path) -> io::Result<()> {
    let (file, dir) = (scratch.join("trial.img"), scratch.join("trial"));
    let _ = fs::remove_file(&file);
    let result = create(&file, 8 << 20)
        .and_then(|()| mount(&file, &dir))
        .and_then(Mounted::unmount);
    let _ = fs::remove_file(&file);
    result
}

fn format(file: &Path, content: Option<&Path>) -> io::Result<()> {
    let mut args = vec![
        Path::new("-q"),
        Path::new("-F"),
        // No blocks are kept back for root: all of the volume is the user's.
        Path::new("-m"),
        Path::new("0"),
        Path::new("-E"),
        Path::new("lazy_itable_init=1,lazy_journal_init=1,nodiscard"),
    ];
    if let Some(content) = content {
        args.extend([Path::new("-d"), content]);
    }
    args.push(file);
    run("mkfs.ext4", args, &[0])
}

/// Grows the file system in `file` to `capacity` bytes.
fn grow(file: &Path, capacity: u64) -> io::Result<()> {
    let image = File::options().write(true).open(file)?;
    let grows = image.metadata()?.len() < capacity;
    image.set_len(capacity)?;
    if grows && is_formatted(file)? {
        // resize2fs refuses what was not just checked; 1 means "errors corrected".
        run("e2fsck", [Path::new("-fp"), file], &[0, 1])?;
        run("resize2fs", [file], &[0])?;
    }
    Ok(())
}

/// Whether ext4's magic number is where it belongs.
fn is_formatted(file: &Path) -> io::Result<bool> {
    let mut magic = [0; 2];
    match File::open(file)?.read_exact_at(&mut magic, 1024 + 56) {
        Ok(()) => Ok(magic == [0x53, 0xEF]),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
