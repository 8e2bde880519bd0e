// What a program sees of `@deno/sandbox`, call by call, as JSON on the last line: run once with the
// published package and once with ours, the two records must be equal.

import * as sdk from "@deno/sandbox";
import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const { Client, KillController, Sandbox, SeekMode } = sdk;
const record = {};
const client = new Client();
const bytes = (text) => new TextEncoder().encode(text);

/** Keeps what a call gives or fails with. */
async function keep(name, call) {
  if (name in record) throw new Error(`"${name}" is kept twice`);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no end after 20 s")), 20_000);
  });
  try {
    record[name] = { value: describe(await Promise.race([call(), late])) };
  } catch (error) {
    record[name] = { error: describeError(error) };
  }
  clearTimeout(timer);
}

function describeError(error) {
  const { name, code, status } = error;
  return {
    class: error.constructor.name,
    name,
    code: describe(code),
    status: describe(status),
    message: describe(error.message),
    isError: error instanceof Error,
    traceId: typeof error.traceId,
  };
}

/** A value without what differs from run to run: ids, times, numbers of processes. */
function describe(value) {
  if (typeof value === "string") {
    return value.replace(/\b(vol|snp|snap|sbx)_[\w-]+/g, "$1_…").replace(/\b[0-9a-f]{32}\b/g, "TRACE").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
  }
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "function";
  if (value === undefined) return "undefined";
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return "Date";
  if (value instanceof Uint8Array) return { bytes: value.length, sum: value.reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7) };
  if (Array.isArray(value)) return value.map(describe);
  return Object.fromEntries(fieldsOf(value).map((key) => [key, describe(value[key])]));
}

/** Own fields and getters; methods and what begins with `_` is nobody's business. */
function fieldsOf(value) {
  const prototype = Object.getPrototypeOf(value);
  const getters = prototype === Object.prototype || prototype === null
    ? []
    : Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([, { get }]) => get).map(([key]) => key);
  return [...new Set([...Object.keys(value), ...getters])].filter((key) => !key.startsWith("_")).toSorted();
}

async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

const byPath = (entries) => entries.toSorted((a, b) => ((a.path ?? a.name) < (b.path ?? b.name) ? -1 : 1));
/** The fields of a file's information that do not depend on the machine. */
const info = ({ isFile, isDirectory, isSymlink, size, mode, nlink, uid, gid, mtime }) =>
  ({ isFile, isDirectory, isSymlink, size, mode, nlink, uid, gid, mtime: mtime instanceof Date });

// ---- The module ----

await keep("exports", () => Object.fromEntries(Object.keys(sdk).map((name) => [name, typeof sdk[name]])));
await keep("SeekMode", () => ({ ...SeekMode }));

// ---- Volumes and snapshots ----

await keep("volumes.create", () => client.volumes.create({ slug: "side-a", region: "ord", capacity: "2GB" }));
await keep("volumes.create with GiB", () => client.volumes.create({ slug: "side-b", region: "ams", capacity: "1GiB" }));
await keep("volumes.create with a number", () => client.volumes.create({ slug: "side-c", region: "ord", capacity: 300_000_000 }));
await keep("volumes.create again", () => client.volumes.create({ slug: "side-a", region: "ord", capacity: "2GB" }));
await keep("volumes.get by slug", () => client.volumes.get("side-a"));
await keep("volumes.get by id", async () => client.volumes.get((await client.volumes.get("side-a")).id));
await keep("volumes.get of nothing", () => client.volumes.get("side-none"));
await keep("volumes.list", async () => (await client.volumes.list({ search: "side-" })).items);
await keep("volumes.list, a page", async () => {
  const { items, hasMore, nextCursor } = await client.volumes.list({ search: "side-", limit: 2 });
  return { items, hasMore, nextCursor: typeof nextCursor };
});
await keep("volumes.list, the next page", async () => {
  const { items, hasMore } = await (await client.volumes.list({ search: "side-", limit: 2 })).getNextPage();
  return { items, hasMore };
});
await keep("volumes.list, all", async () => collect(await client.volumes.list({ search: "side-", limit: 1 })));
await keep("volumes.snapshot", () => client.volumes.snapshot("side-c", { slug: "side-snap" }));
await keep("volumes.snapshot of nothing", () => client.volumes.snapshot("side-none", { slug: "side-snap-2" }));
await keep("snapshots.get", () => client.snapshots.get("side-snap"));
await keep("snapshots.get of nothing", () => client.snapshots.get("side-none"));
await keep("snapshots.list", async () => (await client.snapshots.list()).items);
await keep("volumes.create from a snapshot", () => client.volumes.create({ slug: "side-d", region: "ord", capacity: "300MB", from: "side-snap" }));
await keep("snapshots.delete", () => client.snapshots.delete("side-snap"));
await keep("snapshots.delete of nothing", () => client.snapshots.delete("side-snap"));
await keep("volumes.delete", () => client.volumes.delete("side-d"));
await keep("volumes.delete of nothing", () => client.volumes.delete("side-d"));

