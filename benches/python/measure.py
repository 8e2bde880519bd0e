"""``python measure.py NAME``: one measurement of the `deno_sandbox` that this Python has, as JSON.

A process of its own each time, so that no measurement warms up another.
"""

import asyncio
import contextlib
import importlib.metadata
import json
import os
import statistics
import sys
import time
from pathlib import Path

MIB = 1 << 20
FILE = 32 * MIB
PIECE = 512 << 10  # the published package can read no more at once
GIB = 1 << 30
MEASUREMENTS = {}


def measurement(function):
    MEASUREMENTS[function.__name__] = function
    return function


@measurement
def imported():
    """Milliseconds until the package is imported."""
    began = time.perf_counter()
    import deno_sandbox  # noqa: F401

    return (time.perf_counter() - began) * 1e3


@measurement
def client():
    """Milliseconds until a client stands, with what was put off at import."""
    began = time.perf_counter()
    from deno_sandbox import DenoDeploy

    DenoDeploy()
    return (time.perf_counter() - began) * 1e3


@measurement
def installed():
    """Bytes of all packages that are installed, without compiled copies of their sources."""
    tools = {"pip", "setuptools"}
    packages = [one for one in importlib.metadata.distributions() if one.metadata["Name"] not in tools]
    files = (Path(file.locate()) for package in packages for file in package.files or [])
    return sum(file.stat().st_size for file in files if file.suffix != ".pyc" and file.is_file())


@measurement
def sync_round_trip():
    """Microseconds of a small call, one after the other."""
    with sandbox() as one:
        times = []
        for n in range(4_500):
            began = time.perf_counter()
            one.env.get("HOME")
            if n >= 500:
                times.append(time.perf_counter() - began)
        return statistics.median(times) * 1e6


@measurement
def async_round_trip():
    """Microseconds of a small call, one after the other, in an event loop."""

    async def measure(one):
        times = []
        for n in range(4_500):
            began = time.perf_counter()
            await one.env.get("HOME")
            if n >= 500:
                times.append(time.perf_counter() - began)
        return statistics.median(times) * 1e6

    return in_event_loop(measure)


@measurement
def async_fifty():
    """Microseconds for each of small calls with fifty in flight."""

    async def measure(one):
        async def worker(count):
            for _ in range(count):
                await one.env.get("HOME")

        await asyncio.gather(*(worker(10) for _ in range(50)))
        began = time.perf_counter()
        await asyncio.gather(*(worker(200) for _ in range(50)))
        return (time.perf_counter() - began) / 10_000 * 1e6

    return in_event_loop(measure)


@measurement
def write():
    """MiB/s of a 32 MiB file written whole."""
    content = bytes(range(256)) * (FILE // 256)
    with sandbox() as one:
        return speed(lambda: one.fs.write_file("big", content))


@measurement
def read():
    """MiB/s of a 32 MiB file read whole; nothing when it cannot be."""

    async def measure(one):
        await fill(one, "big", FILE)
        times = []
        for _ in range(4):
            began = time.perf_counter()
            # The published package waits for ever, unless the service refuses.
            if len(await asyncio.wait_for(one.fs.read_file("big"), 20)) != FILE:
                raise SystemExit("the file came back shorter")
            times.append(time.perf_counter() - began)
        return FILE / MIB / statistics.median(times[1:])

    try:
        return in_event_loop(measure)
    except Exception as error:
        print(f"a whole read failed: {type(error).__name__}: {error}", file=sys.stderr)
        return None


@measurement
def read_in_pieces():
    """MiB/s of a 32 MiB file read through a handle."""
    with sandbox() as one:
        one.spawn("sh", args=["-c", f"head -c {FILE} /dev/zero > big"], stdout="null", stderr="null").wait()

        def whole():
            with one.fs.open("big", read=True) as file:
                for _ in range(FILE // PIECE):
                    if len(file.read(PIECE)) != PIECE:
                        raise SystemExit("a piece came back shorter")

        return speed(whole)


@measurement
def streamed():
    """MiB above an idle connection, and MiB/s, of a 1 GiB file read piece by piece."""

    async def measure(one):
        await fill(one, "gib", GIB)
        idle = start_peak()
        began = time.perf_counter()
        total = 0
        if hasattr(one.fs, "read_stream"):
            async for chunk in one.fs.read_stream("gib"):
                total += len(chunk)
        else:
            async with await one.fs.open("gib", read=True) as file:
                while total < GIB:
                    total += len(await file.read(PIECE))
        if total != GIB:
            raise SystemExit(f"{total} bytes arrived")
        return {"memory": peak() - idle, "speed": GIB / MIB / (time.perf_counter() - began)}

    return in_event_loop(measure)


@measurement
def many_calls():
    """Seconds of 50 small calls in each of 64 sandboxes at once."""

    async def work(one):
        for _ in range(50):
            await one.env.get("HOME")

    return in_many_sandboxes(work)


@measurement
def many_files():
    """Seconds of a file of 512 KiB written and read in each of 64 sandboxes at once."""
    content = os.urandom(PIECE)

    async def work(one):
        await one.fs.write_file("file", content)
        if await one.fs.read_file("file") != content:
            raise SystemExit("a file came back changed")

    return in_many_sandboxes(work)


def sandbox():
    from deno_sandbox import DenoDeploy

    return DenoDeploy().sandbox.create()


def in_event_loop(measure):
    from deno_sandbox import AsyncDenoDeploy

    async def main():
        async with AsyncDenoDeploy().sandbox.create() as one:
            return await measure(one)

    return asyncio.run(main())


def in_many_sandboxes(work):
    from deno_sandbox import AsyncDenoDeploy

    async def main():
        client = AsyncDenoDeploy()
        async with contextlib.AsyncExitStack() as stack:
            sandboxes = [await stack.enter_async_context(client.sandbox.create()) for _ in range(64)]
            began = time.perf_counter()
            await asyncio.gather(*map(work, sandboxes))
            return time.perf_counter() - began

    return asyncio.run(main())


async def fill(one, name, size):
    command = ["-c", f"head -c {size} /dev/zero > {name}"]
    child = await one.spawn("sh", args=command, stdout="null", stderr="null")
    await child.wait()


def speed(call):
    call()
    times = []
    for _ in range(5):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return FILE / MIB / statistics.median(times)


def start_peak():
    """Forgets the peak so far; MiB now resident."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def peak():
    return memory("VmHWM")


def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


print(json.dumps(MEASUREMENTS[sys.argv[1]]()), flush=True)
# A call of the published package that never ends would keep the process.
os._exit(0)
