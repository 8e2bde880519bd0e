"""Exceptions.

Every failure is a :class:`DenoSandboxError` with a stable ``error_code``. Where Python has an exception for what
happened, the class is a subclass of that too: ``except FileNotFoundError`` works, and so does ``except OSError``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, Mapping, Optional, Sequence, Union

    ErrorKind = Literal["usage", "service", "connection", "sandbox", "local"]

__all__ = [
    "DenoSandboxError",
    "InvalidValueError",
    "MissingApiToken",
    "AuthenticationError",
    "HTTPStatusError",
    "NotFoundError",
    "ConnectionFailedError",
    "ConnectionClosedError",
    "DeadlineExceededError",
    "SandboxError",
    "SandboxFileNotFoundError",
    "SandboxFileExistsError",
    "SandboxPermissionError",
    "SandboxIsADirectoryError",
    "SandboxNotADirectoryError",
    "SandboxOSError",
    "CommandFailedError",
    "ProcessAlreadyExited",
    "UnknownRpcMethod",
    "RpcValidationError",
    "LocalFileError",
    "InternalError",
]


class DenoSandboxError(Exception):
    """Any failure of this SDK.

    Attributes:
        error_code: the stable name of what went wrong, the same in every language of this SDK, like
            ``"invalid-capacity"`` or ``"file-not-found"``.
        code: the same, except where the service refused a request (:class:`HTTPStatusError`): there it is the
            service's own code, like ``SLUG_IN_USE``.
        kind: whose doing it is: ``"usage"``, ``"service"``, ``"connection"``, ``"sandbox"`` or ``"local"``.
        retryable: whether the same call can succeed later without a change by the caller.
        operation: what was being done and to what, like ``create volume "training-cache"``.
        status: the HTTP status of the answer, where there was one.
        service_code: the service's own code, like ``SLUG_IN_USE`` or ``ENOENT``.
        trace_id: the id to quote to support, where the service sent one.
    """

    error_code: str = "internal"
    code: str = "internal"
    kind: ErrorKind = "local"
    retryable: bool = False
    operation: Optional[str] = None
    status: Optional[int] = None
    service_code: Optional[str] = None
    class_name: Optional[str] = None
    close_code: Optional[int] = None
    close_reason: Optional[str] = None
    trace_id: Optional[str] = None
    causes: Sequence[str] = ()

    def __reduce__(self) -> Any:
        # Exceptions travel between processes, with all they know.
        return (_rebuild, (type(self), self.args, dict(self.__dict__)))


class HTTPStatusError(DenoSandboxError):
    """The service answered, and not with success; ``code`` is the service's, where it gave one."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.status or 0

    @property
    def message(self) -> str:
        """The whole line."""
        return str(self)


class InvalidValueError(HTTPStatusError, ValueError):
    """A value that cannot be right: found before anything was sent.

    It is an :class:`HTTPStatusError` as well, for programs that expect the service to refuse such a value.
    """

    @property
    def status_code(self) -> int:
        """The status the service would have answered with."""
        return 400


class MissingApiToken(InvalidValueError):
    """No access token was given, neither as an option nor in the environment."""


class AuthenticationError(HTTPStatusError):
    """The service does not accept the access token."""


class NotFoundError(HTTPStatusError, LookupError):
    """The named volume, snapshot or sandbox does not exist."""


class ConnectionFailedError(DenoSandboxError, ConnectionError):
    """The service could not be reached, or the connection broke."""


class ConnectionClosedError(ConnectionFailedError):
    """The sandbox connection is closed."""


class DeadlineExceededError(ConnectionFailedError, TimeoutError):
    """Something took longer than its deadline."""


class SandboxError(DenoSandboxError):
    """Anything reported from inside a sandbox."""


class SandboxOSError(SandboxError, OSError):
    """The sandbox's kernel refused; ``errno`` says why."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class SandboxFileNotFoundError(SandboxOSError, FileNotFoundError):
    """A file or folder in the sandbox does not exist."""


class SandboxFileExistsError(SandboxOSError, FileExistsError):
    """A file or folder in the sandbox exists already."""


class SandboxPermissionError(SandboxOSError, PermissionError):
    """The sandbox's permissions forbid it, or its file system is read-only."""


