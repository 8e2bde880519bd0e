"""Each method of the PyPI package's asynchronous API that the emulator has, with its result checked.

Where the package itself gives a wrong result, the wrong result is asserted with the reason, so that
a change of the package is noticed.
"""

import asyncio
import os
import tempfile

from deno_sandbox import AsyncDenoDeploy, HTTPStatusError
from harness import astep, finish


async def fails(awaitable):
    try:
        await awaitable
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


async def main():
    sdk = AsyncDenoDeploy()

    async def volume_pages():
        """volumes: the next page follows the first, though the package sends a whole URL as the cursor"""
        for n in range(5):
            await sdk.volumes.create(slug=f"page-{n}", region="ord", capacity="300MB")
        page = await sdk.volumes.list(search="page-", limit=2)
        slugs = [v["slug"] for v in page.items]
        while page.has_more:
            page = await page.get_next_page()
            slugs += [v["slug"] for v in page.items]
        assert sorted(slugs) == [f"page-{n}" for n in range(5)], slugs

    async def volume_errors():
        """volumes: refusals carry status, code and trace id"""
        error = await fails(sdk.volumes.create(slug="page-0", region="ord", capacity="1GB"))
        assert isinstance(error, HTTPStatusError)
        assert error.status_code == 409 and error.trace_id, error
        error = await fails(sdk.volumes.create(slug="tiny", region="ord", capacity="1MB"))
        assert error.status_code == 400 and "300 MB" in error.message, error
        assert (await fails(sdk.volumes.delete("no-such-volume"))).status_code == 404
        assert await sdk.volumes.get("no-such-volume") is None

    async def snapshots():
        """snapshots: taken, listed, read and deleted"""
        snapshot = await sdk.volumes.snapshot("page-0", slug="page-snap")
        assert snapshot["volume"]["slug"] == "page-0"
        assert (await sdk.snapshots.get("page-snap"))["id"] == snapshot["id"]
        assert [s["slug"] for s in (await sdk.snapshots.list(search="page")).items] == ["page-snap"]
        fork = await sdk.volumes.create("page-fork", "ord", "400MB", from_snapshot="page-snap")
        assert fork["base_snapshot"] == {"id": snapshot["id"], "slug": "page-snap"}
        await sdk.snapshots.delete("page-snap")
        assert await sdk.snapshots.get("page-snap") is None

    async def token():
        """a wrong token is refused"""
        stranger = AsyncDenoDeploy({"token": "ddo_wrong"})
        assert (await fails(stranger.volumes.list())).status_code == 401

    async def region():
        """sandboxes: a volume of another region is refused"""
        await sdk.volumes.create(slug="elsewhere", region="ams", capacity="300MB")

        async def create():
            async with sdk.sandbox.create(region="ord", volumes={"/v": "elsewhere"}):
                pass

        error = await fails(create())
        assert "400" in str(error) or "409" in str(error) or "422" in str(error), repr(error)

    async def listed():
        """sandboxes: listed by label while they run, ended by kill"""
        async with sdk.sandbox.create(labels={"suite": "py"}, timeout="2m") as sandbox:
            page = await sdk.sandbox.list(labels={"suite": "py"})
            assert [s["id"] for s in page.items] == [sandbox.id]
            assert page.items[0]["status"] == "running"
            until = await sandbox.extend_timeout(300)
            assert until is not None
            async with sdk.sandbox.connect(sandbox.id) as again:
                await again.fs.write_text_file("x", "y")
                assert await sandbox.fs.read_text_file("/home/app/x") == "y"
            await sandbox.kill()
            page = await sdk.sandbox.list(labels={"suite": "py"})
            assert all(s["status"] == "stopped" for s in page.items)

    for body in (volume_pages, volume_errors, snapshots, token, region, listed):
        await astep(body)

    async with sdk.sandbox.create(volumes={"/vol": "page-1"}, env={"plain": "1"}) as sandbox:
        fs = sandbox.fs

        async def text_and_bytes():
            """fs: text and bytes, whole, appended and streamed"""
            await fs.write_text_file("/vol/a.txt", "häl")
            await fs.write_text_file("/vol/a.txt", "lo\n", append=True)
            assert await fs.read_text_file("/vol/a.txt") == "hällo\n"
            data = os.urandom(200_000)
            await fs.write_file("/vol/b", data)
            assert await fs.read_file("/vol/b") == data
            await fs.write_file("/vol/c", [b"one ", b"two ", b"", b"three"])
            assert await fs.read_text_file("/vol/c") == "one two three"
            error = await fails(fs.write_text_file("/vol/a.txt", "", create_new=True))
            assert "EEXIST" in str(error), error

        async def large():
            """fs: a file too large for the package's frame limit is refused, not left hanging"""
            await fs.write_file("/vol/large", bytes(2_000_000))
            error = await fails(asyncio.wait_for(fs.read_file("/vol/large"), 20))
            assert "EFBIG" in str(error), repr(error)
            async with await fs.open("/vol/large", read=True) as file:
                assert len(await file.read(500_000)) == 500_000
            await fs.remove("/vol/large")

        async def folders():
            """fs: folders, links and attributes"""
            await fs.mkdir("/vol/d/e", recursive=True)
            await fs.write_text_file("/vol/d/e/f", "x")
            await fs.symlink("f", "/vol/d/e/s")
            await fs.link("/vol/d/e/f", "/vol/d/e/h")
            assert sorted(e["name"] for e in await fs.read_dir("/vol/d/e")) == ["f", "h", "s"]
            assert await fs.read_link("/vol/d/e/s") == "f"
            assert await fs.real_path("/vol/d/e/s") == "/vol/d/e/f"
            info = await fs.stat("/vol/d/e/s")
            assert info["is_file"] and info["nlink"] == 2 and info["size"] == 1, info
            assert (await fs.lstat("/vol/d/e/s"))["is_symlink"]
            await fs.chmod("/vol/d/e/f", 0o640)
            assert (await fs.stat("/vol/d/e/f"))["mode"] & 0o777 == 0o640
            await fs.chown("/vol/d/e/f", 1000, None)
            await fs.utime("/vol/d/e/f", "2001-02-03T04:05:06Z", "2002-03-04T05:06:07Z")
            assert (await fs.stat("/vol/d/e/f"))["mtime"].startswith("2002-03-04T05:06:07")
            await fs.copy_file("/vol/d/e/f", "/vol/d/copy")
            await fs.rename("/vol/d/copy", "/vol/d/moved")
            await fs.truncate("/vol/d/moved")
            assert (await fs.stat("/vol/d/moved"))["size"] == 0
            assert "ENOTEMPTY" in str(await fails(fs.remove("/vol/d")))
            await fs.remove("/vol/d", recursive=True)
            assert "ENOENT" in str(await fails(fs.stat("/vol/d")))

        async def temporary():
            """fs: temporary files and folders, and the mask"""
            folder = await fs.make_temp_dir(prefix="pre-", suffix="-suf")
            assert "/pre-" in folder and folder.endswith("-suf")
            assert (await fs.make_temp_file(dir=folder)).startswith(folder)
            before = await fs.umask(0o077)
            assert await fs.umask(before) == 0o077
            assert await fs.umask() == before

        async def handles():
            """fs: an open file"""
            async with await fs.open("/vol/h", read=True, write=True, create=True) as file:
                assert await file.write(b"0123456789") == 10
                assert await file.seek(2, os.SEEK_SET) == 2
                assert await file.read(4) == b"2345"
                await file.lock(True)
                await file.unlock()
                await file.sync()
                await file.sync_data()
                await file.utime(1_000_000_000.0, 1_000_000_000.0)
                info = await file.stat()
                assert info["mtime"].startswith("2001-09-09T01:46:40"), info
                # The package sends the size under another name, which the emulator understands.
                await file.truncate(5)
                assert (await file.stat())["size"] == 5
                # The package cannot tell the end of a file: it decodes null.
                await file.seek(0, os.SEEK_END)
                assert isinstance(await fails(file.read(1)), TypeError)
            async with await fs.create("/vol/h") as file:
                assert (await file.stat())["size"] == 0

        async def broken_streams():
            """fs: walk and expand_glob return the raw stream id, as the package has it"""
            assert set(await fs.walk("/vol", max_depth=1)) == {"stream_id"}
            assert set(await fs.expand_glob("*", root="/vol")) == {"stream_id"}
            assert await fs.read_text_file("/vol/a.txt") == "hällo\n"

        async def upload():
            """fs: a tree goes up"""
            with tempfile.TemporaryDirectory() as local:
                os.mkdir(os.path.join(local, "sub"))
                with open(os.path.join(local, "sub", "f.txt"), "w") as file:
                    file.write("up")
                await fs.upload(local, "/vol/up")
            assert await fs.read_text_file("/vol/up/sub/f.txt") == "up"
            error = await fails(fs.download("/tmp/x", "/vol/up"))
            assert "not found" in str(error).lower() or "unknown" in repr(error).lower(), repr(error)

        async def processes():
            """spawn: output and status; output sent at once is not lost"""
            child = await sandbox.spawn(
                "bash", args=["-c", "echo out; echo err >&2; exit 3"], stdout="piped", stderr="piped"
            )
            assert await child.stdout.read() == b"out\n"
            assert await child.stderr.read() == b"err\n"
            status = await child.wait()
            assert (status["success"], status["code"], status["signal"]) == (False, 3, None), status

        async def stdin():
            """spawn: stdin_data is fed to the process"""
            # The package iterates what it is given, and the items of `bytes` are numbers.
            child = await sandbox.spawn("cat", stdin="piped", stdin_data=[b"f", b"ed"], stdout="piped", stderr="null")
            assert await child.stdout.read() == b"fed"
            await child.wait()

        async def signals():
            """spawn: kill ends a process"""
            child = await sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null")
            await child.kill()
            # The package gives up waiting when it kills, so another process looks.
            look = await sandbox.spawn("sh", args=["-c", f"sleep 0.2; kill -0 {child.pid}"], stdout="null", stderr="null")
            assert (await look.wait())["success"] is False

        async def environment():
            """env: values go in and out; the package mangles names on the way"""
            assert await sandbox.env.get("plain") == "1"
            await sandbox.env.set("ADDED", "x y")
            assert await sandbox.env.get("ADDED") == "x y"
            names = await sandbox.env.as_dict()
            assert names["a_d_d_e_d"] == "x y", sorted(names)
            await sandbox.env.delete("ADDED")
            assert await sandbox.env.get("ADDED") is None

        for body in (
            text_and_bytes, large, folders, temporary, handles, broken_streams, upload,
            processes, stdin, signals, environment,
        ):
            await astep(body)


asyncio.run(main())
finish()
