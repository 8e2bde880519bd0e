/**
 * What the WebAssembly module gives to the face: every export, with the shapes it takes and gives.
 *
 * Three rules hold throughout:
 *
 * - An `async` call takes its `AbortSignal` last. Aborting gives the call up, on the service too where
 *   that is possible, and rejects with the signal's own reason.
 * - A failed call rejects (a synchronous one throws) with a {@linkcode NativeError}: a plain object, which
 *   the face makes an error of, with the caller's stack.
 * - Bytes are copied once on their way in and once on their way out; neither side keeps the other's.
 *
 * Numbers are checked by the core, not here: pass on what the user gave.
 *
 * @module
 */

import type { Host } from "./host/host.ts";

/** Ends a call that waits. */
type Signal = AbortSignal | undefined;

/** The exports of the WebAssembly module. */
export interface Native {
  /** Checks all options; nothing is sent, and only variables that are needed are asked for. */
  NativeClient: new (config: NativeConfig, host: Host) => NativeClient;
  /** The region that a sandbox's id names. Throws for a malformed id. */
  regionOf(sandboxId: string): string;
  /** The region of a new sandbox: the one given, or the default. Throws for a malformed region. */
  regionOrDefault(region: unknown): string;
  /** A number of bytes for people, like `"1.5 GB"`. */
  formatBytes(bytes: number): string;
  /** Whether a name the sandbox gave names something in its folder, and nothing else. */
  isPlainName(name: string, windows: boolean): boolean;
  /** Whether a link stays in the tree, `depth` folders below whose root it is. */
  linkStaysInside(depth: number, target: string, windows: boolean): boolean;
  /** Text as one word of a POSIX shell's command line, whatever it contains. */
  quote(text: string): string;
}

/** Whose doing an error is. */
export type NativeErrorClass = "usage" | "service" | "connection" | "sandbox" | "local";

/** Why a call failed. */
export interface NativeError {
  /** The stable name, as in the core's table. */
  code: string;
  class: NativeErrorClass;
  /** The whole line, operation first. */
  message: string;
  /** What was being done and to what, like `create volume "training-cache"`. */
  operation?: string;
  /** The HTTP status of the answer. */
  status?: number;
  /** The service's own code, like `SLUG_IN_USE` or `ENOENT`. */
  serviceCode?: string;
  /** The class the error had in the sandbox, like `NotFound` or `TypeError`. */
  className?: string;
  /** How the connection was closed, where that is what happened. */
  closeCode?: number;
  closeReason?: string;
  traceId?: string;
  retryable: boolean;
  /** Of a command that failed: its exit code. */
  exitCode?: number;
  /** What lies behind it, outermost first. */
  causes?: string[];
}

/** Options of a client; what is left out comes from `environment`, else it has a default. */
export interface NativeConfig {
  token?: unknown;
  org?: unknown;
  endpoint?: unknown;
  sandboxEndpoint?: unknown;
  sandboxBaseDomain?: unknown;
  connectTimeoutMs?: unknown;
  requestTimeoutMs?: unknown;
  idleTimeoutMs?: unknown;
  retryBudgetMs?: unknown;
  /** Reads one environment variable; asked only for what was not given. */
  environment?: (name: string) => string | undefined;
}

/** The way to the service for one account. */
export interface NativeClient {
  free(): void;
  /** Where volumes are managed, and for which organization; for inspection. */
  readonly endpoint: string;
  readonly org: string | undefined;

  /** Calls an operation by its name, about `thing` if it is about one; the core checks its parameters. */
  call<O extends keyof NativeOperations>(
    operation: O,
    thing: string,
    params: unknown,
    signal: Signal,
  ): Promise<NativeOperations[O]>;
  /** Reads a page of a list by its name. */
  list<L extends keyof NativeLists>(list: L, options: unknown, signal: Signal): Promise<NativePage<NativeLists[L]>>;

