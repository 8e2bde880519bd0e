/**
 * The SDK without the WebAssembly module, for those who bring it in their own way:
 *
 * ```ts
 * import { Client, init } from "@deno/sandbox/wasm";
 *
 * const response = fetch(new URL("sandbox.wasm", import.meta.url));
 * init(await WebAssembly.compileStreaming(response));
 * const client = new Client({ token: "ddo_…" });
 * ```
 *
 * The file is `@deno/sandbox/sandbox.wasm`. Before `init` every call fails and says so.
 *
 * @module
 */

import { webHost } from "../host/web.ts";
import { configure } from "../runtime.ts";

/** Gives the SDK its compiled module, once, before anything else is called. */
export function init(module: WebAssembly.Module): void {
  configure(webHost, () => module);
}

export * from "../mod.ts";
