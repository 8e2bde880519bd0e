import { failuresOf, run } from "./failure.ts";
import { FsFile } from "./fs_file.ts";
import { fileInfo, milliseconds } from "./file_info.ts";
import type { NativeCalls, NativeSandbox, NativeStream, NativeWalkEntry } from "./native.ts";
import { describe, pathOf } from "./paths.ts";
import { InvalidInputError } from "./errors.ts";
import { transfers } from "./runtime.ts";
import { type Bytes, bytesOf, sourceOf } from "./streams.ts";
import type { CallOptions } from "./types/common.ts";
import type {
  DirEntry,
  ExpandGlobOptions,
  FileInfo,
  MakeTempOptions,
  MkdirOptions,
  OpenOptions,
  ReadFileOptions,
  RemoveOptions,
  SandboxFs,
  TransferOptions,
  WalkEntry,
  WalkOptions,
  WriteFileOptions,
} from "./types/fs.ts";

type Path = string | URL;

/** `sandbox.fs`. */
export class FsOfSandbox implements SandboxFs {
  readonly #sandbox: NativeSandbox;

  constructor(sandbox: NativeSandbox) {
    this.#sandbox = sandbox;
  }

  readFile(path: Path, options?: ReadFileOptions): Promise<Bytes> {
    return run("use", this.readFile, () => {
      return this.#sandbox.readFile(pathOf(path), options?.signal) as Promise<Bytes>;
    });
  }

