/** What the build adds: the module beside the entry points, and in `generated/` its bytes and its glue. */

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/generated/inline.ts" {
  /** The bytes of the module. */
  export function bytes(): Uint8Array<ArrayBuffer>;
}

declare module "*/generated/native_bg.js";
