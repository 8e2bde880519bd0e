"""Options of a client."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, TypedDict

    class Options(TypedDict, total=False):
        """Options of a client, as a dictionary."""

        token: Optional[str]
        regions: Optional[list[str]]
        """Accepted for programs that have it; each call names its region."""
        org: Optional[str]
        endpoint: Optional[str]
        sandbox_endpoint: Optional[str]
        connect_timeout: Optional[float]
        request_timeout: Optional[float]
        idle_timeout: Optional[float]

    class SecretConfig(TypedDict):
        """A secret: where it may be sent, and its value."""

        hosts: list[str]
        value: str

else:
    # Plain dictionaries at run time: importing `typing` would cost more than everything else here.
    Options = SecretConfig = dict

__all__ = ["Options", "SecretConfig"]


def merged(options: Optional[Options], **keywords: Any) -> dict[str, Any]:
    """The options given either way; a keyword wins.

    Raises:
        TypeError: for a key that is none.
    """
    given: dict[str, Any] = {}
    for key, value in (options or {}).items():
        if key in keywords:
            given[key] = value
        elif key != "regions":
            import difflib

            near = difflib.get_close_matches(key, keywords, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(keywords)}"
            raise TypeError(f"unknown option {key!r}{hint}")
    given.update((key, value) for key, value in keywords.items() if value is not None)
    return {key: value for key, value in given.items() if value is not None}
