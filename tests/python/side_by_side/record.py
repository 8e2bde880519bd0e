"""``python record.py sync|async``: what a program sees of ``deno_sandbox``, call by call, as JSON on the last line.

Run once with the published package and once with ours, the two records must be equal.
"""

import asyncio
import contextlib
import json
import os
import re
import sys
import tempfile
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import deno_sandbox
from both import both
from deno_sandbox import AsyncDenoDeploy, DenoDeploy
from names import names

KIND = sys.argv[1]
LIMIT = 5.0
VARIABLES = {"MY_KEY": "1", "my-key": "2", "camelCase": "3", "a_b_c": "4", "ÜMLAUT": "ü"}
BASE = "/data/dataset"
CONTENT = bytes(n * 7 % 256 for n in range(200_000))
record = {}


def client(options=None):
    return both(DenoDeploy(options) if KIND == "sync" else AsyncDenoDeploy(options))


async def keep(name, call):
    """Keeps what a call gives or fails with."""
    assert name not in record, name
    try:
        record[name] = {"value": describe(await within_limit(call))}
    except (TimeoutError, asyncio.TimeoutError):
        record[name] = {"error": f"no end after {LIMIT:.0f} s"}
    except (Exception, asyncio.CancelledError) as error:  # whatever a call raises is what is recorded
        record[name] = {"error": describe_error(error)}


async def within_limit(call):
    async def result():
        return await call()

    if KIND == "async":
        return await asyncio.wait_for(result(), LIMIT)
    # A blocking call that never ends can only be left behind.
    blocking = asyncio.get_running_loop().run_in_executor(None, lambda: asyncio.run(result()))
    return await asyncio.wait_for(blocking, LIMIT)


def describe_error(error):
    """What a program can tell of an error, without its wording."""
    published = {kind.__name__ for kind in type(error).__mro__ if kind.__name__ in PUBLISHED_ERRORS}
    code = getattr(error, "code", None)
    cause = getattr(error, "service_code", None) or (code if published & {"HTTPStatusError"} else None)
    if cause is None:
        # The published package has no more than the text for what a sandbox's kernel says.
        found = re.search(r"\bE[A-Z]{3,}\b", str(error))
        cause = found and found.group()
    return {
        "is_a": sorted(published),
        "status_code": getattr(error, "status_code", None),
        "code": code,
        "cause": cause,
        "trace_id": type(getattr(error, "trace_id", None)).__name__,
        "says_something": len(str(error)) > 5,
    }


PUBLISHED_ERRORS = {
    "AuthenticationError",
    "HTTPStatusError",
    "MissingApiToken",
    "ProcessAlreadyExited",
    "RpcValidationError",
    "UnknownRpcMethod",
    "ValueError",
    "TypeError",
    "AttributeError",
    "RuntimeError",
}


def describe(value):
    """A value without what differs from run to run: ids, times, numbers of processes."""
    if isinstance(value, str):
        value = re.sub(r"\b(vol|snp|snap|sbx)_[\w-]+", r"\1_…", value)
        return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "TIME", value)
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": len(value), "sum": sum(n * b for n, b in enumerate(value, 1)) % 1_000_003}
    if isinstance(value, dict):
        return {str(key): describe(part) for key, part in value.items()}
    if isinstance(value, datetime):
        return "a datetime"
    if isinstance(value, (list, tuple)):
        return [describe(part) for part in value]
    if value is None or isinstance(value, (int, float)):
        return value
    return type(value).__name__


def chosen(mapping, names):
    return {name: mapping.get(name) for name in names}


def info(stat):
    """The fields of a file's information that do not depend on the machine."""
    return chosen(stat, ("is_file", "is_directory", "is_symlink", "size", "mode", "nlink", "uid", "gid"))


