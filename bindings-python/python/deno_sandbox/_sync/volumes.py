# Made by make_sync.py from _async/volumes.py: change that one.
"""Volumes and snapshots."""

from __future__ import annotations


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Optional, TypeVar, Union
    from typing import Generic as _Page

    from .. import _native
    from ..capacity import Capacity
    from ..records import Snapshot, Volume

    T = TypeVar("T")
else:
    from .._generic import Subscriptable as _Page

__all__ = ["PaginatedList", "Snapshots", "Volumes"]


class PaginatedList(_Page["T"]):
    """One page of a list. Iterating goes over its items, and those of all pages after it."""

    def __init__(self, native: _native.Page[T]) -> None:
        self._native = native
        self.items: list[T] = native.items()
        """The items of this page."""

    @property
    def has_more(self) -> bool:
        """Whether there is a page after it."""
        return self._native.has_more

    @property
    def next_cursor(self) -> Optional[str]:
        """Where the next page begins; ``None`` on the last."""
        return self._native.next_cursor

    def get_next_page(self) -> Optional[PaginatedList[T]]:
        """The next page; ``None`` after the last."""
        page = self._native.next_page()
        return None if page is None else PaginatedList(page)

    def __iter__(self) -> Iterator[T]:
        page: Optional[PaginatedList[T]] = self
        while page is not None:
            for item in page.items:
                yield item
            page = page.get_next_page()

    def __repr__(self) -> str:
        return f"PaginatedList(items={self.items!r}, has_more={self.has_more})"


class Volumes:
    """The volumes of an organization.

    ::

        volume = client.volumes.create("training-cache", "ord", "2GB")
        for volume in client.volumes.list(search="training"):
            print(volume.slug, volume.capacity)
    """

    def __init__(self, native: _native.Client) -> None:
        self._native = native

    def create(
        self,
        slug: str,
        region: str,
        capacity: Union[int, str, Capacity],
        *,
        from_snapshot: Optional[str] = None,
    ) -> Volume:
        """Creates a volume.

        Args:
            slug: 2 to 32 of ``a-z``, ``0-9`` and ``-``; volumes and snapshots share the names.
            region: where it is stored: ``"ord"`` or ``"ams"``.
            capacity: 300 MB to 20 GB: a number of bytes, text like ``"2GB"``, or a :class:`Capacity`.
            from_snapshot: a snapshot of the same region, by slug or id, whose content it starts with, or
                a base image like ``"builtin:debian-13"``.

        Raises:
            InvalidValueError: before anything is sent.
            HTTPStatusError: 409 when the slug is in use.
        """
        return self._native.create_volume(slug, region, capacity, from_snapshot)

    def get(self, id_or_slug: str) -> Optional[Volume]:
        """A volume by slug or id; ``None`` where there is none."""
        return self._native.get_volume(id_or_slug)

    def list(
        self,
        *,
        cursor: Optional[str] = None,
        limit: Optional[int] = None,
        search: Optional[str] = None,
    ) -> PaginatedList[Volume]:
        """Lists volumes, newest first: awaited, the first page; iterated, the items of all pages.

        Args:
            cursor: where to go on: ``next_cursor`` of a page.
            limit: the most items of a page: 1 to 100.
            search: only those whose slug contains this.
        """
        return self._list(limit, cursor, search)

    def _list(
        self, limit: Optional[int], cursor: Optional[str], search: Optional[str]
    ) -> PaginatedList[Volume]:
        return PaginatedList(self._native.list_volumes(limit, cursor, search))

    def delete(self, id_or_slug: str) -> None:
        """Deletes a volume by slug or id. Its slug is free at once; the data is kept for a day.

        Raises:
            NotFoundError: when there is none.
            HTTPStatusError: 409 while it is mounted.
        """
        self._native.delete_volume(id_or_slug)

    def snapshot(self, id_or_slug: str, *, slug: str) -> Snapshot:
        """Takes a snapshot, named ``slug``, of a volume that no sandbox has mounted."""
        return self._native.snapshot_volume(id_or_slug, slug)


class Snapshots:
    """The snapshots of an organization."""

    def __init__(self, native: _native.Client) -> None:
        self._native = native

    def get(self, id_or_slug: str) -> Optional[Snapshot]:
        """A snapshot by slug or id; ``None`` where there is none."""
        return self._native.get_snapshot(id_or_slug)

    def list(
        self,
        *,
        cursor: Optional[str] = None,
        limit: Optional[int] = None,
        search: Optional[str] = None,
    ) -> PaginatedList[Snapshot]:
        """Lists snapshots, newest first; as :meth:`Volumes.list`."""
        return self._list(limit, cursor, search)

    def _list(
        self, limit: Optional[int], cursor: Optional[str], search: Optional[str]
    ) -> PaginatedList[Snapshot]:
        return PaginatedList(self._native.list_snapshots(limit, cursor, search))

    def delete(self, id_or_slug: str) -> None:
        """Deletes a snapshot by slug or id.

        Raises:
            NotFoundError: when there is none.
        """
        self._native.delete_snapshot(id_or_slug)
