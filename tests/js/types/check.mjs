// `node check.mjs PUBLISHED OURS TSC`: two folders with `@deno/sandbox` installed in each, the published one with
// `@types/node` beside it, and TypeScript's compiler. A program written against the published types compiles against
// ours: the examples of the published README, the volume guide's, a program that names every export, and every export
// for itself. So do the examples in our own documentation.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { differences } from "./differences.mjs";

const [published, ours, tsc, typeRoots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "types-"));
let passed = 0;
let failed = 0;

try {
  install("@deno/sandbox", ours);
  install("@deno/sandbox-published", published);
  const packages = "node_modules/@deno/sandbox-published/esm";

  const examples = readmeExamples().concat(
    ["volume_guide.ts", "every_name.ts"].map((name) => [name, readFileSync(join(import.meta.dirname, name), "utf8")]),
  );
  for (const [name, text] of examples) {
    writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, `published_${name}`), text.replaceAll('"@deno/sandbox"', '"@deno/sandbox-published"'));
  }
  const before = compile(examples.map(([name]) => `published_${name}`), "published_");
  const after = compile(examples.map(([name]) => name), "");
  for (const [name] of examples) {
    // Some printed examples do not compile as they stand, with neither package.
    const known = before.filter((error) => error.file === name).map((error) => error.text);
    report(name, after.filter((error) => error.file === name && !known.includes(error.text)));
  }
  const documented = documentedExamples();
  for (const [name, text] of documented) writeFileSync(join(folder, name), text);
  const wrong = compile(documented.map(([name]) => name), "");
  for (const [name] of documented) report(name, wrong.filter((error) => error.file === name));
  report("our declarations", after.filter((error) => error.file.startsWith("node_modules/@deno/sandbox/")));

  // Fields written `#name` make a class incompatible even with its own copy.
  for (const root of [packages, "node_modules/@deno/sandbox/dist/types"]) edit(root, /^ *#private;$/gm);
  for (const { file, remove, reason } of differences) {
    if (!edit(packages, remove, file)) report(`a listed difference in ${file} (${reason})`, [{ text: "it does not occur" }]);
  }
  const names = exportsOf(readFileSync(join(folder, packages, "mod.d.ts"), "utf8"));
  writeFileSync(join(folder, "exports.ts"), names.map(comparison).join("\n"));
  const errors = compile(["exports.ts"], "");
  const lines = readFileSync(join(folder, "exports.ts"), "utf8").split("\n");
  for (const { name } of names) {
    report(name, errors.filter((error) => error.file === "exports.ts" && lines[error.line - 1].includes(` of ${name} `)));
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** Options go to the SDK, so what suits the published type must suit ours; everything else comes from it. */
function comparison({ name, isType }) {
  const from = isType ? `import("@deno/sandbox").${name}` : `typeof import("@deno/sandbox").${name}`;
  const to = from.replace("@deno/sandbox", "@deno/sandbox-published");
  const given = /(Options|Init|Update)$|^(Memory|SecretConfig|DeployAsset|DeployConfig)$/.test(name);
  const [source, target] = given ? [to, from] : [from, to];
  const argument = ["PaginatedList"].includes(name) ? "<string>" : "";
  return `export const _${name} = (value: ${source}${argument}): ${target}${argument} => value; // of ${name} `;
}

function exportsOf(declarations) {
  return [...declarations.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, allTypes, list]) =>
    list.split(",").map((item) => item.trim()).filter(Boolean).map((item) => ({
      name: item.replace(/^type /, "").split(" as ").at(-1),
      isType: allTypes !== undefined || item.startsWith("type "),
    }))
  );
}

function readmeExamples() {
  const readme = readFileSync(join(published, "node_modules/@deno/sandbox/README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, text]) => text);
  return blocks.map((text, index) => [`readme_${index + 1}.ts`, `${text}\nexport {};\n`]);
}

/** Those that are no whole programs stand for what is done with a client and a sandbox that are there. */
function documentedExamples() {
  const root = join(folder, "node_modules/@deno/sandbox/dist/types");
  const values = "Client, formatBytes, KillController, Sandbox, SandboxSdkError, SeekMode, Snapshot, Volume";
  const before = `import { ${values} } from "@deno/sandbox";\nconst client = new Client();\ndeclare const sandbox: Sandbox;\n`;
  return readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".d.ts")).flatMap((name) => {
    const blocks = [...readFileSync(join(root, name), "utf8").matchAll(/^ *\* ```ts\n(.*?)^ *\* ```/gms)];
    return blocks.map(([, lines], index) => {
      const text = lines.replaceAll(/^ *\* ?/gm, "");
      const example = `example ${index + 1} in ${name}`.replaceAll(/[^\w]+/g, "_").replace(/_d_ts$/, ".ts");
      return [example, text.includes("import ") ? text : `${before}{\n${text}}\n`];
    });
  });
}

/** A copy, since declarations are changed later. */
function install(name, from) {
  const to = join(folder, "node_modules", name);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(from, "node_modules/@deno/sandbox"), to, { recursive: true, dereference: true });
}

function compile(files, prefix) {
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: "es2022",
      lib: ["es2022", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
      module: "nodenext",
      types: ["node"],
      typeRoots: [typeRoots],
    },
    files,
  };
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { stdout, stderr, error } = spawnSync(process.execPath, [tsc, "--pretty", "false", "-p", "."], { cwd: folder });
  if (error) throw error;
  if (stderr.length > 0) throw new Error(stderr.toString());
  const errors = [...stdout.toString().matchAll(/^(?:([^\s(].*)\((\d+),\d+\): )?error (.*(?:\n  .*)*)/gm)];
  return errors.map(([, file = "", line, text]) => ({ file: file.replace(prefix, ""), line: Number(line), text }));
}

/** Takes `remove` out of the declarations of a package, or of one file of it. */
function edit(root, remove, only) {
  let found = false;
  for (const name of readdirSync(join(folder, root), { recursive: true })) {
    if (!name.endsWith(".d.ts") || name.startsWith("deps") || only !== undefined && name !== only) continue;
    const path = join(folder, root, name);
    const text = readFileSync(path, "utf8");
    const left = text.replace(remove, "");
    found ||= left !== text;
    writeFileSync(path, left);
  }
  return found;
}

function report(name, errors) {
  console.log(`${errors.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const { text, line } of errors) console.log(`       ${line === undefined ? "" : `line ${line}: `}${text}`);
  if (errors.length === 0) passed++;
  else failed++;
}
