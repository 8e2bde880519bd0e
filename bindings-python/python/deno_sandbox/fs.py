"""Files of a sandbox."""

from ._async.fs import AsyncFsFile, AsyncSandboxFs
from ._sync.fs import FsFile, SandboxFs
from .records import DirEntry, FileInfo, TransferProgress, WalkEntry

__all__ = [
    "AsyncFsFile",
    "AsyncSandboxFs",
    "DirEntry",
    "FileInfo",
    "FsFile",
    "SandboxFs",
    "TransferProgress",
    "WalkEntry",
]
