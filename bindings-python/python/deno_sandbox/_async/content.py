"""What is written to a file, in parts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AsyncIterable, AsyncIterator, BinaryIO, Iterable, Union

    Buffer = Union[bytes, bytearray, memoryview]
    Streamable = Union[AsyncIterable[bytes], Iterable[bytes], BinaryIO]

__all__ = ["BUFFERS", "async_parts_of"]

PART = 1 << 20


BUFFERS = (bytes, bytearray, memoryview)
"""What is bytes as it is."""


async def async_parts_of(data: Any) -> AsyncIterator[Buffer]:
    """Goes over an iterable of bytes, an asynchronous one, or what is left to read of a file.

    Raises:
        TypeError: for anything else.
    """
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
    elif hasattr(data, "__iter__") and not isinstance(data, str):
        for part in data:
            yield part
    else:
        raise TypeError(
            f"data must be bytes, an iterable of bytes or a binary file, not {type(data).__name__}"
        )
