// Both packages against the emulator the environment points at, turn by turn, so that neither has the
// quieter machine: `node compare.mjs PUBLISHED OURS DENO`, two folders with `@deno/sandbox` installed in
// each and the program `deno`. Prints a Markdown table of medians.

import { execFile } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync } from "node:zlib";

const [published, ours, deno] = process.argv.slice(2);
const folders = [published, ours];
for (const folder of folders) {
  copyFileSync(join(import.meta.dirname, "measure.mjs"), join(folder, "measure.mjs"));
}

const node = (folder, name) => run(process.execPath, ["--expose-gc", "measure.mjs", name], folder);
const inDeno = (folder, name) =>
  run(deno, ["run", "--allow-all", "--node-modules-dir=manual", "measure.mjs", name], folder);

console.log("| what | published 0.13.2 | this package | ratio |");
console.log("|---|---|---|---|");
size();
await row("import in Node", "ms", 15, "lower", node, "import");
await row("import in Deno", "ms", 15, "lower", inDeno, "import");
await row("import and a first client in Node", "ms", 15, "lower", node, "client");
await row("import and a first client in Deno", "ms", 15, "lower", inDeno, "client");
await row("small call, one after the other, in Node", "µs", 5, "lower", node, "roundTrip");
await row("small call, one after the other, in Deno", "µs", 5, "lower", inDeno, "roundTrip");
await row("32 MiB file, write", "MiB/s", 3, "higher", node, "wholeFile", (result) => result.write);
await row("32 MiB file, read", "MiB/s", 3, "higher", node, "wholeFile", (result) => result.read);
await row("32 MiB file, read: memory", "MiB", 3, "lower", node, "wholeFileMemory");
await row("1 GiB file, read as a stream: memory", "MiB", 1, "lower", node, "stream", (result) => result.memory);
await row("1 GiB file, read as a stream", "MiB/s", 1, "higher", node, "stream", (result) => result.speed);

async function row(what, unit, rounds, better, runner, name, pick = (result) => result) {
  const results = folders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, folder] of folders.entries()) {
      results[index].push(pick(await runner(folder, name)));
    }
  }
  print(what, unit, better, ...results.map(median));
}

function size() {
  const installed = folders.map((folder) => bytes(join(folder, "node_modules")));
  print("installed, dependencies included", "MiB", "lower", ...installed.map((size) => size / 2 ** 20));
  const wasm = readFileSync(join(ours, "node_modules/@deno/sandbox/dist/sandbox.wasm"));
  console.log(`| \`.wasm\` | | ${kb(wasm.length)}; ${kb(brotliCompressSync(wasm).length)} as brotli | |`);
}

function print(what, unit, better, before, after) {
  const ratio = better === "lower" ? before / after : after / before;
  const shown = [before, after].map((value) => `${value.toPrecision(3)} ${unit}`);
  const word = ratio >= 1 ? "better" : "as good";
  console.log(`| ${what} | ${shown.join(" | ")} | ${ratio.toFixed(2)} × ${word} |`);
}

function bytes(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0);
}

function kb(count) {
  return `${(count / 1000).toFixed(0)} KB`;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

/** A measurement that does not end is made again: the published package can wait for ever when a connection is gone. */
async function run(program, args, cwd, retries = 2) {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, timeout: 180_000, killSignal: "SIGKILL" });
    return JSON.parse(stdout);
  } catch (error) {
    if (!error.killed || retries === 0) throw error;
    console.error(`${cwd}: ${args.at(-1)} took too long and is measured again`);
    return run(program, args, cwd, retries - 1);
  }
}
