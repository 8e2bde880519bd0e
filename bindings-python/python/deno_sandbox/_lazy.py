"""What a call gives that can be awaited, and used in one more way."""

from __future__ import annotations

from collections.abc import Coroutine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, AsyncIterator, Callable, Generator, Optional, TypeVar

    from ._async.sandbox import AsyncSandbox
    from ._async.volumes import AsyncPaginatedList

    T = TypeVar("T")

__all__ = ["AsyncEntries", "AsyncListing", "AsyncOpening", "Lazy"]


class Lazy(Coroutine["Any", "Any", "T"]):
    """A coroutine that starts when it is awaited: one that never is costs nothing and warns of nothing."""

    def __init__(self, start: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._start = start
        self._coroutine: Optional[Coroutine[Any, Any, T]] = None

    def _started(self) -> Coroutine[Any, Any, T]:
        if self._coroutine is None:
            self._coroutine = self._start()
        return self._coroutine

    def __await__(self) -> Generator[Any, Any, T]:
        return self._started().__await__()

    def send(self, value: Any) -> Any:
        return self._started().send(value)

    def throw(self, *error: Any) -> Any:
        return self._started().throw(*error)

    def close(self) -> None:
        if self._coroutine is not None:
            self._coroutine.close()


class AsyncOpening(Lazy["AsyncSandbox"]):
    """A sandbox being opened: ``await`` it, or open and close it by ``async with``."""

    async def __aenter__(self) -> AsyncSandbox:
        self._opened = await self
        return self._opened

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self._opened.close()


class AsyncListing(Lazy["AsyncPaginatedList[T]"]):
    """A list: ``await`` it for its first page, or go over the items of all pages by ``async for``."""

    async def __aiter__(self) -> AsyncIterator[T]:
        async for item in await self:
            yield item


class AsyncEntries(Lazy["list[T]"]):
    """A listing of files: ``async for`` goes over it as it arrives, ``await`` gives all as a list."""

    def __init__(self, iterate: Callable[[], AsyncIterator[T]]) -> None:
        super().__init__(self._collect)
        self._iterate = iterate

    async def _collect(self) -> list[T]:
        return [entry async for entry in self._iterate()]

    def __aiter__(self) -> AsyncIterator[T]:
        return self._iterate()
