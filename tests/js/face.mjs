// What is JavaScript's own in the package: errors and their stacks, streams, signals, iteration, disposal, inspection,
// and what is refused before anything is sent. Runs in Deno, Node and Bun, with the package installed beside it and the
// emulator in the environment.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import { inspect } from "node:util";
import {
  ApiError,
  Client,
  ConnectionClosedError,
  ConnectionEstablishmentError,
  formatBytes,
  InvalidInputError,
  InvalidMemoryError,
  InvalidTimeoutError,
  InvalidTokenError,
  KillController,
  MissingOrgError,
  MissingTokenError,
  NetworkError,
  Sandbox,
  SandboxCommandError,
  SandboxSdkError,
  Volume,
} from "@deno/sandbox";
import { finish, step } from "./harness.mjs";

async function failure(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  assert.fail(`no error of ${call}`);
}

const bytes = (text) => new TextEncoder().encode(text);
const token = "ddo_never_to_be_shown";
/** Where nobody listens: what is sent fails with `connect-failed`. */
const nowhere = { token, apiEndpoint: "http://127.0.0.1:59999", sandboxEndpoint: "http://127.0.0.1:59999", retryBudgetMs: 0 };
const client = new Client();

// ---- Before anything is sent ----

const unsent = new Client(nowhere);
const volume = { slug: "face", region: "ord", capacity: "1GB" };
const refused = [
  [() => new Client({ token: "" }), process.env.DENO_DEPLOY_TOKEN ? undefined : MissingTokenError, "missing-token"],
  [() => new Client({ token: "two words" }), InvalidTokenError, "malformed-token"],
  [() => new Client({ token: "ddp_personal" }), MissingOrgError, "missing-org"],
  [() => new Client({ token: 5 }), InvalidInputError, "invalid-option"],
  [() => new Client("ddo_text"), InvalidInputError, "invalid-option"],
  [() => new Client({ token, apiEndpoint: "not a URL" }), InvalidInputError, "invalid-endpoint"],
  [() => unsent.volumes.create({ ...volume, slug: "No" }), InvalidInputError, "invalid-slug"],
  [() => unsent.volumes.create({ ...volume, region: "Mars!" }), InvalidInputError, "invalid-region"],
  [() => unsent.volumes.create({ ...volume, capacity: "2gb" }), InvalidInputError, "invalid-capacity"],
  [() => unsent.volumes.create({ ...volume, capacity: NaN }), InvalidInputError, "invalid-capacity"],
  [() => unsent.volumes.create({ ...volume, capacity: 1.5 }), InvalidInputError, "invalid-capacity"],
  [() => unsent.volumes.create({ ...volume, capacity: undefined }), InvalidInputError, "invalid-capacity"],
  [() => unsent.volumes.create({ slug: "face", regoin: "ord", capacity: "1GB" }), InvalidInputError, "invalid-option"],
  [() => unsent.volumes.create(), InvalidInputError, "invalid-option"],
  [() => unsent.volumes.get(".."), InvalidInputError, "invalid-reference"],
  [() => unsent.volumes.get(5), InvalidInputError, "invalid-reference"],
  [() => unsent.volumes.delete(""), InvalidInputError, "invalid-reference"],
  [() => unsent.volumes.list({ limit: 0 }), InvalidInputError, "invalid-option"],
  [() => unsent.volumes.list({ limits: 5 }), InvalidInputError, "invalid-option"],
  [() => unsent.volumes.snapshot("face", { slug: "-" }), InvalidInputError, "invalid-slug"],
  [() => unsent.sandboxes.list({ labels: { "": "x" } }), InvalidInputError, "invalid-labels"],
  [() => unsent.sandboxes.kill("face"), InvalidInputError, "invalid-sandbox-id"],
  [() => Sandbox.connect("face", nowhere), InvalidInputError, "invalid-sandbox-id"],
  [() => Sandbox.create({ ...nowhere, region: "Mars!" }), InvalidInputError, "invalid-region"],
  [() => Sandbox.create({ ...nowhere, memory: "1MB" }), InvalidMemoryError, "invalid-memory"],
  [() => Sandbox.create({ ...nowhere, memory: NaN }), InvalidMemoryError, "invalid-memory"],
  [() => Sandbox.create({ ...nowhere, timeout: "500ms" }), InvalidTimeoutError, "invalid-timeout"],
  [() => Sandbox.create({ ...nowhere, timeout: "0s" }), InvalidTimeoutError, "invalid-timeout"],
  [() => Sandbox.create({ ...nowhere, volumes: { "data": "face" } }), InvalidInputError, "invalid-mount-path"],
  [() => Sandbox.create({ ...nowhere, volumes: { "/data": 5 } }), InvalidInputError, "invalid-reference"],
  [() => Sandbox.create({ ...nowhere, labels: { a: 5 } }), InvalidInputError, "invalid-labels"],
  [() => Sandbox.create({ ...nowhere, env: { A: 5 } }), InvalidInputError, "invalid-env"],
  [() => Sandbox.create({ ...nowhere, env: { "A=B": "" } }), InvalidInputError, "invalid-env"],
  [() => Sandbox.create({ ...nowhere, secrets: { KEY: { hosts: [], value: "v" } } }), InvalidInputError, "invalid-secret"],
  [() => Sandbox.create({ ...nowhere, allowNet: ["https://example.com"] }), InvalidInputError, "invalid-allow-net"],
  [() => Sandbox.create({ ...nowhere, volume: { "/data": "face" } }), InvalidInputError, "invalid-option"],
];
for (const [call, type, code] of refused) {
  if (type === undefined) continue;
  await step(`refused before it is sent: ${call.toString().slice(6)}`, async () => {
    const error = await failure(call);
    assert.equal(error.errorCode, code);
    assert.ok(error instanceof type && error instanceof SandboxSdkError, `${error.constructor.name}: ${error.message}`);
    assert.equal(error.retryable, false);
    assert.ok(!error.message.includes(token));
  });
}

