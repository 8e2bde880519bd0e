/** What the build adds: the module beside the entry points, and its bytes in `generated/`. */

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/generated/inline.ts" {
  /** The bytes of the module. */
  export function bytes(): Uint8Array<ArrayBuffer>;
}
