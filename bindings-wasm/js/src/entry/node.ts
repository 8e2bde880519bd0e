/**
 * Deno, Bun and Node: with the module's bytes inside, so that nothing is read or fetched to have them.
 *
 * @module
 */

import { bytes } from "../generated/inline.ts";
import { nodeHost } from "../host/node.ts";
import { configure } from "../runtime.ts";

configure(nodeHost, () => new WebAssembly.Module(bytes()));

export * from "../mod.ts";
