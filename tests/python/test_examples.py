"""The examples run to their ends."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples/python"


@pytest.mark.parametrize(
    ("name", "last"),
    [("volume_story.py", "state\noutlives\nsandboxes\n"), ("volume_story_async.py", "line 9\nfound async-story\n")],
)
def test_an_example_runs(name, last, run_python):
    done = run_python(EXAMPLES / name)
    assert done.stdout.endswith(last)
    assert done.stderr == ""


def test_every_example_is_run():
    assert {file.name for file in EXAMPLES.glob("*.py")} == {"volume_story.py", "volume_story_async.py"}
