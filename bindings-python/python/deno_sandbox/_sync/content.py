# Made by make_sync.py from _async/content.py: change that one.
"""What is written to a file, in parts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, BinaryIO, Iterable, Union

    Buffer = Union[bytes, bytearray, memoryview]
    Streamable = Union[Iterable[bytes], Iterable[bytes], BinaryIO]

__all__ = ["BUFFERS", "parts_of"]

PART = 1 << 20


BUFFERS = (bytes, bytearray, memoryview)
"""What is bytes as it is."""


def parts_of(data: Any) -> Iterator[Buffer]:
    """Goes over an iterable of bytes, an asynchronous one, or what is left to read of a file.

    Raises:
        TypeError: for anything else.
    """
    read = getattr(data, "read", None)
    if read is not None:
        while True:
            part = read(PART)
            if not part:
                return
            yield part
    elif hasattr(data, "__iter__") and not isinstance(data, str):
        for part in data:
            yield part
    else:
        raise TypeError(
            f"data must be bytes, an iterable of bytes or a binary file, not {type(data).__name__}"
        )
