// Each method of the npm package that the emulator has, with its result checked.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import * as local from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError, Client, ConnectionClosedError, KillController, Sandbox, SandboxCommandError, SeekMode } from "@deno/sandbox";
import { collect, finish, rejection, step } from "./harness.mjs";

const client = new Client();
const text = (bytes) => new TextDecoder().decode(bytes);
const bytes = (string) => new TextEncoder().encode(string);

// ---- Control plane ----

await step("volumes: every capacity spelling means the same to the server", async () => {
  const spellings = { "cap-a": "500MB", "cap-b": "500000kB", "cap-c": "0.5GB", "cap-d": 500_000_000 };
  for (const [slug, capacity] of Object.entries(spellings)) {
    assert.equal((await client.volumes.create({ slug, region: "ord", capacity })).capacity, 500_000_000);
  }
  assert.equal((await client.volumes.create({ slug: "cap-e", region: "ams", capacity: "1GiB" })).capacity, 2 ** 30);
});

await step("volumes: pages hold every volume once", async () => {
  const first = await client.volumes.list({ search: "cap-", limit: 2 });
  assert.equal(first.items.length, 2);
  assert.equal(first.hasMore, true);
  const second = await first.getNextPage();
  assert.equal(second.items.length, 2);
  const slugs = (await collect(await client.volumes.list({ search: "cap-", limit: 2 }))).map((v) => v.slug);
  assert.deepEqual(slugs.toSorted(), ["cap-a", "cap-b", "cap-c", "cap-d", "cap-e"]);
});

await step("volumes: refusals are ApiErrors with status, code and trace id", async () => {
  const taken = await rejection(client.volumes.create({ slug: "cap-a", region: "ord", capacity: "1GB" }));
  assert.ok(taken instanceof ApiError);
  assert.equal(taken.status, 409);
  assert.ok(taken.traceId);
  const small = await rejection(client.volumes.create({ slug: "too-small", region: "ord", capacity: "1MB" }));
  assert.equal(small.status, 400);
  assert.match(small.message, /300 MB/);
  assert.equal((await rejection(client.volumes.delete("no-such-volume"))).status, 404);
  assert.equal(await client.volumes.get("no-such-volume"), null);
});

await step("a wrong token is refused", async () => {
  const stranger = new Client({ token: "ddo_wrong" });
  assert.equal((await rejection(stranger.volumes.list())).status, 401);
  const error = await rejection(Sandbox.create({ token: "ddo_wrong" }));
  assert.equal(error.constructor.name, "InvalidTokenError");
});

await step("snapshots: taken, listed, read, used and deleted", async () => {
  {
    await using sandbox = await Sandbox.create({ volumes: { "/v": "cap-a" } });
    await sandbox.fs.writeTextFile("/v/kept.txt", "kept");
    assert.equal((await rejection(client.volumes.snapshot("cap-a", { slug: "busy-snap" }))).status, 409);
  }
  const snapshot = await client.volumes.snapshot("cap-a", { slug: "cap-a-snap" });
  assert.equal(snapshot.slug, "cap-a-snap");
  assert.equal(snapshot.volume.slug, "cap-a");
  assert.equal(snapshot.isBootable, false);
  assert.ok(snapshot.flattenedSize > 0);
  assert.equal((await client.snapshots.get(snapshot.id)).slug, "cap-a-snap");
  assert.deepEqual((await client.snapshots.list({ search: "cap-a" })).items.map((s) => s.slug), ["cap-a-snap"]);
  const fork = await client.volumes.create({ slug: "cap-a-fork", region: "ord", capacity: "600MB", from: "cap-a-snap" });
  assert.deepEqual(fork.baseSnapshot, { id: snapshot.id, slug: "cap-a-snap" });
  await using sandbox = await Sandbox.create({ volumes: { "/v": "cap-a-fork" } });
  assert.equal(await sandbox.fs.readTextFile("/v/kept.txt"), "kept");
  await client.snapshots.delete("cap-a-snap");
  assert.equal(await client.snapshots.get("cap-a-snap"), null);
});

// ---- Sandboxes ----

