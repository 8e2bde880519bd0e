import "./polyfill.ts";
import { failuresOf, run } from "./failure.ts";
import { fileInfo, milliseconds } from "./file_info.ts";
import type { NativeFile, NativeFileCalls } from "./native.ts";
import { type Bytes, bytesOf, readable, writable } from "./streams.ts";
import type { FileInfo } from "./types/fs.ts";

/** Where a position is counted from. */
export enum SeekMode {
  /** The start of the file. */
  Start = 0,
  /** The current position. */
  Current = 1,
  /** The end of the file. */
  End = 2,
}

/** How much a stream asks for at once, which is the most one call reads. */
const PART = 1 << 20;

/**
 * An open file in a sandbox, from {@linkcode SandboxFs.open} or {@linkcode SandboxFs.create}.
 *
 * ```ts
 * await using file = await sandbox.fs.open("hello.txt", { read: true, write: true, create: true });
 * await file.write(new TextEncoder().encode("Hello"));
 * await file.seek(0, SeekMode.Start);
 * const buffer = new Uint8Array(100);
 * console.log(await file.read(buffer)); // 5
 * ```
 */
export class FsFile implements AsyncDisposable {
  readonly #file: NativeFile;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(file: NativeFile) {
    if (file === undefined) throw new TypeError("an FsFile comes from sandbox.fs.open() or sandbox.fs.create()");
    this.#file = file;
  }

  /** Its bytes from the current position, read when the stream is; the file stays open. */
  get readable(): ReadableStream<Bytes> {
    return readable({ read: () => this.#file.read(PART, undefined) }, failuresOf("use", readableGetter));
  }

  /** Writes to the current position; the file stays open. */
  get writable(): WritableStream<Bytes> {
    const write = (chunk: Uint8Array): Promise<void> => this.#file.writeAll(chunk, undefined);
    return writable(write, undefined, failuresOf("use", writableGetter));
  }

  /** Reads from the current position into `p`, at most 1 MiB; gives how many bytes, `null` at the end of the file. */
  read(p: Uint8Array<ArrayBufferLike>): Promise<number | null> {
    return run("use", this.read, async () => {
      const buffer = bytesOf(p);
      const data = await this.#file.read(buffer.length, undefined);
      if (data === undefined) return null;
      buffer.set(data);
      return data.length;
    });
  }

  /** Writes some of `p` at the current position, at most 1 MiB; gives how many bytes. */
  write(p: Uint8Array<ArrayBuffer>): Promise<number> {
    return run("use", this.write, () => this.#file.write(bytesOf(p), undefined));
  }

  /** Moves the position; gives the new one, in bytes from the start. */
  seek(offset: number | bigint, whence: SeekMode): Promise<number> {
    return run("use", this.seek, async () => {
      return (await this.#file.call("fileSeek", { offset: Number(offset), whence }, undefined)).position;
    });
  }

  /** Cuts the file to `len` bytes (none unless told), or extends it with zeros. */
  truncate(len?: number): Promise<void> {
    return run("use", this.truncate, () => this.#do("fileTruncate", { len }));
  }

  /** What is known of the file. */
  stat(): Promise<FileInfo> {
    return run("use", this.stat, async () => fileInfo(await this.#file.call("fileStat", {}, undefined)));
  }

  /** Waits until data and metadata are on storage. */
  sync(): Promise<void> {
    return run("use", this.sync, () => this.#do("fileSync", {}));
  }

  /** Waits until data is on storage. */
  syncData(): Promise<void> {
    return run("use", this.syncData, () => this.#do("fileSyncData", {}));
  }

  /** Sets the times of last access and last change: a `Date`, or seconds since 1970. */
  utime(atime: number | Date, mtime: number | Date): Promise<void> {
    return run("use", this.utime, () => {
      return this.#do("fileUtime", { atime: milliseconds(atime), mtime: milliseconds(mtime) });
    });
  }

  /** Locks the file against others that lock it, waiting for as long as it takes; `exclusive` unless told: false. */
  lock(exclusive?: boolean): Promise<void> {
    return run("use", this.lock, () => this.#do("fileLock", { exclusive: exclusive ?? false }));
  }

  /** Unlocks the file. */
  unlock(): Promise<void> {
    return run("use", this.unlock, () => this.#do("fileUnlock", {}));
  }

  /** Closes the file. Closing twice is fine. */
  close(): Promise<void> {
    return run("use", this.close, () => this.#closing ??= this.#file.close());
  }

  async #do<M extends keyof NativeFileCalls>(method: M, params: NativeFileCalls[M]["params"]): Promise<void> {
    await this.#file.call(method, params, undefined);
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const { get: readableGetter } = Object.getOwnPropertyDescriptor(FsFile.prototype, "readable")!;
const { get: writableGetter } = Object.getOwnPropertyDescriptor(FsFile.prototype, "writable")!;
