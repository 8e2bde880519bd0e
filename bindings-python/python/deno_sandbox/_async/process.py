"""Processes and their streams."""

from __future__ import annotations

from .._background import async_in_background
from ..errors import DenoSandboxError, ProcessAlreadyExited
from .content import async_parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import AsyncIterator, Optional, Union

    from .. import _native
    from ..records import ChildProcessStatus, Output
    from .content import Buffer, Streamable

__all__ = ["AsyncChildProcess", "AsyncStreamReader", "AsyncStreamWriter"]


class AsyncStreamReader:
    """A process's output, read as it arrives. Iterating goes over its lines.

    What is not read makes the process wait, once some megabytes are under way.
    """

    def __init__(self, native: Optional[_native.AsyncByteStream]) -> None:
        self._native = native

    async def read(self, n: int = -1) -> bytes:
        """At most ``n`` bytes as soon as there are any; without ``n``, all there will be. Empty at the end."""
        if self._native is None:
            return b""
        return await self._native.read(None if n < 0 else n)

    async def readline(self) -> bytes:
        """A line with its line break; empty at the end."""
        if self._native is None:
            return b""
        return await self._native.read_line()

    async def readexactly(self, n: int) -> bytes:
        """Exactly ``n`` bytes.

        Raises:
            asyncio.IncompleteReadError: when the output ends before.
        """
        data = b"" if self._native is None else await self._native.read_exactly(n)
        if len(data) < n:
            import asyncio

            raise asyncio.IncompleteReadError(data, n)
        return data

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes as they arrive."""
        while self._native is not None:
            chunk = await self._native.chunk()
            if chunk is None:
                break
            yield chunk

    async def lines(self) -> AsyncIterator[str]:
        """Its lines as text, without their line breaks."""
        async for line in self:
            yield line.decode().rstrip("\r\n")

    def at_eof(self) -> bool:
        """Whether the end was read."""
        return self._native is None or self._native.at_eof

    async def close(self) -> None:
        """Reads no more, and tells the sandbox."""
        if self._native is not None:
            await self._native.close()

    def __aiter__(self) -> AsyncStreamReader:
        return self

    async def __anext__(self) -> bytes:
        line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line


class AsyncStreamWriter:
    """A process's standard input."""

    def __init__(self, native: _native.AsyncProcessInput) -> None:
        self._native = native

    async def write(self, data: Union[bytes, bytearray, memoryview, str]) -> None:
        """Writes all of it, waiting while too much is under way; text as UTF-8."""
        await self._native.write(data.encode() if isinstance(data, str) else data)

    async def close(self) -> None:
        """Ends the input."""
        await self._native.close()

    async def __aenter__(self) -> AsyncStreamWriter:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.close()


class AsyncChildProcess:
    """A process in a sandbox. Used by ``async with``, it is sent ``SIGTERM`` at the end."""

    def __init__(self, native: _native.AsyncProcess) -> None:
        self._native = native
        stdin = native.take_stdin()
        self.pid: int = native.pid
        """Its number in the sandbox."""
        self.stdin: Optional[AsyncStreamWriter] = stdin and AsyncStreamWriter(stdin)
        """Its input, where that is ``"piped"``."""
        self.stdout = AsyncStreamReader(native.take_stdout())
        """Its output; empty unless that is ``"piped"``."""
        self.stderr = AsyncStreamReader(native.take_stderr())
        """Its errors; empty unless those are ``"piped"``."""
        self.returncode: Optional[int] = None
        """The exit code, once it was waited for."""

    def feed(self, parts: Union[Streamable, list[Buffer]]) -> None:
        """Writes to its input in the background, and ends it then, while this goes on to read."""
        stdin, self.stdin = self.stdin, None
        if stdin is not None:
            async_in_background(self._feed, stdin, parts)

    @staticmethod
    async def _feed(
        stdin: AsyncStreamWriter, parts: Union[Streamable, list[Buffer]]
    ) -> None:
        try:
            async for part in async_parts_of(parts):
                await stdin.write(part)
        except DenoSandboxError:
            # It has ended, or reads no more: how is told by who waits for it.
            pass
        finally:
            await stdin.close()

    async def wait(self) -> ChildProcessStatus:
        """Waits until it has ended. Read ``stdout`` and ``stderr`` meanwhile, or use :meth:`output`."""
        status = await self._native.status()
        self.returncode = status.code
        return status

    async def output(self, *, check: bool = False) -> Output:
        """Waits until it has ended and its output is read to the end; its input is closed first.

        Raises:
            CommandFailedError: with ``check``, for a status other than success.
        """
        if self.stdin is not None:
            await self.stdin.close()
        output = await self._native.output(self.stdout._native, self.stderr._native, check)
        self.returncode = output.status.code
        return output

    async def kill(self, signal: str = "SIGTERM") -> None:
        """Sends it a signal; one that has ended already is no error."""
        try:
            await self._native.kill(signal)
        except ProcessAlreadyExited:
            pass

    async def __aenter__(self) -> AsyncChildProcess:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.kill()

    def __repr__(self) -> str:
        return f"AsyncChildProcess(pid={self.pid}, returncode={self.returncode})"
