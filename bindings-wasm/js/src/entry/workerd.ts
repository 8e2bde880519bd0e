/**
 * Workers, which compile no bytes at run time: with the module as a file of its own.
 *
 * @module
 */

import module from "./sandbox.wasm";
import { webHost } from "../host/web.ts";
import { configure } from "../runtime.ts";

configure(webHost, () => module);

export * from "../mod.ts";
