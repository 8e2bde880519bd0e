import type { FsFile } from "../fs_file.ts";
import type { CallOptions } from "./common.ts";

/** Options of reading a file. */
export interface ReadFileOptions {
  /** Gives the call up. */
  signal?: AbortSignal;
}

/** Options of writing a file. */
export interface WriteFileOptions {
  /** Adds to the end instead of replacing. */
  append?: boolean;
  /** Creates the file where there is none; true unless told. */
  create?: boolean;
  /** Fails where there is one. */
  createNew?: boolean;
  /** The permissions of a file that is created, before the mask. */
  mode?: number;
  /** Gives the call up; a part of the content may be there then. */
  signal?: AbortSignal;
}

/** Options of making a folder. */
export interface MkdirOptions extends CallOptions {
  /** Makes those above it too; one that exists is fine then. */
  recursive?: boolean;
  /** Its permissions, before the mask. */
  mode?: number;
}

/** Options of removing. */
export interface RemoveOptions extends CallOptions {
  /** A folder with all in it. */
  recursive?: boolean;
}

/** Options of opening a file; without any, for reading. */
export interface OpenOptions extends CallOptions {
  /** For reading; true where none of `write`, `append` and `truncate` is given. */
  read?: boolean;
  /** For writing. */
  write?: boolean;
  /** For writing, always at the end. */
  append?: boolean;
  /** Empties it first; `write` must be given too. */
  truncate?: boolean;
  /** Creates it where there is none; `write` or `append` must be given too. */
  create?: boolean;
  /** Fails where there is one. */
  createNew?: boolean;
  /** The permissions of a file that is created, before the mask. */
  mode?: number;
}

/** Options of making something temporary. */
export interface MakeTempOptions extends CallOptions {
  /** Where; `/tmp` unless told. */
  dir?: string;
  /** What its name begins with. */
  prefix?: string;
  /** What its name ends with. */
  suffix?: string;
}

/** What a folder holds. */
export interface DirEntry {
  /** Its name, without the folder's. */
  name: string;
  /** Whether it is a regular file. */
  isFile: boolean;
  /** Whether it is a folder. */
  isDirectory: boolean;
  /** Whether it is a symbolic link. */
  isSymlink: boolean;
}

/** What a walk meets. */
export interface WalkEntry extends DirEntry {
  /** Its path. */
  path: string;
}

/** Which entries a walk tells of. */
export interface WalkOptions {
  /** How many folders deep; any unless told. */
  maxDepth?: number;
  /** Files; true unless told. */
  includeFiles?: boolean;
  /** Folders; true unless told. */
  includeDirs?: boolean;
  /** Symbolic links; true unless told. */
  includeSymlinks?: boolean;
  /** Goes through symbolic links. */
  followSymlinks?: boolean;
  /** With `followSymlinks`, tells of what links lead to rather than of the links. */
  canonicalize?: boolean;
  /** Only those that end with one of these, like `".txt"`. */
  exts?: string[];
  /** Only those whose path one of these matches. */
  match?: RegExp[];
  /** None whose path one of these matches, nor what is in it. */
  skip?: RegExp[];
}

/** How a pattern is read, and which matches are told of. */
export interface ExpandGlobOptions {
  /** The folder a relative pattern begins at; the sandbox's home folder unless told. */
  root?: string;
  /** Patterns of what to leave out. */
  exclude?: string[];
  /** Folders; true unless told. */
  includeDirs?: boolean;
  /** Goes through symbolic links. */
  followSymlinks?: boolean;
  /** With `followSymlinks`, tells of what links lead to rather than of the links. */
  canonicalize?: boolean;
  /** Patterns like `@(a|b)`; true unless told. */
  extended?: boolean;
  /** `**` is any number of folders; true unless told. */
  globstar?: boolean;
  /** Takes upper and lower case for the same. */
  caseInsensitive?: boolean;
}

/** What is known of a file. */
export interface FileInfo {
  /** Whether it is a regular file. */
  isFile: boolean;
  /** Whether it is a folder. */
  isDirectory: boolean;
  /** Whether it is a symbolic link; only of `lstat`. */
  isSymlink: boolean;
  /** Its size in bytes. */
  size: number;
  /** When its content was last changed. */
  mtime: Date;
  /** When it was last read. */
  atime: Date;
  /** When it was created. */
  birthtime: Date;
  /** When it or what is known of it was last changed. */
  ctime: Date;
  /** The number of the device it is on. */
  dev: number;
  /** Its number there. */
  ino: number;
  /** Its kind and permissions, as Unix has them. */
  mode: number;
  /** How many hard links lead to it. */
  nlink: number;
  /** The number of its owner. */
  uid: number;
  /** The number of its group. */
  gid: number;
  /** The number of the device it is, if it is one. */
  rdev: number;
  /** The size in bytes that reading and writing are best done by. */
  blksize: number;
  /** How many blocks of 512 bytes it takes up. */
  blocks: number;
  /** Whether it is a block device. */
  isBlockDevice: boolean;
  /** Whether it is a character device. */
  isCharDevice: boolean;
  /** Whether it is a named pipe. */
  isFifo: boolean;
  /** Whether it is a socket. */
  isSocket: boolean;
}

/** How far an upload or download is. */
export interface TransferProgress {
  /** Files that are complete. */
  filesDone: number;
  /** Bytes of files that were copied. */
  bytesDone: number;
  /** Bytes of all files, as they were at the start; `null` until they are counted. */
  bytesTotal: number | null;
  /** The file that was last worked on, relative to the tree. */
  path: string;
}

/** Options of an upload or download. */
export interface TransferOptions extends CallOptions {
  /** Called after each part of a file. */
  progress?: (progress: TransferProgress) => void;
}

