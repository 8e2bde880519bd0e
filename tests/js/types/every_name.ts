// A program that uses what the published package exports in the ways its types allow. Compiled, never run.

import {
  ApiError,
  ChildProcess,
  type ChildProcessOutput,
  type ChildProcessStatus,
  Client,
  ConnectionClosedError,
  ConnectionEstablishmentError,
  type DirEntry,
  type FileInfo,
  FsFile,
  InvalidMemoryError,
  InvalidTimeoutError,
  InvalidTokenError,
  KillController,
  KillSignal,
  type Memory,
  MissingTokenError,
  NetworkError,
  type OpenOptions,
  type PaginatedList,
  type Region,
  RpcError,
  Sandbox,
  SandboxCommandError,
  SandboxKillError,
  type SandboxOptions,
  SandboxSdkError,
  SeekMode,
  type Signal,
  Snapshot,
  type SpawnOptions,
  Volume,
  type VolumeInit,
  type WalkEntry,
} from "@deno/sandbox";

const client = new Client({ token: "ddo_example", org: "example", apiEndpoint: "https://example.com" });

// Volumes and snapshots.
const init: VolumeInit = { slug: "cache", region: "ord", capacity: "1.5GiB", from: "builtin:debian-13" };
const volume: Volume = await client.volumes.create(init);
const { id, slug, region, capacity, estimatedAllocatedSize, estimatedFlattenedSize, isBootable, baseSnapshot } = volume;
const sizes: number[] = [capacity, estimatedAllocatedSize, estimatedFlattenedSize];
const texts: string[] = [id, slug, region, baseSnapshot?.slug ?? "none"];
const found: Volume | null = await Volume.get(slug, { token: "ddo_example" });
const made: Volume = await Volume.create({ ...init, capacity: 300_000_000, token: "ddo_example" });
const page: PaginatedList<Volume> = await client.volumes.list({ search: "c", limit: 10, cursor: "x" });
for await (const item of page) texts.push(item.slug);
const next: PaginatedList<Volume> | null = await page.getNextPage();
const cursor: string | null = page.nextCursor;
const snapshot: Snapshot = await client.volumes.snapshot(slug, { slug: "snap" });
const other: Snapshot = await Snapshot.create(slug, { slug: "other", org: "example" });
const again: Snapshot | null = await Snapshot.get("other");
const snapshots: PaginatedList<Snapshot> = await client.snapshots.list();
sizes.push(snapshot.allocatedSize, snapshot.flattenedSize);
await client.snapshots.delete(snapshot.volume.id);
await client.volumes.delete(made.id);

// Sandboxes.
const memory: Memory = "2GiB";
const where: Region = "ams";
const options: SandboxOptions = {
  region: where,
  memory,
  timeout: "90s",
  sandboxEndpoint: (region: string) => `https://${region}.example.com`,
  env: { A: "b" },
  debug: false,
  labels: { job: "prepare" },
  root: "base",
  volumes: { "/data": volume.id },
  allowNet: ["example.com"],
  secrets: { KEY: { hosts: ["example.com"], value: "v" } },
  ssh: true,
  port: 8080,
};
await using sandbox: Sandbox = await Sandbox.create(options);
const connected: Sandbox = await Sandbox.connect(sandbox.id, { debug: true });
const connectedToo: Sandbox = await Sandbox.connect({ id: sandbox.id, token: "ddo_example" });
const running = await client.sandboxes.list({ labels: { job: "prepare" } });
const times: (Date | null)[] = running.flatMap((item) => [item.createdAt, item.stoppedAt]);
const end: Date = await sandbox.extendTimeout("10m");
await connected.kill();
await connectedToo.closed;
const ssh: { username: string; hostname: string } | undefined = sandbox.ssh;
const url: string | undefined = sandbox.url;

