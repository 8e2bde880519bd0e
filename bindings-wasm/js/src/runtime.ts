/**
 * The WebAssembly module of this program: made when it is first needed, so that importing the package costs little.
 *
 * @module
 */

import * as glue from "./generated/native_bg.js";
import type { Host } from "./host/host.ts";
import { instantiate } from "./host/instantiate.ts";
import type { Native } from "./native.ts";

let configured: { host: Host; module: () => WebAssembly.Module } | undefined;
let instance: Native | undefined;

/** Says, once for each entry point, what the SDK stands on. */
export function configure(host: Host, module: () => WebAssembly.Module): void {
  configured = { host, module };
}

/** The module's exports. */
export function native(): Native {
  return instance ??= instantiate(glue, required().module());
}

/** The way to the network and to local files. */
export function host(): Host {
  return required().host;
}

function required() {
  if (configured === undefined) {
    throw new TypeError("the SDK has no WebAssembly module yet: call init() of '@deno/sandbox/wasm' first");
  }
  return configured;
}