await step("a volume of another region than the sandbox's is refused", async () => {
  const made = await client.volumes.create({ slug: "face-ams", region: "ams", capacity: "300MB" });
  const error = await failure(() => Sandbox.create({ ...nowhere, region: "ord", volumes: { "/v": made } }));
  assert.equal(error.errorCode, "invalid-region");
  await client.volumes.delete(made.id);
});

await step("what this version lacks is refused, before there is a sandbox", async () => {
  const calls = [
    () => Sandbox.create({ port: 8080 }),
    () => Sandbox.create({ ssh: true }),
    () => client.apps.list(),
    () => client.layers.get("x"),
    () => client.revisions.cancel("x"),
    () => client.timelines.list("x"),
    async () => {
      for await (const _ of client.revisions.progress("x"));
    },
  ];
  for (const call of calls) assert.equal((await failure(call)).errorCode, "unsupported-method");
  assert.deepEqual((await client.sandboxes.list()).filter(({ status }) => status === "running"), []);
});

// ---- Errors ----

await step("an error's stack begins at the caller's line", async () => {
  const sandbox = await Sandbox.create();
  const calls = [
    () => new Client({ token: "two words" }),
    async () => await client.volumes.get(".."),
    async () => await client.volumes.delete("face-none"),
    async () => await Volume.create({ slug: "No" }),
    async () => await Sandbox.connect("none"),
    async () => await client.sandboxes.kill("none"),
    async () => await client.apps.list(),
    async () => await sandbox.readTextFile("/none"),
    async () => await sandbox.fs.open("/none"),
    async () => await sandbox.spawn("/none"),
    async () => await sandbox.sh`exit 1`,
    async () => await sandbox.sh`exit 1`.text(),
    async () => await sandbox.sh`${{}}`,
    async () => {
      for await (const _ of sandbox.fs.readDir("/none"));
    },
    async () => {
      for await (const _ of sandbox.fs.walk("/none"));
    },
  ];
  for (const call of calls) {
    const error = await failure(call);
    const [heading, first] = error.stack.slice(error.stack.indexOf(error.message)).split("\n").filter((_, at, lines) => at === 0 || lines.length > 1);
    assert.ok(heading.length > 0);
    assert.match(first ?? "", new RegExp(new URL(import.meta.url).pathname.split("/").at(-1)), `${call}: ${error.stack}`);
  }
  await sandbox.close();
});

await step("an error tells what the service told", async () => {
  const error = await failure(() => client.volumes.delete("face-none"));
  assert.ok(error instanceof ApiError);
  const { errorCode, code, serviceCode, status, operation, retryable } = error;
  assert.deepEqual({ errorCode, code, serviceCode, status, operation, retryable }, {
    errorCode: "not-found",
    code: "VOLUME_NOT_FOUND",
    serviceCode: "VOLUME_NOT_FOUND",
    status: 404,
    operation: 'delete volume "face-none"',
    retryable: false,
  });
  assert.match(error.traceId, /^[0-9a-f]{32}$/);
  assert.match(error.message, /^could not delete volume "face-none": /);
  assert.equal(error.name, "ApiError");
});

