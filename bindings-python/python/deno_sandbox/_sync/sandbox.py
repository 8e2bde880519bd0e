# Made by make_sync.py from _async/sandbox.py: change that one.
"""Sandboxes."""

from __future__ import annotations

from .._shapes import listed, mapped, whole
from ..errors import usage_error
from .content import BUFFERS, check_source
from .fs import SandboxFs
from .process import ChildProcess
from .volumes import PaginatedList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from types import TracebackType
    from typing import Iterator, Literal, Mapping, Optional, Sequence, Union

    from .. import _native
    from ..options import SecretConfig
    from ..records import Output, SandboxMeta, Snapshot, Volume
    from .content import Buffer, Streamable
    from .fs import StrPath

    Lifetime = Union[str, int, float, timedelta]


__all__ = ["Sandbox", "SandboxApi", "SandboxEnv"]


class SandboxList(PaginatedList["SandboxMeta"]):
    """A list of sandboxes. The service gives it whole, so it has one page."""

    def __init__(self, items: list[SandboxMeta]) -> None:
        self.items = items
        """All of them."""

    @property
    def has_more(self) -> bool:
        """Always false."""
        return False

    @property
    def next_cursor(self) -> None:
        """There is none."""

    def get_next_page(self) -> None:
        """There is none."""


class SandboxApi:
    """The sandboxes of an organization."""

    def __init__(self, native: _native.Client) -> None:
        self._native = native

    def create(
        self,
        *,
        region: Optional[str] = None,
        env: Optional[Mapping[str, str]] = None,
        timeout: Optional[Lifetime] = None,
        memory: Union[str, int, None] = None,
        memory_mb: Optional[int] = None,
        debug: Optional[bool] = None,
        labels: Optional[Mapping[str, str]] = None,
        root: Union[str, Volume, Snapshot, None] = None,
        volumes: Optional[Mapping[str, Union[str, Volume]]] = None,
        allow_net: Optional[Sequence[str]] = None,
        secrets: Optional[Mapping[str, SecretConfig]] = None,
        ssh: Optional[bool] = None,
        port: Optional[int] = None,
    ) -> Sandbox:
        """Creates a sandbox, to be used by ``with``, which closes it.

        Args:
            region: ``"ord"`` (the default) or ``"ams"``; volumes must be of the same.
            env: environment variables.
            timeout: ``"session"`` (the default), for as long as this connection, or how long it lives:
                text like ``"90s"`` or ``"5m"``, a number of seconds, or a ``timedelta``.
            memory: text like ``"2GiB"`` or a number of bytes: 768 MiB to 4096 MiB, 1280 MiB unless told.
            memory_mb: the same as a number of MiB.
            debug: accepted for programs that have it; means nothing.
            labels: to find it by; at most 5, keys of 64 bytes, values of 128.
            root: a bootable volume or snapshot to boot from.
            volumes: absolute paths, and the volume to mount at each: a slug, an id, or a :class:`Volume`,
                whose region is then compared before anything is sent.
            allow_net: hosts it may reach; all unless told.
            secrets: values put into outgoing requests to their hosts, which never enter the sandbox.
            ssh: not yet supported.
            port: not yet supported.

        Raises:
            InvalidValueError: before anything is sent.
        """
        if ssh or port is not None:
            raise usage_error("invalid-option", f"`{'ssh' if ssh else 'port'}` is not supported yet")
        if memory is None and memory_mb is not None:
            memory = f"{whole('memory_mb', memory_mb)}MiB"
        options: dict[str, object] = {
            "region": region,
            "memory": memory,
            "timeout": timeout,
            "labels": mapped("labels", labels),
            "root": root,
            "volumes": mapped("volumes", volumes),
            "allow_net": listed("allow_net", allow_net),
            "secrets": secrets
            and {name: (list(secret["hosts"]), secret["value"]) for name, secret in secrets.items()},
            "env": mapped("env", env),
        }
        return self._create(options)

    def _create(self, options: dict[str, object]) -> Sandbox:
        given = {name: value for name, value in options.items() if value is not None}
        return Sandbox(self._native.create_sandbox(**given))  # type: ignore[arg-type]

    def connect(
        self, sandbox_id: str, *, debug: Optional[bool] = None
    ) -> Sandbox:
        """Connects to a sandbox that runs, to be used by ``with``, which closes the connection.

        Raises:
            NotFoundError: when none of this id runs.
        """
        return self._connect(sandbox_id)

    def _connect(self, sandbox_id: str) -> Sandbox:
        return Sandbox(self._native.connect_sandbox(sandbox_id))

    def list(self, *, labels: Optional[Mapping[str, str]] = None) -> SandboxList:
        """The sandboxes that have all of these labels; all without."""
        found = self._native.list_sandboxes(mapped("labels", labels) or {})
        return SandboxList(found)

    def kill(self, sandbox_id: str) -> None:
        """Ends a sandbox, whoever is connected to it."""
        self._native.kill_sandbox(sandbox_id)


