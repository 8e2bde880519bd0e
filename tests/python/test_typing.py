"""Types: strict checkers accept what runs and refuse what does not, and the stubs are the binary's."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "typing"
EXAMPLES = Path(__file__).parent.parent.parent / "examples/python"
CORRECT = [HERE / "written_for_published.py", HERE / "idiom.py", *sorted(EXAMPLES.glob("*.py"))]
WRONG = HERE / "wrong.py"
PUBLISHED = os.environ["DENO_SANDBOX_TEST_PYTHON"]


def marked_lines():
    return {number for number, line in enumerate(WRONG.read_text().splitlines(), 1) if line.endswith("# error")}


def mypy(*files, python=sys.executable):
    # Its own packages come by PYTHONPATH, which must not be searched for types.
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir", os.devnull]
    return subprocess.run([*command, "--python-executable", python, *files], capture_output=True, text=True)


def pyright(tmp_path, *files, python=sys.executable):
    """What it finds in copies of the files, as triples of the file's name, the line and the message."""
    for file in files:
        shutil.copy(file, tmp_path)
    version = "{}.{}".format(*sys.version_info)
    settings = {"typeCheckingMode": "strict", "pythonVersion": version}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [os.environ["DENO_SANDBOX_TEST_NODE"], os.environ["DENO_SANDBOX_TEST_PYRIGHT"]]
    done = subprocess.run(
        [*command, "--pythonpath", python, "--outputjson"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(files), report
    return [
        (Path(found["file"]).name, found["range"]["start"]["line"] + 1, found["message"])
        for found in report["generalDiagnostics"]
        if found["severity"] == "error"
    ]


def test_mypy_accepts_what_runs():
    done = mypy(*CORRECT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_refuses_what_is_wrong():
    done = mypy(WRONG)
    found = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    assert found == marked_lines(), done.stdout


def test_mypy_accepts_the_package_itself():
    done = mypy("--package", "deno_sandbox")
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_accepts_what_runs(tmp_path):
    assert pyright(tmp_path, *CORRECT) == []


def test_pyright_refuses_what_is_wrong(tmp_path):
    found = pyright(tmp_path, WRONG)
    assert {line for _, line, _ in found} == marked_lines(), found


def test_what_is_written_for_the_published_package_checks_with_it(tmp_path):
    written = HERE / "written_for_published.py"
    done = mypy(written, python=PUBLISHED)
    assert done.returncode == 0, done.stdout + done.stderr
    assert pyright(tmp_path, written, python=PUBLISHED) == []


def test_the_stubs_are_those_of_the_binary():
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "deno_sandbox._native"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", [HERE / "written_for_published.py", HERE / "idiom.py"], ids=lambda file: file.stem)
def test_what_is_checked_also_runs(file, run_python):
    assert run_python(file).stdout == "checked and run\n"
