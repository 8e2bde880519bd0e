"""What is written to a file, in parts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AsyncIterable, AsyncIterator, BinaryIO, Iterable, Union

    Buffer = Union[bytes, bytearray, memoryview]
    Streamable = Union[AsyncIterable[bytes], Iterable[bytes], BinaryIO]

__all__ = ["BUFFERS", "async_parts_of", "check_source"]

PART = 1 << 20


BUFFERS = (bytes, bytearray, memoryview)
"""What is bytes as it is."""


def check_source(name: str, data: object) -> None:
    """Looks whether it is something to write, before anything is opened or started for it.

    Raises:
        TypeError: for anything but bytes, an iterable of bytes and a binary file.
    """
    if isinstance(data, BUFFERS) or hasattr(data, "read"):
        return
    if hasattr(data, "__aiter__"):  # sync:
        return  # sync:
    if hasattr(data, "__iter__") and not isinstance(data, str):
        return
    raise TypeError(
        f"argument '{name}': must be bytes, an iterable of bytes or a binary file, not {type(data).__name__}"
    )


async def async_parts_of(data: Any) -> AsyncIterator[Buffer]:
    """Goes over an iterable of bytes, an asynchronous one, or what is left to read of a file."""
    read = getattr(data, "read", None)
    if read is not None:
        while True:
            part = read(PART)
            if hasattr(part, "__await__"):  # sync:
                part = await part  # sync:
            if not part:
                return
            yield part
    elif hasattr(data, "__aiter__"):  # sync:
        async for part in data:  # sync:
            yield part  # sync:
    else:
        for part in data:
            yield part
