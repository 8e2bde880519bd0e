// The life of a volume: created, found, filled by one sandbox, read by another, deleted.

import { Client, formatBytes, Sandbox } from "@deno/sandbox";

const client = new Client();

step("Create a volume");
const volume = await client.volumes.create({ slug: "training-cache", region: "ord", capacity: "2GB" });
console.log(`${volume.slug} (${volume.id}): ${formatBytes(volume.capacity)} in ${volume.region}`);
const logs = await client.volumes.create({ slug: "training-logs", region: "ord", capacity: "300MB" });
console.log(`${logs.slug} (${logs.id}): ${formatBytes(logs.capacity)} in ${logs.region}`);

step("List all volumes, whatever the number of pages");
for await (const { slug, used, capacity } of await client.volumes.list()) {
  console.log(`${slug}: ${formatBytes(used)} of ${formatBytes(capacity)}`);
}

step("Search, page by page");
let page = await client.volumes.list({ search: "training", limit: 1 });
while (page !== null) {
  console.log(page.items.map(({ slug }) => slug), "more:", page.hasMore);
  page = await page.getNextPage();
}

step("Get one by its slug, and by its id");
const bySlug = await client.volumes.get("training-cache");
const byId = await client.volumes.get(volume.id);
console.log("the same:", bySlug?.id === byId?.id && byId !== null);

step("A first sandbox writes to the volume");
const first = await Sandbox.create({
  region: "ord",
  volumes: { "/data/dataset": volume },
  labels: { job: "prepare" },
});
await first.writeTextFile("/data/dataset/words.txt", "state\noutlives\nsandboxes\n");
const program = '#!/bin/sh\necho "$(wc -l < /data/dataset/words.txt) words, read by $0"\n';
await first.writeTextFile("/data/dataset/count.sh", program);
await first.fs.chmod("/data/dataset/count.sh", 0o755);
const files = await first.sh`ls /data/dataset`.text();
console.log(`${first.id}:`, files.trimEnd().split("\n"));
await first.close();

step("A second sandbox mounts it by id, reads, and runs what it finds");
const second = await Sandbox.create({ region: "ord", volumes: { "/data/dataset": volume.id } });
const words = await second.readTextFile("/data/dataset/words.txt");
console.log(`${second.id}:`, JSON.stringify(words));
const child = await second.spawn("/data/dataset/count.sh", { stdout: "piped" });
const { stdoutText: count } = await child.output();
console.log(count.trimEnd());
await second.close();

step("Delete the volumes");
await client.volumes.delete(volume.slug);
await client.volumes.delete(logs.slug);
console.log("gone:", await client.volumes.get("training-cache") === null);
const again = await client.volumes.create({ slug: "training-cache", region: "ord", capacity: "1GiB" });
console.log(`the slug is free for another: ${again.slug} (${again.id})`);
await client.volumes.delete(again.id);

step("What the second sandbox read");
console.log(words.trimEnd());

/** Prints a heading, numbered. */
function step(title) {
  step.number = (step.number ?? 0) + 1;
  console.log(`\n${step.number}. ${title}`);
}
