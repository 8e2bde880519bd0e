/**
 * The WebAssembly module of this program: made when it is first needed, so that importing the package costs little.
 *
 * @module
 */

import { OperationError } from "./errors.ts";
import * as glue from "./generated/native_bg.js";
import type { Host } from "./host/host.ts";
import { instantiate } from "./host/instantiate.ts";
import type { Native } from "./native.ts";
import type * as Transfers from "./transfer/mod.ts";

let configured: { host: Host; module: () => WebAssembly.Module; transfers?: typeof Transfers } | undefined;
let instance: Native | undefined;

/** Says, once for each entry point, what the SDK stands on; `transfers` where the host has files. */
export function configure(host: Host, module: () => WebAssembly.Module, transfers?: typeof Transfers): void {
  configured = transfers === undefined ? { host, module } : { host, module, transfers };
}

/** The module's exports. */
export function native(): Native {
  return instance ??= instantiate(glue, required().module());
}

/** The way to the network. */
export function host(): Host {
  return required().host;
}

/** Uploads and downloads. */
export function transfers(): typeof Transfers {
  const { transfers } = required();
  if (transfers !== undefined) return transfers;
  throw new OperationError("this host has no files to upload or download; Deno, Node and Bun have", "invalid-state");
}

function required() {
  if (configured === undefined) {
    throw new TypeError("the SDK has no WebAssembly module yet: call init() of '@deno/sandbox/wasm' first");
  }
  return configured;
}