// ---- Bad input ----

await keep("a bad slug", () => client.volumes.create({ slug: "No Slug", region: "ord", capacity: "1GB" }));
await keep("a bad capacity", () => client.volumes.create({ slug: "side-x", region: "ord", capacity: "1MB" }));
await keep("a wrong token", () => new Client({ token: "ddo_wrong" }).volumes.list());
await keep("a sandbox with a wrong token", () => Sandbox.create({ token: "ddo_wrong" }));
await keep("a sandbox with no such volume", () => Sandbox.create({ volumes: { "/v": "side-none" } }));
await keep("no such sandbox", () => Sandbox.connect({ id: "sbx_ord_00000000000000000000" }));

// ---- Sandboxes ----

await keep("sandboxes.list", async () => {
  await using sandbox = await Sandbox.create({ labels: { "side": "by side", "Key-1": "ü" }, timeout: "1m" });
  const listed = await client.sandboxes.list({ labels: { side: "by side" } });
  const until = await sandbox.extendTimeout("2m");
  await sandbox.kill();
  return { listed, until };
});

const sandbox = await Sandbox.create({ region: "ord", volumes: { "/data/dataset": "side-a" }, env: { FOO_BAR: "1", camelCase: "2" } });
const { fs, env } = sandbox;
const base = "/data/dataset";

await keep("the sandbox", () => ({ id: sandbox.id, url: sandbox.url, ssh: typeof sandbox.ssh }));
await keep("env.get", () => env.get("FOO_BAR"));
await keep("env.get of nothing", () => env.get("NOTHING"));
await keep("env.toObject", async () => {
  const { FOO_BAR, camelCase, HOME } = await env.toObject();
  return { FOO_BAR, camelCase, HOME };
});
await keep("env.set and delete", async () => [await env.set("A", "b"), await env.get("A"), await env.delete("A"), await env.get("A")]);

// ---- Files ----

