"""Pages of lists."""

from ._async.volumes import AsyncPaginatedList
from ._sync.volumes import PaginatedList

__all__ = ["AsyncPaginatedList", "PaginatedList"]
