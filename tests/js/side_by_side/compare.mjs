// `node compare.mjs PUBLISHED OURS RUNTIME…`: runs `record.mjs` in two folders with `@deno/sandbox`
// installed in each, and compares what it saw field by field. Differences are those of `differences.mjs`
// or failures; so is one listed there that does not occur.

import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { differences } from "./differences.mjs";

const [published, ours, program, ...args] = process.argv.slice(2);
const [before, after] = [published, ours].map(run);
const unseen = new Set(differences);
let passed = 0;
let failed = 0;

for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
  const unexpected = [...compare(name, before[name], after[name])].filter(([path, a, b]) => {
    const intended = differences.find((difference) => difference.at.test(path) && (difference.holds?.(a, b) ?? true));
    unseen.delete(intended);
    return intended === undefined;
  });
  console.log(`${unexpected.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const [path, a, b] of unexpected) {
    console.log(`       ${path}: published ${JSON.stringify(a)}, ours ${JSON.stringify(b)}`);
  }
  if (unexpected.length === 0) passed++;
  else failed++;
}
for (const { at, reason } of unseen) {
  console.log(`FAIL a listed difference did not occur: ${at} (${reason})`);
  failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function run(folder) {
  const script = join(folder, "record.mjs");
  copyFileSync(join(import.meta.dirname, "record.mjs"), script);
  const options = { cwd: folder, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 };
  const lines = execFileSync(program, [...args, script], options).toString().trim().split("\n");
  return JSON.parse(lines.at(-1));
}

/** The paths at which two records differ, with both values. */
function* compare(path, a, b) {
  const [isObject, both] = [(value) => value !== null && typeof value === "object", [a, b]];
  if (!both.every(isObject)) {
    if (a !== b) yield [path, a, b];
    return;
  }
  for (const key of new Set(both.flatMap(Object.keys))) {
    yield* compare(`${path} › ${key}`, a[key], b[key]);
  }
}