await keep("writeTextFile", () => fs.writeTextFile(`${base}/a.txt`, "häll"));
await keep("writeTextFile, appended", () => fs.writeTextFile(`${base}/a.txt`, "o\n", { append: true }));
await keep("readTextFile", () => fs.readTextFile(`${base}/a.txt`));
await keep("readFile", () => fs.readFile(`${base}/a.txt`));
await keep("readFile by URL", () => fs.readFile(new URL(`file://${base}/a.txt`)));
await keep("readFile of nothing", () => fs.readFile(`${base}/none`));
await keep("readTextFile of a folder", () => fs.readTextFile(base));
await keep("writeFile of bytes", () => fs.writeFile(`${base}/b.bin`, new Uint8Array(200_000).map((_, i) => i * 7), { mode: 0o600 }));
await keep("writeFile of a stream", () => fs.writeFile(`${base}/s.bin`, ReadableStream.from(["one ", "two"].map(bytes))));
await keep("readFile of bytes", () => fs.readFile(`${base}/b.bin`));
await keep("writeTextFile, createNew", () => fs.writeTextFile(`${base}/a.txt`, "", { createNew: true }));
await keep("writeTextFile, not created", () => fs.writeTextFile(`${base}/none`, "", { create: false }));
await keep("writeTextFile where it may not", () => fs.writeTextFile("/etc/passwd", ""));
await keep("mkdir", () => fs.mkdir(`${base}/d/e`, { recursive: true, mode: 0o750 }));
await keep("mkdir again", () => fs.mkdir(`${base}/d/e`));
await keep("mkdir in nothing", () => fs.mkdir(`${base}/none/e`));
await keep("symlink", () => fs.symlink("../a.txt", `${base}/d/s`));
await keep("link", () => fs.link(`${base}/a.txt`, `${base}/d/h`));
await keep("readLink", () => fs.readLink(`${base}/d/s`));
await keep("readLink of a file", () => fs.readLink(`${base}/a.txt`));
await keep("realPath", () => fs.realPath(`${base}/d/s`));
await keep("readDir", async () => byPath(await collect(fs.readDir(`${base}/d`))));
await keep("readDir of nothing", async () => collect(fs.readDir(`${base}/none`)));
await keep("stat", async () => info(await fs.stat(`${base}/d/s`)));
await keep("stat of a folder", async () => ({ ...info(await fs.stat(`${base}/d`)), size: 0 }));
await keep("stat, its keys", async () => Object.keys(await fs.stat(`${base}/a.txt`)).toSorted());
await keep("lstat", async () => ({ ...info(await fs.lstat(`${base}/d/s`)), mode: 0 }));
await keep("chmod", () => fs.chmod(`${base}/a.txt`, 0o640));
await keep("chown", () => fs.chown(`${base}/a.txt`, 1000, null));
await keep("utime", () => fs.utime(`${base}/a.txt`, new Date(1e12), 1_100_000_000));
await keep("mtime", async () => (await fs.stat(`${base}/a.txt`)).mtime.toISOString().slice(0, 19));
await keep("copyFile", () => fs.copyFile(`${base}/a.txt`, `${base}/c.txt`));
await keep("rename", () => fs.rename(`${base}/c.txt`, `${base}/d/c.txt`));
await keep("truncate", async () => [await fs.truncate(`${base}/d/c.txt`, 2), await fs.readTextFile(`${base}/d/c.txt`)]);
await keep("walk", async () => byPath(await collect(fs.walk(base))));
await keep("walk with options", async () => byPath(await collect(fs.walk(base, { exts: [".txt"], includeDirs: false, skip: [/d\/c/] }))));
await keep("walk of nothing", async () => collect(fs.walk(`${base}/none`)));
await keep("expandGlob", async () => byPath(await collect(fs.expandGlob("**/*.txt", { root: base }))));
await keep("remove of a full folder", () => fs.remove(`${base}/d`));
await keep("remove", () => fs.remove(`${base}/d`, { recursive: true }));
await keep("remove of nothing", () => fs.remove(`${base}/d`));
await keep("makeTempDir", async () => /^\/tmp\/a-.+-z$/.test(await fs.makeTempDir({ prefix: "a-", suffix: "-z" })));
await keep("makeTempFile", async () => (await fs.makeTempFile({ dir: base })).startsWith(`${base}/`));
await keep("umask", async () => [await fs.umask(0o077), await fs.umask(0o022)]);

await keep("an open file", async () => {
  const file = await fs.open(`${base}/f`, { read: true, write: true, create: true, truncate: true });
  const buffer = new Uint8Array(4);
  const seen = [
    await file.write(bytes("0123456789")),
    await file.seek(2, SeekMode.Start),
    await file.read(buffer),
    buffer.slice(),
    await file.seek(-1n, SeekMode.End),
    await file.read(buffer),
    await file.read(buffer),
    await file.truncate(5),
    info(await file.stat()),
    await file.lock(true),
    await file.unlock(),
    await file.sync(),
    await file.syncData(),
    await file.utime(new Date(1e12), 1e9),
    await file.close(),
  ];
  return seen;
});
await keep("an open file, streamed", async () => {
  const file = await fs.create(`${base}/g`);
  const writer = file.writable.getWriter();
  await writer.write(bytes("written"));
  await writer.close();
  const again = await fs.open(`${base}/g`);
  return (await collect(again.readable)).map((chunk) => new TextDecoder().decode(chunk)).join("");
});
await keep("open of nothing", () => fs.open(`${base}/none`));
await keep("a file used after its close", async () => {
  const file = await fs.open(`${base}/f`);
  await file.close();
  await file.stat();
});
await keep("a read given up", () => {
  const signal = AbortSignal.timeout(100);
  return sandbox.sh`mkfifo /tmp/never`.then(() => fs.readFile("/tmp/never", { signal }));
});
await keep("upload and download", async () => {
  const local = await mkdtemp(join(tmpdir(), "side-"));
  await mkdir(join(local, "tree/sub"), { recursive: true });
  await writeFile(join(local, "tree/sub/file"), "up");
  await symlink("sub/file", join(local, "tree/link"));
  await fs.mkdir(`${base}/up`);
  await fs.upload(join(local, "tree"), `${base}/up`);
  await fs.upload(join(local, "tree/sub/file"), `${base}/file`);
  await mkdir(join(local, "down"));
  await fs.download(`${base}/up`, join(local, "down"));
  const seen = [
    byPath(await collect(fs.walk(base, { match: [/\/(up|file)/] }))).map((entry) => entry.path),
    await readFile(join(local, "down/up/tree/sub/file"), "utf8"),
    await readlink(join(local, "down/up/tree/link")),
  ];
  await rm(local, { recursive: true });
  return seen;
});

