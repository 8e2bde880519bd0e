"""The way to the service for one account."""

from __future__ import annotations

from .. import _native
from ..options import merged
from .sandbox import AsyncSandboxApi
from .volumes import AsyncSnapshots, AsyncVolumes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, Optional

    from ..options import Options

__all__ = ["AsyncDenoDeploy"]


class AsyncDenoDeploy:
    """The volumes, snapshots and sandboxes of one account; also named ``AsyncClient``.

    ::

        client = AsyncDenoDeploy()
        volume = await client.volumes.create("training-cache", "ord", "2GB")
        async with client.sandbox.create(volumes={"/data": volume.slug}) as sandbox:
            await sandbox.fs.write_text_file("/data/state.txt", "kept")

    Args:
        options: the same options as a dictionary.
        token: the access token: ``ddo_…`` of an organization, or ``ddp_…`` of a person, which needs ``org``
            too. Default: ``DENO_DEPLOY_TOKEN``.
        org: the organization to act for. Default: ``DENO_DEPLOY_ORG``.
        endpoint: where volumes are managed. Default: ``DENO_DEPLOY_ENDPOINT``, else the public service.
        sandbox_endpoint: where sandboxes are reached, whatever their region. Default:
            ``DENO_SANDBOX_ENDPOINT``, else a host for each region.
        connect_timeout: how many seconds connecting may take; default 10.
        request_timeout: how many seconds an answer may take; default 60.
        idle_timeout: how many seconds a sandbox connection may be silent before it counts as dead;
            default 30.

    Raises:
        MissingApiToken: when there is no token.
        InvalidValueError: for a malformed option.
    """

    def __init__(
        self,
        options: Optional[Options] = None,
        *,
        token: Optional[str] = None,
        org: Optional[str] = None,
        endpoint: Optional[str] = None,
        sandbox_endpoint: Optional[str] = None,
        connect_timeout: Optional[float] = None,
        request_timeout: Optional[float] = None,
        idle_timeout: Optional[float] = None,
    ) -> None:
        given = merged(
            options,
            token=token,
            org=org,
            endpoint=endpoint,
            sandbox_endpoint=sandbox_endpoint,
            connect_timeout=connect_timeout,
            request_timeout=request_timeout,
            idle_timeout=idle_timeout,
        )
        blocking = False  # sync: blocking = True
        self._native = _native.AsyncClient(blocking, **given)
        self.volumes = AsyncVolumes(self._native)
        """Volumes."""
        self.snapshots = AsyncSnapshots(self._native)
        """Snapshots."""
        self.sandbox = AsyncSandboxApi(self._native)
        """Sandboxes."""
        self.sandboxes = self.sandbox
        """Sandboxes."""

    def __getattr__(self, name: str) -> NoReturn:
        if name in ("apps", "layers", "revisions", "timelines"):
            raise AttributeError(f"`{name}` is not part of this package yet; it covers volumes, snapshots and sandboxes")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"<AsyncDenoDeploy endpoint={self._native.endpoint!r} org={self._native.org!r}>"
