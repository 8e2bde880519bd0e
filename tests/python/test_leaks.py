"""Ten thousand calls and a thousand connections leave nothing behind: no memory, descriptors or threads."""

import asyncio
import gc
import os
from pathlib import Path

from deno_sandbox import AsyncDenoDeploy, DenoDeploy

MIB = 1 << 20


class Footprint:
    """What the process holds now, after garbage is collected."""

    def __init__(self):
        gc.collect()
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        self.resident = int(status["VmRSS"].split()[0]) * 1024
        self.threads = int(status["Threads"])
        self.descriptors = len(os.listdir("/proc/self/fd"))
        self.objects = len(gc.get_objects())

    def assert_no_more_than(self, before):
        assert self.threads <= before.threads
        assert self.descriptors <= before.descriptors + 2
        assert self.objects <= before.objects + 1_000
        assert self.resident <= before.resident + 8 * MIB


def test_ten_thousand_blocking_calls():
    with DenoDeploy().sandbox.create() as sandbox:

        def calls(count):
            for n in range(count):
                sandbox.env.set("A", str(n))
                assert sandbox.env.get("A") == str(n)

        calls(500)
        before = Footprint()
        calls(5_000)
        Footprint().assert_no_more_than(before)


def test_ten_thousand_asynchronous_calls():
    async def main():
        async with AsyncDenoDeploy().sandbox.create() as sandbox:

            async def calls(count):
                for _ in range(count // 50):
                    await asyncio.gather(*(sandbox.env.get("HOME") for _ in range(50)))

            await calls(1_000)
            before = Footprint()
            await calls(10_000)
            Footprint().assert_no_more_than(before)

    asyncio.run(main())


def test_a_thousand_connections():
    client = DenoDeploy()
    with client.sandbox.create() as sandbox:

        def connect(count):
            for _ in range(count):
                with client.sandbox.connect(sandbox.id) as again:
                    assert again.env.get("HOME") == "/home/app"

        connect(50)
        before = Footprint()
        connect(1_000)
        Footprint().assert_no_more_than(before)


def test_three_hundred_event_loops():
    client = AsyncDenoDeploy()

    def loops(count):
        for _ in range(count):
            asyncio.run(first_page(client))

    loops(20)
    before = Footprint()
    loops(300)
    Footprint().assert_no_more_than(before)


async def first_page(client):
    await client.volumes.list(limit=1)


def test_processes_and_their_streams():
    with DenoDeploy().sandbox.create() as sandbox:

        def processes(count):
            for _ in range(count):
                child = sandbox.spawn("echo", args=["x"], stdout="piped", stderr="piped")
                assert child.output().stdout == b"x\n"

        processes(50)
        before = Footprint()
        processes(500)
        Footprint().assert_no_more_than(before)
