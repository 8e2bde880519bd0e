/**
 * Paths given as text or as `file:` URLs.
 *
 * @module
 */

/** A path in a sandbox, which is always a POSIX one. */
export function pathOf(path: string | URL): string {
  if (typeof path === "string") return path;
  if (!(path instanceof URL)) throw new TypeError(`a path must be a string or a file: URL, not ${describe(path)}`);
  if (path.protocol !== "file:") throw new TypeError(`a path must be a file: URL, not ${path.protocol}`);
  return decodeURIComponent(path.pathname);
}

/** What a value is, without telling what is in it. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
