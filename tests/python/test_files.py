"""Files of a sandbox: each method, sync and async."""

import errno
import io
import os
import pathlib
import re
from datetime import datetime, timezone

import pytest


async def test_text_and_bytes_come_back_as_they_went(sdk):
    async with sdk.sandbox.create() as sandbox:
        fs = sandbox.fs
        await fs.write_text_file("a.txt", "hä")
        await fs.write_text_file("a.txt", "llo\n", append=True)
        assert await fs.read_text_file("/home/app/a.txt") == "hällo\n"
        data = os.urandom(2_000_000)
        await fs.write_file("b", data)
        assert await fs.read_file("b") == data
        await sandbox.write_text_file("c", "c")
        assert await sandbox.read_text_file("c") == "c"
        await sandbox.write_file("d", b"\x00\xff")
        assert await sandbox.read_file("d") == b"\x00\xff"


async def test_sources_are_buffers_files_and_iterables(sdk, tmp_path):
    (tmp_path / "local").write_bytes(b"from a file")

    async def chunks():
        yield b"one "
        yield b""
        yield b"two"

    async with sdk.sandbox.create() as sandbox:
        sources = [
            (bytearray(b"array"), b"array"),
            (memoryview(b"-view-")[1:5], b"view"),
            ([b"one ", b"two"], b"one two"),
            ((bytes([n]) for n in range(3)), b"\x00\x01\x02"),
            (io.BytesIO(b"buffered"), b"buffered"),
            ((tmp_path / "local").open("rb"), b"from a file"),
        ]
        if type(sandbox).__name__.startswith("Async"):
            sources.append((chunks(), b"one two"))
        for n, (source, expected) in enumerate(sources):
            await sandbox.fs.write_file(f"{n}", source)
            assert await sandbox.fs.read_file(f"{n}") == expected
            if hasattr(source, "close"):
                source.close() if not hasattr(source, "__anext__") else None
        for data in ("text", 7, None):
            with pytest.raises(TypeError, match="data"):
                await sandbox.fs.write_file("not-made", data)
        assert "not-made" not in [entry.name for entry in await sandbox.fs.read_dir(".")]
        with pytest.raises(TypeError):
            await sandbox.fs.write_file("x", [b"good", "bad"])


async def test_a_failing_source_fails_the_call_with_its_own_error(sdk):
    def broken():
        yield b"first"
        raise LookupError("of the source")

    async with sdk.sandbox.create() as sandbox:
        with pytest.raises(LookupError, match="of the source"):
            await sandbox.fs.write_file("x", broken())
        assert await sandbox.env.get("HOME") == "/home/app"


async def test_paths_are_text_or_pathlike_and_always_posix(sdk):
    async with sdk.sandbox.create() as sandbox:
        await sandbox.fs.mkdir(pathlib.PurePosixPath("/home/app/folder"))
        await sandbox.fs.write_text_file(pathlib.PurePosixPath("/home/app/folder") / "f", "x")
        assert await sandbox.fs.read_text_file(pathlib.PureWindowsPath("folder\\f")) == "x"
        for path in (7, b"bytes", None):
            with pytest.raises(TypeError, match="path"):
                await sandbox.fs.read_file(path)


async def test_files_raise_what_python_raises(sdk):
    async with sdk.sandbox.create() as sandbox:
        fs = sandbox.fs
        await fs.write_text_file("file", "x")
        await fs.mkdir("full/sub", recursive=True)
        cases = [
            (FileNotFoundError, "ENOENT", "file-not-found", lambda: fs.read_file("none")),
            (FileExistsError, "EEXIST", "file-exists", lambda: fs.write_text_file("file", "", create_new=True)),
            (PermissionError, "EACCES", "permission-denied", lambda: sandbox.spawn("/home/app/file")),
            (IsADirectoryError, "EISDIR", "is-a-directory", lambda: fs.read_file("full")),
            (NotADirectoryError, "ENOTDIR", "not-a-directory", lambda: fs.read_file("file/below")),
            (OSError, "ENOTEMPTY", "directory-not-empty", lambda: fs.remove("full")),
        ]
        for kind, name, code, call in cases:
            with pytest.raises(kind) as caught:
                await call()
            error = caught.value
            assert (error.code, error.service_code) == (code, name), error
            assert error.errno == getattr(errno, name)
            assert error.operation
            assert error.operation in str(error)
        with pytest.raises(FileNotFoundError) as caught:
            await fs.stat("/home/app/none")
        assert caught.value.filename == "/home/app/none"


async def test_folders_links_and_attributes(sdk):
    async with sdk.sandbox.create() as sandbox:
        fs = sandbox.fs
        await fs.mkdir("d/e", recursive=True, mode=0o750)
        assert (await fs.stat("d/e"))["mode"] & 0o777 == 0o750
        await fs.write_text_file("d/e/f", "x", mode=0o600)
        await fs.symlink("f", "d/e/s")
        await fs.link("d/e/f", "d/e/h")
        entries = {entry.name: entry for entry in await fs.read_dir("d/e")}
        assert sorted(entries) == ["f", "h", "s"]
        assert entries["s"].is_symlink
        assert entries["f"] == {"name": "f", "is_file": True, "is_directory": False, "is_symlink": False}
        assert await fs.read_link("d/e/s") == "f"
        assert await fs.real_path("d/e/s") == "/home/app/d/e/f"
        info = await fs.stat("d/e/s")
        assert (info.is_file, info["nlink"], info.size, info.mode & 0o777) == (True, 2, 1, 0o600)
        assert (await fs.lstat("d/e/s")).is_symlink
        await fs.chmod("d/e/f", 0o640)
        assert (await fs.stat("d/e/f")).mode & 0o777 == 0o640
        await fs.chown("d/e/f", 1000, None)
        await fs.copy_file("d/e/f", "d/copy")
        await fs.rename("d/copy", "d/moved")
        await fs.truncate("d/moved")
        assert (await fs.stat("d/moved")).size == 0
        await fs.remove("d", recursive=True)
        assert "d" not in [entry.name for entry in await fs.read_dir(".")]


