"""The life of a volume: created, found, filled by one sandbox, read by another, deleted."""

from __future__ import annotations

from itertools import count

from deno_sandbox import Client, PaginatedList, Volume, format_bytes

_steps = count(1)


def step(title: str) -> None:
    """Prints a heading, numbered."""
    print(f"\n{next(_steps)}. {title}")


client = Client()

step("Create a volume")
volume = client.volumes.create("training-cache", "ord", "2GB")
print(f"{volume.slug} ({volume.id}): {format_bytes(volume.capacity)} in {volume.region}")
logs = client.volumes.create("training-logs", "ord", "300MB")
print(f"{logs.slug} ({logs.id}): {format_bytes(logs.capacity)} in {logs.region}")

step("List all volumes, whatever the number of pages")
for each in client.volumes.list():
    print(f"{each.slug}: {format_bytes(each.used)} of {format_bytes(each.capacity)}")

step("Search, page by page")
page: PaginatedList[Volume] | None = client.volumes.list(search="training", limit=1)
while page is not None:
    print([each.slug for each in page.items], "more:", page.has_more)
    page = page.get_next_page()

step("Get one by its slug, and by its id")
print("the same:", client.volumes.get("training-cache") == client.volumes.get(volume.id) == volume)

step("A first sandbox writes to the volume")
with client.sandbox.create(
    region="ord", volumes={"/data/dataset": volume}, labels={"job": "prepare"}
) as first:
    first.write_text_file("/data/dataset/words.txt", "state\noutlives\nsandboxes\n")
    first.fs.write_text_file(
        "/data/dataset/count.sh",
        '#!/bin/sh\necho "$(wc -l < /data/dataset/words.txt) words, read by $0"\n',
        mode=0o755,
    )
    files = first.sh("ls /data/dataset").stdout_text
    print(f"{first.id}: {files.split()}")

step("A second sandbox mounts it by id, reads, and runs what it finds")
with client.sandbox.create(region="ord", volumes={"/data/dataset": volume.id}) as second:
    words = second.read_text_file("/data/dataset/words.txt")
    print(f"{second.id}: {words!r}")
    counting = second.spawn("/data/dataset/count.sh", stdout="piped")
    print(counting.output().stdout_text, end="")

step("Delete the volumes")
client.volumes.delete(volume.slug)
client.volumes.delete(logs.slug)
print("gone:", client.volumes.get("training-cache") is None)
again = client.volumes.create("training-cache", "ord", "1GiB")
print(f"the slug is free for another: {again.slug} ({again.id})")
client.volumes.delete(again.id)

step("What the second sandbox read")
print(words, end="")
