/**
 * This machine's files. Loaded when they are needed, so that programs without them start faster.
 *
 * @module
 */

import { OperationError } from "../errors.ts";
import type { TransferOptions, TransferProgress } from "../types/fs.ts";

/** How many files are under way at once: enough to hide the time each call takes. */
const CONCURRENT_FILES = 8;

/** What a transfer is of, and who is told how far it is. */
export class Transfer {
  readonly fs: typeof import("node:fs/promises");
  readonly path: typeof import("node:path");
  readonly signal: AbortSignal | undefined;
  readonly #operation: string;
  readonly #tell: ((progress: TransferProgress) => void) | undefined;
  readonly #progress: TransferProgress = { filesDone: 0, bytesDone: 0, bytesTotal: null, path: "" };

  private constructor(
    modules: [typeof import("node:fs/promises"), typeof import("node:path")],
    operation: string,
    options: TransferOptions | undefined,
  ) {
    [this.fs, this.path] = modules;
    this.#operation = operation;
    this.signal = options?.signal;
    this.#tell = options?.progress;
  }

  /** `operation` names it in errors, like `upload "a" to "b"`. */
  static async start(operation: string, options: TransferOptions | undefined): Promise<Transfer> {
    const modules = await Promise.all([import("node:fs/promises"), import("node:path")]);
    return new Transfer(modules, operation, options);
  }

  total(bytes: number): void {
    this.#update({ bytesTotal: bytes });
  }

  copied(path: string, bytes: number): void {
    this.signal?.throwIfAborted();
    this.#update({ path, bytesDone: this.#progress.bytesDone + bytes });
  }

  fileDone(path: string): void {
    this.#update({ path, filesDone: this.#progress.filesDone + 1 });
  }

  /** Does something with this machine's files; its failure names the file. */
  async local<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof Error && "errno" in cause)) throw cause;
      // Node's messages say what was being done to which file; ours do.
      const [message] = cause.message.split(/, \w+ '/);
      throw this.refusal("local-io", `"${path}" on this machine: ${message}`, cause);
    }
  }

  refusal(code: "local-io" | "unsafe-path" | "sandbox-failed", message: string, cause?: unknown): OperationError {
    const text = `could not ${this.#operation}: ${message}`;
    const error = new OperationError(text, code, cause === undefined ? undefined : { cause });
    error.operation = this.#operation;
    return error;
  }

  /** Does `work` for each item, some at once; none begins after a failure, and all have ended before it is thrown. */
  async forEach<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
    const queue = items[Symbol.iterator]();
    let failure: { error: unknown } | undefined;
    const worker = async (): Promise<void> => {
      for (let next = queue.next(); !next.done && failure === undefined; next = queue.next()) {
        try {
          this.signal?.throwIfAborted();
          await work(next.value);
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_FILES }, worker));
    if (failure !== undefined) throw failure.error;
  }

  #update(change: Partial<TransferProgress>): void {
    Object.assign(this.#progress, change);
    this.#tell?.({ ...this.#progress });
  }
}

/** A local path, of what may be a `file:` URL. */
export async function localPath(path: string | URL): Promise<string> {
  if (typeof path === "string") return path;
  const { fileURLToPath } = await import("node:url");
  return fileURLToPath(path);
}

/** A name for a file that is not complete yet, beside the one it will have. */
export function partName(name: string): string {
  const random = Math.floor(Math.random() * 2 ** 52).toString(16);
  return `.${[...name].slice(0, 50).join("")}.${random}.part`;
}
