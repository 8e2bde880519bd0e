"""Volumes and snapshots: each method, sync and async."""

import pytest
from deno_sandbox import HTTPStatusError
from deno_sandbox.errors import DenoSandboxError, NotFoundError

FIELDS = {
    "id", "slug", "region", "capacity", "estimated_allocated_size", "estimated_flattened_size", "is_bootable",
    "base_snapshot",
}  # fmt: skip


async def test_a_volume_is_created_found_and_deleted(sdk, unique):
    slug = unique("cache")
    volume = await sdk.volumes.create(slug, "ord", "2GB")
    assert (volume.slug, volume["slug"], volume.region, volume.capacity) == (slug, slug, "ord", 2_000_000_000)
    assert set(volume) == FIELDS
    assert await sdk.volumes.get(slug) == volume
    assert await sdk.volumes.get(volume.id) == volume
    await sdk.volumes.delete(slug)
    assert await sdk.volumes.get(slug) is None
    again = await sdk.volumes.create(slug=slug, region="ams", capacity=300_000_000)
    assert again.id != volume.id
    assert again.region == "ams"


async def test_a_list_iterates_items_across_pages(sdk, unique):
    name = unique("page")
    slugs = [f"{name}-{n}" for n in range(5)]
    for slug in slugs:
        await sdk.volumes.create(slug, "ord", "300MB")
    page = await sdk.volumes.list(search=name, limit=2)
    assert [volume.slug async for volume in page] == slugs[::-1] or sorted(
        [volume.slug async for volume in page]
    ) == slugs
    seen, pages = [], 0
    while page is not None:
        assert len(page.items) <= 2
        assert (page.next_cursor is not None) == page.has_more
        seen += [volume["slug"] for volume in page.items]
        page, pages = await page.get_next_page(), pages + 1
    assert (sorted(seen), pages) == (slugs, 3)


async def test_a_list_is_iterated_without_awaiting_it_first(sdk, unique):
    slug = unique("lone")
    await sdk.volumes.create(slug, "ord", "300MB")
    assert [volume.slug async for volume in sdk.volumes.list(search=slug)] == [slug]


async def test_a_cursor_begins_where_a_page_ended(sdk, unique):
    name = unique("cursor")
    for n in range(3):
        await sdk.volumes.create(f"{name}-{n}", "ord", "300MB")
    first = await sdk.volumes.list(search=name, limit=2)
    rest = await sdk.volumes.list(search=name, limit=2, cursor=first.next_cursor)
    assert len(rest.items) == 1
    assert rest.items[0] not in first.items


async def test_snapshots_are_taken_found_listed_and_deleted(sdk, unique):
    slug, of = unique("snap"), unique("source")
    volume = await sdk.volumes.create(of, "ord", "300MB")
    snapshot = await sdk.volumes.snapshot(of, slug=slug)
    assert snapshot.slug == slug
    assert snapshot.volume == {"id": volume.id, "slug": of}
    assert await sdk.snapshots.get(snapshot.id) == await sdk.snapshots.get(slug) == snapshot
    assert [found.id for found in (await sdk.snapshots.list(search=slug)).items] == [snapshot.id]
    fork = await sdk.volumes.create(unique("fork"), "ord", "400MB", from_snapshot=slug)
    assert fork.base_snapshot == {"id": snapshot.id, "slug": slug}
    await sdk.snapshots.delete(slug)
    assert await sdk.snapshots.get(slug) is None


async def test_refusals_of_the_service_are_typed(sdk, unique):
    slug = unique("taken")
    await sdk.volumes.create(slug, "ord", "300MB")
    with pytest.raises(HTTPStatusError) as caught:
        await sdk.volumes.create(slug, "ord", "300MB")
    error = caught.value
    assert isinstance(error, DenoSandboxError)
    assert (error.status, error.status_code, error.error_code, error.retryable) == (409, 409, "conflict", False)
    assert error.code == error.service_code
    assert error.trace_id
    assert slug in str(error)
    assert "\n" not in str(error)
    with pytest.raises(NotFoundError) as caught:
        await sdk.volumes.delete(unique("absent"))
    assert caught.value.error_code == "not-found"


async def test_nothing_is_sent_for_a_name_that_is_none(sdk):
    for name in ("", ".", ".."):
        with pytest.raises(ValueError) as caught:
            await sdk.volumes.delete(name)
        assert isinstance(caught.value, DenoSandboxError)
        assert caught.value.status is None


async def test_wrong_types_are_named(sdk):
    with pytest.raises(TypeError, match="slug"):
        await sdk.volumes.create(7, "ord", "1GB")
    with pytest.raises(TypeError, match="capacity"):
        await sdk.volumes.create("slug", "ord", 1.5)
    with pytest.raises(TypeError, match="limit"):
        await sdk.volumes.list(limit="many")
    with pytest.raises(TypeError, match="from_snapshot|positional"):
        await sdk.volumes.create("slug", "ord", "1GB", "snapshot")
