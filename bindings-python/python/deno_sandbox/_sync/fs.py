# Made by make_sync.py from _async/fs.py: change that one.
"""Files of a sandbox."""

from __future__ import annotations

from .._shapes import listed
from .content import BUFFERS, parts_of, check_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from datetime import datetime
    from re import Pattern
    from types import TracebackType
    from typing import Iterator, Callable, Literal, Optional, Sequence, Union

    from .. import _native
    from ..records import DirEntry, FileInfo, TransferProgress, WalkEntry
    from .content import Buffer, Streamable

    StrPath = Union[str, os.PathLike[str]]
    Moment = Union[datetime, int, float, str]

__all__ = ["FsFile", "SandboxFs"]


class FsFile:
    """An open file in a sandbox. Used by ``with``, it is closed at the end."""

    def __init__(self, native: _native.File) -> None:
        self._native = native

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; without ``size``, all that is left. Empty at the end."""
        parts: list[bytes] = []
        while size != 0:
            wanted = 1 << 20 if size < 0 else min(size, 1 << 20)
            part = self._native.read(wanted)
            if part is None:
                break
            parts.append(part)
            size -= len(part) if size > 0 else 0
            if len(part) < wanted and size > 0:
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def write(self, data: Buffer) -> int:
        """Writes all of it; how many bytes that were."""
        return self._native.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Moves to a position, counted from ``whence``: ``io.SEEK_SET``, ``SEEK_CUR`` or ``SEEK_END``."""
        return self._native.seek(offset, whence)

    def stat(self) -> FileInfo:
        """What is known of it."""
        return self._native.stat()

    def truncate(self, size: Optional[int] = None) -> None:
        """Cuts or extends it to ``size`` bytes; to none without."""
        self._native.truncate(size or 0)

    def sync(self) -> None:
        """Waits until what was written is on the disk."""
        self._native.sync()

    def sync_data(self) -> None:
        """As :meth:`sync`, without the file's attributes."""
        self._native.sync_data()

    def utime(self, atime: Moment, mtime: Moment) -> None:
        """Sets the times of last access and last change."""
        self._native.utime(atime, mtime)

    def lock(self, exclusive: Optional[bool] = None) -> None:
        """Locks it, waiting for others; shared unless ``exclusive``."""
        self._native.lock(bool(exclusive))

    def unlock(self) -> None:
        """Unlocks it."""
        self._native.unlock()

    def close(self) -> None:
        """Closes it; a second time does nothing."""
        self._native.close()

    def __enter__(self) -> FsFile:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()


