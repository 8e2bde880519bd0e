"""Every public name of the published package can be imported from the same module, or is listed here."""

import importlib
import json
import os
import subprocess

import pytest

# Those of services that this package does not have yet, as its README says, …
WAITING = {
    "apps": None,
    "layers": None,
    "revisions": None,
    "timelines": None,
    "sandbox": {"AsyncBuild", "AsyncSandboxDeno", "Build", "BuildLog", "ExposeHTTPResult", "SandboxDeno"},
    "process": {"AsyncDenoProcess", "AsyncDenoRepl", "DenoProcess", "DenoRepl"},
    "console": {"ExposeSSHResult"},
}

# … and those of the published package's insides, which no program of a user names.
INTERNAL = {
    "bridge": None,
    "rpc": None,
    "stream": None,
    "transport": None,
    "utils": None,
    "sandbox": {"AppConfig", "AppConfigVolume", "VolumeInfo"},
    "fs": {"FsFileHandle"},
    "process": {"AbortSignal", "ProcessSpawnResult", "ProcessWaitResult", "RemoteProcessOptions", "create_process_like"},
    "errors": {"ZodErrorRaw"},
    "options": {"InternalOptions", "get_internal_options", "get_sandbox_ws_url"},
    "console": {"AsyncConsoleClient", "PaginationOptions"},
}

ASK = """
import importlib, json, pkgutil, deno_sandbox
names = {}
for _, name, _ in pkgutil.iter_modules(deno_sandbox.__path__):
    module = importlib.import_module(f"deno_sandbox.{name}")
    own = [key for key, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
    names[name] = [key for key in own if not key.startswith("_") and len(key) > 1]
print(json.dumps(names))
"""
ANSWER = subprocess.run([os.environ["DENO_SANDBOX_TEST_PYTHON"], "-c", ASK], capture_output=True, text=True, check=True)
PUBLISHED = json.loads(ANSWER.stdout)


def test_all_modules_were_found():
    assert len(PUBLISHED) > 15
    assert sum(map(len, PUBLISHED.values())) > 100
    assert {*WAITING, *INTERNAL} <= set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_module_has_every_name_or_it_is_listed(name):
    listed = [table[name] for table in (WAITING, INTERNAL) if name in table]
    if None in listed:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(f"deno_sandbox.{name}")
        return
    module = importlib.import_module(f"deno_sandbox.{name}")
    absent = {key for key in PUBLISHED[name] if not hasattr(module, key)}
    assert absent == set().union(*listed)