  /**
   * `{ region?, memory?, timeout?, labels?, root?, volumes?, allowNet?, secrets?, env? }`, where `root` and
   * the values of `volumes` are a slug, an id, or an object with `slug` and `region`.
   */
  createSandbox(options: unknown, signal: Signal): Promise<NativeSandbox>;
  connectSandbox(id: string, signal: Signal): Promise<NativeSandbox>;
}

/** Operations by their names: what each gives. */
export interface NativeOperations {
  /** `{ slug, region, capacity, from? }` */
  createVolume: NativeVolume;
  getVolume: NativeVolume | null;
  deleteVolume: null;
  /** `{ slug }` */
  snapshotVolume: NativeSnapshot;
  getSnapshot: NativeSnapshot | null;
  deleteSnapshot: null;
  killSandbox: null;
}

/** Lists by their names: what each holds. */
export interface NativeLists {
  /** `{ limit?, cursor?, search? }` */
  listVolumes: NativeVolume;
  /** `{ limit?, cursor?, search? }` */
  listSnapshots: NativeSnapshot;
  /** `{ labels? }` */
  listSandboxes: NativeSandboxInfo;
}

/** One page of a list. */
export interface NativePage<T> {
  free(): void;
  /** Its items; a new array at each call. */
  items(): T[];
  readonly nextCursor: string | undefined;
  /** The next page, which must be one that `nextCursor` names. */
  nextPage(signal: Signal): Promise<NativePage<T>>;
}

/** A volume as the service describes it. What it may leave out may be `null` too. */
export interface NativeVolume {
  id: string;
  slug: string;
  region: string;
  capacity: number;
  used?: number | null;
  estimated_allocated_size?: number | null;
  estimated_flattened_size?: number | null;
  is_bootable?: boolean | null;
  base_snapshot?: { id: string; slug: string } | null;
}

/** A snapshot as the service describes it. */
export interface NativeSnapshot {
  id: string;
  slug: string;
  region: string;
  allocated_size?: number | null;
  flattened_size?: number | null;
  is_bootable?: boolean | null;
  volume: { id: string; slug: string };
}

/** A sandbox as the service lists it. */
export interface NativeSandboxInfo {
  id: string;
  /** ISO 8601, as all times here. */
  createdAt: string;
  stoppedAt?: string | null;
  region: string;
  status: string;
  labels?: Record<string, string> | null;
}

/**
 * A sandbox and its connection, which stays until `close`, `kill` or the other side ends it, whether or not
 * anything still refers to this object.
 */
export interface NativeSandbox {
  free(): void;
  readonly id: string;
  readonly region: string;
  readonly traceId: string | undefined;
  readonly isClosed: boolean;
  /** Waits until the connection is closed, by either side. */
  closed(signal: Signal): Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
  kill(signal: Signal): Promise<void>;
  /** When it ends now, as ISO 8601. */
  extendTimeout(timeout: unknown, signal: Signal): Promise<string>;

  /** Calls a method by its name on the wire, or `sh`; the core checks its parameters. */
  call<M extends keyof NativeCalls>(
    method: M,
    params: NativeCalls[M]["params"],
    signal: Signal,
  ): Promise<NativeCalls[M]["result"]>;
  readFile(path: string, signal: Signal): Promise<Uint8Array>;
  readTextFile(path: string, signal: Signal): Promise<string>;
  /** The file in parts of up to 1 MiB. */
  readStream(path: string, signal: Signal): Promise<NativeStream<Uint8Array>>;
  /** Options of writing: `{ append?, create?, createNew?, mode? }`. */
  writeFile(path: string, data: Uint8Array, options: unknown, signal: Signal): Promise<void>;
  writeTextFile(path: string, text: string, options: unknown, signal: Signal): Promise<void>;
  /** A failure of `source` rejects with that same value. */
  writeStream(
    path: string,
    source: NativeByteSource,
    options: unknown,
    signal: Signal,
  ): Promise<void>;
}

