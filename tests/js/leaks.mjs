// Nothing stays behind: after many calls, connections and processes, memory, handles and listeners are
// where they were. Run with `--expose-gc`.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import process from "node:process";
import { Client, Sandbox } from "@deno/sandbox";
import { finish, step } from "./harness.mjs";

function check(name, count, work) {
  return step(name, async () => {
    // What is made once and kept (caches, compiled code, pools) is made here.
    for (let round = 0; round < Math.min(count / 10, 500); round++) await work(round);
    const before = await resources();
    for (let round = 0; round < count; round++) await work(round);
    const after = await resources();
    assert.ok(after.heap - before.heap < 3, `the heap grew from ${before.heap} to ${after.heap} MiB`);
    assert.ok(after.buffers - before.buffers < 3, `buffers, WebAssembly's memory among them, grew from ${before.buffers} to ${after.buffers} MiB`);
    assert.deepEqual(after.handles, before.handles, "open handles");
    return `heap ${before.heap} to ${after.heap} MiB, buffers ${before.buffers} to ${after.buffers} MiB`;
  }, 300_000);
}

async function resources() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  const mib = (bytes) => Math.round((bytes / 2 ** 20) * 10) / 10;
  // A pooled connection of `fetch` and a timer that runs out come and go; what is ours is sockets and processes.
  const handles = process.getActiveResourcesInfo().filter((kind) => kind !== "Timeout" && kind !== "Immediate").toSorted();
  return { heap: mib(heapUsed), buffers: mib(arrayBuffers + external), handles };
}

const client = new Client();
await client.volumes.create({ slug: "leaks", region: "ord", capacity: "300MB" });
await check("1 000 calls of the control plane", 1_000, () => client.volumes.get("leaks"));

const sandbox = await Sandbox.create();
await sandbox.fs.writeTextFile("small", "hello");
await check("10 000 calls of a sandbox", 10_000, () => sandbox.fs.readTextFile("small"));
await check("1 000 calls given up", 1_000, async () => {
  const controller = new AbortController();
  const read = sandbox.fs.readTextFile("small", { signal: controller.signal });
  controller.abort();
  await read.catch(() => {});
});
const { signal } = new AbortController();
await check("1 000 calls with a signal that lives on", 1_000, () => sandbox.fs.readTextFile("small", { signal }));
await check("listeners on that signal", 1, () => assert.equal(getEventListeners(signal, "abort").length, 0));
await check("1 000 processes", 1_000, async () => {
  const child = await sandbox.spawn("true", { stdout: "piped", stderr: "piped" });
  await child.output();
});
await check("300 open files", 300, async () => {
  await using file = await sandbox.fs.open("small");
  await file.read(new Uint8Array(4));
});
await sandbox.close();

const { id } = await Sandbox.create({ timeout: "10m" });
await check("1 000 connections", 1_000, async () => {
  await using connection = await Sandbox.connect({ id });
  assert.equal(await connection.env.get("HOME"), "/home/app");
});
await (await Sandbox.connect({ id })).kill();

finish();
