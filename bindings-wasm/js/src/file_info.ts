import { InvalidInputError } from "./errors.ts";
import type { NativeFileInfo } from "./native.ts";
import { describe } from "./paths.ts";
import type { FileInfo } from "./types/fs.ts";

/** What is known of a file, with its times as dates. */
export function fileInfo(info: NativeFileInfo): FileInfo {
  return {
    ...info,
    mtime: new Date(info.mtime),
    atime: new Date(info.atime),
    birthtime: new Date(info.birthtime),
    ctime: new Date(info.ctime),
  };
}

/** A time, which users give as a date or as seconds since 1970, in milliseconds since then. */
export function milliseconds(time: number | Date): number {
  if (typeof time === "number") return time * 1000;
  if (time instanceof Date) return time.getTime();
  throw new InvalidInputError(`a time must be a Date or a number of seconds, not ${describe(time)}`);
}
