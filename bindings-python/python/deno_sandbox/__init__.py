"""Deno Sandbox: Linux microVMs on demand, and the persistent volumes mounted into them.

::

    from deno_sandbox import DenoDeploy

    client = DenoDeploy()
    volume = client.volumes.create("training-cache", "ord", "2GB")
    with client.sandbox.create(volumes={"/data": volume.slug}) as sandbox:
        sandbox.fs.write_text_file("/data/state.txt", "kept")

``AsyncDenoDeploy`` is the same for ``asyncio``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async.client import AsyncDenoDeploy as AsyncDenoDeploy
    from ._async.process import AsyncChildProcess as AsyncChildProcess
    from ._async.sandbox import AsyncSandbox as AsyncSandbox, AsyncSandboxApi as AsyncSandboxApi
    from ._async.volumes import (
        AsyncPaginatedList as AsyncPaginatedList,
        AsyncSnapshots as AsyncSnapshots,
        AsyncVolumes as AsyncVolumes,
    )
    from ._native import __version__ as __version__, format_bytes as format_bytes, quote as quote
    from ._sync.client import DenoDeploy as DenoDeploy
    from ._sync.process import ChildProcess as ChildProcess
    from ._sync.sandbox import Sandbox as Sandbox, SandboxApi as SandboxApi
    from ._sync.volumes import (
        PaginatedList as PaginatedList,
        Snapshots as Snapshots,
        Volumes as Volumes,
    )
    from .capacity import Capacity as Capacity
    from .errors import (
        AuthenticationError as AuthenticationError,
        DenoSandboxError as DenoSandboxError,
        HTTPStatusError as HTTPStatusError,
    )
    from .options import Options as Options
    from .records import Snapshot as Snapshot, Volume as Volume

    Client = DenoDeploy
    AsyncClient = AsyncDenoDeploy

__all__ = [
    "AsyncChildProcess",
    "AsyncClient",
    "AsyncDenoDeploy",
    "AsyncPaginatedList",
    "AsyncSandbox",
    "AuthenticationError",
    "Capacity",
    "ChildProcess",
    "Client",
    "DenoDeploy",
    "DenoSandboxError",
    "HTTPStatusError",
    "Options",
    "PaginatedList",
    "Sandbox",
    "Snapshot",
    "Volume",
    "__version__",
    "format_bytes",
    "quote",
]

# Where each name is; imported when it is asked for, so that a program pays only for the half it uses.
_HOMES = {
    "AsyncChildProcess": "_async.process",
    "AsyncDenoDeploy": "_async.client",
    "AsyncPaginatedList": "_async.volumes",
    "AsyncSandbox": "_async.sandbox",
    "AsyncSandboxApi": "_async.sandbox",
    "AsyncSnapshots": "_async.volumes",
    "AsyncVolumes": "_async.volumes",
    "AuthenticationError": "errors",
    "Capacity": "capacity",
    "ChildProcess": "_sync.process",
    "DenoDeploy": "_sync.client",
    "DenoSandboxError": "errors",
    "HTTPStatusError": "errors",
    "Options": "options",
    "PaginatedList": "_sync.volumes",
    "Sandbox": "_sync.sandbox",
    "SandboxApi": "_sync.sandbox",
    "Snapshot": "records",
    "Snapshots": "_sync.volumes",
    "Volume": "records",
    "Volumes": "_sync.volumes",
    "__version__": "_native",
    "format_bytes": "_native",
    "quote": "_native",
}
_ALIASES = {"AsyncClient": "AsyncDenoDeploy", "Client": "DenoDeploy"}


def __getattr__(name: str) -> object:
    real = _ALIASES.get(name, name)
    home = _HOMES.get(real)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{home}", __name__), real)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
