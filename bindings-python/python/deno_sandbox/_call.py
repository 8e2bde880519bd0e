"""The futures of asynchronous calls; imported by the native module when the first one is made."""

import asyncio


class Call(asyncio.Future):  # type: ignore[type-arg]
    """A call under way. Cancelled, it is given up on the service too."""

    abort = None

    def __init__(self, loop):  # type: ignore[no-untyped-def]
        super().__init__(loop=loop)

    def cancel(self, msg=None):  # type: ignore[no-untyped-def]
        if self.abort is not None and not self.done():
            self.abort()
        return super().cancel(msg)