  readTextFile(path: Path, options?: ReadFileOptions): Promise<string> {
    return run("use", this.readTextFile, () => this.#sandbox.readTextFile(pathOf(path), options?.signal));
  }

  writeFile(path: Path, data: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, options?: WriteFileOptions): Promise<void> {
    return run("use", this.writeFile, () => {
      if (isStream(data)) return this.#writeStream(path, data as ReadableStream<Uint8Array>, options);
      return this.#sandbox.writeFile(pathOf(path), contentOf(data), options, options?.signal);
    });
  }

  writeTextFile(path: Path, data: string | ReadableStream<string>, options?: WriteFileOptions): Promise<void> {
    return run("use", this.writeTextFile, () => {
      if (isStream(data)) {
        const bytes = (data as ReadableStream<string>).pipeThrough(new TextEncoderStream());
        return this.#writeStream(path, bytes, options);
      }
      if (typeof data !== "string") {
        throw new InvalidInputError(`the content must be a string or a ReadableStream of such, not ${describe(data)}`);
      }
      return this.#sandbox.writeTextFile(pathOf(path), data, options, options?.signal);
    });
  }

  readDir(path: Path, options?: CallOptions): AsyncIterable<DirEntry> {
    const toError = failuresOf("use", this.readDir);
    const list = (): Promise<DirEntry[]> => this.#sandbox.call("readDir", { path: pathOf(path) }, options?.signal);
    return (async function* () {
      try {
        yield* await list();
      } catch (failure) {
        throw toError(failure);
      }
    })();
  }

  remove(path: Path, options?: RemoveOptions): Promise<void> {
    return run("use", this.remove, () => this.#do("remove", { path: pathOf(path), options }, options));
  }

  mkdir(path: Path, options?: MkdirOptions): Promise<void> {
    return run("use", this.mkdir, () => this.#do("mkdir", { path: pathOf(path), options }, options));
  }

  rename(oldPath: Path, newPath: Path, options?: CallOptions): Promise<void> {
    return run("use", this.rename, () => {
      return this.#do("rename", { oldPath: pathOf(oldPath), newPath: pathOf(newPath) }, options);
    });
  }

  stat(path: Path, options?: CallOptions): Promise<FileInfo> {
    return run("use", this.stat, () => this.#info("stat", path, options));
  }

  lstat(path: Path, options?: CallOptions): Promise<FileInfo> {
    return run("use", this.lstat, () => this.#info("lstat", path, options));
  }

  chmod(path: Path, mode: number, options?: CallOptions): Promise<void> {
    return run("use", this.chmod, () => this.#do("chmod", { path: pathOf(path), mode }, options));
  }

  chown(path: Path, uid: number | null, gid: number | null, options?: CallOptions): Promise<void> {
    return run("use", this.chown, () => this.#do("chown", { path: pathOf(path), uid, gid }, options));
  }

  copyFile(fromPath: Path, toPath: Path, options?: CallOptions): Promise<void> {
    return run("use", this.copyFile, () => {
      return this.#do("copyFile", { fromPath: pathOf(fromPath), toPath: pathOf(toPath) }, options);
    });
  }

  walk(path: Path, options?: WalkOptions & CallOptions): AsyncIterableIterator<WalkEntry> {
    const toError = failuresOf("use", this.walk);
    const list = () => this.#sandbox.call("walk", { ...options, path: pathOf(path) }, options?.signal);
    return entries(list, options?.signal, toError);
  }

  expandGlob(glob: Path, options?: ExpandGlobOptions & CallOptions): AsyncIterableIterator<WalkEntry> {
    const toError = failuresOf("use", this.expandGlob);
    const list = () => this.#sandbox.call("expandGlob", { ...options, glob: pathOf(glob) }, options?.signal);
    return entries(list, options?.signal, toError);
  }

  create(path: Path, options?: CallOptions): Promise<FsFile> {
    return run("use", this.create, async () => {
      return new FsFile(await this.#sandbox.call("create", { path: pathOf(path) }, options?.signal));
    });
  }

  open(path: Path, options?: OpenOptions): Promise<FsFile> {
    return run("use", this.open, async () => {
      return new FsFile(await this.#sandbox.call("open", { path: pathOf(path), options }, options?.signal));
    });
  }

  link(target: Path, path: Path, options?: CallOptions): Promise<void> {
    return run("use", this.link, () => this.#do("link", { target: pathOf(target), path: pathOf(path) }, options));
  }

  symlink(target: Path, path: Path, options?: { type?: "file" | "dir" | "junction" } & CallOptions): Promise<void> {
    return run("use", this.symlink, () => this.#do("symlink", { target: pathOf(target), path: pathOf(path) }, options));
  }

  readLink(path: Path, options?: CallOptions): Promise<string> {
    return run("use", this.readLink, () => this.#sandbox.call("readLink", { path: pathOf(path) }, options?.signal));
  }

  realPath(path: Path, options?: CallOptions): Promise<string> {
    return run("use", this.realPath, () => this.#sandbox.call("realPath", { path: pathOf(path) }, options?.signal));
  }

  makeTempDir(options?: MakeTempOptions): Promise<string> {
    return run("use", this.makeTempDir, () => this.#sandbox.call("makeTempDir", { options }, options?.signal));
  }

  makeTempFile(options?: MakeTempOptions): Promise<string> {
    return run("use", this.makeTempFile, () => this.#sandbox.call("makeTempFile", { options }, options?.signal));
  }

  truncate(name: Path, len?: number, options?: CallOptions): Promise<void> {
    return run("use", this.truncate, () => this.#do("truncate", { name: pathOf(name), length: len }, options));
  }

  umask(mask?: number, options?: CallOptions): Promise<number> {
    return run("use", this.umask, () => this.#sandbox.call("umask", { mask }, options?.signal));
  }

  utime(path: Path, atime: number | Date, mtime: number | Date, options?: CallOptions): Promise<void> {
    return run("use", this.utime, () => {
      const times = { atime: milliseconds(atime), mtime: milliseconds(mtime) };
      return this.#do("utime", { path: pathOf(path), ...times }, options);
    });
  }

  upload(localPath: Path, sandboxPath: Path, options?: TransferOptions): Promise<void> {
    return run("use", this.upload, () => transfers().upload(this.#sandbox, localPath, sandboxPath, options));
  }

  download(sandboxPath: Path, localPath: Path, options?: TransferOptions): Promise<void> {
    return run("use", this.download, () => transfers().download(this.#sandbox, sandboxPath, localPath, options));
  }

  async #do<M extends keyof NativeCalls>(
    method: M,
    params: NativeCalls[M]["params"],
    options: CallOptions | undefined,
  ): Promise<void> {
    await this.#sandbox.call(method, params, options?.signal);
  }

  async #info(method: "stat" | "lstat", path: Path, options: CallOptions | undefined): Promise<FileInfo> {
    return fileInfo(await this.#sandbox.call(method, { path: pathOf(path) }, options?.signal));
  }

  async #writeStream(path: Path, data: ReadableStream<Uint8Array>, options?: WriteFileOptions): Promise<void> {
    const to = pathOf(path);
    const source = sourceOf(data);
    try {
      await this.#sandbox.writeStream(to, source, options, options?.signal);
      source.release();
    } catch (failure) {
      source.release(failure);
      throw failure;
    }
  }
}

/** Entries as they arrive; given up by leaving the loop. */
async function* entries(
  start: () => Promise<NativeStream<NativeWalkEntry[]>>,
  signal: AbortSignal | undefined,
  toError: (failure: unknown) => unknown,
): AsyncGenerator<WalkEntry, undefined> {
  let stream: NativeStream<NativeWalkEntry[]> | undefined;
  try {
    stream = await start();
    for (;;) {
      const some = await stream.next(signal);
      if (some === undefined) return;
      yield* some;
    }
  } catch (failure) {
    throw toError(failure);
  } finally {
    stream?.cancel();
  }
}

function isStream(data: unknown): data is ReadableStream<unknown> {
  return typeof data === "object" && data !== null && "getReader" in data;
}

function contentOf(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return bytesOf(data);
  throw new InvalidInputError(`the content must be a Uint8Array or a ReadableStream of such, not ${describe(data)}`);
}
