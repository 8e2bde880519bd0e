// `node worker.mjs WORKERD`: runs `control_plane.mjs` in a Worker. The package lies in `node_modules` beside this file,
// the emulator is in the environment.

import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const { DENO_DEPLOY_ENDPOINT, DENO_DEPLOY_TOKEN } = process.env;
const sdk = "node_modules/@deno/sandbox/dist";
const port = await freePort();

writeFileSync(
  join(import.meta.dirname, "entry.mjs"),
  `import { run } from "./control_plane.mjs";
export default {
  async fetch(_request, { ENDPOINT, TOKEN }) {
    return new Response((await run(ENDPOINT, TOKEN)).join("\\n"));
  },
};
`,
);
const chunks = readdirSync(join(import.meta.dirname, sdk)).filter((name) => /^(workerd|chunk-.*)\.js$/.test(name));
const modules = [
  module("entry.mjs", "esModule", "entry.mjs"),
  module("control_plane.mjs", "esModule", "control_plane.mjs"),
  module("@deno/sandbox", "esModule", `${sdk}/workerd.js`),
  module("@deno/sandbox.wasm", "wasm", `${sdk}/sandbox.wasm`),
  ...chunks.filter((name) => name !== "workerd.js").map((name) => module(`@deno/${name}`, "esModule", `${sdk}/${name}`)),
];
writeFileSync(
  join(import.meta.dirname, "config.capnp"),
  `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules.join(", ")}],
      bindings = [
        (name = "ENDPOINT", text = ${JSON.stringify(DENO_DEPLOY_ENDPOINT)}),
        (name = "TOKEN", text = ${JSON.stringify(DENO_DEPLOY_TOKEN)}),
      ],
      compatibilityDate = "2025-09-01",
      globalOutbound = "local",
    )),
    (name = "local", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`,
);
const workerd = spawn(process.argv[2], ["serve", "config.capnp"], { cwd: import.meta.dirname, stdio: ["ignore", "inherit", "inherit"] });
workerd.on("error", (error) => { throw error; });
const text = await answer();
workerd.kill();
console.log(text);
process.exitCode = text.endsWith(" 0 failed") ? 0 : 1;

function module(name, kind, path) {
  return `(name = ${JSON.stringify(name)}, ${kind} = embed ${JSON.stringify(path)})`;
}

/** What it says, once it serves. */
async function answer() {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/`)).text();
    } catch (error) {
      if (Date.now() > deadline || workerd.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
