// The golden cases that every language reads, against a service that only writes down what it is asked.
// Runs in Deno, Node and Bun, with the package installed beside it; the cases are in the folder
// `DENO_SANDBOX_TEST_VECTORS`.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { Client, formatBytes, Sandbox } from "@deno/sandbox";

let passed = 0;
let failed = 0;

/** The calls that `requests.json` names. */
const calls = {
  "volumes.create": (scope, args) => new Client(scope).volumes.create(args),
  "volumes.get": (scope, { volume }) => new Client(scope).volumes.get(volume),
  "volumes.delete": (scope, { volume }) => new Client(scope).volumes.delete(volume),
  "volumes.list": (scope, args) => new Client(scope).volumes.list(args),
  "volumes.snapshot": (scope, { volume, slug }) => new Client(scope).volumes.snapshot(volume, { slug }),
  "snapshots.get": (scope, { snapshot }) => new Client(scope).snapshots.get(snapshot),
  "snapshots.delete": (scope, { snapshot }) => new Client(scope).snapshots.delete(snapshot),
  "snapshots.list": (scope, args) => new Client(scope).snapshots.list(args),
  "sandboxes.list": (scope, args) => new Client(scope).sandboxes.list(args),
  "sandboxes.connect": (scope, { id }) => refused(Sandbox.connect({ ...scope, id })),
  "sandboxes.create": (scope, { stop_at_ms, allow_net, ...args }) =>
    stop_at_ms === undefined && refused(Sandbox.create({ ...scope, ...args, allowNet: allow_net })),
};

const service = await recordingService();
const options = { token: "ddo_test", apiEndpoint: service.url, sandboxEndpoint: service.url };
const client = new Client(options);

await cases("capacities", "bytes", async (capacity) => {
  await client.volumes.create({ slug: "vectors", region: "ord", capacity });
  return service.last.body.capacity;
});
await cases("slugs", "text", async (slug) => {
  await client.volumes.create({ slug, region: "ord", capacity: "1GB" });
  return service.last.body.slug;
});
await cases("regions", "text", async (region) => {
  await client.volumes.create({ slug: "vectors", region, capacity: "1GB" });
  return service.last.body.region;
});
await cases("memory", "mib", async (memory) => (await config({ memory })).memory_mb);
await cases("mount-paths", "text", async (path) => (await config({ volumes: { [path]: "vectors" } })).volumes[0].path);
await cases("allow-net", "text", async (pattern) => (await config({ allowNet: [pattern] })).allow_net[0]);
await cases("labels", "labels", async (labels) => (await config({ labels })).labels ?? {});
await cases("sandbox-ids", "text", async (id) => {
  const error = await refused(Sandbox.connect({ ...options, id }));
  if (service.last === undefined) throw error;
  return decodeURIComponent(service.last.path.split("/").at(-2));
});
await each("format-bytes", ({ input, text }) => {
  // Beyond 2^53 a number is not the one that was written.
  if (Number.isSafeInteger(Number(input))) assert.equal(formatBytes(Number(input)), text);
});
await each("timeouts", async ({ input, session, seconds }) => {
  const before = Date.now();
  const { stop_at_ms } = await config({ timeout: input });
  if (session) return assert.equal(stop_at_ms, undefined);
  const late = stop_at_ms - before - seconds * 1000;
  // Clocks round differently.
  assert.ok(late >= -5 && late < 5_000, `it would stop ${late} ms late`);
});
await each("error-bodies", async (expected) => {
  if (expected.input.status < 300) return; // an error only in answer to a handshake
  service.answer(expected.input);
  const error = await refused(new Client({ ...options, retryBudgetMs: 0 }).volumes.delete("vectors"));
  assert.equal(error.status, expected.input.status);
  assert.ok(error.message.includes(expected.message), error.message);
  assert.equal(error.retryable, expected.retryable);
  assert.equal(error.errorCode, expected.code);
  assert.equal(error.serviceCode ?? null, expected.service_code);
  if (expected.trace_id != null) assert.equal(error.traceId, expected.trace_id);
});
await each("link-headers", async ({ input, next_cursor }) => {
  service.answer({ status: 200, headers: { link: input.headers }, body: "[]" });
  const page = await client.volumes.list();
  assert.equal(page.nextCursor ?? null, next_cursor);
});
await each("requests", async (expected) => {
  const { client: { token, org, endpoint }, call, args } = expected.input;
  const base = new URL(endpoint ?? "/", service.url).pathname;
  const scope = { token, org, apiEndpoint: service.url + base.replace(/\/$/, ""), sandboxEndpoint: service.url };
  if (!(call in calls)) return; // of one sandbox, not of a client
  await calls[call](scope, args);
  if (service.last === undefined) return; // what is in it depends on the time
  const { method, path, headers, body } = service.last;
  const { pathname, search } = new URL(expected.url);
  assert.deepEqual({ method, path }, { method: expected.method, path: pathname + search });
  for (const [name, value] of Object.entries(expected.headers)) {
    if (name !== "x-deno-sandbox-config" && !/^(upgrade|connection|sec-)/.test(name)) assert.equal(headers[name], value, name);
  }
  assert.deepEqual(body ?? null, expected.body ?? null);
  if (expected.config !== undefined) assert.deepEqual(sent(), expected.config);
});