await step("sandboxes: listed by label while they run, and gone after kill", async () => {
  const sandbox = await Sandbox.create({ labels: { suite: "methods" }, timeout: "2m" });
  assert.match(sandbox.id, /^sbx_ord_[0-9a-hjkmnp-z]{20}$/);
  const [listed] = await client.sandboxes.list({ labels: { suite: "methods" } });
  assert.equal(listed.id, sandbox.id);
  assert.equal(listed.status, "running");
  assert.ok(listed.createdAt instanceof Date);
  assert.deepEqual(listed.labels, { suite: "methods" });
  assert.deepEqual(await client.sandboxes.list({ labels: { suite: "other" } }), []);
  await sandbox.kill();
  const after = await client.sandboxes.list({ labels: { suite: "methods" } });
  assert.ok(after.every((s) => s.status === "stopped"));
});

await step("sandboxes: a timed one outlives its connection and is reached again", async () => {
  const first = await Sandbox.create({ timeout: "2m" });
  await first.fs.writeTextFile("note.txt", "still here");
  await first.close();
  await using again = await Sandbox.connect(first.id);
  assert.equal(await again.fs.readTextFile("/home/app/note.txt"), "still here");
  const until = await again.extendTimeout("5m");
  assert.ok(until.getTime() > Date.now() + 120_000);
  await again.kill();
});

await step("sandboxes: a session ends with the connection that created it", async () => {
  const sandbox = await Sandbox.create();
  await sandbox.close();
  const error = await rejection(Sandbox.connect(sandbox.id));
  assert.equal(error.status, 404);
});

await step("sandboxes: two in one process keep their output apart", async () => {
  await using a = await Sandbox.create();
  await using b = await Sandbox.create();
  const outputs = await Promise.all(
    [a, b].flatMap((sandbox, n) => [0, 1, 2].map((i) => sandbox.sh`echo ${`${n}-${i}`}`.text())),
  );
  assert.deepEqual(outputs, ["0-0\n", "0-1\n", "0-2\n", "1-0\n", "1-1\n", "1-2\n"]);
});

await step("sandboxes: what cannot be mounted is refused before the sandbox starts", async () => {
  assert.equal((await rejection(Sandbox.create({ volumes: { "/x": "no-such-volume" } }))).status, 404);
  assert.equal((await rejection(Sandbox.create({ volumes: { "relative": "cap-b" } }))).status, 400);
  assert.equal((await rejection(Sandbox.create({ volumes: { "/": "cap-b" } }))).status, 400);
  await using holder = await Sandbox.create({ volumes: { "/v": "cap-b" } });
  assert.equal((await rejection(Sandbox.create({ volumes: { "/v": "cap-b" } }))).status, 409);
  assert.equal((await rejection(client.volumes.delete("cap-b"))).status, 409);
  assert.ok(holder.id);
});

await step("env: given at creation, read, set and removed", async () => {
  await using sandbox = await Sandbox.create({ env: { FOO_BAR: "1", lower: "ü" } });
  assert.equal(await sandbox.env.get("FOO_BAR"), "1");
  assert.equal(await sandbox.sh`echo $lower`.text(), "ü\n");
  await sandbox.env.set("ADDED", "x y");
  assert.equal((await sandbox.env.toObject()).ADDED, "x y");
  await sandbox.env.delete("ADDED");
  assert.equal(await sandbox.env.get("ADDED"), undefined);
});

await step("secrets: the variable is there, the value is not", async () => {
  await using sandbox = await Sandbox.create({ secrets: { API_KEY: { hosts: ["example.com"], value: "sesame-street" } } });
  const seen = await sandbox.sh`env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n'`.noThrow().text();
  assert.match(seen, /API_KEY=/);
  assert.ok(!seen.includes("sesame-street"));
});

// ---- Files and processes, on one sandbox ----

const sandbox = await Sandbox.create({ volumes: { "/vol": "cap-c" } });
const { fs } = sandbox;

