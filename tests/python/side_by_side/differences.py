"""Where our package means to differ from the published one, and why."""

import re
from typing import Any, Callable, NamedTuple


class Difference(NamedTuple):
    at: str
    """A pattern for the path to what differs."""
    reason: str
    holds: Callable[[Any, Any], bool] = lambda published, ours: True
    """Which pair of values is meant."""

    def covers(self, path, published, ours):
        return re.search(self.at, path) is not None and self.holds(published, ours)


def becomes(expected):
    return lambda published, ours: ours == expected


def is_core_code(published, ours):
    return isinstance(ours, str) and re.fullmatch(r"[a-z]+(-[a-z]+)*", ours) is not None


def gains(*classes):
    """Everything the published error is, and these as well."""
    return lambda published, ours: set(ours) == {*published, *classes}


def missing(reason, names):
    return [Difference(rf"› names › {re.escape(name)}$", reason, becomes("absent")) for name in names.split(", ")]


CALLS_THAT_FAIL_THERE = (
    r"(volumes\.list, iterated|walk|walk, with a pattern|an open file, at its end|download|spawn, killed)"
)

DIFFERENCES = [
    # Names.
    Difference(
        r"^\w+ › exports › (App|AppListItem|Config|EnvVar|EnvVarInput|EnvVarUpdate|LayerRef|Runtime|RuntimeLog"
        r"|RuntimeLogsResponse|Revision|RevisionListItem|RevisionRetention|RevisionProgress|ProgressStage"
        r"|ProgressStageStatus|FileAsset|SymlinkAsset|Asset|EnvVarInputForDeploy|BuildLogEntry|BuildStep|Layer"
        r"|LayerAppRef|(Async)?(Apps|Revisions|Layers|Timelines))$",
        "apps, revisions, layers and timelines are not part of this package yet",
        becomes("NoneType"),
    ),
    Difference(
        r"^\w+ › exports › Options$",
        "a typed dictionary for type checkers only, which costs nothing at import",
        lambda published, ours: (published, ours) == ("_TypedDictMeta", "type"),
    ),
    Difference(
        r"› names › .*$",
        "there is more: methods, options and names that are Python's own in other places",
        lambda published, ours: published == "absent",
    ),
    Difference(
        r"› names › fs\.(Async)?FsFile › (lock › exclusive|read › size|seek › whence|truncate › size)$",
        "parameters have the defaults of Python's own files",
        lambda published, ours: published.endswith("required") and published.split(",")[0] == ours.split(",")[0],
    ),
    *missing(
        "it belongs to what is not part of this package yet: Deno programs, HTTP and SSH into a sandbox, builds",
        "process.AsyncDenoProcess, process.AsyncDenoRepl, process.DenoProcess, process.DenoRepl, sandbox.AsyncBuild, "
        "sandbox.Build, sandbox.BuildLog, sandbox.AsyncSandboxDeno, sandbox.SandboxDeno, sandbox.ExposeHTTPResult, "
        "sandbox.AsyncSandbox › expose_http, sandbox.AsyncSandbox › expose_ssh, sandbox.AsyncSandbox › fetch, "
        "sandbox.Sandbox › expose_http, sandbox.Sandbox › expose_ssh, sandbox.Sandbox › fetch, console.ExposeSSHResult",
    ),
    *missing(
        "it serves the published package's own code, and no program can have a use for it",
        "console.AsyncConsoleClient, console.PaginationOptions, errors.ZodErrorRaw, fs.FsFileHandle, "
        "options.InternalOptions, process.AbortSignal, process.AsyncChildProcess › create, process.ProcessSpawnResult, "
        "process.ProcessWaitResult, process.RemoteProcessOptions, sandbox.AppConfig, sandbox.AppConfigVolume, "
        "sandbox.VolumeInfo",
    ),
    *missing(
        "it is there by another way: an attribute of each object, a typed dictionary for type checkers only, "
        "or an alias",
        "process.ChildProcess › pid, options.Options, sandbox.SecretConfig, volumes.BaseSnapshot",
    ),
    # Errors.
    Difference(
        r" › error › code$",
        "every failure has a code in words, and what is refused before it is sent has the SDK's own",
        lambda published, ours: not isinstance(published, str) or ours.startswith("invalid-"),
    ),
    Difference(
        r"^\w+ › (volumes\.create, (a bad slug|a bad region|too small|no size)|sandbox\.create, (a relative path"
        r"|a bad lifetime|too little memory)|env\.set, no name) › error › is_a$",
        "a wrong value is a ValueError as well, found before anything is sent",
        gains("HTTPStatusError", "ValueError"),
    ),
    Difference(
        r"^\w+ › (volumes\.create, (a bad slug|a bad region|too small|no size)|env\.set, no name) › error › "
        r"(cause|trace_id)$",
        "a wrong value is found before anything is sent, so that the service said nothing of it",
        lambda published, ours: ours in (None, "NoneType") or is_core_code(published, ours),
    ),
    Difference(
        r"^\w+ › (sandbox\.create, (no such volume|a relative path|a bad lifetime|too little memory|a wrong token)"
        r"|sandbox\.connect, of nothing|env\.set, no name) › error › (status_code|cause|trace_id)$",
        "what the service answered is told, where the published package has but a refused WebSocket",
        lambda published, ours: published in (None, "NoneType") and ours is not None,
    ),
    Difference(
        r"^\w+ › (sandbox\.create, (no such volume|a wrong token)|sandbox\.connect, of nothing|a wrong token)"
        r" › error › is_a$",
        "every refusal is an HTTPStatusError, and a refused token an AuthenticationError, whatever was asked",
        lambda published, ours: set(published) <= set(ours) <= {"HTTPStatusError", "AuthenticationError"},
    ),
    # Data.
    Difference(
        r"^\w+ › sandbox\.list › value › 0 › 0 › labels › (my__key|camel_case|My_Key|camelCase)$",
        "keys of labels are the user's, and come as they were given",
        lambda published, ours: "absent" in (published, ours),
    ),
    Difference(
        r"^\w+ › env\.as_dict › value › \w+$",
        "names of variables are the user's; there they are rewritten, so that none is found by its name",
        lambda published, ours: published is None and isinstance(ours, str),
    ),
    Difference(
        r"^\w+ › env, of a process of its own › value › \d$",
        "names of variables are the user's, and reach the process as they were given",
        lambda published, ours: (published, ours) in [("MYKey=1", "MY_KEY=1"), ("aBC=4", "a_b_c=4")],
    ),
    Difference(
        r"^\w+ › volumes\.delete, a path › (value|error)$",
        "a name is one part of a URL, whatever is in it; there it reaches another resource, and deletes it",
        lambda published, ours: published is None or ours == "absent" or ours["status_code"] == 404,
    ),
    Difference(
        r"^\w+ › volumes\.get, after that › value$",
        "the volume that the path led to is still there",
        lambda published, ours: published is None and ours["slug"] == "side-c",
    ),
    # What does not work there.
    Difference(
        rf"^\w+ › {CALLS_THAT_FAIL_THERE} › error$",
        "the call works",
        becomes("absent"),
    ),
    Difference(
        r"^\w+ › volumes\.list, iterated › value$",
        "iterating goes over the items of all pages; there over pages, without the first and without an end",
        becomes(["side-c", "side-b", "side-a"]),
    ),
    Difference(
        r"^\w+ › walk › value$",
        "entries are listed; there the call gives an unusable number",
        lambda published, ours: published == "absent" and "/data/dataset/d/c.txt" in ours,
    ),
    Difference(
        r"^\w+ › walk, with a pattern › value$",
        "patterns are understood; there they cannot be sent",
        becomes(["/data/dataset/a.txt"]),
    ),
    Difference(
        r"^\w+ › expand_glob › value › 0$",
        "matches are listed; there the call gives an unusable number",
        becomes("/data/dataset/a.txt"),
    ),
    Difference(
        r"^\w+ › an open file, at its end › value$",
        "the end of a file is empty, as of every file in Python",
        becomes({"bytes": 0, "sum": 0}),
    ),
    Difference(
        r"^\w+ › download › value$",
        "a tree comes down; there the call asks for a method that no sandbox has",
        becomes(["sub", "sub/f.txt", "sub/link"]),
    ),
    Difference(
        r"^\w+ › spawn › value › 4$",
        "the exit code is known once the process was waited for; there it never is",
        becomes(3),
    ),
    Difference(
        r"^\w+ › spawn, killed › value$",
        "a killed process can be waited for; there waiting is cancelled, and the blocking class has no kill()",
        becomes({"success": False, "code": 143, "signal": "SIGTERM"}),
    ),
]