class SandboxIsADirectoryError(SandboxOSError, IsADirectoryError):
    """A file was meant, and the path is a folder."""


class SandboxNotADirectoryError(SandboxOSError, NotADirectoryError):
    """A folder was meant, and the path is something else."""


class CommandFailedError(SandboxError):
    """A command ended with a status other than success."""


class ProcessAlreadyExited(SandboxError, ProcessLookupError):
    """The process has ended already."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class UnknownRpcMethod(SandboxError, NotImplementedError):
    """The sandbox has no such method."""


class RpcValidationError(SandboxError, ValueError):
    """The sandbox refused the parameters of a call."""


class LocalFileError(DenoSandboxError, OSError):
    """A file of this machine could not be read or written, or a path would have left its folder."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class InternalError(DenoSandboxError, RuntimeError):
    """A defect in this SDK; please report it."""


class ArgumentTypeError(TypeError):
    """A ``TypeError`` that names the argument. It is Python's own, and no :class:`DenoSandboxError`: the
    program is wrong, not what it was given."""

    def add_note(self, note: str) -> None:
        """Takes the argument's name, which the native module has to tell, into the message."""
        name = note.partition("'")[2].rpartition("'")[0]
        self.args = (f"argument '{name}': {self.args[0]}",)


_BY_CODE: Mapping[str, type[DenoSandboxError]] = {
    "missing-token": MissingApiToken,
    "invalid-token": AuthenticationError,
    "not-found": NotFoundError,
    "connect-timeout": DeadlineExceededError,
    "request-timeout": DeadlineExceededError,
    "idle-timeout": DeadlineExceededError,
    "connection-closed": ConnectionClosedError,
    "file-not-found": SandboxFileNotFoundError,
    "file-exists": SandboxFileExistsError,
    "permission-denied": SandboxPermissionError,
    "read-only": SandboxPermissionError,
    "is-a-directory": SandboxIsADirectoryError,
    "not-a-directory": SandboxNotADirectoryError,
    "directory-not-empty": SandboxOSError,
    "too-many-links": SandboxOSError,
    "storage-full": SandboxOSError,
    "file-too-large": SandboxOSError,
    "process-exited": ProcessAlreadyExited,
    "command-failed": CommandFailedError,
    "unsupported-method": UnknownRpcMethod,
    "internal": InternalError,
}

_BY_KIND: Mapping[str, type[DenoSandboxError]] = {
    "usage": InvalidValueError,
    "service": HTTPStatusError,
    "connection": ConnectionFailedError,
    "sandbox": SandboxError,
    "local": LocalFileError,
}


def _from_native(message: str, *, code: str, kind: ErrorKind, **facts: Any) -> DenoSandboxError:
    """The exception for an error of the core."""
    kind_of_error = _BY_CODE.get(code) or _BY_KIND[kind]
    if code == "sandbox-failed" and str(facts["service_code"]).startswith("E"):
        kind_of_error = SandboxOSError
    error = kind_of_error(message)
    refused = kind == "service" and isinstance(error, HTTPStatusError)
    error.code = (refused and facts.get("service_code")) or code
    error.error_code = code
    error.kind = kind
    for name, value in facts.items():
        if value is not None:
            setattr(error, name, value)
    if isinstance(error, OSError) and error.service_code is not None:
        import errno

        error.errno = getattr(errno, error.service_code, None)
    return error


def usage_error(code: str, message: str) -> InvalidValueError:
    """The error for a value that the face itself refuses."""
    error = InvalidValueError(message)
    error.error_code = error.code = code
    error.kind = "usage"
    return error


def _rebuild(
    kind: type[DenoSandboxError], args: tuple[Union[str, int], ...], facts: dict[str, Any]
) -> DenoSandboxError:
    error = kind(*args)
    error.__dict__.update(facts)
    return error