await step("fs: text and bytes, whole and appended", async () => {
  await fs.writeTextFile("/vol/a.txt", "häl");
  await fs.writeTextFile("/vol/a.txt", "lo\n", { append: true });
  assert.equal(await fs.readTextFile("/vol/a.txt"), "hällo\n");
  const random = crypto.getRandomValues(new Uint8Array(65_536));
  const big = new Uint8Array(3 * 1024 * 1024).map((_, i) => random[i % 65_521]);
  await fs.writeFile("/vol/big.bin", big);
  assert.ok(Buffer.from(await fs.readFile("/vol/big.bin")).equals(Buffer.from(big)));
  const exists = await rejection(fs.writeTextFile("/vol/a.txt", "", { createNew: true }));
  assert.equal(exists.constructor.name, "AlreadyExists");
  const missing = await rejection(fs.writeTextFile("/vol/none.txt", "", { create: false }));
  assert.equal(missing.code, "ENOENT");
});

await step("fs: streams are written chunk by chunk", async () => {
  const chunks = ["one ", "two ", "", "three"];
  await fs.writeFile("/vol/streamed", ReadableStream.from(chunks.map(bytes)));
  assert.equal(await fs.readTextFile("/vol/streamed"), "one two three");
  await fs.writeTextFile("/vol/streamed.txt", ReadableStream.from(["é", "è"]));
  assert.equal(await fs.readTextFile("/vol/streamed.txt"), "éè");
});

await step("fs: folders, links and attributes", async () => {
  await fs.mkdir("/vol/d/e", { recursive: true });
  await fs.writeTextFile("/vol/d/e/f.txt", "x");
  await fs.symlink("f.txt", "/vol/d/e/s");
  await fs.link("/vol/d/e/f.txt", "/vol/d/e/h");
  const names = (await collect(fs.readDir("/vol/d/e"))).map((e) => [e.name, e.isFile, e.isSymlink]);
  assert.deepEqual(names.toSorted(), [["f.txt", true, false], ["h", true, false], ["s", false, true]]);
  assert.equal(await fs.readLink("/vol/d/e/s"), "f.txt");
  assert.equal(await fs.realPath("/vol/d/e/s"), "/vol/d/e/f.txt");
  const info = await fs.stat("/vol/d/e/s");
  assert.equal(info.isFile, true);
  assert.equal(info.nlink, 2);
  assert.equal(info.size, 1);
  assert.equal(info.uid, 1000);
  assert.ok(Math.abs(info.mtime.getTime() - Date.now()) < 60_000);
  assert.equal((await fs.lstat("/vol/d/e/s")).isSymlink, true);
  await fs.chmod("/vol/d/e/f.txt", 0o640);
  assert.equal((await fs.stat("/vol/d/e/f.txt")).mode & 0o777, 0o640);
  await fs.chown("/vol/d/e/f.txt", 1000, null);
  await fs.utime("/vol/d/e/f.txt", new Date("2001-02-03T04:05:06.789Z"), new Date("2002-03-04T05:06:07Z"));
  assert.equal((await fs.stat("/vol/d/e/f.txt")).mtime.toISOString(), "2002-03-04T05:06:07.000Z");
  await fs.copyFile("/vol/d/e/f.txt", "/vol/d/copy");
  await fs.rename("/vol/d/copy", "/vol/d/moved");
  assert.equal(await fs.readTextFile("/vol/d/moved"), "x");
  await fs.truncate("/vol/d/moved", 0);
  assert.equal((await fs.stat("/vol/d/moved")).size, 0);
  assert.equal((await rejection(fs.remove("/vol/d"))).code, "ENOTEMPTY");
  await fs.remove("/vol/d", { recursive: true });
  assert.equal((await rejection(fs.stat("/vol/d"))).constructor.name, "NotFound");
});

await step("fs: the kernel's own refusals", async () => {
  assert.equal((await rejection(fs.readFile("/no/such/file"))).code, "ENOENT");
  assert.equal((await rejection(fs.readFile("/vol"))).code, "EISDIR");
  assert.equal((await rejection(fs.readDir("/vol/a.txt")[Symbol.asyncIterator]().next())).code, "ENOTDIR");
  const refused = await rejection(fs.writeTextFile("/usr/bin/bash", "x"));
  assert.ok(["EROFS", "EACCES", "EPERM"].includes(refused.code), refused.code);
});

