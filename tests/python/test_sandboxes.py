"""Sandboxes: made, listed, reached again, extended, killed and closed; sync and async."""

import asyncio
from datetime import datetime, timedelta, timezone

import pytest
from deno_sandbox.errors import ConnectionClosedError, DenoSandboxError


async def test_a_sandbox_lives_as_long_as_its_block(sdk, unique):
    label = {"suite": unique("block")}
    async with sdk.sandbox.create(labels=label) as sandbox:
        assert sandbox.id.startswith("sbx_ord_")
        assert (sandbox.region, sandbox.closed) == ("ord", False)
        assert sandbox.trace_id
        (listed,) = [one async for one in await sdk.sandbox.list(labels=label)]
        assert (listed.id, listed.status, listed.region) == (sandbox.id, "running", "ord")
    assert sandbox.closed
    with pytest.raises(ConnectionClosedError):
        await sandbox.env.get("HOME")
    for _ in range(100):
        if all(one.status == "stopped" for one in (await sdk.sandbox.list(labels=label)).items):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it still runs")


async def test_a_sandbox_is_reached_again_by_its_id(sdk):
    async with sdk.sandbox.create(region="ams", timeout="2m") as sandbox:
        assert sandbox.region == "ams"
        async with sdk.sandbox.connect(sandbox.id) as again:
            assert again.id == sandbox.id
            await again.fs.write_text_file("x", "y")
        assert await sandbox.fs.read_text_file("/home/app/x") == "y"
        await sandbox.kill()


@pytest.mark.parametrize("timeout", ["120s", 120, 120.0, timedelta(minutes=2)])
async def test_a_timeout_is_text_seconds_or_a_timedelta(sdk, timeout):
    async with sdk.sandbox.create(timeout=timeout) as sandbox:
        until = await sandbox.extend_timeout(timeout)
        assert isinstance(until, datetime)
        left = until - datetime.now(timezone.utc)
        assert timedelta(seconds=110) < left < timedelta(seconds=250)
        await sandbox.kill()


async def test_an_error_in_the_block_is_kept(sdk):
    with pytest.raises(LookupError):
        async with sdk.sandbox.create() as sandbox:
            raise LookupError
    assert sandbox.closed


async def test_volumes_are_mounted_by_slug_id_and_record(sdk, unique):
    volume = await sdk.volumes.create(unique("data"), "ord", "300MB")
    async with sdk.sandbox.create(volumes={"/by/record": volume}) as sandbox:
        await sandbox.fs.write_text_file("/by/record/f", "kept")
    for name in (volume.slug, volume["id"]):
        async with sdk.sandbox.create(volumes={"/by/name": name}, region="ord") as sandbox:
            assert await sandbox.fs.read_text_file("/by/name/f") == "kept"
    with pytest.raises(ValueError, match="ams") as caught:
        await sdk.sandbox.create(volumes={"/v": volume}, region="ams").__aenter__()
    assert caught.value.status is None


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"timeout": "1h"}, "timeout"),
        ({"timeout": -1}, "timeout"),
        ({"memory_mb": 5}, "memory"),
        ({"region": "Chicago!"}, "region"),
        ({"labels": {"k" * 65: "v"}}, "label"),
        ({"volumes": {"relative": "slug"}}, "relative"),
        ({"allow_net": ["https://example.com"]}, "https://example.com"),
        ({"env": {"A=B": "x"}}, "A=B"),
    ],
)
async def test_wrong_values_are_refused_before_anything_is_sent(sdk, options, named):
    with pytest.raises(ValueError, match=named) as caught:
        await sdk.sandbox.create(**options).__aenter__()
    assert isinstance(caught.value, DenoSandboxError)
    assert caught.value.code
    assert caught.value.status is None


@pytest.mark.parametrize(
    "options",
    [{"timeout": []}, {"timeout": True}, {"memory_mb": 1.5}, {"labels": ["a"]}, {"labels": ["ab"]}, {"volumes": {"/v": 7}},
     {"allow_net": "example.com"}, {"env": {"A": 1}}, {"region": 3}, {"unknown": 1}],
)  # fmt: skip
async def test_wrong_types_are_refused_with_the_arguments_name(sdk, options):
    with pytest.raises(TypeError, match=next(iter(options))):
        await sdk.sandbox.create(**options).__aenter__()


async def test_a_secret_is_never_shown(sdk):
    secrets = {"API_KEY": {"hosts": ["example.com"], "value": "s3cret-value"}}
    async with sdk.sandbox.create(secrets=secrets, env={"PRIVATE": "hidden-value"}) as sandbox:
        assert await sandbox.env.get("API_KEY") != "s3cret-value"
        shown = repr(sandbox) + str(sandbox) + repr(vars(sandbox) if hasattr(sandbox, "__dict__") else "")
        assert "s3cret" not in shown
        assert "hidden" not in shown