class SandboxFs:
    """The files of a sandbox. Paths are ``str`` or ``os.PathLike``; relative ones start in ``/home/app``.

    What the sandbox's kernel refuses is the exception Python has for it: ``FileNotFoundError``,
    ``PermissionError``, ``OSError`` with ``errno``.
    """

    def __init__(self, native: _native.Fs) -> None:
        self._native = native

    def read_file(self, path: StrPath, *, signal: object = None) -> bytes:
        """A whole file."""
        return self._native.read_file(path)

    def read_text_file(self, path: StrPath, *, signal: object = None) -> str:
        """A whole file of UTF-8."""
        return self._native.read_text_file(path)

    def read_stream(self, path: StrPath) -> Iterator[bytes]:
        """A file in parts of up to 1 MiB, as they arrive: memory stays the same however large it is."""
        stream = self._native.read_stream(path)
        try:
            while True:
                part = stream.chunk()
                if part is None:
                    break
                yield part
        finally:
            stream.close()

    def write_file(
        self,
        path: StrPath,
        data: Union[Buffer, Streamable],
        *,
        create: Optional[bool] = None,
        append: Optional[bool] = None,
        create_new: Optional[bool] = None,
        mode: Optional[int] = None,
    ) -> None:
        """Writes a whole file.

        Args:
            path: where.
            data: bytes, an iterable of bytes, or a binary file, which is read to its end.
            create: create the file if absent; default yes.
            append: add to the end instead of replacing; default no.
            create_new: fail if the file exists; default no.
            mode: permissions of a file that is created, before the mask.
        """
        if isinstance(data, BUFFERS):
            self._native.write_file(
                path, data, append=append, create=create, create_new=create_new, mode=mode
            )
            return
        check_source("data", data)
        writer = self._native.write_stream(
            path, append=append, create=create, create_new=create_new, mode=mode
        )
        try:
            for part in parts_of(data):
                writer.write(part)
        except BaseException:
            writer.abort()
            raise
        writer.close()

    def write_text_file(
        self,
        path: StrPath,
        content: str,
        *,
        create: Optional[bool] = None,
        append: Optional[bool] = None,
        create_new: Optional[bool] = None,
        mode: Optional[int] = None,
    ) -> None:
        """Writes a whole file as UTF-8; options as :meth:`write_file`."""
        self._native.write_text_file(
            path, content, append=append, create=create, create_new=create_new, mode=mode
        )

    def read_dir(self, path: StrPath) -> list[DirEntry]:
        """What a folder holds."""
        return self._native.read_dir(path)

    def remove(self, path: StrPath, *, recursive: Optional[bool] = None) -> None:
        """Removes a file or an empty folder; with ``recursive``, a folder with all in it."""
        self._native.remove(path, recursive)

    def mkdir(
        self, path: StrPath, *, recursive: Optional[bool] = None, mode: Optional[int] = None
    ) -> None:
        """Makes a folder; with ``recursive``, its parents too, and it may exist."""
        self._native.mkdir(path, recursive, mode)

    def rename(self, old_path: StrPath, new_path: StrPath) -> None:
        """Renames or moves; what is at ``new_path`` is replaced."""
        self._native.rename(old_path, new_path)

    def stat(self, path: StrPath) -> FileInfo:
        """What is known of a file; of what a link points at."""
        return self._native.stat(path)

    def lstat(self, path: StrPath) -> FileInfo:
        """What is known of a file; of a link itself."""
        return self._native.lstat(path)

    def chmod(self, path: StrPath, mode: int) -> None:
        """Sets permissions."""
        self._native.chmod(path, mode)

    def chown(
        self, path: StrPath, uid: Optional[int] = None, gid: Optional[int] = None
    ) -> None:
        """Sets user and group; what is ``None`` stays."""
        self._native.chown(path, uid, gid)

    def copy_file(self, from_path: StrPath, to_path: StrPath) -> None:
        """Copies a file within the sandbox; what is at ``to_path`` is replaced."""
        self._native.copy_file(from_path, to_path)

    def link(self, target: StrPath, path: StrPath) -> None:
        """Makes ``path`` another name of the file ``target``."""
        self._native.link(target, path)

    def symlink(
        self,
        target: StrPath,
        path: StrPath,
        *,
        type: Optional[Literal["file", "dir", "junction"]] = None,
    ) -> None:
        """Makes ``path`` a symbolic link that holds ``target``. ``type`` means nothing on Linux."""
        self._native.symlink(target, path)

    def read_link(self, path: StrPath) -> str:
        """What a symbolic link holds."""
        return self._native.read_link(path)

    def real_path(self, path: StrPath) -> str:
        """The absolute path without links."""
        return self._native.real_path(path)

    def truncate(self, name: StrPath, length: Optional[int] = None) -> None:
        """Cuts or extends a file to ``length`` bytes; to none without."""
        self._native.truncate(name, length or 0)

    def umask(self, mask: Optional[int] = None) -> int:
        """The mask of permissions; with ``mask``, sets it and gives the one before."""
        return self._native.umask(mask)

    def utime(self, path: StrPath, atime: Moment, mtime: Moment) -> None:
        """Sets the times of last access and last change: ``datetime``, seconds, or ISO 8601 text."""
        self._native.utime(path, atime, mtime)

    def make_temp_dir(
        self,
        *,
        dir: Optional[StrPath] = None,
        prefix: Optional[str] = None,
        suffix: Optional[str] = None,
    ) -> str:
        """Makes a folder with a new name, in ``/tmp`` unless told; its path."""
        return self._native.make_temp_dir(dir, prefix, suffix)

    def make_temp_file(
        self,
        *,
        dir: Optional[StrPath] = None,
        prefix: Optional[str] = None,
        suffix: Optional[str] = None,
    ) -> str:
        """Makes an empty file with a new name, in ``/tmp`` unless told; its path."""
        return self._native.make_temp_file(dir, prefix, suffix)

    def walk(
        self,
        path: StrPath,
        *,
        max_depth: Optional[int] = None,
        include_files: Optional[bool] = None,
        include_dirs: Optional[bool] = None,
        include_symlinks: Optional[bool] = None,
        follow_symlinks: Optional[bool] = None,
        canonicalize: Optional[bool] = None,
        exts: Optional[Sequence[str]] = None,
        match: Optional[Sequence[Union[str, Pattern[str]]]] = None,
        skip: Optional[Sequence[Union[str, Pattern[str]]]] = None,
    ) -> Iterator[WalkEntry]:
        """Goes through a tree, the root included.

        Args:
            path: the root.
            max_depth: how deep to go; the root is 0.
            include_files: yield files; default yes.
            include_dirs: yield folders; default yes.
            include_symlinks: yield symbolic links; default yes.
            follow_symlinks: go where links point; default no.
            canonicalize: with ``follow_symlinks``, yield the resolved path; default yes.
            exts: yield only files whose name ends in one of these.
            match: yield only paths that match one of these expressions, in JavaScript's grammar.
            skip: neither yield nor enter paths that match one of these.
        """

        def entries() -> Iterator[WalkEntry]:
            stream = self._native.walk(
                path,
                max_depth=max_depth,
                include_files=include_files,
                include_dirs=include_dirs,
                include_symlinks=include_symlinks,
                follow_symlinks=follow_symlinks,
                canonicalize=canonicalize,
                exts=listed("exts", exts),
                matching=listed("match", match),
                skip=listed("skip", skip),
            )
            for entry in _entries_of(stream):
                yield entry

        return entries()

    def expand_glob(
        self,
        glob: StrPath,
        *,
        root: Optional[StrPath] = None,
        exclude: Optional[Sequence[str]] = None,
        include_dirs: Optional[bool] = None,
        follow_symlinks: Optional[bool] = None,
        canonicalize: Optional[bool] = None,
        extended: Optional[bool] = None,
        globstar: Optional[bool] = None,
        case_insensitive: Optional[bool] = None,
    ) -> Iterator[WalkEntry]:
        """Finds files by a pattern.

        Args:
            glob: the pattern, like ``"**/*.py"``.
            root: the folder relative patterns start in; default the sandbox's home.
            exclude: patterns of what to leave out.
            include_dirs: yield folders; default yes.
            follow_symlinks: go where links point; default no.
            canonicalize: with ``follow_symlinks``, yield the resolved path; default yes.
            extended: accept ``@(a|b)`` and its like; default yes.
            globstar: let ``**`` stand for any number of folders; default yes.
            case_insensitive: ignore case; default no.
        """

        def entries() -> Iterator[WalkEntry]:
            stream = self._native.expand_glob(
                glob,
                root=root,
                exclude=listed("exclude", exclude),
                include_dirs=include_dirs,
                follow_symlinks=follow_symlinks,
                canonicalize=canonicalize,
                extended=extended,
                globstar=globstar,
                case_insensitive=case_insensitive,
            )
            for entry in _entries_of(stream):
                yield entry

        return entries()

    def upload(
        self,
        local_path: StrPath,
        sandbox_path: StrPath,
        *,
        progress: Optional[Callable[[TransferProgress], object]] = None,
    ) -> None:
        """Copies a file or tree of this machine to exactly ``sandbox_path``.

        Permissions are kept, links are made again with the same target, and a file appears under its name
        only when it is complete. ``progress`` is called after each part; what it raises ends the upload.
        """
        self._native.upload(local_path, sandbox_path, progress)

    def download(
        self,
        local_path: StrPath,
        sandbox_path: StrPath,
        *,
        progress: Optional[Callable[[TransferProgress], object]] = None,
    ) -> None:
        """Copies a file or tree of the sandbox to exactly ``local_path``.

        The sandbox is not trusted: nothing is written outside ``local_path``, and a tree that tries to is
        refused whole. As :meth:`upload` otherwise.
        """
        self._native.download(sandbox_path, local_path, progress)

    def create(self, path: StrPath) -> FsFile:
        """Creates a file, or empties it, and opens it for reading and writing."""
        return FsFile(self._native.create(path))

    def open(
        self,
        path: StrPath,
        *,
        read: Optional[bool] = None,
        write: Optional[bool] = None,
        append: Optional[bool] = None,
        truncate: Optional[bool] = None,
        create: Optional[bool] = None,
        create_new: Optional[bool] = None,
        mode: Optional[int] = None,
    ) -> FsFile:
        """Opens a file; for reading unless told."""
        file = self._native.open(
            path,
            read=read,
            write=write,
            append=append,
            truncate=truncate,
            create=create,
            create_new=create_new,
            mode=mode,
        )
        return FsFile(file)


def _entries_of(stream: _native.EntryStream) -> Iterator[WalkEntry]:
    try:
        while True:
            entries = stream.entries()
            if not entries:
                break
            for entry in entries:
                yield entry
    finally:
        stream.close()
