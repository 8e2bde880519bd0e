"""Snapshots."""

from ._async.volumes import AsyncSnapshots
from ._sync.volumes import Snapshots
from .records import Reference as BaseSnapshot
from .records import Snapshot

__all__ = ["AsyncSnapshots", "BaseSnapshot", "Snapshot", "Snapshots"]
