"""What was opened and never closed is told of, and closed."""

import asyncio
import gc
import time
import warnings

import pytest
from deno_sandbox import AsyncDenoDeploy, DenoDeploy


def wait_until_stopped(suite):
    client = DenoDeploy()
    deadline = time.monotonic() + 10
    while any(one.status == "running" for one in client.sandbox.list(labels={"suite": suite})):
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.05)


def test_an_unclosed_sandbox_warns_and_is_closed(unique):
    suite = unique("unclosed")
    sandbox = DenoDeploy().sandbox.create(labels={"suite": suite}).__enter__()
    with pytest.warns(ResourceWarning, match=f"unclosed.*{sandbox.id}"):
        del sandbox
        gc.collect()
    wait_until_stopped(suite)


def test_an_unclosed_asynchronous_sandbox_warns_and_is_closed(unique):
    suite = unique("unclosed")

    async def leak():
        sandbox = await AsyncDenoDeploy().sandbox.create(labels={"suite": suite}).__aenter__()
        with pytest.warns(ResourceWarning, match=f"unclosed.*{sandbox.id}"):
            del sandbox
            gc.collect()

    asyncio.run(leak())
    wait_until_stopped(suite)


def test_a_closed_one_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with DenoDeploy().sandbox.create() as sandbox:
            child = sandbox.spawn("true", stdout="piped")
            child.wait()
        del sandbox, child
        gc.collect()


def test_a_sandbox_shows_its_id_and_state():
    with DenoDeploy().sandbox.create() as sandbox:
        assert sandbox.id in repr(sandbox)
    assert "closed" in repr(sandbox)
