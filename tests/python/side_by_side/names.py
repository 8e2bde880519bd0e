"""The names that programs can import and call, with the parameters of every method."""

import importlib
import inspect

MODULES = ("console", "env", "errors", "fs", "options", "process", "sandbox", "snapshots", "volumes")


def names():
    found = {}
    for name in MODULES:
        module = importlib.import_module(f"deno_sandbox.{name}")
        for kind in public(dir(module)):
            value = getattr(module, kind)
            # A published module shows what it imports for itself, too.
            if inspect.isclass(value) and value.__module__.startswith("deno_sandbox") and is_home(name, kind):
                found[f"{name}.{kind}"] = members(value)
    return found


def is_home(module, kind):
    return HOMES.get(kind, module) == module


HOMES = {
    "AbortSignal": "process",
    "AsyncConsoleClient": "console",
    "AsyncPaginatedList": "console",
    "PaginatedList": "console",
    "HTTPStatusError": "errors",
    "MissingApiToken": "errors",
    "ProcessAlreadyExited": "errors",
    "ExposeSSHResult": "console",
    "InternalOptions": "options",
    "Snapshot": "snapshots",
    **dict.fromkeys(("AsyncBridge", "AsyncRpcClient", "AsyncFetchResponse", "FetchResponse", "WebSocketTransport"), "rpc"),
    **dict.fromkeys(("AsyncSandboxEnv", "SandboxEnv"), "env"),
    **dict.fromkeys(("AsyncSandboxFs", "SandboxFs"), "fs"),
    **dict.fromkeys(("AsyncChildProcess", "ChildProcess", "AsyncDenoProcess", "DenoProcess", "AsyncDenoRepl", "DenoRepl"), "process"),
    **dict.fromkeys(("ProcessSpawnResult", "RemoteProcessOptions"), "process"),
    "Revision": "revisions",
}


def members(kind):
    shown = {}
    # What dictionaries and exceptions have is Python's.
    inherited = set(dir(dict)) | set(dir(Exception))
    for name in public(dir(kind)):
        if name in inherited:
            continue
        member = inspect.getattr_static(kind, name)
        member = getattr(member, "__func__", member)
        shown[name] = parameters(member) if inspect.isfunction(member) else type(member).__name__
    return shown


def parameters(function):
    listed = {}
    for place, one in enumerate(inspect.signature(function).parameters.values()):
        default = "required" if one.default is one.empty else f"= {one.default!r}"
        where = f"{place}" if one.kind is one.POSITIONAL_OR_KEYWORD else one.kind.name
        if one.name != "self":
            listed[one.name] = f"{where}, {default}"
    return listed


def public(names):
    return [name for name in names if not name.startswith("_")]
