"""The volume guide's Python examples, run as they are printed there between the marks."""

import builtins

from harness import finish, step

printed = []


def print(*values):  # what the guide prints is what is checked
    printed.append(values)


# --- guide ---
from deno_sandbox import DenoDeploy

sdk = DenoDeploy()
# --- end ---


@step
def provision():
    """provision storage"""
    # --- guide ---
    volume = sdk.volumes.create(
      slug="training-cache",
      region="ord",  # ord (Chicago) or ams (Amsterdam)
      capacity="2GB"  # accepts bytes or "1GB"/"512MB" style strings
    )

    print(volume)
    # --- end ---
    assert printed.pop() == (volume,)
    assert set(volume) == {
        "id", "slug", "region", "capacity", "estimated_allocated_size",
        "estimated_flattened_size", "is_bootable", "base_snapshot",
    }, volume
    assert volume["capacity"] == 2_000_000_000
    assert volume["estimated_flattened_size"] == 0


@step
def inspect_and_search():
    """inspect and search volumes"""
    # The guide's loop reads vol['estimatedFlattenedSize'], a key the package renames to snake case.
    # --- guide ---
    page = sdk.volumes.list(search="training")
    # --- end ---
    assert [vol["slug"] for vol in page.items] == ["training-cache"]
    # --- guide ---
    vol = sdk.volumes.get("training-cache")
    # --- end ---
    assert vol == page.items[0]
    assert sdk.volumes.get(vol["id"]) == vol


@step
def mount():
    """mount volumes inside a sandbox"""
    # --- guide ---
    volume = sdk.volumes.create(
      slug="dataset",
      region="ord",
      capacity="1GB"
    )

    # First run writes a file to the volume
    with sdk.sandbox.create(
      region="ord",
      volumes={
        "/data/dataset": volume["slug"],
      },
      labels={"job": "prepare"}
    ) as sandbox:
      sandbox.fs.write_text_file("/data/dataset/hello.txt", "Persist me!\n")

    # A new sandbox—possibly started hours later—can read the same file
    with sdk.sandbox.create(
      region="ord",
      volumes={
        "/data/dataset": volume["id"],  # IDs work too
      }
    ) as sandbox:
      contents = sandbox.fs.read_text_file("/data/dataset/hello.txt")
      print(contents)  # "Persist me!"
    # --- end ---
    assert printed.pop() == ("Persist me!\n",)


@step
def execute():
    """execute programs directly from the volume"""
    with sdk.sandbox.create(region="ord", volumes={"/data/dataset": "dataset"}) as sandbox:
        sandbox.fs.write_text_file("/data/dataset/greet.sh", "#!/bin/sh\necho hello\n", mode=0o755)
        child = sandbox.spawn("/data/dataset/greet.sh", stdout="piped", stderr="null")
        assert child.stdout.read() == b"hello\n"
        assert child.wait()["success"] is True


@step
def delete():
    """delete volumes safely"""
    # --- guide ---
    sdk.volumes.delete("training-cache")
    # --- end ---
    assert sdk.volumes.get("training-cache") is None
    assert sdk.volumes.list(search="training").items == []
    again = sdk.volumes.create(slug="training-cache", region="ord", capacity="300MB")
    assert again["slug"] == "training-cache"


print = builtins.print
finish()
