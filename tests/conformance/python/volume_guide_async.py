"""The volume guide's asynchronous Python examples, run as they are printed there between the marks."""

import asyncio
import builtins

from harness import astep, finish

printed = []


def print(*values):  # what the guide prints is what is checked
    printed.append(values)


# --- guide ---
from deno_sandbox import AsyncDenoDeploy
# --- end ---


async def main():
    # --- guide ---
    sdk = AsyncDenoDeploy()
    # --- end ---

    async def provision():
        """provision storage"""
        # --- guide ---
        volume = await sdk.volumes.create(
          slug="training-cache",
          region="ord",  # ord (Chicago) or ams (Amsterdam)
          capacity="2GB"  # accepts bytes or "1GB"/"512MB" style strings
        )

        print(volume)
        # --- end ---
        assert printed.pop() == (volume,)
        assert volume["capacity"] == 2_000_000_000

    async def inspect_and_search():
        """inspect and search volumes"""
        # The guide's loop over the page would skip this page and repeat the next for ever: the
        # package yields pages, not items.
        # --- guide ---
        page = await sdk.volumes.list(search="training")
        # --- end ---
        assert [vol["slug"] for vol in page.items] == ["training-cache"]
        # --- guide ---
        vol = await sdk.volumes.get("training-cache")
        # --- end ---
        assert vol == page.items[0]

    async def mount():
        """mount volumes inside a sandbox"""
        # --- guide ---
        volume = await sdk.volumes.create(
          slug="dataset",
          region="ord",
          capacity="1GB"
        )

        # First run writes a file to the volume
        async with sdk.sandbox.create(
          region="ord",
          volumes={
            "/data/dataset": volume["slug"],
          },
          labels={"job": "prepare"}
        ) as sandbox:
          await sandbox.fs.write_text_file("/data/dataset/hello.txt", "Persist me!\n")

        # A new sandbox—possibly started hours later—can read the same file
        async with sdk.sandbox.create(
          region="ord",
          volumes={
            "/data/dataset": volume["id"],  # IDs work too
          }
        ) as sandbox:
          contents = await sandbox.fs.read_text_file("/data/dataset/hello.txt")
          print(contents)  # "Persist me!"
        # --- end ---
        assert printed.pop() == ("Persist me!\n",)

    async def execute():
        """execute programs directly from the volume"""
        async with sdk.sandbox.create(region="ord", volumes={"/data/dataset": "dataset"}) as sandbox:
            await sandbox.fs.write_text_file(
                "/data/dataset/greet.sh", "#!/bin/sh\necho hello\n", mode=0o755
            )
            child = await sandbox.spawn("/data/dataset/greet.sh", stdout="piped", stderr="null")
            assert await child.stdout.read() == b"hello\n"
            assert (await child.wait())["success"] is True

    async def delete():
        """delete volumes safely"""
        # --- guide ---
        await sdk.volumes.delete("training-cache")
        # --- end ---
        assert await sdk.volumes.get("training-cache") is None
        again = await sdk.volumes.create(slug="training-cache", region="ord", capacity="300MB")
        assert again["slug"] == "training-cache"

    for body in (provision, inspect_and_search, mount, execute, delete):
        await astep(body)


asyncio.run(main())
print = builtins.print
finish()
