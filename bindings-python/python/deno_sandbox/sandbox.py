"""Sandboxes."""

from ._async.sandbox import AsyncSandbox, AsyncSandboxApi
from ._sync.sandbox import Sandbox, SandboxApi
from .records import SandboxMeta

__all__ = ["AsyncSandbox", "AsyncSandboxApi", "Sandbox", "SandboxApi", "SandboxMeta"]