/**
 * Files of a sandbox.
 *
 * Paths are POSIX paths in the sandbox, absolute or relative to its home folder, or `file:` URLs of such. What the
 * sandbox reports is an instance of the class Deno has for it (`Deno.errors.NotFound`) and of
 * {@linkcode SandboxSdkError}, with a `code` like `"ENOENT"` and an `errorCode` like `"file-not-found"`.
 *
 * ```ts
 * await sandbox.fs.mkdir("work/out", { recursive: true });
 * await sandbox.fs.writeTextFile("work/out/a.txt", "α");
 * console.log((await sandbox.fs.stat("work/out/a.txt")).size); // 2
 * ```
 */
export interface SandboxFs {
  /** Reads a whole file. For one that should not be in memory as a whole see {@linkcode FsFile.readable}. */
  readFile(path: string | URL, options?: ReadFileOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes a whole file, created where there is none and replaced where there is one. */
  writeFile(
    path: string | URL,
    data: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
    options?: WriteFileOptions,
  ): Promise<void>;
  /** Reads a whole file as UTF-8. */
  readTextFile(path: string | URL, options?: ReadFileOptions): Promise<string>;
  /** Writes a whole file of text, as {@linkcode writeFile}. */
  writeTextFile(
    path: string | URL,
    data: string | ReadableStream<string>,
    options?: WriteFileOptions,
  ): Promise<void>;
  /** Lists a folder, in no order. */
  readDir(path: string | URL, options?: CallOptions): AsyncIterable<DirEntry>;
  /** Removes a file, a link or an empty folder; with `recursive` a full one too. */
  remove(path: string | URL, options?: RemoveOptions): Promise<void>;
  /** Makes a folder. */
  mkdir(path: string | URL, options?: MkdirOptions): Promise<void>;
  /** Renames or moves within one file system; what is at the new path is replaced. */
  rename(oldPath: string | URL, newPath: string | URL, options?: CallOptions): Promise<void>;
  /** What is known of a file, following links. */
  stat(path: string | URL, options?: CallOptions): Promise<FileInfo>;
  /** What is known of a file, or of the link itself. */
  lstat(path: string | URL, options?: CallOptions): Promise<FileInfo>;
  /** Sets permissions, like `0o755`. */
  chmod(path: string | URL, mode: number, options?: CallOptions): Promise<void>;
  /** Sets owner and group; `null` leaves as it is. */
  chown(path: string | URL, uid: number | null, gid: number | null, options?: CallOptions): Promise<void>;
  /** Copies a file within the sandbox; what is at the new path is replaced. */
  copyFile(fromPath: string | URL, toPath: string | URL, options?: CallOptions): Promise<void>;
  /**
   * Lists a tree: the folder itself and everything in it, as far as the options ask for.
   *
   * ```ts
   * for await (const { path } of sandbox.fs.walk("src", { exts: [".ts"] })) console.log(path);
   * ```
   */
  walk(path: string | URL, options?: WalkOptions & CallOptions): AsyncIterableIterator<WalkEntry>;
  /** Lists what matches a pattern like `src/*.ts`; `**` is any number of folders. */
  expandGlob(glob: string | URL, options?: ExpandGlobOptions & CallOptions): AsyncIterableIterator<WalkEntry>;
  /** Creates or empties a file and opens it for reading and writing. */
  create(path: string | URL, options?: CallOptions): Promise<FsFile>;
  /** Opens a file; without options for reading. */
  open(path: string | URL, options?: OpenOptions): Promise<FsFile>;
  /** Makes a hard link at `path` to the file at `target`. */
  link(target: string | URL, path: string | URL, options?: CallOptions): Promise<void>;
  /** Makes a symbolic link at `path` to `target`, which need not exist. `type` means something only on Windows. */
  symlink(
    target: string | URL,
    path: string | URL,
    options?: { type?: "file" | "dir" | "junction" } & CallOptions,
  ): Promise<void>;
  /** Where a symbolic link points, as it was made. */
  readLink(path: string | URL, options?: CallOptions): Promise<string>;
  /** The absolute path without any links. */
  realPath(path: string | URL, options?: CallOptions): Promise<string>;
  /** Makes a new folder for temporary use; gives its path. */
  makeTempDir(options?: MakeTempOptions): Promise<string>;
  /** Makes a new, empty file for temporary use; gives its path. */
  makeTempFile(options?: MakeTempOptions): Promise<string>;
  /** Cuts a file to `len` bytes (none unless told), or extends it with zeros. */
  truncate(name: string | URL, len?: number, options?: CallOptions): Promise<void>;
  /** Sets the mask of permissions that new files do not get, where one is given; gives the one before. */
  umask(mask?: number, options?: CallOptions): Promise<number>;
  /** Sets the times of last access and last change: a `Date`, or seconds since 1970. */
  utime(path: string | URL, atime: number | Date, mtime: number | Date, options?: CallOptions): Promise<void>;
  /**
   * Copies a local file to `sandboxPath`, or a local folder into the folder `sandboxPath`. Links in it are made again
   * with the same target, permissions are kept, and a file appears under its name only when it is complete.
   */
  upload(localPath: string | URL, sandboxPath: string | URL, options?: TransferOptions): Promise<void>;
  /**
   * Copies a file of the sandbox to `localPath`, or a folder into the folder `localPath`; else as
   * {@linkcode upload}. The sandbox is not trusted: what would be written elsewhere is refused with the code
   * `"unsafe-path"` before anything is written.
   */
  download(sandboxPath: string | URL, localPath: string | URL, options?: TransferOptions): Promise<void>;
}
