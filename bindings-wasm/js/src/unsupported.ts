/**
 * What the published package has and this version has not yet. Programs that name it compile; using it says so.
 *
 * @module
 */

import { OperationError } from "./errors.ts";
import { run, runSync } from "./failure.ts";

/** The error of using `what`, like `sandbox.fetch()`. */
export function unsupported(what: string): OperationError {
  return new OperationError(
    `${what} is not in this version of the SDK; its README lists what is not there yet`,
    "unsupported-method",
  );
}

/**
 * An object whose `methods` all fail so, as do the `listings`, which give no promise but something to iterate over;
 * `prefix` is how a program reaches it, like `client.apps`.
 */
export function unsupportedMethods<T extends object>(
  prefix: string,
  methods: (keyof T & string)[],
  listings: (keyof T & string)[] = [],
): T {
  const object: Record<string, unknown> = {};
  for (const name of [...methods, ...listings]) {
    const refuse = (): never => {
      throw unsupported(`${prefix}.${name}()`);
    };
    object[name] = function method() {
      return listings.includes(name) ? runSync("use", method, refuse) : run("use", method, refuse);
    };
  }
  return object as T;
}