await step("fs: temporary files and folders", async () => {
  const folder = await fs.makeTempDir({ prefix: "pre-", suffix: "-suf" });
  assert.match(folder, /\/pre-.*-suf$/);
  const file = await fs.makeTempFile({ dir: folder });
  assert.ok(file.startsWith(folder));
  assert.equal((await fs.stat(file)).size, 0);
});

await step("fs: umask is read and set", async () => {
  const before = await fs.umask(0o077);
  await fs.writeTextFile("/vol/private", "x");
  assert.equal((await fs.stat("/vol/private")).mode & 0o777, 0o600);
  assert.equal(await fs.umask(before), 0o077);
});

await step("fs: walk and expandGlob", async () => {
  for (const path of ["/vol/w/a.txt", "/vol/w/sub/b.txt", "/vol/w/sub/c.md"]) {
    await fs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await fs.writeTextFile(path, "");
  }
  const walked = (await collect(fs.walk("/vol/w"))).map((e) => e.path).toSorted();
  assert.deepEqual(walked, ["/vol/w", "/vol/w/a.txt", "/vol/w/sub", "/vol/w/sub/b.txt", "/vol/w/sub/c.md"]);
  const texts = (await collect(fs.walk("/vol/w", { exts: [".txt"], includeDirs: false }))).map((e) => e.name);
  assert.deepEqual(texts.toSorted(), ["a.txt", "b.txt"]);
  const skipped = await collect(fs.walk("/vol/w", { skip: [/sub/], maxDepth: 3 }));
  assert.deepEqual(skipped.map((e) => e.path).toSorted(), ["/vol/w", "/vol/w/a.txt"]);
  const globbed = (await collect(fs.expandGlob("**/*.txt", { root: "/vol/w" }))).map((e) => e.path);
  assert.deepEqual(globbed.toSorted(), ["/vol/w/a.txt", "/vol/w/sub/b.txt"]);
});

await step("fs: an open file", async () => {
  await using file = await fs.open("/vol/handle", { read: true, write: true, create: true, truncate: true });
  assert.equal(await file.write(bytes("0123456789")), 10);
  assert.equal(await file.seek(2, SeekMode.Start), 2);
  const part = new Uint8Array(4);
  assert.equal(await file.read(part), 4);
  assert.equal(text(part), "2345");
  assert.equal(await file.seek(-1n, SeekMode.End), 9);
  assert.equal(await file.read(part), 1);
  assert.equal(await file.read(part), null);
  await file.truncate(5);
  assert.equal((await file.stat()).size, 5);
  await file.lock(true);
  await file.unlock();
  await file.sync();
  await file.syncData();
  await file.utime(new Date(1e12), new Date(1e12));
  assert.equal((await file.stat()).mtime.getTime(), 1e12);
  await file.seek(0, SeekMode.Start);
  assert.deepEqual((await collect(file.readable)).map(text).join(""), "01234");
});

await step("fs: create empties and opens", async () => {
  await using file = await fs.create("/vol/handle");
  assert.equal((await file.stat()).size, 0);
});

