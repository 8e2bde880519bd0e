// What works where there is `fetch` and nothing else: volumes, snapshots and lists. Runs in a browser and in a Worker.

import { Client, formatBytes, Sandbox } from "@deno/sandbox";

/** Runs all tests; their lines, the last of which counts them. */
export async function run(endpoint, token) {
  const lines = [];
  let failed = 0;
  const client = new Client({ token, apiEndpoint: endpoint });
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test(client, { token, apiEndpoint: endpoint, sandboxEndpoint: endpoint });
      lines.push(`ok   ${name}`);
    } catch (error) {
      failed++;
      lines.push(`FAIL ${name}: ${error.stack ?? error}`);
    }
  }
  lines.push(`${lines.length - failed} passed, ${failed} failed`);
  return lines;
}

const tests = {
  async "volumes are created, found and deleted"(client) {
    const volume = await client.volumes.create({ slug: "web-a", region: "ord", capacity: "2GB" });
    equal(volume.capacity, 2_000_000_000);
    equal((await client.volumes.get(volume.id)).slug, "web-a");
    equal(await client.volumes.get("web-none"), null);
    await client.volumes.delete("web-a");
    equal(await client.volumes.get("web-a"), null);
  },

  async "lists go on from page to page"(client) {
    for (const slug of ["list-a", "list-b", "list-c"]) await client.volumes.create({ slug, region: "ord", capacity: "300MB" });
    const page = await client.volumes.list({ search: "list-", limit: 2 });
    equal([page.items.length, page.hasMore].join(), "2,true");
    const slugs = [];
    for await (const { slug } of page) slugs.push(slug);
    equal(slugs.sort().join(), "list-a,list-b,list-c");
  },

  async "snapshots are taken, listed and deleted"(client) {
    const snapshot = await client.volumes.snapshot("list-a", { slug: "web-snapshot" });
    equal(snapshot.volume.slug, "list-a");
    equal((await client.snapshots.list()).items.length, 1);
    await client.snapshots.delete("web-snapshot");
    equal(await client.snapshots.get("web-snapshot"), null);
  },

  async "running sandboxes are listed"(client) {
    equal((await client.sandboxes.list()).length, 0);
  },

  async "errors are typed"(client) {
    const taken = await rejection(client.volumes.create({ slug: "list-a", region: "ord", capacity: "1GB" }));
    equal([taken.constructor.name, taken.status, taken.code].join(), "ApiError,409,SLUG_IN_USE");
    const bad = await rejection(client.volumes.create({ slug: "Bad Slug", region: "ord", capacity: "1GB" }));
    equal(bad.errorCode, "invalid-slug");
  },

  async "a call is given up by its signal"(client) {
    const error = await rejection(client.volumes.list({ signal: AbortSignal.abort() }));
    equal(error.name, "AbortError");
  },

  async "a sandbox connection is refused with what can be done"(_client, options) {
    const error = await rejection(Sandbox.create(options));
    if (!/browser|Worker|cannot open|connection/i.test(error.message)) throw error;
    equal(typeof error.errorCode, "string");
  },

  "sizes are shown"() {
    equal(formatBytes(1500), "1.5 kB");
  },
};

async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

function equal(actual, expected) {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}
