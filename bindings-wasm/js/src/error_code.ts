/**
 * The names of all that can go wrong, as the core has them.
 *
 * @module
 */

/** The stable name of what went wrong; the package's README says what each means. */
export type ErrorCode = typeof ERROR_CODES[number];

/** Every code, in the order of the core's table; a test compares the two. */
export const ERROR_CODES = [
  "invalid-capacity",
  "invalid-slug",
  "invalid-reference",
  "invalid-region",
  "invalid-memory",
  "invalid-timeout",
  "invalid-mount-path",
  "invalid-sandbox-id",
  "invalid-labels",
  "invalid-env",
  "invalid-secret",
  "invalid-allow-net",
  "invalid-path",
  "invalid-endpoint",
  "invalid-option",
  "missing-token",
  "missing-org",
  "malformed-token",
  "invalid-state",
  "invalid-token",
  "forbidden",
  "not-found",
  "conflict",
  "rejected",
  "rate-limited",
  "unavailable",
  "protocol-violation",
  "cursor-repeated",
  "connect-failed",
  "connect-timeout",
  "request-timeout",
  "idle-timeout",
  "connection-broken",
  "connection-closed",
  "cancelled",
  "file-not-found",
  "file-exists",
  "permission-denied",
  "is-a-directory",
  "not-a-directory",
  "directory-not-empty",
  "too-many-links",
  "storage-full",
  "read-only",
  "file-too-large",
  "process-exited",
  "command-failed",
  "stream-failed",
  "invalid-utf8",
  "sandbox-failed",
  "unsupported-method",
  "local-io",
  "unsafe-path",
  "internal",
] as const;

/** Every error of the SDK's, whatever its class; held in common by all copies of the package in a program. */
const mark = Symbol.for("@deno/sandbox.error");

/** Makes an error one of the SDK's. */
export function markSdkError(error: Error): void {
  Object.defineProperty(error, mark, { value: true });
}

/** Whether a value is an error of the SDK's. */
export function isSdkError(value: unknown): boolean {
  return typeof value === "object" && value !== null && mark in value;
}