await step("fs: a read is aborted", async () => {
  await sandbox.sh`mkfifo /tmp/never`;
  const controller = new AbortController();
  const read = fs.readFile("/tmp/never", { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  assert.equal((await rejection(read)).name, "AbortError");
});

await step("fs: a tree goes up and comes down", async () => {
  const home = await local.mkdtemp(join(tmpdir(), "conformance-"));
  await local.mkdir(join(home, "proj/sub"), { recursive: true });
  await local.writeFile(join(home, "proj/sub/file.txt"), "up");
  await fs.upload(join(home, "proj"), "/vol");
  assert.equal(await fs.readTextFile("/vol/proj/sub/file.txt"), "up");
  await local.mkdir(join(home, "down"));
  await fs.download("/vol/proj", join(home, "down"));
  assert.equal(await local.readFile(join(home, "down/proj/sub/file.txt"), "utf8"), "up");
  await local.rm(home, { recursive: true });
});

await step("spawn: output, code and both streams", async () => {
  const child = await sandbox.spawn("bash", {
    args: ["-c", "echo out; echo err >&2; exit 3"], stdout: "piped", stderr: "piped",
  });
  const output = await child.output();
  assert.deepEqual([output.status.success, output.status.code, output.status.signal], [false, 3, null]);
  assert.equal(output.stdoutText, "out\n");
  assert.equal(output.stderrText, "err\n");
});

await step("spawn: env, cwd and clearEnv", async () => {
  const run = async (options) => {
    const child = await sandbox.spawn("sh", { stdout: "piped", stderr: "null", ...options });
    return (await child.output()).stdoutText;
  };
  assert.equal(await run({ args: ["-c", "echo $FOO_BAR; pwd"], env: { FOO_BAR: "1" }, cwd: "/vol" }), "1\n/vol\n");
  assert.equal(await run({ args: ["-c", "pwd; id -u"] }), "/home/app\n1000\n");
  assert.equal(await run({ args: ["-c", "echo ${HOME-none}"], clearEnv: true }), "none\n");
});

await step("spawn: live input", async () => {
  const child = await sandbox.spawn("cat", { stdin: "piped", stdout: "piped", stderr: "null" });
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  await writer.write(bytes("one"));
  assert.equal(text((await reader.read()).value), "one");
  await writer.write(bytes("two"));
  assert.equal(text((await reader.read()).value), "two");
  await writer.close();
  assert.equal((await reader.read()).done, true);
  assert.equal((await child.status).success, true);
});

await step("spawn: a signal ends it, and a second one is no error", async () => {
  const child = await sandbox.spawn("sleep", { args: ["60"], stdout: "null", stderr: "null" });
  await child.kill("SIGTERM");
  const status = await child.status;
  assert.deepEqual([status.success, status.code, status.signal], [false, 143, "SIGTERM"]);
  await child.kill(); // the package takes the sandbox's "no such process" for success
});

await step("spawn: a program that is not there", async () => {
  assert.equal((await rejection(sandbox.spawn("no-such-program"))).code, "ENOENT");
});

await step("spawn: a megabyte of output arrives whole", async () => {
  const child = await sandbox.spawn("sh", { args: ["-c", "head -c 3000000 /dev/zero | tr '\\\\0' x"], stdout: "piped", stderr: "null" });
  const { stdoutText } = await child.output();
  assert.equal(stdoutText.length, 3_000_000);
});

await step("sh: text, json, failure and noThrow", async () => {
  assert.equal(await sandbox.sh`echo ${"two words; $HOME"}`.text(), "two words; $HOME\n");
  assert.deepEqual(await sandbox.sh`echo '{"a":[1]}'`.json(), { a: [1] });
  const error = await rejection(sandbox.sh`exit 7`);
  assert.ok(error instanceof SandboxCommandError);
  assert.equal(error.code, 7);
  // Each method of the package's builder forgets what was set before, so the last one counts.
  const result = await sandbox.sh`echo partial; exit 4`.noThrow();
  assert.equal(result.status.code, 4);
  await sandbox.sh`id -u > /tmp/who`.sudo();
  assert.equal(await fs.readTextFile("/tmp/who"), "0\n");
});

await step("sh: a kill controller ends it", async () => {
  const controller = new KillController();
  const running = rejection(sandbox.sh`sleep 60`.signal(controller.signal));
  setTimeout(() => controller.kill("SIGKILL"), 300);
  const error = await running;
  assert.ok(error instanceof SandboxCommandError);
  assert.equal(error.code, 137);
});

await step("unknown methods are refused, not ignored", async () => {
  const error = await rejection(sandbox.deno.eval("1 + 1"));
  assert.match(error.message, /not found|not in this version/i);
});

await step("close: later calls are refused at once", async () => {
  await sandbox.close();
  assert.ok((await rejection(fs.readTextFile("/vol/a.txt"))) instanceof ConnectionClosedError);
});

finish();