async def volumes(sdk):
    async def page():
        found = await sdk.volumes.list(search="side-", limit=2)
        return [found.items, found.has_more, type(found.next_cursor).__name__]

    async def next_page():
        found = await (await sdk.volumes.list(search="side-", limit=2)).get_next_page()
        return [found.items, found.has_more, found.next_cursor, await found.get_next_page()]

    async def iterate():
        slugs = []
        async for item in await sdk.volumes.list(search="side-", limit=2):
            slugs.append(item["slug"] if isinstance(item, dict) else "a page")
            if len(slugs) == 8:
                break
        return slugs

    create = sdk.volumes.create
    await keep("volumes.create", lambda: create(slug="side-a", region="ord", capacity="2GB"))
    await keep("volumes.create, by position", lambda: create("side-b", "ams", "1GiB"))
    await keep("volumes.create, a number", lambda: create("side-c", "ord", 300_000_000))
    await keep("volumes.create, again", lambda: create("side-a", "ord", "2GB"))
    await keep("volumes.create, a bad slug", lambda: create("No Slug", "ord", "2GB"))
    await keep("volumes.create, a bad region", lambda: create("side-x", "Nowhere!", "2GB"))
    await keep("volumes.create, too small", lambda: create("side-x", "ord", "1MB"))
    await keep("volumes.create, no size", lambda: create("side-x", "ord", "much"))
    await keep("volumes.get, by slug", lambda: sdk.volumes.get("side-a"))
    await keep("volumes.get, by id", lambda: by_id(sdk.volumes, "side-a"))
    await keep("volumes.get, of nothing", lambda: sdk.volumes.get("side-none"))
    await keep("volumes.get, its keys", lambda: keys_of(sdk.volumes.get("side-a")))
    await keep("volumes.list, a page", page)
    await keep("volumes.list, the next page", next_page)
    await keep("volumes.list, iterated", iterate)
    await keep("volumes.list, of nothing", lambda: items_of(sdk.volumes.list(search="side-none")))
    await keep("volumes.snapshot", lambda: sdk.volumes.snapshot("side-c", slug="side-snap"))
    await keep("volumes.snapshot, of nothing", lambda: sdk.volumes.snapshot("side-none", slug="side-snap-2"))
    await keep("snapshots.get", lambda: sdk.snapshots.get("side-snap"))
    await keep("snapshots.get, by id", lambda: by_id(sdk.snapshots, "side-snap"))
    await keep("snapshots.get, of nothing", lambda: sdk.snapshots.get("side-none"))
    await keep("snapshots.list", lambda: items_of(sdk.snapshots.list(search="side")))
    await keep("volumes.create, from a snapshot", lambda: create("side-d", "ord", "300MB", from_snapshot="side-snap"))
    await keep("snapshots.delete", lambda: sdk.snapshots.delete("side-snap"))
    await keep("snapshots.delete, of nothing", lambda: sdk.snapshots.delete("side-snap"))
    await keep("volumes.delete", lambda: sdk.volumes.delete("side-d"))
    await keep("volumes.delete, of nothing", lambda: sdk.volumes.delete("side-d"))
    await keep("volumes.delete, a path", lambda: sdk.volumes.delete("../volumes/side-c"))
    await keep("volumes.get, after that", lambda: sdk.volumes.get("side-c"))
    await keep("a wrong token", lambda: items_of(client({"token": "ddo_wrong"}).volumes.list()))


async def by_id(owner, slug):
    record = await owner.get(slug)
    return await owner.get(record["id"])


async def keys_of(call):
    return sorted((await call).keys())


async def items_of(call):
    return (await call).items


async def entered(manager):
    async with manager as value:
        return describe(getattr(value, "id", None))


