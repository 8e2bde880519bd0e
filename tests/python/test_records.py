"""Records: dictionaries with attributes, that cannot change."""

import copy
import json
import pickle

import deno_sandbox
import pytest
from deno_sandbox import AsyncClient, AsyncDenoDeploy, Capacity, Client, DenoDeploy, Volume, format_bytes


@pytest.fixture(scope="module")
def volume():
    client = DenoDeploy()
    slug = f"records-{id(client) % 100_000}"
    return client.volumes.create(slug, "ord", "300MB")


def test_a_record_is_read_both_ways(volume):
    assert isinstance(volume, Volume)
    assert volume.slug == volume["slug"]
    assert volume == dict(volume)
    assert dict(volume) == volume
    assert {**volume} == volume
    assert volume.get("base_snapshot") is None
    assert volume.used == 0
    assert "capacity" in volume
    assert "slug" in dir(volume)
    with pytest.raises(AttributeError, match="sluug"):
        _ = volume.sluug
    with pytest.raises(KeyError):
        volume["sluug"]


@pytest.mark.parametrize(
    "change",
    [
        lambda volume: volume.__setitem__("slug", "other"),
        lambda volume: volume.__delitem__("slug"),
        lambda volume: volume.update(slug="other"),
        lambda volume: volume.pop("slug"),
        lambda volume: volume.clear(),
        lambda volume: volume.setdefault("new", 1),
        lambda volume: volume.__ior__({"slug": "other"}),
        lambda volume: setattr(volume, "slug", "other"),
        lambda volume: setattr(volume, "new", 1),
        lambda volume: delattr(volume, "slug"),
    ],
)
def test_a_record_cannot_change(volume, change):
    before = dict(volume)
    with pytest.raises((TypeError, AttributeError)):
        change(volume)
    assert volume == before


def test_a_record_travels(volume):
    for other in (copy.copy(volume), copy.deepcopy(volume), pickle.loads(pickle.dumps(volume))):
        assert other == volume
        assert type(other) is Volume
        assert other.used == volume.used
    assert json.loads(json.dumps(volume)) == volume
    assert len({volume, copy.copy(volume)}) == 1
    assert repr(volume).startswith("Volume(id=")
    assert volume.slug in repr(volume)


def test_a_capacity_counts_bytes():
    assert Capacity("2GB") == 2_000_000_000 == Capacity(2_000_000_000)
    assert DenoDeploy().volumes.get(
        DenoDeploy().volumes.create(f"by-capacity-{id(object()) % 100_000}", "ord", Capacity.gibibytes(1)).id
    ).capacity == 2**30
    assert Capacity.gibibytes(1.5).bytes == 3 * 2**29
    assert Capacity.megabytes(300) == Capacity("300MB")
    with pytest.raises(ValueError, match="GB|GiB"):
        Capacity("2gb")
    with pytest.raises(TypeError):
        Capacity(None)
    assert format_bytes(2_000_000_000) == "2 GB"


def test_names():
    assert Client is DenoDeploy
    assert AsyncClient is AsyncDenoDeploy
    assert [name for name in deno_sandbox.__all__ if not hasattr(deno_sandbox, name)] == []
    assert set(deno_sandbox.__all__) <= set(dir(deno_sandbox))
    assert deno_sandbox.__version__
