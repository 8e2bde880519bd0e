import { run } from "./failure.ts";
import type { NativeSandbox } from "./native.ts";
import { textOf } from "./paths.ts";
import type { CallOptions } from "./types/common.ts";

/**
 * Environment variables of a sandbox, as processes started from now on see them. Names and values travel exactly as
 * given.
 *
 * ```ts
 * await sandbox.env.set("MODEL", "small");
 * console.log(await sandbox.sh`echo $MODEL`.text()); // "small\n"
 * ```
 */
export interface SandboxEnv {
  /** Reads a variable; `undefined` when it is not set. */
  get(key: string, options?: CallOptions): Promise<string | undefined>;
  /** Sets a variable. */
  set(key: string, value: string, options?: CallOptions): Promise<void>;
  /** Reads all variables. */
  toObject(options?: CallOptions): Promise<Record<string, string>>;
  /** Removes a variable; one that is not set is fine. */
  delete(key: string, options?: CallOptions): Promise<void>;
}

/** `sandbox.env`. */
export class EnvOfSandbox implements SandboxEnv {
  readonly #sandbox: NativeSandbox;

  constructor(sandbox: NativeSandbox) {
    this.#sandbox = sandbox;
  }

  get(key: string, options?: CallOptions): Promise<string | undefined> {
    return run("use", this.get, async () => {
      return await this.#sandbox.call("envGet", { key: nameOf(key) }, options?.signal) ?? undefined;
    });
  }

  set(key: string, value: string, options?: CallOptions): Promise<void> {
    return run("use", this.set, async () => {
      const text = textOf(value, `the value of the environment variable "${nameOf(key)}"`, "invalid-env");
      await this.#sandbox.call("envSet", { key, value: text }, options?.signal);
    });
  }

  toObject(options?: CallOptions): Promise<Record<string, string>> {
    return run("use", this.toObject, () => this.#sandbox.call("envToObject", {}, options?.signal));
  }

  delete(key: string, options?: CallOptions): Promise<void> {
    return run("use", this.delete, async () => {
      await this.#sandbox.call("envDelete", { key: nameOf(key) }, options?.signal);
    });
  }
}

function nameOf(key: string): string {
  return textOf(key, "the name of an environment variable", "invalid-env");
}
