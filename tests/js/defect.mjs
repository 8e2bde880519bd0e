// A defect in the module, here a trap while it looks at the clock: whoever waits is told, so is every later call, and
// the program goes on. Runs in Deno, Node and Bun, with the package installed beside it and the emulator in the
// environment.

import assert from "node:assert/strict";
import process from "node:process";
import { Client, Sandbox, SandboxSdkError } from "@deno/sandbox";
import { finish, step } from "./harness.mjs";

// A module of two sections and a function of one instruction: `unreachable`.
const trap = new WebAssembly.Instance(
  new WebAssembly.Module(
    new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11]),
  ),
).exports.trap;
assert.throws(trap, WebAssembly.RuntimeError);

const uncaught = [];
process.on("uncaughtException", (error) => uncaught.push(error));
process.on("unhandledRejection", (error) => uncaught.push(error));

async function failure(promise) {
  let timer;
  const late = new Promise((_, reject) => timer = setTimeout(() => reject(new Error("it waits for ever")), 5_000));
  try {
    await Promise.race([promise.then(() => assert.fail("it succeeded"), (error) => assert.ok(isDefect(error), String(error))), late]);
  } finally {
    clearTimeout(timer);
  }
}

const isDefect = (error) =>
  error instanceof SandboxSdkError && !(error instanceof WebAssembly.RuntimeError) && /please report it/.test(error.message);

const client = new Client();
const sandbox = await Sandbox.create();
const child = await sandbox.spawn("sleep", { args: ["60"], stdout: "null", stderr: "null" });
const waiting = child.status;

const { now } = performance;
let first;
await step("the call that meets the defect rejects", async () => {
  performance.now = trap;
  first = sandbox.fs.readTextFile("a");
  performance.now = now;
  await failure(first);
});
await step("a call that waits is told", () => failure(waiting));
await step("every later call is refused", async () => {
  await failure(sandbox.fs.readTextFile("a"));
  await failure(client.volumes.list());
  await failure(Sandbox.create());
});
await step("nothing else happens to the program", async () => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(uncaught, []);
});

finish();
