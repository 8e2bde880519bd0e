/**
 * Arguments that must be text: the module takes nothing else. What the text says is the core's business.
 *
 * @module
 */

import type { ErrorCode } from "./error_code.ts";
import { InvalidInputError } from "./errors.ts";

/** A path in a sandbox, which is always a POSIX one, given as text or as a `file:` URL. */
export function pathOf(path: string | URL): string {
  if (typeof path === "string") return path;
  const url = path as unknown;
  if (!(url instanceof URL)) {
    throw new InvalidInputError(`a path must be a string or a file: URL, not ${describe(url)}`, "invalid-path");
  }
  if (url.protocol !== "file:") {
    throw new InvalidInputError(`a path must be a string or a file: URL, not a ${url.protocol} URL`, "invalid-path");
  }
  return decodeURIComponent(url.pathname);
}

/** The slug or id of a volume or snapshot. */
export function referenceOf(value: string): string {
  return textOf(value, "a slug or id", "invalid-reference");
}

/** Text, or an error that says what should have been. */
export function textOf(value: string, what: string, code: ErrorCode): string {
  if (typeof value === "string") return value;
  throw new InvalidInputError(`${what} must be a string, not ${describe(value)}`, code);
}

/** What a value is, without telling what is in it. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : value === undefined ? "undefined" : `a value of type ${typeof value}`;
}
