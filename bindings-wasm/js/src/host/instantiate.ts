/**
 * Makes an instance of the WebAssembly module, and keeps a panic in it from reaching the program as anything but an
 * error of the SDK's.
 *
 * @module
 */

import type { Native, NativeError } from "../native.ts";
import { Engine, type EngineExports } from "./engine.ts";

/** What `wasm-bindgen` writes for its target `bundler`: `native_bg.js`. */
export interface Glue extends Native, EngineExports {
  __wbg_set_wasm(exports: unknown): void;
}

/** Makes the module's exports usable. Each entry point brings the glue and the compiled module in its own way. */
export function instantiate(glue: object, module: WebAssembly.Module): Native {
  const native = glue as Glue;
  const engine = new Engine(native);
  const imports = { "./native_bg.js": glue as WebAssembly.ModuleImports };
  const { exports } = new WebAssembly.Instance(module, imports);
  native.__wbg_set_wasm(guarded(exports, engine));
  (exports.__wbindgen_start as () => void)();
  native.start(engine);
  return native;
}

type Call = (...args: unknown[]) => unknown;

/** The same exports, where a trap becomes the engine's error, as does every call after one. */
function guarded(exports: WebAssembly.Exports, engine: Engine): object {
  const entries = Object.entries(exports).map(([name, value]) => {
    if (typeof value !== "function") return [name, value];
    // Called when garbage is collected, where nobody could catch an error.
    const drops = name.startsWith("__wbg_") && name.endsWith("_free");
    const guard = (...args: unknown[]): unknown => {
      if (engine.defect !== undefined) return refuse(engine.defect, drops);
      try {
        return (value as Call)(...args);
      } catch (error) {
        if (!isTrap(error)) throw error;
        return refuse(engine.fail(error), drops);
      }
    };
    return [name, guard];
  });
  return Object.fromEntries(entries);
}

function refuse(defect: NativeError, silently: boolean): undefined {
  if (!silently) throw defect;
}

/** Whether the module itself broke: a panic, or a stack that ran over. */
function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}
