import type { NativeFileInfo, NativeSandbox } from "../native.ts";
import { pathOf } from "../paths.ts";
import { native } from "../runtime.ts";
import type { TransferOptions } from "../types/fs.ts";
import { localPath, partName, Transfer } from "./local.ts";

/** The most entries of a tree, which are all held in memory. */
const MAX_ENTRIES = 1_000_000;
/** The deepest tree: a hostile sandbox could go on for ever. */
const MAX_DEPTH = 256;

/** A tree of the sandbox, looked at and found safe. Paths are relative, of plain names only. */
interface Tree {
  folders: string[];
  files: RemoteFile[];
  links: { relative: string; target: string }[];
}

interface RemoteFile {
  remote: string;
  relative: string;
  size: number;
  mode: number;
}

/** Copies a file of the sandbox to `to`, or a folder of it into the local folder `to`. */
export async function download(
  sandbox: NativeSandbox,
  from: string | URL,
  to: string | URL,
  options: TransferOptions | undefined,
): Promise<void> {
  const [given, local] = [pathOf(from), await localPath(to)];
  const transfer = await Transfer.start(`download "${given}" to "${local}"`, options);
  const { fs, path, signal } = transfer;
  const remote = await sandbox.call("realPath", { path: given }, signal);
  const info = await sandbox.call("stat", { path: remote }, signal);
  if (!info.isDirectory) {
    transfer.total(info.size);
    return downloadFile(transfer, sandbox, fileOf(transfer, remote, "", info), local);
  }

  const tree = await lookAt(transfer, sandbox, remote);
  transfer.total(tree.files.reduce((sum, { size }) => sum + size, 0));
  const name = remote.slice(remote.lastIndexOf("/") + 1);
  if (name !== "") checkName(transfer, remote, name);
  const base = name === "" ? local : path.join(local, name);
  for (const folder of ["", ...tree.folders]) await checkFolder(transfer, path.join(base, folder), base === local && folder === "");
  await transfer.local(base, () => fs.mkdir(base, { recursive: true }));
  for (const folder of tree.folders) {
    const at = path.join(base, folder);
    // One that exists is fine.
    await transfer.local(at, () => fs.mkdir(at, { recursive: true }));
  }
  await transfer.forEach(tree.files, (file) => downloadFile(transfer, sandbox, file, path.join(base, file.relative)));
  // Last, so that nothing is written through any of them.
  for (const { relative, target } of tree.links) {
    await inPlace(transfer, path.join(base, relative), (part) => fs.symlink(target, part));
  }
}

/** Lists the tree, and refuses it when anything in it could lead outside. */
async function lookAt(transfer: Transfer, sandbox: NativeSandbox, root: string): Promise<Tree> {
  const { signal } = transfer;
  const tree: Tree = { folders: [], files: [], links: [] };
  const open = [{ remote: root.replace(/\/+$/, ""), relative: "", depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { depth } = next;
    const listed = next.remote === "" ? "/" : next.remote;
    const names = new Set<string>();
    const files: { remote: string; relative: string }[] = [];
    for (const { name, isSymlink, isDirectory } of await sandbox.call("readDir", { path: listed }, signal)) {
      checkName(transfer, listed, name, names);
      const remote = `${next.remote}/${name}`;
      const relative = next.relative === "" ? name : `${next.relative}/${name}`;
      if (isSymlink) {
        const target = await sandbox.call("readLink", { path: remote }, signal);
        if (!native().linkStaysInside(depth, target, onWindows)) {
          throw transfer.refusal("unsafe-path", `the link "${remote}" points outside of the tree, to "${target}"`);
        }
        tree.links.push({ relative, target });
      } else if (isDirectory) {
        tree.folders.push(relative);
        open.push({ remote, relative, depth: depth + 1 });
      } else {
        files.push({ remote, relative });
      }
    }
    await transfer.forEach(files, async ({ remote, relative }) => {
      const info = await sandbox.call("lstat", { path: remote }, signal);
      tree.files.push(fileOf(transfer, remote, relative, info));
    });
    if (depth >= MAX_DEPTH || tree.folders.length + tree.files.length + tree.links.length > MAX_ENTRIES) {
      const rule = `the tree is deeper than ${MAX_DEPTH} or larger than ${MAX_ENTRIES} entries`;
      throw transfer.refusal("unsafe-path", rule);
    }
  }
  return tree;
}

const onWindows = (globalThis as { process?: { platform?: string } }).process?.platform === "win32";

function checkName(transfer: Transfer, folder: string, name: string, names: Set<string> = new Set()): void {
  if (!native().isPlainName(name, onWindows) || names.has(name)) {
    const given = JSON.stringify(name);
    throw transfer.refusal("unsafe-path", `"${folder}" holds the name ${given}, which is no plain name or twice there`);
  }
  names.add(name);
}

function fileOf(transfer: Transfer, remote: string, relative: string, info: NativeFileInfo): RemoteFile {
  if (!info.isFile) throw transfer.refusal("sandbox-failed", `"${remote}" is neither a file nor a folder nor a link`);
  return { remote, relative, size: info.size, mode: info.mode & 0o777 };
}

/** Refuses a folder that is a link on this machine, which could lead anywhere; the root is the user's to choose. */
async function checkFolder(transfer: Transfer, path: string, isRoot: boolean): Promise<void> {
  const found = await transfer.fs.lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink() && !isRoot) {
    throw transfer.refusal("unsafe-path", `"${path}" on this machine is a link`);
  }
  if (found !== undefined && !found.isDirectory() && !found.isSymbolicLink()) {
    throw transfer.refusal("local-io", `"${path}" on this machine: not a folder`);
  }
}

async function downloadFile(transfer: Transfer, sandbox: NativeSandbox, file: RemoteFile, to: string): Promise<void> {
  const { fs, signal } = transfer;
  const shown = file.relative === "" ? file.remote : file.relative;
  const found = await fs.lstat(to).catch(() => undefined);
  if (found?.isDirectory()) throw transfer.refusal("local-io", `"${to}" on this machine is a folder`);
  const content = await sandbox.readStream(file.remote, signal);
  try {
    await inPlace(transfer, to, async (part) => {
      const local = await fs.open(part, "wx");
      try {
        for (let bytes = await content.next(signal); bytes !== undefined; bytes = await content.next(signal)) {
          await local.writeFile(bytes);
          transfer.copied(shown, bytes.length);
        }
        await local.chmod(file.mode);
      } finally {
        await local.close();
      }
    });
  } finally {
    content.cancel();
  }
  transfer.fileDone(shown);
}

/** Has `make` make something beside `to`, and puts it there when it is complete. */
async function inPlace(transfer: Transfer, to: string, make: (part: string) => Promise<void>): Promise<void> {
  const { fs, path } = transfer;
  const part = path.join(path.dirname(to), partName(path.basename(to)));
  try {
    await transfer.local(to, () => make(part));
    await transfer.local(to, () => fs.rename(part, to));
  } catch (failure) {
    // There is an error on its way already.
    await fs.rm(part, { force: true }).catch(() => {});
    throw failure;
  }
}
