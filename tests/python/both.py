"""One text of a test for both APIs: a blocking object, with its results as awaitables.

``await both(sdk).volumes.get(…)`` awaits an asynchronous client, and calls a blocking one. Iteration and
``with`` likewise take the forms of the asynchronous API.
"""

from __future__ import annotations

import functools
import inspect

MODULE = "deno_sandbox"


def both(value):
    """The value itself where it is asynchronous or plain; a blocking object in an asynchronous dress."""
    kind = type(value)
    if not kind.__module__.startswith(MODULE) or isinstance(value, (dict, str, int, BaseException)):
        return value
    if kind.__name__.startswith("Async") or hasattr(kind, "__aenter__") or hasattr(kind, "__anext__"):
        return value
    return _Dressed(value)


class _Dressed:
    def __init__(self, value):
        self._value = value

    def __getattr__(self, name):
        attribute = getattr(self._value, name)
        if not callable(attribute) or inspect.isclass(attribute):
            return both(attribute)
        return functools.partial(_Call, attribute)

    def __repr__(self):
        return repr(self._value)

    async def __aenter__(self):
        return both(self._value.__enter__())

    async def __aexit__(self, *error):
        return self._value.__exit__(*error)

    async def __aiter__(self):
        for item in self._value:
            yield both(item)


class _Call:
    """A call that is made when it is awaited, entered or iterated."""

    def __init__(self, method, *args, **options):
        self._make = lambda: method(*args, **options)

    def __await__(self):
        return self._result().__await__()

    async def _result(self):
        return both(self._make())

    async def __aenter__(self):
        self._entered = self._make()
        return both(self._entered.__enter__())

    async def __aexit__(self, *error):
        return self._entered.__exit__(*error)

    async def __aiter__(self):
        for item in self._make():
            yield both(item)
