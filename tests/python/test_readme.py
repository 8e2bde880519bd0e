"""The programs of the package's README run."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent.parent / "bindings-python/README.md").read_text()
PROGRAMS = re.findall(r"## ([^\n]+)\n(?:(?!\n## ).)*?```python\n(.*?)```", README, re.DOTALL)

PRINTED = {
    "Volumes": ["Persist me!", " of 2 GB"],
    "Files, processes, command lines": ["work/data.bin True", "it's a file; rm -rf ~", "1000000", r"b'a\n'"],
    "asyncio": ["part-49"],
    "Errors": ["invalid-capacity", "2GB", "absent 2"],
}


def test_every_program_is_run():
    assert len(PROGRAMS) == README.count("```python") == len(PRINTED)


@pytest.mark.parametrize(("heading", "program"), PROGRAMS, ids=[heading for heading, _ in PROGRAMS])
def test_a_program_runs(heading, program, run_python):
    said = run_python("import warnings; warnings.simplefilter('error')\n" + program).stdout
    assert [text for text in PRINTED[heading] if text not in said] == [], said
