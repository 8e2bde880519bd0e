"""Processes and their streams."""

from ._async.process import AsyncChildProcess, AsyncStreamReader, AsyncStreamWriter
from ._sync.process import ChildProcess, StreamReader, StreamWriter
from .records import ChildProcessStatus, Output

SyncStreamReader = StreamReader

__all__ = [
    "AsyncChildProcess",
    "AsyncStreamReader",
    "AsyncStreamWriter",
    "ChildProcess",
    "ChildProcessStatus",
    "Output",
    "StreamReader",
    "StreamWriter",
    "SyncStreamReader",
]
