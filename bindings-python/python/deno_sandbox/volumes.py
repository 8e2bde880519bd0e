"""Volumes."""

from ._async.volumes import AsyncVolumes
from ._sync.volumes import Volumes
from .records import Volume

__all__ = ["AsyncVolumes", "Volume", "Volumes"]