/** What a path is needed for, and nothing else. */
type OfPath<T> = { params: { path: string }; result: T };
/** Something is done, and nothing comes back. */
type Done<P> = { params: P; result: null };
/** Something temporary is made, by `{ dir?, prefix?, suffix? }`; its path. */
type Made = { params: { options?: unknown }; result: string };

/** Methods by their names on the wire: what each takes and gives. Values of users are passed on as they are. */
export interface NativeCalls {
  readDir: OfPath<NativeDirEntry[]>;
  stat: OfPath<NativeFileInfo>;
  lstat: OfPath<NativeFileInfo>;
  readLink: OfPath<string>;
  realPath: OfPath<string>;
  /** `{ recursive?, mode? }` */
  mkdir: Done<{ path: string; options?: unknown }>;
  /** `{ recursive? }` */
  remove: Done<{ path: string; options?: unknown }>;
  rename: Done<{ oldPath: string; newPath: string }>;
  copyFile: Done<{ fromPath: string; toPath: string }>;
  link: Done<{ target: string; path: string }>;
  symlink: Done<{ target: string; path: string }>;
  chmod: Done<{ path: string; mode: number }>;
  chown: Done<{ path: string; uid: number | null; gid: number | null }>;
  truncate: Done<{ name: string; length?: number | undefined }>;
  /** Times in milliseconds since 1970. */
  utime: Done<{ path: string; atime: number; mtime: number }>;
  /** Gives the mask before. */
  umask: { params: { mask?: number | undefined }; result: number };
  makeTempDir: Made;
  makeTempFile: Made;
  envGet: { params: { key: string }; result: string | null };
  envSet: Done<{ key: string; value: string }>;
  envToObject: { params: object; result: Record<string, string> };
  envDelete: Done<{ key: string }>;
  /** `{ read?, write?, append?, truncate?, create?, createNew?, mode? }` */
  open: { params: { path: string; options?: unknown }; result: NativeFile };
  create: { params: { path: string }; result: NativeFile };
  /**
   * Lists a tree: `maxDepth?`, `includeFiles?`, `includeDirs?`, `includeSymlinks?`, `followSymlinks?`,
   * `canonicalize?`, `exts?`, `match?`, `skip?`. Expressions are `RegExp`s.
   */
  walk: { params: { path: string }; result: NativeStream<NativeWalkEntry[]> };
  /**
   * Lists what matches: `root?`, `exclude?`, `includeDirs?`, `followSymlinks?`, `canonicalize?`, `extended?`,
   * `globstar?`, `caseInsensitive?`.
   */
  expandGlob: { params: { glob: string }; result: NativeStream<NativeWalkEntry[]> };
  /**
   * `{ args?, cwd?, clearEnv?, env?, stdin?, stdout?, stderr? }`. An output that is `"inherit"` (the default) is piped
   * here; copying it to the program's own is the face's business.
   */
  spawn: { params: { command: string; cwd?: string | undefined }; result: NativeProcess };
  /**
   * A command line for `bash`: `{ cwd?, env?, sudo?, stdin?, stdout?, stderr? }`, both outputs piped unless told.
   */
  sh: { params: { script: string } & Record<string, unknown>; result: NativeProcess };
}

/** Methods of an open file, which need not be named in the parameters. */
export interface NativeFileCalls {
  fileStat: { params: object; result: NativeFileInfo };
  fileSync: Done<object>;
  fileSyncData: Done<object>;
  fileLock: Done<{ exclusive: boolean }>;
  fileUnlock: Done<object>;
  fileTruncate: Done<{ len?: number | undefined }>;
  /** Times in milliseconds since 1970. */
  fileUtime: Done<{ atime: number; mtime: number }>;
  /** `whence`: 0 from the start, 1 from the position, 2 from the end. Gives the new position. */
  fileSeek: { params: { offset: number; whence: number }; result: { position: number } };
}

