/**
 * The local side of an upload or download.
 *
 * @module
 */

import { OperationError } from "./errors.ts";
import { host } from "./runtime.ts";

/** A local path, absolute and without links where it exists. */
export interface LocalPath {
  path: string;
  /** Its last part. */
  name: string;
  isDirectory: boolean;
}

/** What is at a local path. */
export function localPath(path: string | URL): Promise<LocalPath> {
  const { localPath } = host() as { localPath?(path: string | URL): Promise<LocalPath> };
  if (localPath === undefined) {
    throw new OperationError("this host has no files to upload or download; in Deno, Node and Bun it works", "invalid-state");
  }
  return localPath(path);
}
