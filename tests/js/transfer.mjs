// Files and trees between this machine and a sandbox. Runs in Deno, Node and Bun, with the package installed beside it
// and the emulator in the environment.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import * as local from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { Sandbox, SandboxSdkError } from "@deno/sandbox";
import { finish, step } from "./harness.mjs";

async function test(name, body) {
  await step(name, async () => {
    const folder = await local.mkdtemp(join(tmpdir(), "transfer-"));
    await sandbox.sh`rm -rf /tmp/t && mkdir /tmp/t`;
    await body(folder);
    await local.rm(folder, { recursive: true });
  });
}

async function failure(promise) {
  const error = await promise.then(() => assert.fail("it did not fail"), (error) => error);
  assert.ok(error instanceof SandboxSdkError, inspect(error));
  return error;
}

const big = Buffer.from(new Uint8Array(5_000_000).map((_, index) => index * 31 >> 3));
const sandbox = await Sandbox.create();
const { fs } = sandbox;

await test("a tree goes up and comes down as it was: content, permissions, links", async (folder) => {
  const tree = join(folder, "tree");
  await local.mkdir(join(tree, "a/b"), { recursive: true });
  await local.mkdir(join(tree, "empty"));
  await local.writeFile(join(tree, "a/b/big"), big);
  await local.writeFile(join(tree, "ü n '\" x"), "named");
  await local.writeFile(join(tree, "run.sh"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
  await local.symlink("a/b", join(tree, "link"));
  await local.symlink("nowhere", join(tree, "a/dangling"));
  await fs.upload(tree, "/tmp/t");
  assert.equal(await sandbox.sh`/tmp/t/tree/run.sh; cat /tmp/t/tree/link/big | md5sum`.text(), `ran\n${await md5(big)}  -\n`);
  await local.mkdir(join(folder, "back"));
  await fs.download("/tmp/t/tree", pathToFileURL(join(folder, "back")));
  const back = join(folder, "back/tree");
  assert.ok((await local.readFile(join(back, "a/b/big"))).equals(big));
  assert.equal(await local.readFile(join(back, "ü n '\" x"), "utf8"), "named");
  assert.equal((await local.stat(join(back, "run.sh"))).mode & 0o777, 0o755);
  assert.equal(await local.readlink(join(back, "link")), "a/b");
  assert.equal(await local.readlink(join(back, "a/dangling")), "nowhere");
  assert.deepEqual(await local.readdir(join(back, "empty")), []);
  // Again, over what is there.
  await fs.upload(tree, "/tmp/t");
  await fs.download("/tmp/t/tree", join(folder, "back"));
  assert.deepEqual((await local.readdir(back)).toSorted(), (await local.readdir(tree)).toSorted());
});

await test("a file goes to exactly the place that is named", async (folder) => {
  await local.writeFile(join(folder, "one"), "1");
  await fs.upload(join(folder, "one"), "/tmp/t/other");
  await fs.download("/tmp/t/other", join(folder, "two"));
  assert.equal(await local.readFile(join(folder, "two"), "utf8"), "1");
  await local.symlink("one", join(folder, "link"));
  await fs.upload(join(folder, "link"), "/tmp/t/followed");
  assert.equal((await fs.lstat("/tmp/t/followed")).isFile, true);
});

await test("progress is told, part by part", async (folder) => {
  await local.mkdir(join(folder, "tree"));
  await local.writeFile(join(folder, "tree/big"), big);
  await local.writeFile(join(folder, "tree/small"), "small");
  for (const direction of ["up", "down"]) {
    const seen = [];
    const progress = (step) => seen.push(step);
    if (direction === "up") await fs.upload(join(folder, "tree"), "/tmp/t", { progress });
    else await fs.download("/tmp/t/tree", folder, { progress });
    const total = big.length + 5;
    assert.deepEqual(seen[0], { filesDone: 0, bytesDone: 0, bytesTotal: total, path: "" });
    const { filesDone, bytesDone, bytesTotal } = seen.at(-1);
    assert.deepEqual([filesDone, bytesDone, bytesTotal], [2, total, total]);
    assert.ok(seen.length > 5 && seen.some(({ path }) => path === "big"), `${seen.length} steps`);
  }
});

await test("nothing is written outside of the folder, and nothing at all of a tree that tries", async (folder) => {
  const down = join(folder, "down");
  await local.mkdir(down);
  for (const target of ["/etc/passwd", "../../out", "sub/../../../out"]) {
    await sandbox.sh`rm -rf /tmp/t/evil && mkdir -p /tmp/t/evil/sub && echo x > /tmp/t/evil/file && ln -s ${target} /tmp/t/evil/link`;
    const error = await failure(fs.download("/tmp/t/evil", down));
    assert.equal(error.errorCode, "unsafe-path", error.message);
    assert.deepEqual(await local.readdir(down), []);
  }
  await sandbox.sh`rm /tmp/t/evil/link`;
  await local.mkdir(join(folder, "outside"));
  for (const link of ["evil", "evil/sub"]) {
    await local.rm(down, { recursive: true });
    await local.mkdir(join(down, link, ".."), { recursive: true });
    await local.symlink(join(folder, "outside"), join(down, link));
    assert.equal((await failure(fs.download("/tmp/t/evil", down))).errorCode, "unsafe-path");
    assert.deepEqual(await local.readdir(join(folder, "outside")), []);
  }
});

await test("failures name the file and leave nothing half done", async (folder) => {
  const error = await failure(fs.upload(join(folder, "none"), "/tmp/t/x"));
  assert.equal(error.errorCode, "local-io");
  assert.match(error.message, /^could not upload ".*none" to "\/tmp\/t\/x": ".*none" on this machine: ENOENT/);
  assert.match(error.stack, /transfer|run\.mjs/);
  assert.equal((await failure(fs.download("/none", folder))).errorCode, "file-not-found");
  await sandbox.sh`echo x > /tmp/t/x`;
  assert.equal((await failure(fs.download("/tmp/t/x", join(folder, "no/such/folder")))).errorCode, "local-io");
  assert.equal((await failure(fs.download("/tmp/t/x", folder))).errorCode, "local-io");
  await local.writeFile(join(folder, "file"), "x");
  await failure(fs.upload(join(folder, "file"), "/none/file"));
  await failure(fs.upload(join(folder, "file"), "/proc/file"));
  assert.deepEqual(await local.readdir(folder), ["file"]);
  const fifo = await failure(fs.download("/dev/null", join(folder, "null")));
  assert.match(fifo.message, /neither a file nor a folder/);
});

await test("a transfer can be given up, and leaves no part of a file", async (folder) => {
  await local.writeFile(join(folder, "big"), big);
  const reason = new Error("enough");
  for (const direction of ["up", "down"]) {
    const controller = new AbortController();
    const options = { signal: controller.signal, progress: ({ bytesDone }) => bytesDone > 1_000_000 && controller.abort(reason) };
    if (direction === "down") await fs.writeFile("/tmp/t/big", big);
    const transfer = direction === "up"
      ? fs.upload(join(folder, "big"), "/tmp/t/big", options)
      : fs.download("/tmp/t/big", join(folder, "down"), options);
    assert.equal(await transfer.catch((error) => error), reason);
    const names = direction === "up" ? (await sandbox.sh`ls -A /tmp/t`.text()).split("\n") : await local.readdir(folder);
    assert.deepEqual(names.filter((name) => name.endsWith(".part")), []);
  }
});

await sandbox.close();
finish();

async function md5(bytes) {
  const { createHash } = await import("node:crypto");
  return createHash("md5").update(bytes).digest("hex");
}
