"""A program annotated with the published package's types: it must check with both packages, and run with ours."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Optional

from deno_sandbox import AsyncDenoDeploy, DenoDeploy, HTTPStatusError, Options
from deno_sandbox.console import AsyncPaginatedList, PaginatedList
from deno_sandbox.env import SandboxEnv
from deno_sandbox.errors import (
    AuthenticationError,
    MissingApiToken,
    ProcessAlreadyExited,
    RpcValidationError,
    UnknownRpcMethod,
)
from deno_sandbox.fs import AsyncFsFile, DirEntry, FileInfo, FsFile, SandboxFs
from deno_sandbox.process import AsyncChildProcess, ChildProcess, ChildProcessStatus
from deno_sandbox.sandbox import AsyncSandbox, AsyncSandboxApi, Sandbox, SandboxApi, SandboxMeta, SecretConfig
from deno_sandbox.snapshots import Snapshot, Snapshots
from deno_sandbox.volumes import AsyncVolumes, Volume, Volumes

ERRORS: list[type[Exception]] = [
    AuthenticationError,
    HTTPStatusError,
    MissingApiToken,
    ProcessAlreadyExited,
    RpcValidationError,
    UnknownRpcMethod,
]


def names(page: PaginatedList[Volume]) -> list[str]:
    found: list[str] = []
    following: Optional[PaginatedList[Volume]] = page
    while following is not None:
        found += [volume["slug"] for volume in following.items]
        following = following.get_next_page()
    return found


def volume_of(volumes: Volumes, slug: str) -> Volume:
    volume: Volume = volumes.create(slug, "ord", 300_000_000)
    again: Volume | None = volumes.get(volume["id"])
    assert again is not None
    size: int = again["capacity"]
    bootable: bool = again["is_bootable"]
    assert (size, bootable) == (300_000_000, False)
    return volume


def use_files(fs: SandboxFs) -> None:
    fs.write_file("data", b"bytes")
    fs.write_file("chunks", [b"one", b"two"])
    content: bytes = fs.read_file("data")
    text: str = fs.read_text_file("chunks")
    entries: list[DirEntry] = fs.read_dir("/home/app")
    info: FileInfo = fs.stat("data")
    size: int = info["size"]
    changed: Optional[str] = info["mtime"]
    assert (content, text, size) == (b"bytes", "onetwo", 5)
    assert entries[0]["is_file"] and changed
    with fs.open("data", read=True) as file:
        handle: FsFile = file
        part: bytes = handle.read(3)
        at: int = handle.seek(0, 0)
        assert (part, at) == (b"byt", 0)


def use_process(sandbox: Sandbox) -> ChildProcessStatus:
    child: ChildProcess = sandbox.spawn("echo", args=["x"], env={"A": "b"}, stdout="piped", stderr="null")
    pid: int = child.pid
    line: bytes = child.stdout.readline()
    status: ChildProcessStatus = child.wait()
    success: bool = status["success"]
    code: int = status["code"]
    assert pid and line == b"x\n" and success and code == 0
    return status


def use_environment(env: SandboxEnv) -> dict[str, str]:
    env.set("A", "1")
    env.delete("B")
    return env.as_dict()


def blocking() -> None:
    options: Options = {"token": None}
    sdk = DenoDeploy(options)
    sandboxes: SandboxApi = sdk.sandbox
    snapshots: Snapshots = sdk.snapshots
    volume = volume_of(sdk.volumes, "typed")
    snapshot: Snapshot = sdk.volumes.snapshot(volume["slug"], slug="typed-snapshot")
    taken: Snapshot | None = snapshots.get(snapshot["id"])
    assert taken is not None and taken["slug"] == "typed-snapshot"
    assert names(sdk.volumes.list(search="typed", limit=1)) == ["typed"]
    no_network: list[str] = []
    secrets: dict[str, SecretConfig] = {"KEY": {"hosts": ["example.com"], "value": "v"}}
    with sandboxes.create(
        region="ord",
        env={"A": "b"},
        timeout="2m",
        memory_mb=1280,
        debug=False,
        labels={"a": "b"},
        volumes={"/typed": volume["slug"]},
        allow_net=no_network,
        secrets=secrets,
    ) as sandbox:
        use_files(sandbox.fs)
        use_process(sandbox)
        assert use_environment(sandbox.env)["A"] == "1"
        until: datetime = sandbox.extend_timeout(60)
        listed: PaginatedList[SandboxMeta] = sandboxes.list(labels={"a": "b"})
        statuses: list[str] = [meta["status"] for meta in listed.items]
        assert until and statuses == ["running"] and not sandbox.closed
        with sandboxes.connect(sandbox.id) as again:
            url: Optional[str] = again.url
            assert url is None
        sandbox.kill()
    snapshots.delete(snapshot["id"])
    sdk.volumes.delete(volume["id"])


async def in_async(sandbox: AsyncSandbox) -> None:
    await sandbox.fs.write_text_file("x", "y", append=True)
    child: AsyncChildProcess = await sandbox.spawn("cat", args=["x"], stdout="piped", stderr="piped")
    output: bytes = await child.stdout.read()
    status: ChildProcessStatus = await child.wait()
    file: AsyncFsFile = await sandbox.fs.open("x")
    async with file:
        info: FileInfo = await file.stat()
    assert output == b"y" and status["success"] and info["size"] == 1


async def asynchronous() -> None:
    sdk = AsyncDenoDeploy({"token": None})
    sandboxes: AsyncSandboxApi = sdk.sandbox
    volumes: AsyncVolumes = sdk.volumes
    page: AsyncPaginatedList[Volume] = await volumes.list(search="none-of-this")
    following: Optional[AsyncPaginatedList[Volume]] = await page.get_next_page()
    assert page.items == [] and following is None and not page.has_more
    async with sandboxes.create() as sandbox:
        await in_async(sandbox)
    try:
        await volumes.delete("none-of-this")
    except HTTPStatusError as error:
        facts: tuple[int, str] = (error.status_code, error.message)
        assert facts[0] == 404


blocking()
asyncio.run(asynchronous())
print("checked and run")
