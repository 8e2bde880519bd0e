"""What is installed: one wheel without dependencies, typed, and quick to import."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import deno_sandbox

REPOSITORY = Path(__file__).parent.parent.parent
DISTRIBUTION = importlib.metadata.distribution("deno-sandbox")


def test_the_wheel_needs_nothing_and_fits_every_supported_python():
    assert DISTRIBUTION.requires in (None, [])
    assert DISTRIBUTION.metadata["Requires-Python"] == ">=3.10"
    wheel = DISTRIBUTION.read_text("WHEEL")
    assert "Tag: cp310-abi3-" in wheel
    assert DISTRIBUTION.version == deno_sandbox.__version__


def test_it_is_typed_and_licensed():
    files = {str(file) for file in DISTRIBUTION.files}
    assert {"deno_sandbox/py.typed", "deno_sandbox/_native.pyi"} <= files
    assert any(file.endswith("LICENSE") for file in files)


def test_the_wheel_under_test_is_not_the_source_tree():
    assert REPOSITORY / "bindings-python" not in Path(deno_sandbox.__file__).parents


def test_importing_it_imports_nothing_heavy(run_python):
    program = """
import sys
before = set(sys.modules)
from deno_sandbox import DenoDeploy, Volume, Capacity, DenoSandboxError
DenoDeploy()
heavy = {"asyncio", "typing", "re", "inspect", "dataclasses", "socket", "ssl", "json", "datetime", "logging"}
print(sorted((set(sys.modules) - before) & heavy))
"""
    assert run_python(program).stdout == "[]\n"


def test_the_blocking_half_is_made_from_the_asynchronous_one():
    check = subprocess.run(
        [sys.executable, REPOSITORY / "bindings-python/make_sync.py", "--check"], capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout


def test_every_error_code_has_a_class():
    from deno_sandbox import _native
    from deno_sandbox.errors import DenoSandboxError, _from_native

    codes = _native.error_codes()
    assert len(codes) > 20
    for row in codes:
        facts = {"service_code": "EINVAL"} if row["code"] == "sandbox-failed" else {}
        error = _from_native("x", code=row["code"], kind=row["kind"], **facts)
        assert isinstance(error, DenoSandboxError)
        assert error.code == error.error_code == row["code"]
