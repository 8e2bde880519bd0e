"""What the tests share: clients, names that nobody else has, and the closing line that is counted."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from both import both
from deno_sandbox import AsyncDenoDeploy, DenoDeploy

_numbers = itertools.count()


@pytest.fixture(params=["sync", "async"])
def sdk(request):
    """A client of each kind, both with the methods of the asynchronous one."""
    client = DenoDeploy() if request.param == "sync" else AsyncDenoDeploy()
    return both(client)


@pytest.fixture
def unique():
    """Makes slugs that no other test has."""
    return lambda name: f"{name}-{os.getpid() % 10_000}-{next(_numbers)}"


@pytest.fixture
def run_python(tmp_path):
    """Runs a program of its own, by default with the package under test."""

    def run(program, *args, python=sys.executable, timeout=120, check=True, **options):
        if not isinstance(program, Path):
            file = tmp_path / "program.py"
            file.write_text(program)
            program = file
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        environment.update(options.pop("env", {}))
        done = subprocess.run(
            [python, program, *args], capture_output=True, text=True, timeout=timeout, env=environment, **options
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    return run


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Runs a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}), 120))
    return True


def pytest_terminal_summary(terminalreporter):
    """The line that `cargo xtask` adds up."""
    count = {kind: len(terminalreporter.getreports(kind)) for kind in ("passed", "failed", "error", "skipped")}
    failed = count["failed"] + count["error"]
    outcome = "FAILED" if failed else "ok"
    print(f"\ntest result: {outcome}. {count['passed']} passed; {failed} failed; {count['skipped']} ignored;")
