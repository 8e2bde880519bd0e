# Made by make_sync.py from _async/process.py: change that one.
"""Processes and their streams."""

from __future__ import annotations

from .._background import in_background
from ..errors import DenoSandboxError, ProcessAlreadyExited
from .content import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Iterator, Optional, Union

    from .. import _native
    from ..records import ChildProcessStatus, Output
    from .content import Buffer, Streamable

__all__ = ["ChildProcess", "StreamReader", "StreamWriter"]


class StreamReader:
    """A process's output, read as it arrives. Iterating goes over its lines.

    What is not read makes the process wait, once some megabytes are under way.
    """

    def __init__(self, native: Optional[_native.ByteStream]) -> None:
        self._native = native

    def read(self, n: int = -1) -> bytes:
        """At most ``n`` bytes as soon as there are any; without ``n``, all there will be. Empty at the end."""
        if self._native is None:
            return b""
        return self._native.read(None if n < 0 else n)

    def readline(self) -> bytes:
        """A line with its line break; empty at the end."""
        if self._native is None:
            return b""
        return self._native.read_line()

    def readexactly(self, n: int) -> bytes:
        """Exactly ``n`` bytes.

        Raises:
            asyncio.IncompleteReadError: when the output ends before.
        """
        data = b"" if self._native is None else self._native.read_exactly(n)
        if len(data) < n:
            import asyncio

            raise asyncio.IncompleteReadError(data, n)
        return data

    def chunks(self) -> Iterator[bytes]:
        """Its bytes as they arrive."""
        while self._native is not None:
            chunk = self._native.chunk()
            if chunk is None:
                break
            yield chunk

    def lines(self) -> Iterator[str]:
        """Its lines as text, without their line breaks."""
        for line in self:
            yield line.decode().rstrip("\r\n")

    def at_eof(self) -> bool:
        """Whether the end was read."""
        return self._native is None or self._native.at_eof

    def close(self) -> None:
        """Reads no more, and tells the sandbox."""
        if self._native is not None:
            self._native.close()

    def __iter__(self) -> StreamReader:
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise StopIteration
        return line


class StreamWriter:
    """A process's standard input."""

    def __init__(self, native: _native.ProcessInput) -> None:
        self._native = native

    def write(self, data: Union[bytes, bytearray, memoryview, str]) -> None:
        """Writes all of it, waiting while too much is under way; text as UTF-8."""
        self._native.write(data.encode() if isinstance(data, str) else data)

    def close(self) -> None:
        """Ends the input."""
        self._native.close()

    def __enter__(self) -> StreamWriter:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()


class ChildProcess:
    """A process in a sandbox. Used by ``with``, it is sent ``SIGTERM`` at the end."""

    def __init__(self, native: _native.Process) -> None:
        self._native = native
        stdin = native.take_stdin()
        self.pid: int = native.pid
        """Its number in the sandbox."""
        self.stdin: Optional[StreamWriter] = stdin and StreamWriter(stdin)
        """Its input, where that is ``"piped"``."""
        self.stdout = StreamReader(native.take_stdout())
        """Its output; empty unless that is ``"piped"``."""
        self.stderr = StreamReader(native.take_stderr())
        """Its errors; empty unless those are ``"piped"``."""
        self.returncode: Optional[int] = None
        """The exit code, once it was waited for."""

    def feed(self, parts: Union[Streamable, list[Buffer]]) -> None:
        """Writes to its input in the background, and ends it then, while this goes on to read."""
        stdin, self.stdin = self.stdin, None
        if stdin is not None:
            in_background(self._feed, stdin, parts)

    @staticmethod
    def _feed(
        stdin: StreamWriter, parts: Union[Streamable, list[Buffer]]
    ) -> None:
        try:
            for part in parts_of(parts):
                stdin.write(part)
        except DenoSandboxError:
            # It has ended, or reads no more: how is told by who waits for it.
            pass
        finally:
            stdin.close()

    def wait(self) -> ChildProcessStatus:
        """Waits until it has ended. Read ``stdout`` and ``stderr`` meanwhile, or use :meth:`output`."""
        status = self._native.status()
        self.returncode = status.code
        return status

    def output(self, *, check: bool = False) -> Output:
        """Waits until it has ended and its output is read to the end; its input is closed first.

        Raises:
            CommandFailedError: with ``check``, for a status other than success.
        """
        if self.stdin is not None:
            self.stdin.close()
        output = self._native.output(self.stdout._native, self.stderr._native, check)
        self.returncode = output.status.code
        return output

    def kill(self, signal: str = "SIGTERM") -> None:
        """Sends it a signal; one that has ended already is no error."""
        try:
            self._native.kill(signal)
        except ProcessAlreadyExited:
            pass

    def __enter__(self) -> ChildProcess:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.kill()

    def __repr__(self) -> str:
        return f"ChildProcess(pid={self.pid}, returncode={self.returncode})"
