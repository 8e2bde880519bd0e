// Runs the examples of the package's README, `README.md` beside this file, each as a program of its own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { finish, step } from "./harness.mjs";

const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/^## (.*?)$|^```js\n(.*?)^```/gms)];
const run = globalThis.Deno ? ["run", "--allow-all", "--node-modules-dir=manual"] : [];
let heading = "";

for (const [, title, text] of examples) {
  heading = title ?? heading;
  if (text === undefined || text.startsWith("// not run")) continue;
  const file = new URL("example.mjs", import.meta.url);
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...run, file.pathname], { encoding: "utf8", timeout: 60_000 });
  await step(heading, async () => {
    assert.equal(status, 0, `${stdout}\n${stderr}`);
    // What a comment says is printed, is printed.
    for (const [, said] of text.matchAll(/^console\.log\(.*?\); \/\/ (\d+|"[^"]*")/gm)) {
      const expected = said.startsWith('"') ? JSON.parse(said) : said;
      assert.ok(stdout.includes(expected), `${said} is not in\n${stdout}`);
    }
  });
}
finish();
