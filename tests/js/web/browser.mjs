// `node browser.mjs CHROMIUM LIBRARIES`: runs `control_plane.mjs` in a browser. The package lies in `node_modules` beside this
// file, the emulator is in the environment. The page comes from a server that passes requests on to the emulator, as a
// site's own would: the service itself answers to no other site's pages.

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { DENO_DEPLOY_ENDPOINT, DENO_DEPLOY_TOKEN } = process.env;
const sdk = join(import.meta.dirname, "node_modules/@deno/sandbox/dist");
const page = `<!doctype html>
<script type="importmap">{ "imports": { "@deno/sandbox": "/sdk/web.js" } }</script>
<script type="module">
  const report = (lines) => fetch("/report", { method: "POST", body: JSON.stringify(lines) });
  try {
    const { run } = await import("/control_plane.mjs");
    await report(await run(location.origin, ${JSON.stringify(DENO_DEPLOY_TOKEN)}));
  } catch (error) {
    await report([String(error.stack), "0 passed, 1 failed"]);
  }
</script>`;

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/") return response.setHeader("content-type", "text/html").end(page);
  if (pathname === "/report") return finish(JSON.parse(await bodyOf(request)));
  if (pathname.startsWith("/api/")) return passOn(request, response);
  const file = pathname.startsWith("/sdk/") ? join(sdk, pathname.slice(5)) : join(import.meta.dirname, pathname);
  response.setHeader("content-type", "text/javascript").end(readFileSync(file));
});

const profile = mkdtempSync(join(tmpdir(), "browser-"));
const late = setTimeout(() => finish(["the browser did not report in 60 s", "0 passed, 1 failed"]), 60_000);
let browser;
server.listen(0, "127.0.0.1", () => {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${profile}`];
  const url = `http://127.0.0.1:${server.address().port}/`;
  // Without a debugging port it would load the page and be gone.
  browser = spawn(process.argv[2], [...args, "--remote-debugging-port=0", url], {
    env: { ...process.env, LD_LIBRARY_PATH: process.argv[3] },
    stdio: "ignore",
  });
  browser.on("error", (error) => finish([String(error), "0 passed, 1 failed"]));
});

function finish(lines) {
  clearTimeout(late);
  console.log(lines.join("\n"));
  browser.once("exit", () => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    process.exit(lines.at(-1).endsWith(" 0 failed") ? 0 : 1);
  });
  browser.kill("SIGKILL");
}

async function passOn(request, response) {
  const { method, headers } = request;
  const kept = ["authorization", "content-type", "accept"].filter((name) => name in headers);
  const answer = await fetch(DENO_DEPLOY_ENDPOINT + request.url, {
    method,
    headers: Object.fromEntries(kept.map((name) => [name, headers[name]])),
    body: method === "GET" ? undefined : await bodyOf(request),
  });
  for (const name of ["content-type", "link", "x-deno-trace-id"]) {
    const value = answer.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
