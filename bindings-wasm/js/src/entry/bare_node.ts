/**
 * As `bare.ts`, with the sockets and files that Deno, Bun and Node have.
 *
 * @module
 */

import { nodeHost } from "../host/node.ts";
import { configure } from "../runtime.ts";
import * as transfers from "../transfer/mod.ts";

/** Gives the SDK its compiled module, once, before anything else is called. */
export function init(module: WebAssembly.Module): void {
  configure(nodeHost, () => module, transfers);
}

export * from "../mod.ts";
