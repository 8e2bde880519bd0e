"""What is ours beyond the published package, as users annotate it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Optional

from deno_sandbox import (
    AsyncChildProcess,
    AsyncClient,
    AsyncSandbox,
    Capacity,
    ChildProcess,
    Client,
    DenoSandboxError,
    Sandbox,
    Volume,
    format_bytes,
)


def chunks() -> Iterator[bytes]:
    yield b"a"


async def async_chunks() -> AsyncIterator[bytes]:
    yield b"a"


def blocking(client: Client) -> None:
    slugs: list[str] = [volume.slug for volume in client.volumes.list()]
    volume: Volume = client.volumes.create("idiom", "ord", Capacity.gigabytes(1))
    size: str = format_bytes(volume.capacity)
    found: Optional[Volume] = client.volumes.get(volume.id)
    with client.sandbox.create(timeout=timedelta(minutes=2), volumes={"/v": volume}) as sandbox:
        opened: Sandbox = sandbox
        opened.fs.write_file(PurePosixPath("/home/app/x"), chunks())
        opened.fs.write_file("y", io.BytesIO(b"b"))
        opened.fs.write_file("z", bytearray(b"c"))
        child: ChildProcess = opened.spawn("cat", stdin="piped", stdout="piped")
        assert child.stdin is not None
        child.stdin.write(b"live\n")
        child.stdin.close()
        lines: list[bytes] = list(child.stdout)
        code: int = child.wait().code
        text: str = opened.sh("echo hi").stdout_text
        opened.fs.upload(Path(__file__), "/home/app/self.py")
        opened.kill()
    client.volumes.delete(volume.slug)
    assert (lines, code, text, size) == ([b"live\n"], 0, "hi\n", "1 GB")
    assert found == volume and isinstance(slugs, list)


async def asynchronous(client: AsyncClient) -> None:
    slugs: list[str] = [volume.slug async for volume in client.volumes.list(search="idiom")]
    async with client.sandbox.create() as sandbox:
        opened: AsyncSandbox = sandbox
        await opened.fs.write_file("x", async_chunks())
        child: AsyncChildProcess = await opened.spawn("cat", args=["x"], stdout="piped")
        lines: list[bytes] = [line async for line in child.stdout]
        assert (slugs, lines) == ([], [b"a"])


def failing(client: Client) -> None:
    try:
        client.volumes.create("Wrong!", "ord", "1GB")
    except DenoSandboxError as error:
        facts: tuple[str, bool, Optional[int], Optional[str], Optional[str]] = (
            error.error_code,
            error.retryable,
            error.status,
            error.trace_id,
            error.operation,
        )
        assert facts[0] == "invalid-slug"


blocking(Client())
asyncio.run(asynchronous(AsyncClient()))
failing(Client())
print("checked and run")
