"""Shapes of arguments, which are checked here because what Python makes of a wrong one would be worse than an
error: the letters of a text as a list, or pairs of letters as a dictionary. Values are checked by the core."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Mapping, Optional, TypeVar

    K = TypeVar("K")
    V = TypeVar("V")

__all__ = ["listed", "mapped", "whole"]


def listed(name: str, value: Optional[Iterable[V]]) -> Optional[list[V]]:
    """An iterable as a list.

    Raises:
        TypeError: for a text, or what is no iterable.
    """
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise TypeError(f"argument '{name}': must be a list, not {type(value).__name__}")
    return list(value)


def mapped(name: str, value: Optional[Mapping[K, V]]) -> Optional[dict[K, V]]:
    """A mapping as a dictionary.

    Raises:
        TypeError: for anything else.
    """
    if value is None:
        return None
    if not hasattr(value, "keys"):
        raise TypeError(f"argument '{name}': must be a dict, not {type(value).__name__}")
    return dict(value)


def whole(name: str, value: int) -> int:
    """A whole number.

    Raises:
        TypeError: for anything else, a truth value too.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"argument '{name}': must be int, not {type(value).__name__}")
    return value
