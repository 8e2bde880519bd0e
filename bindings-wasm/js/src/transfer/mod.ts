/**
 * Files and trees between this machine and a sandbox, where the host has files: in Deno, Node and Bun. What may be
 * written on this machine is the core's to say.
 *
 * @module
 */

export { download } from "./download.ts";
export { upload } from "./upload.ts";
