"""Sandboxes."""

from ._async.sandbox import AsyncSandbox, AsyncSandboxApi
from ._sync.sandbox import Sandbox, SandboxApi
from .options import SecretConfig
from .records import SandboxMeta

__all__ = ["AsyncSandbox", "AsyncSandboxApi", "Sandbox", "SandboxApi", "SandboxMeta", "SecretConfig"]
