"""Sizes of volumes."""

from __future__ import annotations

from . import _native

__all__ = ["Capacity"]


class Capacity(int):
    """The size of a volume: a number of bytes that a volume can have, from 300 MB to 20 GB.

    ::

        Capacity("2GB")          # text with kB, MB, GB, KiB, MiB or GiB
        Capacity(2_000_000_000)  # bytes
        Capacity.gigabytes(2)
        Capacity.gibibytes(1.5)

    Raises:
        InvalidValueError: for any other.
    """

    def __new__(cls, capacity: int | str) -> Capacity:
        return super().__new__(cls, _native.capacity_bytes(capacity))

    @classmethod
    def megabytes(cls, count: int | float) -> Capacity:
        """So many times 1 000 000 bytes."""
        return cls(f"{count}MB")

    @classmethod
    def gigabytes(cls, count: int | float) -> Capacity:
        """So many times 1 000 000 000 bytes."""
        return cls(f"{count}GB")

    @classmethod
    def mebibytes(cls, count: int | float) -> Capacity:
        """So many times 1 048 576 bytes."""
        return cls(f"{count}MiB")

    @classmethod
    def gibibytes(cls, count: int | float) -> Capacity:
        """So many times 1 073 741 824 bytes."""
        return cls(f"{count}GiB")

    @property
    def bytes(self) -> int:
        """The number of bytes."""
        return int(self)

    def __str__(self) -> str:
        return _native.format_bytes(int(self))

    def __repr__(self) -> str:
        return f"Capacity({int(self)})"
