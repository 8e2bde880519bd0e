"""Many threads, many event loops, forks and Ctrl-C."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from deno_sandbox import AsyncDenoDeploy, DenoDeploy
from deno_sandbox.errors import DenoSandboxError
from listening_proxy import ListeningProxy


def test_threads_share_a_client_and_a_sandbox():
    client = DenoDeploy()
    with client.sandbox.create() as sandbox, ThreadPoolExecutor(16) as threads:

        def work(n):
            sandbox.fs.write_text_file(f"f{n}", str(n))
            return sandbox.fs.read_text_file(f"f{n}")

        assert list(threads.map(work, range(200))) == [str(n) for n in range(200)]


def test_a_blocking_call_leaves_other_threads_running():
    with DenoDeploy().sandbox.create() as sandbox:
        child = sandbox.spawn("sleep", args=["1"], stdout="null", stderr="null")
        waiting = threading.Thread(target=child.wait)
        waiting.start()
        turns, until = 0, time.monotonic() + 0.5
        while time.monotonic() < until:
            turns += 1
        assert waiting.is_alive()
        assert turns > 10_000
        waiting.join()


def test_event_loops_share_a_client_and_a_sandbox():
    client = AsyncDenoDeploy()
    sandbox = asyncio.run(client.sandbox.create().__aenter__())

    async def work(n):
        await asyncio.gather(*(sandbox.env.set(f"V_{n}_{m}", str(m)) for m in range(20)))
        return [await sandbox.env.get(f"V_{n}_{m}") for m in range(20)]

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: asyncio.run(work(n)), range(8)))
    assert results == [[str(m) for m in range(20)]] * 8
    asyncio.run(sandbox.close())
    assert sandbox.closed


async def test_a_cancelled_task_is_given_up_on_the_service():
    async with AsyncDenoDeploy().sandbox.create() as sandbox:
        child = await sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null")
        task = asyncio.create_task(child.wait())
        await asyncio.sleep(0.1)
        task.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 1
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(child.wait(), 0.1)
        assert await sandbox.env.get("HOME") == "/home/app"
        await child.kill()
        assert (await child.wait()).signal == "SIGTERM"


async def test_a_cancelled_call_is_aborted_by_its_number():
    with ListeningProxy() as proxy:
        client = AsyncDenoDeploy(sandbox_endpoint=proxy.url)
        async with client.sandbox.create() as sandbox:
            await sandbox.sh("mkfifo pipe")
            task = asyncio.create_task(sandbox.fs.read_file("pipe"))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await sandbox.env.get("HOME") == "/home/app"
        (reading,) = [call for call in proxy.calls if call["method"] == "readFile"]
        (abort,) = [call for call in proxy.calls if call["method"] == "abort"]
        assert abort["params"]["abortId"] == reading["params"]["abortId"]


def test_ctrl_c_aborts_the_call(run_python):
    program = """
import signal, sys, threading, os
from deno_sandbox import DenoDeploy

with DenoDeploy(sandbox_endpoint=sys.argv[1]).sandbox.create() as sandbox:
    sandbox.sh("mkfifo pipe")
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        sandbox.fs.read_file("pipe")
    except KeyboardInterrupt:
        print("interrupted", sandbox.env.get("HOME"))
"""
    with ListeningProxy() as proxy:
        assert run_python(program, proxy.url, timeout=20).stdout == "interrupted /home/app\n"
        assert "abort" in proxy.methods()


async def test_many_calls_in_flight():
    async with AsyncDenoDeploy().sandbox.create() as sandbox:
        await sandbox.fs.write_text_file("f", "x" * 100)
        texts = await asyncio.gather(*(sandbox.fs.read_text_file("f") for _ in range(500)))
        assert set(texts) == {"x" * 100}


def test_a_forked_process_has_a_runtime_of_its_own(run_python):
    program = """
import os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of any fork beside threads
from deno_sandbox import DenoDeploy
from deno_sandbox.errors import DenoSandboxError

client = DenoDeploy()
with client.sandbox.create() as sandbox:
    sandbox.fs.write_text_file("x", "of the parent")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            sandbox.fs.read_text_file("x")
        except DenoSandboxError as error:
            assert error.code == "invalid-state", error
            assert "connect" in str(error)
            # The client connects anew.
            assert client.volumes.get("no-such-volume") is None
            with client.sandbox.connect(sandbox.id) as again:
                assert again.fs.read_text_file("/home/app/x") == "of the parent"
            code = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert sandbox.fs.read_text_file("x") == "of the parent"
print("both lived")
"""
    assert run_python(program, timeout=30).stdout == "both lived\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(run_python, method):
    program = f"""
import multiprocessing, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from deno_sandbox import DenoDeploy

def work(n):
    with DenoDeploy().sandbox.create() as sandbox:
        sandbox.fs.write_text_file("n", str(n))
        return sandbox.fs.read_text_file("n")

if __name__ == "__main__":
    DenoDeploy().volumes.list(limit=1)
    with multiprocessing.get_context("{method}").Pool(3) as pool:
        print(pool.map(work, range(6)))
"""
    assert run_python(program, timeout=60).stdout == "['0', '1', '2', '3', '4', '5']\n"


INTERRUPTED = {
    "sync": """
import sys
from deno_sandbox import DenoDeploy

with DenoDeploy().sandbox.create(labels={"suite": sys.argv[1]}) as sandbox:
    child = sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null")
    print("waiting", flush=True)
    try:
        child.wait()
    except KeyboardInterrupt:
        print("interrupted", sandbox.env.get("HOME"), flush=True)
        raise
""",
    "async": """
import asyncio, sys
from deno_sandbox import AsyncDenoDeploy

async def main():
    async with AsyncDenoDeploy().sandbox.create(labels={"suite": sys.argv[1]}) as sandbox:
        child = await sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null")
        print("waiting", flush=True)
        try:
            await child.wait()
        except asyncio.CancelledError:
            print("interrupted", await sandbox.env.get("HOME"), flush=True)
            raise

asyncio.run(main())
""",
}


@pytest.mark.parametrize("kind", INTERRUPTED)
def test_ctrl_c_interrupts_a_waiting_call_at_once(kind, unique):
    suite = unique("ctrl-c")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED[kind], suite],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as program:
        assert program.stdout.readline() == "waiting\n"
        time.sleep(0.3)
        began = time.monotonic()
        program.send_signal(signal.SIGINT)
        said, errors = program.communicate(timeout=20)
    assert time.monotonic() - began < 2
    assert said == "interrupted /home/app\n", errors
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert program.returncode != 0
    client = DenoDeploy()
    deadline = time.monotonic() + 10
    while any(one.status == "running" for one in client.sandbox.list(labels={"suite": suite})):
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.05)


def test_a_process_that_ends_without_closing_anything_ends(run_python):
    program = """
import os, sys
from deno_sandbox import DenoDeploy
sandbox = DenoDeploy().sandbox.create().__enter__()
child = sandbox.spawn("sleep", args=["60"], stdout="piped")
print(sandbox.env.get("HOME"))
"""
    done = run_python(program, timeout=20)
    assert done.stdout == "/home/app\n"


def test_a_call_from_a_callback_is_refused_not_hung(tmp_path):
    (tmp_path / "f").write_bytes(b"x")
    with DenoDeploy().sandbox.create() as sandbox:

        def call(_):
            sandbox.env.get("HOME")

        with pytest.raises(DenoSandboxError) as caught:
            sandbox.fs.upload(tmp_path / "f", "/home/app/f", progress=call)
        assert caught.value.code == "invalid-state"