class SandboxEnv:
    """The environment variables of a sandbox; processes started afterwards have them."""

    def __init__(self, native: _native.Sandbox) -> None:
        self._native = native

    def get(self, key: str) -> Optional[str]:
        """The value; ``None`` where it is not set."""
        return self._native.get_env(key)

    def set(self, key: str, value: str) -> None:
        """Sets it."""
        self._native.set_env(key, value)

    def as_dict(self) -> dict[str, str]:
        """All of them, named as they are."""
        return self._native.all_env()

    def delete(self, key: str) -> None:
        """Removes it."""
        self._native.delete_env(key)


class Sandbox:
    """A sandbox and its connection.

    Used by ``with``, the connection is closed at the end; a sandbox whose timeout is ``"session"``
    ends with the connection that created it.
    """

    def __init__(self, native: _native.Sandbox) -> None:
        self._native = native
        self.id: str = native.id
        """The service's name for it."""
        self.region: str = native.region
        """Where it runs."""
        self.trace_id: Optional[str] = native.trace_id
        """The id to quote to support."""
        self.url: Optional[str] = None
        self.ssh: None = None
        self.fs = SandboxFs(native.fs)
        """Its files."""
        self.env = SandboxEnv(native)
        """Its environment variables."""

    @property
    def closed(self) -> bool:
        """Whether the connection is closed, by either side."""
        return self._native.is_closed

    def wait_closed(self) -> tuple[int, str]:
        """Waits until the connection is closed, by either side; with which code and reason."""
        return self._native.closed()

    def spawn(
        self,
        command: str,
        *,
        args: Optional[Sequence[str]] = None,
        cwd: Optional[StrPath] = None,
        clear_env: Optional[bool] = None,
        env: Optional[Mapping[str, str]] = None,
        signal: object = None,
        stdin: Optional[Literal["piped", "null"]] = None,
        stdout: Optional[Literal["piped", "null", "inherit"]] = None,
        stderr: Optional[Literal["piped", "null", "inherit"]] = None,
        stdin_data: Union[Buffer, Streamable, None] = None,
    ) -> ChildProcess:
        """Starts a process. Arguments reach the program exactly as given; no shell is involved.

        Args:
            command: the program.
            args: its arguments.
            cwd: the folder it starts in.
            clear_env: without the sandbox's environment.
            env: variables for it alone.
            signal: accepted for programs that have it; cancel the task or call ``kill`` instead.
            stdin: ``"piped"`` to write to it, ``"null"`` (the default) for no input.
            stdout: ``"inherit"`` (the default) onto this program's own, ``"piped"`` or ``"null"``.
            stderr: as ``stdout``.
            stdin_data: bytes, an iterable of bytes or a binary file to write to its input, which is then
                closed.
        """
        if stdin_data is not None:
            check_source("stdin_data", stdin_data)
        native = self._native.spawn(
            command,
            args=listed("args", args),
            cwd=cwd,
            clear_env=bool(clear_env),
            env=mapped("env", env),
            stdin="piped" if stdin_data is not None else stdin,
            stdout=stdout,
            stderr=stderr,
        )
        process = ChildProcess(native)
        if stdin_data is not None:
            process.feed([stdin_data] if isinstance(stdin_data, BUFFERS) else stdin_data)
        return process

    def sh(
        self,
        script: str,
        *,
        cwd: Optional[StrPath] = None,
        env: Optional[Mapping[str, str]] = None,
        sudo: bool = False,
        check: bool = True,
    ) -> Output:
        """Runs a command line in ``bash`` and collects what it writes.

        Put foreign text into a command line only through :func:`deno_sandbox.quote`.

        Raises:
            CommandFailedError: for a status other than success, unless ``check`` is false.
        """
        native = self._native.sh(script, cwd=cwd, env=mapped("env", env), sudo=sudo)
        return ChildProcess(native).output(check=check)

    def read_file(self, path: StrPath) -> bytes:
        """A whole file."""
        return self.fs.read_file(path)

    def read_text_file(self, path: StrPath) -> str:
        """A whole file of UTF-8."""
        return self.fs.read_text_file(path)

    def write_file(self, path: StrPath, data: Union[Buffer, Streamable]) -> None:
        """Writes a whole file; with options by ``fs.write_file``."""
        self.fs.write_file(path, data)

    def write_text_file(self, path: StrPath, content: str) -> None:
        """Writes a whole file as UTF-8; with options by ``fs.write_text_file``."""
        self.fs.write_text_file(path, content)

    def extend_timeout(self, additional_s: Lifetime) -> datetime:
        """Asks for more time, at most 30 minutes at once; when it ends now.

        Args:
            additional_s: a number of seconds, text like ``"5m"``, or a ``timedelta``.
        """
        return self._native.extend_timeout(additional_s)

    def close(self) -> None:
        """Closes the connection, after what was sent before; a second time does nothing."""
        if not self._native.is_closed:
            self._native.close()

    def kill(self) -> None:
        """Ends the sandbox, whoever is connected to it."""
        self._native.kill()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __del__(self) -> None:
        native = getattr(self, "_native", None)
        if native is not None and not native.is_closed:
            import warnings

            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<Sandbox {self.id} {state}>"
