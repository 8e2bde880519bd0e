"""The volume story for asyncio: two sandboxes at once, on one volume."""

from __future__ import annotations

import asyncio

from deno_sandbox import AsyncClient, Volume, format_bytes


async def prepare(client: AsyncClient, volume: Volume) -> None:
    """Fills the volume."""
    async with client.sandbox.create(volumes={"/data": volume}) as sandbox:
        await asyncio.gather(
            *(sandbox.fs.write_text_file(f"/data/part-{n}.txt", f"line {n}\n") for n in range(10))
        )


async def collect(client: AsyncClient, volume: Volume) -> list[str]:
    """Reads what it holds, with a process of the sandbox."""
    async with client.sandbox.create(volumes={"/data": volume}) as sandbox:
        process = await sandbox.spawn("sh", args=["-c", "cat /data/part-*.txt"], stdout="piped")
        lines = [line async for line in process.stdout.lines()]
        status = await process.wait()
        print("success:", status.success)
        return lines


async def main() -> None:
    client = AsyncClient()
    volume = await client.volumes.create("async-story", "ord", "500MB")
    print(f"{volume.slug}: {format_bytes(volume.capacity)} in {volume.region}")
    try:
        await prepare(client, volume)
        for line in await collect(client, volume):
            print(line)
        async for each in client.volumes.list(search="async-"):
            print("found", each.slug)
    finally:
        await client.volumes.delete(volume.id)


asyncio.run(main())
