"""Steps that run in order, each with a name; one closing line that says how many held."""

import sys
import traceback

_results = {"passed": 0, "failed": 0}


def _record(name, error):
    if error is None:
        _results["passed"] += 1
        print(f"ok      {name}")
    else:
        _results["failed"] += 1
        text = "".join(traceback.format_exception(error)).rstrip()
        print(f"FAILED  {name}\n        " + text.replace("\n", "\n        "))


def step(body):
    """Runs a function as one step, named by its docstring; goes on after a failure."""
    try:
        body()
        _record(body.__doc__, None)
    except Exception as error:  # the harness reports whatever a step raises
        _record(body.__doc__, error)
    return body


async def astep(body):
    """Awaits a coroutine function as one step, named by its docstring."""
    try:
        await body()
        _record(body.__doc__, None)
    except Exception as error:  # the harness reports whatever a step raises
        _record(body.__doc__, error)


def finish():
    """Prints the closing line and ends the process with a status that agrees with it."""
    print(f"{_results['passed']} passed, {_results['failed']} failed", flush=True)
    sys.exit(0 if _results["failed"] == 0 and _results["passed"] > 0 else 1)
