"""What the service tells, as immutable dictionaries whose keys are attributes too.

``volume.slug`` and ``volume["slug"]`` are the same, and a record equals a plain dictionary with the same keys.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, Literal, NoReturn, Optional

    _Base = dict[str, Any]
else:
    _Base = dict

__all__ = [
    "ChildProcessStatus",
    "DirEntry",
    "FileInfo",
    "Output",
    "Record",
    "Reference",
    "SandboxMeta",
    "Snapshot",
    "TransferProgress",
    "Volume",
    "WalkEntry",
]


class Record(_Base):
    """A dictionary that cannot change, with its keys as attributes."""

    __slots__ = ()

    if not TYPE_CHECKING:  # else a checker would take any name for a field

        def __getattr__(self, name):
            try:
                return self[name]
            except KeyError:
                message = f"{type(self).__name__} has no field {name!r}"
                raise AttributeError(message, name=name, obj=self) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        fields = ", ".join(f"{key}={value!r}" for key, value in self.items())
        return f"{type(self).__name__}({fields})"

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple((key, str(value)) for key, value in sorted(self.items())))

    def __reduce__(self) -> Any:
        slots: tuple[str, ...] = self.__slots__
        state = {name: getattr(self, name) for name in slots if hasattr(self, name)}
        return (_rebuild, (type(self), dict(self), state))

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be changed; make a copy with dict(…)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__slots__:
            self._refuse()
        super().__setattr__(name, value)


def _rebuild(kind: type[Record], fields: dict[str, Any], state: dict[str, Any]) -> Record:
    record = kind(fields)
    for name, value in state.items():
        setattr(record, name, value)
    return record


class Reference(Record):
    """A volume or snapshot named inside another record."""

    __slots__ = ()

    if TYPE_CHECKING:
        id: str
        slug: str


class Volume(Record):
    """A volume: regional block storage that outlives the sandboxes it is mounted into."""

    __slots__ = ("_used",)

    if TYPE_CHECKING:
        _used: int
        id: str
        """The service's own name for it; never used again."""
        slug: str
        """The user's name for it, free for another volume once this one is deleted."""
        region: str
        """Where it is stored."""
        capacity: int
        """Its size in bytes."""
        estimated_allocated_size: int
        """An estimate of the bytes this volume alone takes up, without what it shares with a snapshot."""
        estimated_flattened_size: int
        """An estimate of the bytes it would take up on its own."""
        is_bootable: bool
        """Whether a sandbox can boot from it."""
        base_snapshot: Optional[Reference]
        """The snapshot it was created from."""

    @property
    def used(self) -> int:
        """Bytes in use; may lag behind by minutes."""
        try:
            return self._used
        except AttributeError:
            return self.estimated_flattened_size


class Snapshot(Record):
    """A snapshot: a read-only image of a volume, to boot from or to create volumes from."""

    __slots__ = ()

    if TYPE_CHECKING:
        id: str
        slug: str
        region: str
        allocated_size: int
        """Bytes it alone takes up."""
        flattened_size: int
        """Bytes it would take up on its own."""
        is_bootable: bool
        volume: Reference
        """The volume it was taken of."""


class SandboxMeta(Record):
    """A sandbox as lists show it."""

    __slots__ = ()

    if TYPE_CHECKING:
        id: str
        created_at: str
        """ISO 8601."""
        region: str
        status: Literal["running", "stopped", "unknown"]
        stopped_at: Optional[str]
        labels: dict[str, str]


class FileInfo(Record):
    """What is known of a file. Times are ISO 8601 text; :func:`parse_time` makes a ``datetime`` of one."""

    __slots__ = ()

    if TYPE_CHECKING:
        is_file: bool
        is_directory: bool
        is_symlink: bool
        size: int
        mtime: str
        atime: str
        birthtime: str
        ctime: str
        dev: int
        ino: int
        mode: int
        nlink: int
        uid: int
        gid: int
        rdev: int
        blksize: int
        blocks: int
        is_block_device: bool
        is_char_device: bool
        is_fifo: bool
        is_socket: bool


class DirEntry(Record):
    """What a folder holds."""

    __slots__ = ()

    if TYPE_CHECKING:
        name: str
        is_file: bool
        is_directory: bool
        is_symlink: bool


class WalkEntry(Record):
    """What a walk or a glob finds."""

    __slots__ = ()

    if TYPE_CHECKING:
        path: str
        name: str
        is_file: bool
        is_directory: bool
        is_symlink: bool


class ChildProcessStatus(Record):
    """How a process ended."""

    __slots__ = ("_oom",)

    if TYPE_CHECKING:
        success: bool
        code: int
        """The exit code; 128 and the signal's number where a signal ended it."""
        signal: Optional[str]
        """The signal that ended it, like ``"SIGTERM"``."""

    @property
    def oom(self) -> bool:
        """Whether memory ran out."""
        return bool(getattr(self, "_oom", False))


class Output(Record):
    """How a process ended and what it wrote."""

    __slots__ = ()

    if TYPE_CHECKING:
        status: ChildProcessStatus
        stdout: bytes
        stderr: bytes

    @property
    def stdout_text(self) -> str:
        """Its output as UTF-8."""
        return str(self["stdout"], "utf-8")

    @property
    def stderr_text(self) -> str:
        """Its errors as UTF-8."""
        return str(self["stderr"], "utf-8")

    def json(self) -> Any:
        """Its output as JSON."""
        import json

        return json.loads(self["stdout"])


class TransferProgress(Record):
    """How far an upload or download is."""

    __slots__ = ()

    if TYPE_CHECKING:
        files_done: int
        bytes_done: int
        bytes_total: Optional[int]
        """Bytes of all files; ``None`` until they are counted."""
        path: str
        """The file that was last worked on, relative to the tree."""


def parse_time(text: str) -> datetime:
    """ISO 8601 text, as the service writes times, as a ``datetime``."""
    from datetime import datetime

    # Python 3.10 does not know `Z`.
    return datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