/** Methods of a process, which need not be named in the parameters. */
export interface NativeProcessCalls {
  /** Sends a signal, like `"SIGTERM"`. */
  processKill: Done<{ signal: string }>;
}

/** Bytes the user provides, asked for one part after the other. */
export interface NativeByteSource {
  /** The next part; `undefined` is the end. */
  pull(): Promise<Uint8Array | undefined>;
}

/**
 * Bytes, or some entries of a listing at a time, from the sandbox. Freed before its end, it tells the sandbox to stop.
 */
export interface NativeStream<T> {
  free(): void;
  /** What comes next; `undefined` is the end. One call at a time. */
  next(signal: Signal): Promise<T | undefined>;
  /** Tells the sandbox to stop; reading gives the end then. */
  cancel(): void;
}

/** A process's standard input. */
export interface NativeProcessInput {
  free(): void;
  /** Writes all of `data`, waiting while too much is under way. One call at a time. */
  write(data: Uint8Array, signal: Signal): Promise<void>;
  /** Ends the input. Closing twice is fine. */
  close(): void;
}

export interface NativeProcess {
  free(): void;
  readonly pid: number;
  /** Each stream once, where it is piped; `undefined` later, and after `output`. */
  takeStdin(): NativeProcessInput | undefined;
  takeStdout(): NativeStream<Uint8Array> | undefined;
  takeStderr(): NativeStream<Uint8Array> | undefined;
  /** Waits for its end; any number of times. */
  status(signal: Signal): Promise<NativeProcessStatus>;
  /**
   * Waits for its end and for all of its output that was not taken. With `check`, an end other than success
   * rejects with `command-failed`, whose `exitCode` tells.
   */
  output(check: boolean, signal: Signal): Promise<NativeOutput>;
  /** Calls a method by its name on the wire; the core checks its parameters. */
  call<M extends keyof NativeProcessCalls>(
    method: M,
    params: NativeProcessCalls[M]["params"],
    signal: Signal,
  ): Promise<NativeProcessCalls[M]["result"]>;
}

export interface NativeProcessStatus {
  success: boolean;
  code: number;
  signal: string | null;
  /** Whether it was ended for want of memory. */
  oom: boolean;
}

export interface NativeOutput {
  status: NativeProcessStatus;
  stdout: Uint8Array;
  stderr: Uint8Array;
}

/** An open file. Freed without `close`, it is closed in the background. */
export interface NativeFile {
  free(): void;
  /** At most `length` bytes, and at most 1 MiB; `undefined` at the end of the file. */
  read(length: number, signal: Signal): Promise<Uint8Array | undefined>;
  /** Writes some of `data`, at most 1 MiB; gives how many bytes. */
  write(data: Uint8Array, signal: Signal): Promise<number>;
  writeAll(data: Uint8Array, signal: Signal): Promise<void>;
  /** Calls a method by its name on the wire; the core checks its parameters. */
  call<M extends keyof NativeFileCalls>(
    method: M,
    params: NativeFileCalls[M]["params"],
    signal: Signal,
  ): Promise<NativeFileCalls[M]["result"]>;
  close(): Promise<void>;
}

export interface NativeDirEntry {
  name: string;
  isFile: boolean;
  isDirectory: boolean;
  isSymlink: boolean;
}

export interface NativeWalkEntry extends NativeDirEntry {
  path: string;
}

export interface NativeFileInfo {
  isFile: boolean;
  isDirectory: boolean;
  isSymlink: boolean;
  size: number;
  /** ISO 8601, as all times here. */
  mtime: string;
  atime: string;
  birthtime: string;
  ctime: string;
  dev: number;
  ino: number;
  mode: number;
  nlink: number;
  uid: number;
  gid: number;
  rdev: number;
  blksize: number;
  blocks: number;
  isBlockDevice: boolean;
  isCharDevice: boolean;
  isFifo: boolean;
  isSocket: boolean;
}