await step("what cannot be reached is a NetworkError that may be tried again", async () => {
  for (const call of [() => unsent.volumes.list(), () => Sandbox.create(nowhere)]) {
    const error = await failure(call);
    assert.ok(error instanceof NetworkError, inspect(error));
    assert.deepEqual([error.errorCode, error.retryable], ["connect-failed", true]);
  }
});

await step("a refused connection has the published class", async () => {
  const error = await failure(() => Sandbox.connect("sbx_ord_00000000000000000000"));
  assert.ok(error instanceof ConnectionEstablishmentError);
  assert.deepEqual([error.status, error.code, error.errorCode], [404, "SANDBOX_NOT_FOUND", "not-found"]);
});

// ---- Inspection ----

await step("inspection shows fields and never the token", async () => {
  const secret = new Client({ token, org: "example" });
  const sandbox = await Sandbox.create();
  const shown = [secret, sandbox, sandbox.fs, sandbox.env].map((value) => inspect(value, { depth: 9, showHidden: true }));
  if (globalThis.Deno) shown.push(Deno.inspect(secret), Deno.inspect(sandbox));
  for (const text of shown) assert.ok(!/ddo_|never/.test(text) && !text.includes(process.env.DENO_DEPLOY_TOKEN), text);
  assert.match(inspect(secret), /^Client \{ endpoint: '.*', org: 'example' \}$/);
  assert.match(inspect(sandbox), /^Sandbox \{ id: 'sbx_ord_.*', region: 'ord' \}$/);
  assert.ok(!JSON.stringify(secret).includes("ddo_"));
  await sandbox.close();
});

await step("a volume is data: it can be spread, compared and written as JSON", async () => {
  const made = await client.volumes.create({ slug: "face-data", region: "ord", capacity: "300MB" });
  const keys = "baseSnapshot capacity estimatedAllocatedSize estimatedFlattenedSize id isBootable region slug used";
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(made))).toSorted(), keys.split(" "));
  assert.deepEqual({ ...made }, { ...await client.volumes.get("face-data") });
  assert.match(inspect(made), /^Volume \{/);
  await client.volumes.delete(made.slug);
});

// ---- Lists ----

await step("a list gives the items of all its pages, and stops when it is left", async () => {
  const slugs = ["a", "b", "c", "d", "e"].map((letter) => `face-list-${letter}`);
  for (const slug of slugs) await client.volumes.create({ slug, region: "ord", capacity: "300MB" });
  const page = await client.volumes.list({ search: "face-list-", limit: 2 });
  const seen = [];
  for await (const { slug } of page) seen.push(slug);
  assert.deepEqual(seen.toSorted(), slugs);
  for await (const { slug } of page) {
    assert.equal(slug, page.items[0].slug);
    break;
  }
  assert.equal((await (await page.getNextPage()).getNextPage()).nextCursor, null);
  for (const slug of slugs) await client.volumes.delete(slug);
});

// ---- A sandbox ----

const sandbox = await Sandbox.create({ region: "ord" });

await step("what a sandbox reports is of Deno's classes and of the SDK's", async () => {
  const error = await failure(() => sandbox.fs.stat("/none"));
  assert.ok(error instanceof SandboxSdkError && error instanceof Error && !(error instanceof ApiError));
  assert.deepEqual([error.constructor.name, error.code, error.errorCode], ["NotFound", "ENOENT", "file-not-found"]);
  if (globalThis.Deno) assert.ok(error instanceof Deno.errors.NotFound);
  assert.ok(!(new Error("other") instanceof SandboxSdkError) && !(null instanceof SandboxSdkError));
});

await step("command lines: every substitution is one word", async () => {
  const words = ["", " ", "'", '"', "\\", "x\\", "$HOME", "`id`", "a\nb", "-n", "*", "~", "ü🎉", "!", "#", "a;b", "{a,b}", "=", "\t"];
  assert.equal(await sandbox.sh`printf '<%s>' ${words}`.text(), words.map((word) => `<${word}>`).join(""));
  for (const word of words) assert.equal(await sandbox.sh`printf '<%s>' ${word} end`.text(), `<${word}><end>`);
  assert.equal(await sandbox.sh`printf '<%s>' ${1} ${true} ${2n} ${null}`.text(), "<1><true><2><>");
  for (const value of [{}, Symbol(), () => {}, [[]]]) {
    assert.ok(await failure(() => sandbox.sh`echo ${value}`) instanceof InvalidInputError);
  }
  assert.ok(await failure(() => sandbox.sh("echo")) instanceof InvalidInputError);
});