service.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);


/** Runs the cases of a file whose accepted ones give one field, and whose refused ones an error before anything is sent. */
async function cases(name, field, give) {
  await each(name, async (expected) => assert.deepEqual(await give(expected.input), expected[field]));
}

async function each(name, check) {
  const file = join(process.env.DENO_SANDBOX_TEST_VECTORS, `${name}.json`);
  for (const expected of JSON.parse(readFileSync(file, "utf8")).cases) {
    service.reset();
    try {
      if (expected.error === undefined) {
        await check(expected);
      } else {
        const error = await refused(check(expected));
        assert.equal(error.errorCode, expected.error.code, error.stack);
        if (name !== "link-headers") assert.equal(service.last, undefined, "something was sent");
        if (expected.error.hint_contains) assert.ok(error.message.includes(expected.error.hint_contains), error.message);
      }
      passed++;
    } catch (error) {
      failed++;
      console.log(`FAILED  ${name}: ${expected.name} (${expected.shows})\n${error.stack}`);
    }
  }
}

async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return error;
  }
  throw new assert.AssertionError({ message: "it was not refused" });
}

/** What a sandbox of these options would be, as the service is told. */
async function config(settings) {
  const error = await refused(Sandbox.create({ ...options, ...settings }));
  if (service.last === undefined) throw error;
  return sent();
}

function sent() {
  return JSON.parse(Buffer.from(service.last.headers["x-deno-sandbox-config"], "base64").toString("latin1"));
}

/** Writes down the last request, and answers with success, unless told otherwise once. */
async function recordingService() {
  const service = { last: undefined, answer: (answer) => next = answer, reset: () => (next = undefined, service.last = undefined) };
  let next;
  const note = ({ method, url, headers }, body) => service.last = { method, path: url, headers, body };
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const body = text === "" ? undefined : JSON.parse(text);
    note(request, body);
    const { status, headers, body: content } = next ?? usual(request, body);
    response.writeHead(status, { ...headers, connection: "close" }).end(content);
  });
  server.on("upgrade", (request, socket) => {
    note(request);
    socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  service.url = `http://127.0.0.1:${server.address().port}`;
  service.close = () => server.close();
  return service;
}

function usual({ method, url }, body) {
  const record = { id: "vol_ord_000000000000000000", region: "ord", capacity: 1, slug: "s", volume: { id: "v", slug: "s" }, ...body };
  const headers = { "content-type": "application/json" };
  if (method === "DELETE") return { status: 204, headers: {} };
  const isList = /\/(volumes|snapshots|sandboxes)(\?|$)/.test(url);
  return { status: 200, headers, body: JSON.stringify(method === "GET" && isList ? [] : record) };
}
