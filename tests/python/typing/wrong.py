"""Each line marked `error` must be refused by a type checker."""

from __future__ import annotations

from deno_sandbox import AsyncClient, Client


def blocking(client: Client) -> None:
    client.volumes.create(7, "ord", "1GB")  # error
    client.volumes.create("slug", "ord", "1GB", "snapshot")  # error
    client.volumes.get("slug").slug  # error
    client.sandbox.create(memory_mb="1GB")  # error
    with client.sandbox.create() as sandbox:
        sandbox.spawn("true", stdout="pipe")  # error
        sandbox.fs.write_file("x", "text")  # error
        sandbox.fs.read_file(7)  # error
        sandbox.env.set("A", 1)  # error
        sandbox.nothing()  # error


async def asynchronous(client: AsyncClient) -> None:
    client.volumes.list().items  # error
    volume = await client.volumes.create("slug", "ord", "1GB")
    volume.sluug  # error
    async with client.sandbox.create() as sandbox:
        await sandbox.env.get(1)  # error
