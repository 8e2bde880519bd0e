"""Programs written for the published package run unchanged, with the results they were written for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFORMANCE = Path(__file__).parent.parent / "conformance/python"
EMULATOR = os.environ["DENO_SANDBOX_TEST_EMULATOR"]
PUBLISHED = os.environ["DENO_SANDBOX_TEST_PYTHON"]


@pytest.mark.parametrize("program", ["volume_guide_sync.py", "volume_guide_async.py"])
def test_the_volume_guide_word_for_word(program, on_its_own_emulator):
    said = on_its_own_emulator(CONFORMANCE / program)
    assert said.rstrip().endswith(" passed, 0 failed"), said


@pytest.mark.parametrize("heading", ["Synchronous API", "Asynchronous API"])
def test_the_published_readme(heading, on_its_own_emulator, tmp_path):
    ask = "import importlib.metadata as m; print(m.metadata('deno-sandbox').get_payload())"
    readme = subprocess.run([PUBLISHED, "-c", ask], capture_output=True, text=True, check=True).stdout
    below = readme.split(f"# {heading}\n", 1)[1]
    program = tmp_path / "readme.py"
    program.write_text(below.split("```py\n", 1)[1].split("```", 1)[0])
    assert "Hello from the sandbox!\nHello, World!\n" in on_its_own_emulator(program)


@pytest.fixture
def on_its_own_emulator():
    def run(program):
        done = subprocess.run(
            [EMULATOR, "exec", "--", sys.executable, program],
            capture_output=True,
            text=True,
            timeout=120,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
