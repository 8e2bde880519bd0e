/**
 * Browsers and other hosts with `fetch` alone: with the module's bytes inside.
 *
 * @module
 */

import { bytes } from "../generated/inline.ts";
import { webHost } from "../host/web.ts";
import { configure } from "../runtime.ts";

configure(webHost, () => new WebAssembly.Module(bytes()));

export * from "../mod.ts";
