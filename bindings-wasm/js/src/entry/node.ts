/**
 * Deno, Bun and Node: with the module's bytes inside, so that nothing is read or fetched to have them.
 *
 * @module
 */

import { bytes } from "../generated/inline.ts";
import { nodeHost } from "../host/node.ts";
import { configure } from "../runtime.ts";
import * as transfers from "../transfer/mod.ts";

configure(nodeHost, () => new WebAssembly.Module(bytes()), transfers);

export * from "../mod.ts";
