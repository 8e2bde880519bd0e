"""Environment variables of a sandbox."""

from ._async.sandbox import AsyncSandboxEnv
from ._sync.sandbox import SandboxEnv

__all__ = ["AsyncSandboxEnv", "SandboxEnv"]
