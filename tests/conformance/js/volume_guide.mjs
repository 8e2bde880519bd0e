// The JavaScript examples of the volume guide, run as they are printed there. Only what stands
// outside the marks is ours: the guide's first example is a program of its own, hence the block.

import assert from "node:assert/strict";
import { finish, step } from "./harness.mjs";

const printed = [];
const log = console.log;
const listen = () => { console.log = (...values) => printed.push(values); };
const unlisten = () => { console.log = log; };

// --- guide ---
import { Client, Sandbox } from "@deno/sandbox";

const client = new Client();
// --- end ---

await step("provision storage", async () => {
  listen();
  try {
    // --- guide ---
    const volume = await client.volumes.create({
      slug: "training-cache",
      region: "ord", // ord (Chicago) or ams (Amsterdam)
      capacity: "2GB", // accepts bytes or "1GB"/"512MB" style strings
    });

    console.log(volume);
    // --- end ---
  } finally {
    unlisten();
  }
  const [[volume]] = printed.splice(0);
  assert.equal(volume.slug, "training-cache");
  assert.equal(volume.region, "ord");
  assert.equal(volume.capacity, 2_000_000_000);
  assert.equal(volume.estimatedAllocatedSize, 0);
  assert.equal(volume.estimatedFlattenedSize, 0);
  assert.equal(volume.isBootable, false);
  assert.equal(volume.baseSnapshot, null);
});

await step("inspect and search volumes", async () => {
  listen();
  try {
    // --- guide ---
    const page = await client.volumes.list({ search: "training" });
    for (const vol of page.items) {
      console.log(vol.slug, vol.estimatedFlattenedSize, vol.capacity);
    }

    const vol = await client.volumes.get("training-cache");
    // --- end ---
    assert.equal(vol?.slug, "training-cache");
    assert.equal((await client.volumes.get(vol.id)).slug, "training-cache");
  } finally {
    unlisten();
  }
  assert.deepEqual(printed.splice(0), [["training-cache", 0, 2_000_000_000]]);
});

await step("mount volumes inside a sandbox", async () => {
  listen();
  try {
    // --- guide ---
    const volume = await client.volumes.create({
      slug: "dataset",
      region: "ord",
      capacity: "1GB",
    });

    // First run writes a file to the volume
    {
      await using sandbox = await Sandbox.create({
        region: "ord",
        volumes: {
          "/data/dataset": volume.slug,
        },
        labels: { job: "prepare" },
      });

      await sandbox.fs.writeTextFile("/data/dataset/hello.txt", "Persist me!\n");
    }

    // A new sandbox—possibly started hours later—can read the same file
    {
      await using sandbox = await Sandbox.create({
        region: "ord",
        volumes: {
          "/data/dataset": volume.id, // IDs work too
        },
      });

      const contents = await sandbox.fs.readTextFile("/data/dataset/hello.txt");
      console.log(contents); // "Persist me!"
    }
    // --- end ---
  } finally {
    unlisten();
  }
  assert.deepEqual(printed.splice(0), [["Persist me!\n"]]);
});

await step("execute programs directly from the volume", async () => {
  await using sandbox = await Sandbox.create({ region: "ord", volumes: { "/data/dataset": "dataset" } });
  await sandbox.fs.writeTextFile("/data/dataset/greet.sh", "#!/bin/sh\necho \"hello from $0\"\n", { mode: 0o755 });
  assert.equal(await sandbox.sh`/data/dataset/greet.sh`.text(), "hello from /data/dataset/greet.sh\n");
});

await step("delete volumes safely", async () => {
  // --- guide ---
  await client.volumes.delete("training-cache");
  // --- end ---
  assert.equal(await client.volumes.get("training-cache"), null);
  assert.deepEqual((await client.volumes.list({ search: "training" })).items, []);
  const again = await client.volumes.create({ slug: "training-cache", region: "ord", capacity: "300MB" });
  assert.equal(again.slug, "training-cache");
});

finish();