async def test_times_are_text_numbers_or_datetimes(sdk):
    async with sdk.sandbox.create() as sandbox:
        fs = sandbox.fs
        await fs.write_text_file("f", "")
        moment = datetime(2002, 3, 4, 5, 6, 7, 250_000, tzinfo=timezone.utc)
        for given in ("2002-03-04T05:06:07.250Z", moment, moment.timestamp()):
            await fs.utime("f", 0, 0)
            await fs.utime("f", given, given)
            assert (await fs.stat("f"))["mtime"] == "2002-03-04T05:06:07.250Z", given
        with pytest.raises(TypeError, match="time"):
            await fs.utime("f", None, None)


async def test_temporary_files_and_the_mask(sdk):
    async with sdk.sandbox.create() as sandbox:
        fs = sandbox.fs
        folder = await fs.make_temp_dir(prefix="pre-", suffix="-suf")
        assert "/pre-" in folder
        assert folder.endswith("-suf")
        assert (await fs.make_temp_file(dir=folder)).startswith(folder)
        before = await fs.umask(0o077)
        assert await fs.umask(before) == 0o077
        assert await fs.umask() == before


async def test_walks_and_globs_give_entries(sdk):
    async with sdk.sandbox.create() as sandbox:
        fs = sandbox.fs
        await fs.mkdir("tree/sub", recursive=True)
        for name in ("tree/a.txt", "tree/B.TXT", "tree/sub/c.md"):
            await fs.write_text_file(name, "")
        names = lambda entries: sorted(entry["name"] for entry in entries)  # noqa: E731
        assert names(await fs.walk("tree", include_dirs=False)) == ["B.TXT", "a.txt", "c.md"]
        assert names(await fs.walk("tree", max_depth=1, include_dirs=False)) == ["B.TXT", "a.txt"]
        assert names(await fs.walk("tree", exts=["md"])) == ["c.md"]
        assert names(await fs.walk("tree", match=[re.compile(r"\.txt$", re.I)])) == ["B.TXT", "a.txt"]
        assert names(await fs.walk("tree", skip=[re.compile("sub")], include_dirs=False)) == ["B.TXT", "a.txt"]
        found = await fs.expand_glob("**/*.md", root="tree")
        assert [str(getattr(one, "path", one)) for one in found] == ["/home/app/tree/sub/c.md"]


async def test_an_open_file(sdk):
    async with sdk.sandbox.create() as sandbox:
        fs = sandbox.fs
        async with await fs.open("h", read=True, write=True, create=True) as file:
            assert await file.write(b"0123456789") == 10
            assert await file.seek(2, os.SEEK_SET) == 2
            assert await file.read(4) == b"2345"
            assert await file.seek(-1, os.SEEK_END) == 9
            assert await file.read(4) == b"9"
            assert await file.read(4) == b""
            await file.lock(True)
            await file.unlock()
            await file.sync()
            await file.sync_data()
            await file.utime(1_000_000_000.5, 1_000_000_000.5)
            assert (await file.stat())["mtime"] == "2001-09-09T01:46:40.500Z"
            await file.truncate(5)
            assert (await file.stat()).size == 5
        with pytest.raises(OSError) as caught:
            await file.read(1)
        assert caught.value.errno == errno.EBADF
        async with await fs.create("h") as file:
            assert (await file.stat()).size == 0


async def test_trees_go_up_and_come_down(sdk, tmp_path):
    up, down = tmp_path / "up", tmp_path / "down"
    (up / "sub").mkdir(parents=True)
    (up / "sub/f.txt").write_text("up")
    (up / "big").write_bytes(bytes(range(256)) * 8_000)
    async with sdk.sandbox.create() as sandbox:
        seen = []
        await sandbox.fs.upload(up, "/home/app/tree", progress=seen.append)
        assert await sandbox.fs.read_text_file("tree/sub/f.txt") == "up"
        assert seen[-1].bytes_done == seen[-1].bytes_total == 2 + 256 * 8_000
        assert seen[-1].files_done == 2
        await sandbox.fs.download(down, "/home/app/tree")
        assert (down / "sub/f.txt").read_text() == "up"
        assert (down / "big").read_bytes() == (up / "big").read_bytes()
        with pytest.raises(OSError):
            await sandbox.fs.upload(tmp_path / "none", "/home/app/none")


async def test_a_failing_progress_callback_ends_the_transfer_with_its_error(sdk, tmp_path):
    (tmp_path / "f").write_bytes(bytes(100_000))

    def fail(_):
        raise LookupError("enough")

    async with sdk.sandbox.create() as sandbox:
        with pytest.raises(LookupError, match="enough"):
            await sandbox.fs.upload(tmp_path / "f", "/home/app/f", progress=fail)
