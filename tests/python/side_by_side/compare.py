"""``python compare.py PUBLISHED OURS EMULATOR``: runs ``record.py`` with the Pythons of two environments, each
against an emulator of its own, and compares what programs see field by field. What differs is listed in
``differences.py`` or a failure; so is what is listed there and does not differ.
"""

import json
import subprocess
import sys
from pathlib import Path

from differences import DIFFERENCES

RECORD = Path(__file__).with_name("record.py")


def main(published, ours, emulator):
    unseen = set(DIFFERENCES)
    passed = failed = 0
    for kind in ("sync", "async"):
        before, after = (observe(python, kind, emulator) for python in (published, ours))
        for name in [*before, *(name for name in after if name not in before)]:
            unexpected = []
            for path, a, b in compare(f"{kind} › {name}", before.get(name, ABSENT), after.get(name, ABSENT)):
                intended = next((one for one in DIFFERENCES if one.covers(path, a, b)), None)
                unseen.discard(intended)
                if intended is None:
                    unexpected.append((path, a, b))
            passed += not unexpected
            failed += bool(unexpected)
            print(f"{'FAIL' if unexpected else 'ok  '} {kind} › {name}")
            for path, a, b in unexpected:
                print(f"       {path}: published {json.dumps(a)}, ours {json.dumps(b)}")
    for difference in unseen:
        print(f"FAIL a listed difference did not occur: {difference.at} ({difference.reason})")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


ABSENT = "absent"


def observe(python, kind, emulator):
    done = subprocess.run([emulator, "exec", "--", python, RECORD, kind], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"{python} {kind} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(path, a, b):
    """The paths at which two records differ, with both values."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *(key for key in b if key not in a)]:
            yield from compare(f"{path} › {key}", a.get(key, ABSENT), b.get(key, ABSENT))
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (one, other) in enumerate(zip(a, b)):
            yield from compare(f"{path} › {index}", one, other)
    elif type(a) is not type(b) or a != b:
        yield path, a, b


sys.exit(main(*sys.argv[1:]))
