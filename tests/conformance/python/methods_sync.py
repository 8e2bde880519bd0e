"""Each method of the PyPI package's blocking API that the emulator has, with its result checked."""

import os

from deno_sandbox import DenoDeploy, HTTPStatusError
from harness import finish, step

sdk = DenoDeploy()


def fails(call, *args, **options):
    try:
        call(*args, **options)
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


@step
def volumes():
    """volumes: created, paged, refused and deleted"""
    for n in range(3):
        sdk.volumes.create(f"sync-{n}", "ord", 300_000_000)
    page = sdk.volumes.list(search="sync-", limit=2)
    slugs = [v["slug"] for v in page.items]
    assert page.has_more
    slugs += [v["slug"] for v in page.get_next_page().items]
    assert sorted(slugs) == ["sync-0", "sync-1", "sync-2"]
    error = fails(sdk.volumes.create, "sync-0", "ord", "1GB")
    assert isinstance(error, HTTPStatusError) and error.status_code == 409
    sdk.volumes.delete("sync-2")
    assert sdk.volumes.get("sync-2") is None


@step
def snapshots():
    """snapshots: taken, listed and deleted"""
    snapshot = sdk.volumes.snapshot("sync-1", slug="sync-snap")
    assert sdk.snapshots.get(snapshot["id"])["slug"] == "sync-snap"
    assert [s["slug"] for s in sdk.snapshots.list().items] == ["sync-snap"]
    sdk.snapshots.delete("sync-snap")


@step
def sandboxes():
    """sandboxes: created, listed, reached again and killed"""
    with sdk.sandbox.create(labels={"kind": "sync"}, timeout="2m") as sandbox:
        assert sandbox.id.startswith("sbx_ord_")
        assert [s["id"] for s in sdk.sandbox.list(labels={"kind": "sync"}).items] == [sandbox.id]
        with sdk.sandbox.connect(sandbox.id) as again:
            again.fs.write_text_file("x", "y")
        assert sandbox.fs.read_text_file("x") == "y"
        sandbox.extend_timeout(60)
        sandbox.kill()


with sdk.sandbox.create(volumes={"/vol": "sync-0"}) as sandbox:
    fs = sandbox.fs

    @step
    def files():
        """fs: files, folders and links"""
        fs.write_text_file("/vol/a", "text")
        assert fs.read_text_file("/vol/a") == "text"
        fs.write_file("/vol/b", b"\x00\xff")
        assert fs.read_file("/vol/b") == b"\x00\xff"
        fs.mkdir("/vol/d")
        fs.rename("/vol/b", "/vol/d/b")
        fs.copy_file("/vol/d/b", "/vol/d/c")
        fs.symlink("c", "/vol/d/s")
        fs.link("/vol/d/c", "/vol/d/h")
        assert sorted(e["name"] for e in fs.read_dir("/vol/d")) == ["b", "c", "h", "s"]
        assert fs.read_link("/vol/d/s") == "c"
        assert fs.real_path("/vol/d/s") == "/vol/d/c"
        assert fs.stat("/vol/d/s")["size"] == 2
        assert fs.lstat("/vol/d/s")["is_symlink"]
        fs.chmod("/vol/d/c", 0o600)
        fs.truncate("/vol/d/c", 1)
        assert fs.stat("/vol/d/c")["size"] == 1
        fs.utime("/vol/d/c", "2001-02-03T04:05:06Z", "2001-02-03T04:05:06Z")
        assert fs.umask(fs.umask()) is not None
        assert fs.make_temp_dir().startswith("/tmp/")
        assert fs.make_temp_file().startswith("/tmp/")
        fs.remove("/vol/d", recursive=True)
        assert "ENOENT" in str(fails(fs.stat, "/vol/d"))

    @step
    def handles():
        """fs: an open file"""
        with fs.open("/vol/h", read=True, write=True, create=True) as file:
            assert file.write(b"0123456789") == 10
            assert file.seek(-3, os.SEEK_END) == 7
            assert file.read(10) == b"789"
            assert file.stat()["size"] == 10
            file.sync()
        with fs.create("/vol/h") as file:
            assert file.stat()["size"] == 0

    @step
    def processes():
        """spawn: output, input and status"""
        child = sandbox.spawn("cat", stdin="piped", stdin_data=[b"one\n", b"two\n"], stdout="piped", stderr="null")
        assert child.stdout.readline() == b"one\n"
        assert child.stdout.read() == b"two\n"
        assert child.wait()["success"] is True
        child = sandbox.spawn("sh", args=["-c", "exit 5"], stdout="null", stderr="null")
        assert child.wait()["code"] == 5

    @step
    def environment():
        """env: set, read and removed"""
        sandbox.env.set("NAME", "value")
        assert sandbox.env.get("NAME") == "value"
        sandbox.env.delete("NAME")
        assert sandbox.env.get("NAME") is None


finish()