async def sandboxes(sdk):
    async def listed():
        labels = {"side": "by side", "My_Key": "x", "camelCase": "ü"}
        async with sdk.sandbox.create(labels=labels, timeout="1m") as sandbox:
            found = await sdk.sandbox.list(labels={"side": "by side"})
            until = await sandbox.extend_timeout(120)
            seen = [found.items, [sorted(item.keys()) for item in found.items], found.has_more]
            async with sdk.sandbox.connect(sandbox.id) as again:
                seen.append(again.id == sandbox.id)
                await again.fs.write_text_file("x", "y")
            seen += [until, sandbox.closed, await sandbox.fs.read_text_file("/home/app/x"), await sandbox.kill()]
            return seen

    async def lifetime():
        async with sdk.sandbox.create(timeout="1m") as sandbox:
            identifier = sandbox.id
        found = (await sdk.sandbox.list()).items
        return [item["status"] for item in found if item["id"] == identifier]

    create = sdk.sandbox.create
    await keep("sandbox.list", listed)
    await keep("sandbox.create, with a lifetime", lifetime)
    await keep("sandbox.create, no such volume", lambda: entered(create(volumes={"/v": "side-none"})))
    await keep("sandbox.create, a relative path", lambda: entered(create(volumes={"v": "side-a"})))
    await keep("sandbox.create, a bad lifetime", lambda: entered(create(timeout="soon")))
    await keep("sandbox.create, too little memory", lambda: entered(create(memory_mb=1)))
    await keep("sandbox.create, memory", lambda: entered(create(memory_mb=1024, debug=False)))
    await keep("sandbox.connect, of nothing", lambda: entered(sdk.sandbox.connect("sbx_ord_00000000000000000000")))
    await keep("sandbox.create, a wrong token", lambda: entered(client({"token": "ddo_wrong"}).sandbox.create()))


async def environment(sandbox):
    env = sandbox.env

    async def all_of_them():
        variables = await env.as_dict()
        return {name: variables.get(name) for name in [*VARIABLES, "HOME", "ADDED_LATER"]}

    async def in_a_process():
        child = await sandbox.spawn("env", stdout="piped", stderr="null")
        lines = (await child.stdout.read()).decode().splitlines()
        await child.wait()
        return sorted(line for line in lines if line.split("=")[0].replace("-", "_").lower() in SIMPLE)

    async def of_its_own():
        child = await sandbox.spawn("env", env=VARIABLES, clear_env=True, stdout="piped", stderr="null")
        lines = (await child.stdout.read()).decode().splitlines()
        await child.wait()
        return sorted(line for line in lines if line.split("=")[0].replace("-", "_").lower() in SIMPLE)

    await keep("env.get", lambda: env.get("MY_KEY"))
    await keep("env.get, of nothing", lambda: env.get("NOTHING"))
    await keep("env.set", lambda: env.set("ADDED_LATER", "x y"))
    await keep("env.get, what was set", lambda: env.get("ADDED_LATER"))
    await keep("env.as_dict", all_of_them)
    await keep("env, in a process", in_a_process)
    await keep("env, of a process of its own", of_its_own)
    await keep("env.delete", lambda: env.delete("ADDED_LATER"))
    await keep("env.get, what was deleted", lambda: env.get("ADDED_LATER"))
    await keep("env.set, no name", lambda: env.set("", "x"))


SIMPLE = {"my_key", "camelcase", "a_b_c", "ümlaut", "mykey", "abc"}