// Files.
const bytes: Uint8Array<ArrayBuffer> = await sandbox.fs.readFile("a", { signal: AbortSignal.timeout(1_000) });
await sandbox.fs.writeFile(new URL("file:///a"), bytes, { append: true, mode: 0o600 });
await sandbox.fs.writeFile("a", new ReadableStream<Uint8Array>());
await sandbox.fs.writeTextFile("a", new ReadableStream<string>(), { createNew: true });
const entries: DirEntry[] = [];
for await (const entry of sandbox.fs.readDir("/")) entries.push(entry);
const walked: WalkEntry[] = [];
for await (const entry of sandbox.fs.walk("/", { maxDepth: 2, match: [/a/], exts: [".txt"] })) walked.push(entry);
for await (const entry of sandbox.fs.expandGlob("**", { root: "/", exclude: ["b"], globstar: true })) walked.push(entry);
const info: FileInfo = await sandbox.fs.stat("a");
times.push(info.mtime, info.birthtime);
await sandbox.fs.utime("a", 0, new Date());
await sandbox.fs.chown("a", null, 1000);
await sandbox.fs.symlink("a", "b", { type: "file" });
const temporary: string = await sandbox.fs.makeTempDir({ prefix: "p", suffix: "s", dir: "/tmp" });
const mask: number = await sandbox.fs.umask(0o022);
await sandbox.fs.upload("./a", ".");
await sandbox.fs.download("a", new URL("file:///tmp/a"));
const open: OpenOptions = { read: true, write: true, create: true, truncate: true };
await using file: FsFile = await sandbox.fs.open("a", open);
const position: number = await file.seek(2n, SeekMode.End);
const read: number | null = await file.read(new Uint8Array(8));
const wrote: number = await file.write(bytes);
await file.readable.pipeTo(file.writable);
await file.lock(true);

// Processes.
const spawn: SpawnOptions = { args: ["-c"], cwd: "/", env: { A: "b" }, clearEnv: true, stdin: "piped", stdout: "null" };
await using child: ChildProcess = await sandbox.spawn("cat", { ...spawn, signal: AbortSignal.timeout(1_000) });
child.addEventListener("restart", () => {});
const writer = child.stdin!.getWriter();
await writer.write(bytes);
const signal: Signal = "SIGKILL";
await child.kill(signal);
const status: ChildProcessStatus = await child.status;
const output: ChildProcessOutput = await child.output();
const printed: string | null = output.stdoutText;
const how: [boolean, number, Signal | null, boolean] = [status.success, status.code, status.signal, status.oom];

// Command lines.
const controller = new KillController();
const kill: KillSignal = controller.signal;
kill.addListener((signal: Signal) => console.log(signal));
const text: string = await sandbox.sh`echo ${"a"} ${["b", 1]}`.cwd("/").env("A", "b").sudo().signal(kill).text();
const json = await sandbox.sh`echo {}`.json<{ count: number }>();
const result = await sandbox.sh`true`.noThrow().stdout("piped").stderr("null");
const started = await sandbox.sh`true`.spawn();
const ended: number = (await started.output()).status.code;
console.log(result.status.oom, result.stdout?.length, result.stderrText, json.count);

// Environment variables.
const value: string | undefined = await sandbox.env.get("A");
const all: Record<string, string> = await sandbox.env.toObject();

// Errors.
try {
  await sandbox.close();
} catch (error) {
  if (error instanceof ApiError) texts.push(`${error.status satisfies number}`, error.code, error.traceId ?? "");
  if (error instanceof ConnectionEstablishmentError) texts.push(error.code, error.traceId ?? "", String(error.status));
  if (error instanceof ConnectionClosedError) sizes.push(error.code ?? 0, error.reason?.length ?? 0);
  if (error instanceof RpcError) sizes.push(error.code);
  if (error instanceof SandboxCommandError) sizes.push(error.code);
  if (error instanceof SandboxKillError) texts.push(error.response, String(error.status));
  if (error instanceof NetworkError) console.log(error.cause);
  if (error instanceof SandboxSdkError) texts.push(error.message);
  for (const type of [InvalidMemoryError, InvalidTimeoutError, InvalidTokenError, MissingTokenError]) {
    if (error instanceof type) texts.push(error.name);
  }
}
console.log(new ApiError(400, "CODE", "message", "trace"), new RpcError(1, "message", {}), new MissingTokenError());
console.log(new ConnectionClosedError(1006, "gone"), new SandboxCommandError("message", 1), new NetworkError("m", { cause: 1 }));

// What this version has as types alone.
const app = await client.apps.create({ slug: "app", labels: {}, env_vars: [{ key: "A", value: "b" }] });
const repl = await sandbox.deno.repl({ scriptArgs: ["a"] });
const sum: number = await repl.call<number>("(a, b) => a + b", 1, 2);
const runtime = await sandbox.deno.run({ entrypoint: "main.ts", watch: true, stdout: "piped" });
const response: Response = await runtime.fetch("https://example.com", { method: "POST", body: "b" });
const build = await sandbox.deploy(app.slug, { build: { mode: "local", frameworkPreset: "fresh" } });
const vscode = await sandbox.exposeVscode("/home/app", { preview: "https://example.com" });

export { all, again, cursor, ended, end, found, how, mask, next, other, position, printed, read, response, snapshots };
export { ssh, sum, temporary, text, url, value, vscode, walked, wrote, build, entries };
