# Made by make_sync.py from _async/content.py: change that one.
"""What is written to a file, in parts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, BinaryIO, Iterable, Union

    Buffer = Union[bytes, bytearray, memoryview]
    Streamable = Union[Iterable[bytes], Iterable[bytes], BinaryIO]

__all__ = ["BUFFERS", "parts_of", "check_source"]

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
    if hasattr(data, "__iter__") and not isinstance(data, str):
        return
    raise TypeError(
        f"argument '{name}': must be bytes, an iterable of bytes or a binary file, not {type(data).__name__}"
    )


def parts_of(data: Any) -> Iterator[Buffer]:
    """Goes over an iterable of bytes, an asynchronous one, or what is left to read of a file."""
    read = getattr(data, "read", None)
    if read is not None:
        while True:
            part = read(PART)
            if not part:
                return
            yield part
    else:
        for part in data:
            yield part