async def files(sandbox):
    fs = sandbox.fs

    async def modified():
        return (await fs.stat(f"{BASE}/a.txt"))["mtime"][:19]

    async def temporary():
        folder = await fs.make_temp_dir(prefix="a-", suffix="-z")
        file = await fs.make_temp_file(dir=folder)
        return [re.fullmatch(r"/tmp/a-.+-z", folder) is not None, file.startswith(folder)]

    async def mask():
        return [await fs.umask(0o077), await fs.umask(0o022), await fs.umask()]

    async def walked(**options):
        return sorted(entry["path"] for entry in await fs.walk(BASE, **options))

    async def expanded():
        found = await fs.expand_glob("*.txt", root=BASE)
        return sorted(entry if isinstance(entry, str) else entry["path"] for entry in found)

    await keep("write_text_file", lambda: fs.write_text_file(f"{BASE}/a.txt", "häll"))
    await keep("write_text_file, appended", lambda: fs.write_text_file(f"{BASE}/a.txt", "o\n", append=True))
    await keep("read_text_file", lambda: fs.read_text_file(f"{BASE}/a.txt"))
    await keep("read_text_file, of no text", lambda: no_text(fs))
    await keep("read_file", lambda: fs.read_file(f"{BASE}/a.txt"))
    await keep("read_file, of nothing", lambda: fs.read_file(f"{BASE}/none"))
    await keep("read_text_file, of a folder", lambda: fs.read_text_file(BASE))
    await keep("write_file, bytes", lambda: fs.write_file(f"{BASE}/b.bin", CONTENT, mode=0o600))
    await keep("read_file, bytes", lambda: fs.read_file(f"{BASE}/b.bin"))
    await keep("write_file, parts", lambda: fs.write_file(f"{BASE}/parts", [b"one ", b"", b"two"]))
    await keep("read_text_file, parts", lambda: fs.read_text_file(f"{BASE}/parts"))
    await keep("write_file, a file", lambda: write_from_file(fs))
    await keep("write_text_file, create_new", lambda: fs.write_text_file(f"{BASE}/a.txt", "", create_new=True))
    await keep("write_text_file, not created", lambda: fs.write_text_file(f"{BASE}/none", "", create=False))
    await keep("write_text_file, where it may not", lambda: fs.write_text_file("/etc/passwd", ""))
    await keep("mkdir", lambda: fs.mkdir(f"{BASE}/d/e", recursive=True, mode=0o750))
    await keep("mkdir, again", lambda: fs.mkdir(f"{BASE}/d/e"))
    await keep("mkdir, in nothing", lambda: fs.mkdir(f"{BASE}/none/e"))
    await keep("symlink", lambda: fs.symlink("../a.txt", f"{BASE}/d/s", type="file"))
    await keep("link", lambda: fs.link(f"{BASE}/a.txt", f"{BASE}/d/h"))
    await keep("read_link", lambda: fs.read_link(f"{BASE}/d/s"))
    await keep("read_link, of a file", lambda: fs.read_link(f"{BASE}/a.txt"))
    await keep("real_path", lambda: fs.real_path(f"{BASE}/d/s"))
    await keep("real_path, of nothing", lambda: fs.real_path(f"{BASE}/none"))
    await keep("read_dir", lambda: by_name(fs.read_dir(f"{BASE}/d")))
    await keep("read_dir, of nothing", lambda: fs.read_dir(f"{BASE}/none"))
    await keep("stat", lambda: info_of(fs.stat(f"{BASE}/d/s")))
    await keep("stat, its keys", lambda: keys_of(fs.stat(f"{BASE}/a.txt")))
    await keep("lstat", lambda: link_info(fs.lstat(f"{BASE}/d/s")))
    await keep("stat, of nothing", lambda: fs.stat(f"{BASE}/none"))
    await keep("chmod", lambda: fs.chmod(f"{BASE}/a.txt", 0o640))
    await keep("chown", lambda: fs.chown(f"{BASE}/a.txt", 1000, None))
    await keep("utime", lambda: fs.utime(f"{BASE}/a.txt", "2001-02-03T04:05:06Z", "2002-03-04T05:06:07Z"))
    await keep("stat, after these", lambda: info_of(fs.stat(f"{BASE}/a.txt")))
    await keep("mtime, of these", modified)
    await keep("copy_file", lambda: fs.copy_file(f"{BASE}/a.txt", f"{BASE}/c.txt"))
    await keep("rename", lambda: fs.rename(f"{BASE}/c.txt", f"{BASE}/d/c.txt"))
    await keep("truncate", lambda: fs.truncate(f"{BASE}/d/c.txt", 2))
    await keep("truncate, to nothing", lambda: fs.truncate(f"{BASE}/d/c.txt"))
    await keep("walk", walked)
    await keep("walk, with a pattern", lambda: walked(match=[re.compile(r"\.txt$")], max_depth=1))
    await keep("expand_glob", expanded)
    await keep("remove, of a full folder", lambda: fs.remove(f"{BASE}/d"))
    await keep("remove", lambda: fs.remove(f"{BASE}/d", recursive=True))
    await keep("remove, of nothing", lambda: fs.remove(f"{BASE}/d"))
    await keep("make_temp_dir and make_temp_file", temporary)
    await keep("umask", mask)


