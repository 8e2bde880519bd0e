// Bundles the entry points, with the module's glue and bytes, which the build put into `src/generated`, inside.

import { copyFile, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const module = "src/generated/native_bg.wasm";
const text = (await readFile(module)).toString("base64");

// Text is read in one go, where an array of numbers would be parsed one by one.
await writeFile(
  "src/generated/inline.ts",
  `const text = "${text}";
export function bytes(): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as { Buffer?: { from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer> } };
  return Buffer?.from(text, "base64") ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
`,
);

await build({
  entryPoints: ["node", "web", "workerd", "bare", "bare_node"].map((name) => `src/entry/${name}.ts`),
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  external: ["node:*", "*.wasm"],
  chunkNames: "[name]-[hash]",
  // Not minified: an error nobody catches is shown with the line it was thrown in.
  legalComments: "none",
});
await copyFile(module, "dist/sandbox.wasm");
