// The entry points other than this runtime's own: what browsers and Workers get, which have `fetch` alone, and the one
// for those who bring the module. Runs in Deno, Node and Bun, with the package installed beside it and the emulator in
// the environment.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { finish, step } from "./harness.mjs";

const root = new URL("node_modules/@deno/sandbox/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const entry = (condition) => import(new URL(manifest.exports["."][condition], root).href);
const token = process.env.DENO_DEPLOY_TOKEN;

await step("every entry point has the same names", async () => {
  const names = Object.keys(await import("@deno/sandbox")).toSorted();
  for (const condition of ["node", "deno", "bun", "browser", "default"]) {
    assert.deepEqual(Object.keys(await entry(condition)).toSorted(), names, condition);
  }
  assert.deepEqual(Object.keys(await import("@deno/sandbox/wasm")).toSorted(), [...names, "init"].toSorted());
});

await step("every file the manifest names is there", () => {
  const files = (target) => typeof target === "string" ? [target] : Object.values(target).flatMap(files);
  for (const file of [manifest.types, ...files(manifest.exports)]) readFileSync(new URL(file, root));
});

await step("without a module every call says what is missing", async () => {
  const script = `
    import { Client } from "@deno/sandbox/wasm";
    try { new Client({ token: "ddo_x" }); } catch (error) { console.log(error.message); }
  `;
  assert.match(await alone(script), /no WebAssembly module yet: call init\(\)/);
});

await step("a module of one's own is all that is missing", async () => {
  const script = `
    import { Client, init } from "@deno/sandbox/wasm";
    import { readFileSync } from "node:fs";
    init(new WebAssembly.Module(readFileSync("node_modules/@deno/sandbox/dist/sandbox.wasm")));
    console.log((await new Client().volumes.list()).items.length);
  `;
  assert.match(await alone(script), /^\d+\n$/);
});

await step("in browsers: volumes, snapshots and lists, with a token of one's own", async () => {
  const { Client, Sandbox, SandboxSdkError } = await entry("browser");
  const client = new Client({ token, apiEndpoint: process.env.DENO_DEPLOY_ENDPOINT });
  await client.volumes.create({ slug: "from-a-browser", region: "ord", capacity: "300MB" });
  const snapshot = await client.volumes.snapshot("from-a-browser", { slug: "from-a-browser-1" });
  assert.equal((await client.snapshots.get(snapshot.id)).slug, "from-a-browser-1");
  assert.deepEqual((await client.volumes.list({ search: "browser" })).items.map(({ slug }) => slug), ["from-a-browser"]);
  assert.deepEqual(await client.sandboxes.list({ labels: { from: "a browser" } }), []);
  await client.snapshots.delete(snapshot.id);
  await client.volumes.delete("from-a-browser");
  for (const call of [() => Sandbox.create({ token }), () => Sandbox.connect("sbx_ord_00000000000000000000", { token })]) {
    const error = await call().then(() => assert.fail("it did not fail"), (error) => error);
    assert.ok(error instanceof SandboxSdkError);
    assert.equal(error.errorCode, "invalid-state");
    assert.match(error.message, /sandboxes in Deno, Node and Bun/);
  }
});

finish();

/** What a program of its own prints: a module is made once in a program. */
async function alone(script) {
  const { spawnSync } = await import("node:child_process");
  const { writeFileSync } = await import("node:fs");
  const file = new URL("alone.mjs", import.meta.url);
  writeFileSync(file, script);
  const run = globalThis.Deno ? ["run", "--allow-all", "--node-modules-dir=manual"] : [];
  const { stdout, stderr } = spawnSync(process.execPath, [...run, file.pathname], { encoding: "utf8" });
  assert.equal(stderr.replaceAll(/^.*Warning.*$/gm, "").trim(), "");
  return stdout;
}