await step("command lines: what is set is kept, and the first one stays as it was", async () => {
  const plain = sandbox.sh`echo "$A $B"; pwd; exit 3`;
  const changed = plain.env("A", "1").env({ B: "2" }).cwd("/tmp").noThrow().stdout("piped").stderr("piped");
  const { status, stdoutText, stdout, stderrText } = await changed;
  assert.deepEqual([status.code, stdoutText, stderrText], [3, "1 2\n/tmp\n", ""]);
  assert.deepEqual(stdout, bytes("1 2\n/tmp\n"));
  const error = await failure(() => plain.text());
  assert.ok(error instanceof SandboxCommandError && error.code === 3 && error.errorCode === "command-failed");
  assert.match((await failure(() => sandbox.sh`echo why >&2; false`.stderr("piped"))).message, /why/);
});

await step("command lines: signals reach them, whichever kind and whenever sent", async () => {
  const killed = async (signal, send) => {
    const result = sandbox.sh`sleep 60`.signal(signal).noThrow().result();
    setTimeout(send, 200);
    return (await result).status.code;
  };
  const controller = new KillController();
  assert.equal(await killed(controller.signal, () => controller.kill("SIGKILL")), 137);
  const aborter = new AbortController();
  assert.equal(await killed(aborter.signal, () => aborter.abort()), 143);
  const both = new KillController();
  assert.equal(
    (await sandbox.sh`sleep 60`.signal(new KillController().signal).signal(both.signal).noThrow().stdout("piped").then(
      (result) => result,
      assert.fail,
      setTimeout(() => both.kill(), 200),
    )).status.code,
    143,
  );
  for (const signal of [controller.signal, aborter.signal]) {
    const error = await failure(() => sandbox.sh`sleep 60`.signal(signal));
    assert.ok(error instanceof SandboxCommandError);
  }
  assert.ok(await failure(() => sandbox.sh`true`.signal("SIGTERM")) instanceof InvalidInputError);
});

await step("streams: a reader that stops holds nothing up", async () => {
  for (let round = 0; round < 20; round++) {
    const child = await sandbox.spawn("yes", { stdout: "piped" });
    for await (const chunk of child.stdout) {
      assert.ok(chunk.length > 0);
      break;
    }
    const other = await sandbox.spawn("yes", { stdout: "piped" });
    await other.stdout.cancel("enough");
    assert.equal(await sandbox.sh`echo alive`.text(), "alive\n");
    for (const process of [child, other]) {
      await process.kill("SIGKILL");
      assert.equal((await process.status).signal, "SIGKILL");
    }
  }
});

await step("streams: what nobody reads is not received", async () => {
  const child = await sandbox.spawn("bash", { args: ["-c", "yes | head -c 500000000; echo done > /tmp/done"], stdout: "piped" });
  const reader = child.stdout.getReader();
  await reader.read();
  const before = process.memoryUsage().rss;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.ok(process.memoryUsage().rss - before < 50 * 2 ** 20, "memory grew while nobody read");
  await reader.cancel();
  await child.status;
});

await step("streams: a reader with a buffer of its own, and several at once", async () => {
  const content = new Uint8Array(3_000_000).map((_, index) => index * 7);
  await sandbox.writeFile("big", content);
  const child = await sandbox.spawn("cat", { args: ["big"], stdout: "piped", stderr: "piped" });
  const reader = child.stdout.getReader({ mode: "byob" });
  const parts = [];
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(100_001));
    if (value) parts.push(value);
    if (done) break;
  }
  assert.ok(Buffer.concat(parts).equals(Buffer.from(content)));
  assert.deepEqual(await new Response(child.stderr).text(), "");
  const both = await Promise.all([1, 2, 3].map(async () => {
    const file = await sandbox.fs.open("big");
    const all = new Uint8Array(await new Response(file.readable).arrayBuffer());
    await file.close();
    return all;
  }));
  for (const all of both) assert.ok(Buffer.from(all).equals(Buffer.from(content)));
});

await step("streams: input goes in as it is taken, and its end is told", async () => {
  const child = await sandbox.spawn("wc", { args: ["-c"], stdin: "piped", stdout: "piped" });
  await new Response(new Uint8Array(5_000_000)).body.pipeTo(child.stdin);
  assert.equal((await child.output()).stdoutText, "5000000\n");
  const untaken = await sandbox.spawn("cat", { stdin: "piped", stdout: "piped" });
  assert.equal((await untaken.output()).stdoutText, "");
});

