import { runSync } from "./failure.ts";
import { native } from "./runtime.ts";

/**
 * A number of bytes for people.
 *
 * ```ts
 * formatBytes(2_000_000_000); // "2 GB"
 * ```
 */
export function formatBytes(bytes: number): string {
  return runSync("use", formatBytes, () => native().formatBytes(bytes));
}
