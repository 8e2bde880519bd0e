"""What a program sees of the published package and of this one, call by call."""

import os
import subprocess
import sys
from pathlib import Path

COMPARE = Path(__file__).parent / "side_by_side/compare.py"
PUBLISHED = os.environ["DENO_SANDBOX_TEST_PYTHON"]
EMULATOR = os.environ["DENO_SANDBOX_TEST_EMULATOR"]


def test_only_listed_differences():
    done = subprocess.run(
        [sys.executable, COMPARE, PUBLISHED, sys.executable, EMULATOR],
        capture_output=True,
        text=True,
        timeout=180,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )
    problems = [line for line in done.stdout.splitlines() if not line.startswith("ok ")]
    assert done.returncode == 0, "\n".join([*problems, done.stderr])