async def no_text(fs):
    await fs.write_file(f"{BASE}/latin", b"\xff\xfe")
    return await fs.read_text_file(f"{BASE}/latin")


async def write_from_file(fs):
    with tempfile.TemporaryFile() as file:
        file.write(b"from a file")
        file.seek(0)
        await fs.write_file(f"{BASE}/copied", file)
    return await fs.read_text_file(f"{BASE}/copied")


async def by_name(call):
    return sorted(await call, key=lambda entry: entry["name"])


async def info_of(call):
    return info(await call)


async def link_info(call):
    return {**info(await call), "mode": "any"}


async def handles(sandbox):
    fs = sandbox.fs

    async def used():
        async with await fs.open(f"{BASE}/f", read=True, write=True, create=True, truncate=True) as file:
            return [
                await file.write(b"0123456789"),
                await file.seek(2, os.SEEK_SET),
                await file.read(4),
                await file.seek(-1, os.SEEK_END),
                await file.seek(0, os.SEEK_CUR),
                await file.lock(True),
                await file.unlock(),
                await file.sync(),
                await file.sync_data(),
                await file.utime(1e9, 1e9),
                (await file.stat())["mtime"][:19],
                info(await file.stat()),
                await file.truncate(5),
                (await file.stat())["size"],
            ]

    async def at_its_end():
        async with await fs.open(f"{BASE}/f", read=True) as file:
            await file.seek(0, os.SEEK_END)
            return await file.read(1)

    async def after_close():
        file = await fs.create(f"{BASE}/g")
        await file.close()
        return await file.stat()

    await keep("an open file", used)
    await keep("an open file, at its end", at_its_end)
    await keep("an open file, after its close", after_close)
    await keep("open, of nothing", lambda: fs.open(f"{BASE}/none", read=True))
    await keep("open, create_new", lambda: fs.open(f"{BASE}/f", write=True, create_new=True))


async def transfers(sandbox):
    fs = sandbox.fs
    with tempfile.TemporaryDirectory() as local:
        tree = Path(local, "tree/sub")
        tree.mkdir(parents=True)
        (tree / "f.txt").write_text("up")
        (tree / "link").symlink_to("f.txt")

        async def up():
            await fs.upload(str(tree.parent), f"{BASE}/up")
            names = sorted(entry["name"] for entry in await fs.read_dir(f"{BASE}/up/sub"))
            return [names, await fs.read_text_file(f"{BASE}/up/sub/f.txt")]

        async def down():
            target = Path(local, "down")
            await fs.download(str(target), f"{BASE}/up")
            return sorted(str(path.relative_to(target)) for path in target.rglob("*"))

        await keep("upload", up)
        await keep("upload, of nothing", lambda: fs.upload(str(Path(local, "none")), f"{BASE}/up"))
        await keep("download", down)


