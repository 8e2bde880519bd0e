"""Work that goes on while the caller does something else."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Coroutine

_tasks: set[object] = set()


def async_in_background(work: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
    """Runs a coroutine as a task of the running loop."""
    import asyncio

    task = asyncio.get_running_loop().create_task(work(*args))
    # The loop alone would not keep it from being collected.
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


def in_background(work: Callable[..., None], *args: Any) -> None:
    """Runs a function in a thread that does not keep the program from ending."""
    import threading

    threading.Thread(target=work, args=args, daemon=True, name="deno-sandbox-input").start()
