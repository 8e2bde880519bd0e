"""Processes, commands and the environment: each method, sync and async."""

import asyncio
import io

import pytest
from deno_sandbox import HTTPStatusError, quote
from deno_sandbox.errors import CommandFailedError, DenoSandboxError


async def test_output_and_status(sdk):
    async with sdk.sandbox.create() as sandbox:
        script = "echo out; echo err >&2; exit 3"
        child = await sandbox.spawn("bash", args=["-c", script], stdout="piped", stderr="piped")
        assert child.pid > 0
        assert await child.stdout.read() == b"out\n"
        assert await child.stderr.read() == b"err\n"
        status = await child.wait()
        assert status == {"success": False, "code": 3, "signal": None}
        assert (status.code, child.returncode) == (3, 3)


async def test_streams_are_read_by_lines_and_by_counts(sdk):
    async with sdk.sandbox.create() as sandbox:
        child = await sandbox.spawn("printf", args=["one\ntwo\nthree\nfour"], stdout="piped", stderr="null")
        assert await child.stdout.readline() == b"one\n"
        assert await child.stdout.readexactly(2) == b"tw"
        assert [line async for line in child.stdout] == [b"o\n", b"three\n", b"four"]
        assert await child.stdout.read() == b""
        child = await sandbox.spawn("printf", args=["abc"], stdout="piped", stderr="null")
        with pytest.raises(asyncio.IncompleteReadError) as caught:
            await child.stdout.readexactly(10)
        assert caught.value.partial == b"abc"


async def test_stdin_is_live(sdk):
    async with sdk.sandbox.create() as sandbox:
        child = await sandbox.spawn("cat", stdin="piped", stdout="piped", stderr="null")
        for line in (b"one\n", b"two\n"):
            await child.stdin.write(line)
            assert await child.stdout.readline() == line
        await child.stdin.close()
        assert await child.stdout.read() == b""
        assert (await child.wait()).success


async def test_stdin_data_is_fed(sdk):
    async with sdk.sandbox.create() as sandbox:
        for data in ([b"f", b"ed"], io.BytesIO(b"fed"), b"fed"):
            child = await sandbox.spawn("cat", stdin="piped", stdin_data=data, stdout="piped", stderr="null")
            assert await child.stdout.read() == b"fed"
            assert (await child.wait()).success


async def test_folder_and_environment_of_a_process(sdk):
    async with sdk.sandbox.create(env={"FOO_BAR": "1", "plain": "x y"}) as sandbox:
        script = "pwd; echo $FOO_BAR $plain $OWN"
        child = await sandbox.spawn("sh", args=["-c", script], cwd="/tmp", env={"OWN": "2"}, stdout="piped")
        assert await child.stdout.read() == b"/tmp\n1 x y 2\n"
        child = await sandbox.spawn(
            "/usr/bin/env", clear_env=True, env={"ONLY": "this"}, stdout="piped", stderr="null"
        )
        assert b"ONLY=this\n" in await child.stdout.read()


async def test_kill_ends_a_process_with_a_signal(sdk):
    async with sdk.sandbox.create() as sandbox:
        child = await sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null")
        await child.kill()
        assert (await child.wait()).signal == "SIGTERM"
        child = await sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null")
        await child.kill("SIGKILL")
        assert (await child.wait()).signal == "SIGKILL"
        async with await sandbox.spawn("sleep", args=["60"], stdout="null", stderr="null") as child:
            pass
        assert (await child.wait()).signal == "SIGTERM"


async def test_output_takes_all(sdk):
    async with sdk.sandbox.create() as sandbox:
        child = await sandbox.spawn("sh", args=["-c", "echo out; echo err >&2"], stdout="piped", stderr="piped")
        output = await child.output()
        assert (output.status.success, output.stdout, output.stderr_text) == (True, b"out\n", "err\n")


async def test_a_program_that_is_not_there(sdk):
    async with sdk.sandbox.create() as sandbox:
        with pytest.raises(FileNotFoundError) as caught:
            await sandbox.spawn("no-such-program")
        assert isinstance(caught.value, DenoSandboxError)


async def test_shell_commands(sdk):
    async with sdk.sandbox.create() as sandbox:
        assert (await sandbox.sh("echo $((1 + 1)); pwd", cwd="/tmp")).stdout_text == "2\n/tmp\n"
        assert (await sandbox.sh("echo '{\"a\": [1]}'")).json() == {"a": [1]}
        assert (await sandbox.sh("exit 4", check=False)).status.code == 4
        assert (await sandbox.sh(f"echo {quote('a; $(b) é')}")).stdout_text == "a; $(b) é\n"
        assert (await sandbox.sh("echo $A", env={"A": "x y"})).stdout == b"x y\n"
        with pytest.raises(CommandFailedError) as caught:
            await sandbox.sh("echo why >&2; exit 4")
        assert caught.value.code == "command-failed"
        assert "4" in str(caught.value)


async def test_environment_keeps_names_and_values(sdk):
    async with sdk.sandbox.create(env={"plain": "1"}) as sandbox:
        env = sandbox.env
        await env.set("FOO_BAR", "x y")
        await env.set("camelCase", "ü\n")
        assert await env.get("FOO_BAR") == "x y"
        everything = await env.as_dict()
        assert {name: everything[name] for name in ("plain", "FOO_BAR", "camelCase")} == {
            "plain": "1",
            "FOO_BAR": "x y",
            "camelCase": "ü\n",
        }
        await env.delete("FOO_BAR")
        assert await env.get("FOO_BAR") is None
        with pytest.raises(ValueError):
            await env.set("A=B", "x")


async def test_options_of_a_process_are_checked(sdk):
    async with sdk.sandbox.create() as sandbox:
        with pytest.raises(ValueError, match="stdout"):
            await sandbox.spawn("true", stdout="pipe")
        with pytest.raises(TypeError, match="args"):
            await sandbox.spawn("true", args=[1])
        with pytest.raises(TypeError, match="args"):
            await sandbox.spawn("true", args="several words")
        with pytest.raises(TypeError, match="env"):
            await sandbox.spawn("true", env={"A": 1})
        with pytest.raises(TypeError, match="cwd"):
            await sandbox.spawn("true", cwd=1)
        for data in ("text", 7):
            with pytest.raises(TypeError, match="stdin_data"):
                await sandbox.spawn("cat", stdin="piped", stdin_data=data)
        with pytest.raises(TypeError):
            await sandbox.spawn("true", ["positional"])


async def test_inherited_output_reaches_this_process(run_python):
    program = """
from deno_sandbox import DenoDeploy
with DenoDeploy().sandbox.create() as sandbox:
    sandbox.spawn("sh", args=["-c", "echo to stdout; echo to stderr >&2"]).wait()
"""
    done = run_python(program)
    assert (done.stdout, done.stderr) == ("to stdout\n", "to stderr\n")


async def test_what_the_service_refuses_is_an_error_of_the_service(sdk):
    with pytest.raises(HTTPStatusError):
        await sdk.sandbox.create(region="ord", volumes={"/v": "no-such-volume"}).__aenter__()