async def processes(sandbox):
    async def output():
        child = await sandbox.spawn("bash", args=["-c", "echo out; echo err >&2; exit 3"], stdout="piped", stderr="piped")
        return [
            type(child.pid).__name__,
            await child.stdout.read(),
            await child.stderr.read(),
            await child.wait(),
            child.returncode,
        ]

    async def parts_of_output():
        child = await sandbox.spawn("printf", args=["one\\ntwo\\nthree"], stdout="piped", stderr="null")
        read = child.stdout
        seen = [await read.readline(), await read.readexactly(2), await read.read(2), await read.read(), await read.read()]
        await child.wait()
        return seen

    async def too_little():
        child = await sandbox.spawn("echo", args=["x"], stdout="piped", stderr="null")
        return await child.stdout.readexactly(10)

    async def fed():
        child = await sandbox.spawn("cat", stdin="piped", stdin_data=[b"f", b"ed"], stdout="piped", stderr="null")
        return [await child.stdout.read(), await child.wait()]

    async def folder():
        child = await sandbox.spawn("pwd", cwd="/tmp", stdout="piped", stderr="null")
        return [await child.stdout.read(), (await child.wait())["success"]]

    async def killed():
        child = await sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null")
        await child.kill()
        return await child.wait()

    async def killed_at_the_end():
        async with await sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null") as child:
            pid = child.pid
        look = await sandbox.spawn("sh", args=["-c", f"sleep 0.2; kill -0 {pid}"], stdout="null", stderr="null")
        return (await look.wait())["success"]

    async def by_a_signal():
        child = await sandbox.spawn("sh", args=["-c", "kill -KILL $$"], stdout="null", stderr="null")
        return await child.wait()

    await keep("spawn", output)
    await keep("spawn, its output in parts", parts_of_output)
    await keep("spawn, less output than asked for", too_little)
    await keep("spawn, fed", fed)
    await keep("spawn, in a folder", folder)
    await keep("spawn, killed", killed)
    await keep("spawn, killed at the end of with", killed_at_the_end)
    await keep("spawn, ended by a signal", by_a_signal)
    await keep("spawn, of nothing", lambda: sandbox.spawn("no-such-program"))
    await keep("spawn, in no folder", lambda: sandbox.spawn("true", cwd="/none"))


async def main():
    record["exports"] = {name: type(getattr(deno_sandbox, name, None)).__name__ for name in PUBLISHED_NAMES}
    record["names"] = names()
    sdk = client()
    await volumes(sdk)
    await sandboxes(sdk)
    async with contextlib.AsyncExitStack() as stack:
        create = sdk.sandbox.create(region="ord", volumes={BASE: "side-a"}, env=VARIABLES)
        sandbox = await stack.enter_async_context(create)
        record["the sandbox"] = {
            name: describe(getattr(sandbox, name)) for name in ("id", "url", "ssh", "closed")
        }
        for part in (environment, files, handles, transfers, processes):
            await part(sandbox)
        await keep("close", sandbox.close)
        await keep("after close", lambda: sandbox.fs.read_text_file(f"{BASE}/a.txt"))
        await keep("spawn, after close", lambda: sandbox.spawn("true"))
        await keep("close, again", sandbox.close)
    await keep("what the volume kept", lambda: kept(sdk))
    print(json.dumps(record), flush=True)
    # What still hangs would keep the process.
    os._exit(0)


async def kept(sdk):
    async with sdk.sandbox.create(volumes={"/v": "side-a"}) as sandbox:
        return await sandbox.fs.read_text_file("/v/a.txt")


PUBLISHED_NAMES = (
    "DenoDeploy AsyncDenoDeploy Options HTTPStatusError Volumes AsyncVolumes Snapshots AsyncSnapshots "
    "SandboxApi AsyncSandboxApi App AppListItem Config EnvVar EnvVarInput EnvVarUpdate LayerRef Runtime RuntimeLog "
    "RuntimeLogsResponse Revision RevisionListItem RevisionRetention RevisionProgress ProgressStage "
    "ProgressStageStatus FileAsset SymlinkAsset Asset EnvVarInputForDeploy BuildLogEntry BuildStep Layer LayerAppRef "
    "Apps AsyncApps Revisions AsyncRevisions Layers AsyncLayers Timelines AsyncTimelines"
).split()

asyncio.run(main())