// ---- Processes ----

const piped = { stdout: "piped", stderr: "piped" };
await keep("spawn and output", async () => {
  const child = await sandbox.spawn("bash", { args: ["-c", "echo out; echo err >&2; exit 3"], ...piped });
  const { status, stdout, stderr, stdoutText, stderrText } = await child.output();
  return { pid: typeof child.pid, status, stdout, stderr, stdoutText, stderrText };
});
await keep("spawn and status", async () => {
  const child = await sandbox.spawn("true", { stdout: "null", stderr: "null" });
  return [await child.status, child.stdout, child.stderr, child.stdin];
});
await keep("spawn with cwd, env, clearEnv", async () => {
  const child = await sandbox.spawn("bash", { args: ["-c", "pwd; echo $X-$FOO_BAR"], cwd: "/tmp", env: { X: "y" }, clearEnv: true, ...piped });
  return (await child.output()).stdoutText;
});
await keep("spawn with input", async () => {
  const child = await sandbox.spawn("cat", { stdin: "piped", ...piped });
  const writer = child.stdin.getWriter();
  await writer.write(bytes("in"));
  await writer.close();
  return (await child.output()).stdoutText;
});
await keep("spawn with a stream as input", async () => {
  const child = await sandbox.spawn("cat", { stdin: ReadableStream.from([bytes("a"), bytes("b")]), ...piped });
  return (await child.output()).stdoutText;
});
await keep("spawn and kill", async () => {
  const child = await sandbox.spawn("sleep", { args: ["60"], stdout: "null", stderr: "null" });
  await child.kill();
  return child.status;
});
await keep("spawn of nothing", () => sandbox.spawn("no-such-program"));
await keep("spawn in no folder", () => sandbox.spawn("true", { cwd: "/none" }));

await keep("sh", async () => {
  const { status, stdout, stderr } = await sandbox.sh`echo out`.stdout("piped");
  return { status, stdout, stderr };
});
await keep("sh text", () => sandbox.sh`echo ${"a 'b' \"c\" $HOME \\ `d`\n"}`.text());
await keep("sh of an array", () => sandbox.sh`printf '<%s>' ${["a b", "c"]}`.text());
await keep("sh of numbers", () => sandbox.sh`echo ${1} ${2.5}`.text());
await keep("sh json", () => sandbox.sh`echo '{"a_b": [1, null]}'`.json());
await keep("sh json of no JSON", () => sandbox.sh`echo no`.json());
await keep("sh of what fails", () => sandbox.sh`exit 7`);
await keep("sh of what fails, text", () => sandbox.sh`echo some; exit 7`.text());
await keep("sh noThrow", async () => (await sandbox.sh`exit 4`.noThrow()).status);
await keep("sh cwd", () => sandbox.sh`pwd`.cwd("/tmp").text());
await keep("sh env", () => sandbox.sh`echo $A_B`.env({ A_B: "c" }).text());
await keep("sh sudo", async () => [await sandbox.sh`id -u > /tmp/who`.sudo().then((r) => r.status), await fs.readTextFile("/tmp/who")]);
await keep("sh spawn", async () => {
  const child = await sandbox.sh`echo live`.stdout("piped").spawn();
  return (await child.output()).stdoutText;
});
await keep("sh killed", () => {
  const controller = new KillController();
  setTimeout(() => controller.kill("SIGKILL"), 300);
  return sandbox.sh`sleep 60`.signal(controller.signal);
});

// ---- The end ----

await keep("close", () => sandbox.close());
await keep("after close", () => fs.readTextFile(`${base}/a.txt`));
await keep("spawn after close", () => sandbox.spawn("true"));
await keep("a second close", () => sandbox.close());
await keep("what the volume kept", async () => {
  await using second = await Sandbox.create({ volumes: { "/v": "side-a" } });
  return await second.fs.readTextFile("/v/a.txt");
});

console.log(JSON.stringify(record));
process.exit(0);
