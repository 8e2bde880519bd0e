/**
 * Makes an instance of the WebAssembly module, and keeps a panic in it from reaching the program as anything but an
 * error of the SDK's.
 *
 * @module
 */

import type { Native } from "../native.ts";

/** Makes the module's exports usable. Each entry point brings the compiled module in its own way. */
export function instantiate(_module: WebAssembly.Module): Native {
  throw new Error("not built yet");
}