await step("streams: a process that takes no input holds its writer back", async () => {
  const own = await Sandbox.create();
  const child = await own.spawn("sleep", { args: ["60"], stdin: "piped" });
  const writer = child.stdin.getWriter();
  let taken = 0;
  const writing = (async () => {
    // Without an end: what is on its way when the sandbox ends is lost, however much that is.
    for (;; taken++) await writer.write(new Uint8Array(1 << 20));
  })().catch((error) => error);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(taken < 100, `${taken} MiB were taken`);
  await own.kill();
  const error = await writing;
  assert.ok(error instanceof SandboxSdkError, inspect(error));
});

await step("streams: a file written from a stream that fails, fails with that", async () => {
  const mine = new Error("mine");
  let pulled = 0;
  const source = new ReadableStream({
    pull(controller) {
      if (pulled++ === 2) throw mine;
      controller.enqueue(bytes("part"));
    },
  });
  assert.equal(await failure(() => sandbox.fs.writeFile("from-stream", source)), mine);
  const text = new ReadableStream({
    start(controller) {
      controller.enqueue("hä");
      controller.enqueue("ppy 🎉");
      controller.close();
    },
  });
  await sandbox.writeTextFile("from-stream", text);
  assert.equal(await sandbox.readTextFile("from-stream"), "häppy 🎉");
});

await step("signals: a call given up rejects with the signal's reason, and nothing is left listening", async () => {
  await sandbox.sh`mkfifo /tmp/never`;
  const reason = new Error("enough");
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 100);
  assert.equal(await failure(() => sandbox.readFile("/tmp/never", { signal: controller.signal })), reason);
  assert.equal(await failure(() => sandbox.readTextFile("big", { signal: controller.signal })), reason);
  assert.equal(await failure(() => client.volumes.list({ signal: controller.signal })), reason);
  assert.equal(await failure(() => Sandbox.create({ signal: controller.signal })), reason);
  assert.equal(await failure(() => sandbox.spawn("true", { signal: controller.signal })), reason);
  const child = await sandbox.spawn("sleep", { args: ["60"], signal: AbortSignal.timeout(200) });
  assert.equal((await child.status).signal, "SIGTERM");
});

await step("walks can be left", async () => {
  for await (const entry of sandbox.fs.walk("/usr", { maxDepth: 3 })) {
    assert.equal(entry.path, "/usr");
    break;
  }
  assert.equal(await sandbox.sh`echo alive`.text(), "alive\n");
});

await step("disposal: files are closed, processes ended, connections closed", async () => {
  let closed;
  {
    const child = await sandbox.spawn("sleep", { args: ["60"] });
    closed = child.status;
    await child[Symbol.asyncDispose]();
    const file = await sandbox.fs.open("big");
    await file[Symbol.asyncDispose]();
    await file.close();
    assert.equal((await failure(() => file.stat())).code, "EBADF");
  }
  assert.equal((await closed).signal, "SIGTERM");
});

await step("the endpoint may depend on the region", async () => {
  const regions = [];
  const sandboxEndpoint = (region) => {
    regions.push(region);
    return process.env.DENO_SANDBOX_ENDPOINT;
  };
  const other = await Sandbox.create({ sandboxEndpoint, timeout: "1m" });
  await (await Sandbox.connect(other.id, { sandboxEndpoint })).close();
  await other.kill();
  assert.deepEqual(regions, ["ord", "ord"]);
});

await step("classes made by the SDK alone say so", async () => {
  for (const type of [Volume, Sandbox]) assert.throws(() => new type(), TypeError);
});

await step("formatBytes", async () => {
  assert.equal(formatBytes(2_000_000_000), "2 GB");
  assert.ok(await failure(() => formatBytes(-1)) instanceof InvalidInputError);
});

await step("closing fails what is under way, and nothing goes unhandled", async () => {
  const unhandled = [];
  process.on("unhandledRejection", (error) => unhandled.push(error));
  const child = await sandbox.spawn("sleep", { args: ["60"], signal: AbortSignal.timeout(500), stdout: "piped" });
  const reading = failure(() => child.stdout.getReader().read());
  const waiting = failure(() => sandbox.readFile("/tmp/never"));
  const { status } = child;
  await sandbox.close();
  await sandbox.closed;
  assert.ok(await waiting instanceof ConnectionClosedError);
  assert.ok(await failure(() => status) instanceof ConnectionClosedError);
  assert.ok(await reading instanceof SandboxSdkError);
  assert.ok(await failure(() => sandbox.readFile("big")) instanceof ConnectionClosedError);
  await sandbox.close();
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.deepEqual(unhandled, []);
});

finish();
