import type { NativeSandbox } from "../native.ts";
import { pathOf } from "../paths.ts";
import type { TransferOptions } from "../types/fs.ts";
import { localPath, partName, Transfer } from "./local.ts";

/** How much of a local file is read at once. */
const PART = 512 << 10;

interface Entry {
  local: string;
  /** Below the tree's root, with slashes; empty for the root itself. */
  relative: string;
  kind: { folder: true } | { size: number; mode: number } | { target: string };
}

/** Copies a local file to `to`, or a local folder into the folder `to`. */
export async function upload(
  sandbox: NativeSandbox,
  from: string | URL,
  to: string | URL,
  options: TransferOptions | undefined,
): Promise<void> {
  const [local, remote] = [await localPath(from), pathOf(to)];
  const transfer = await Transfer.start(`upload "${local}" to "${remote}"`, options);
  const { fs, path, signal } = transfer;
  // Resolved first: a link given as the root is followed, and links below it are not.
  const root = await transfer.local(local, () => fs.realpath(local));
  const entries = await list(transfer, root);
  transfer.total(entries.reduce((sum, { kind }) => sum + ("size" in kind ? kind.size : 0), 0));
  const base = "folder" in entries[0]!.kind ? join(remote, path.basename(root)) : remote;
  const place = ({ relative }: Entry): string => relative === "" ? base : join(base, relative);

  for (const entry of entries) {
    if ("folder" in entry.kind) {
      await sandbox.call("mkdir", { path: place(entry), options: { recursive: true } }, signal);
    }
  }
  await transfer.forEach(entries.filter(({ kind }) => "size" in kind), (entry) => {
    return uploadFile(transfer, sandbox, entry, place(entry));
  });
  for (const entry of entries) {
    if ("target" in entry.kind) await makeLink(sandbox, entry.kind.target, place(entry), signal);
  }
}

async function uploadFile(transfer: Transfer, sandbox: NativeSandbox, entry: Entry, to: string): Promise<void> {
  const { local, relative, kind } = entry;
  const slash = to.lastIndexOf("/") + 1;
  const shown = relative === "" ? to.slice(slash) : relative;
  const part = to.slice(0, slash) + partName(to.slice(slash));
  const file = await transfer.local(local, () => transfer.fs.open(local));
  const pull = async (): Promise<Uint8Array | undefined> => {
    const buffer = new Uint8Array(PART);
    const { bytesRead } = await transfer.local(local, () => file.read(buffer, 0, PART));
    transfer.copied(shown, bytesRead);
    return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
  };
  try {
    const mode = "mode" in kind ? kind.mode : undefined;
    await sandbox.writeStream(part, { pull }, { createNew: true, mode }, transfer.signal);
    await sandbox.call("rename", { oldPath: part, newPath: to }, transfer.signal);
  } catch (failure) {
    // There is an error on its way already.
    await sandbox.call("remove", { path: part }, undefined).catch(() => {});
    throw failure;
  } finally {
    await file.close();
  }
  transfer.fileDone(shown);
}

async function makeLink(sandbox: NativeSandbox, target: string, path: string, signal: AbortSignal | undefined) {
  try {
    await sandbox.call("symlink", { target, path }, signal);
  } catch (failure) {
    if ((failure as { code?: unknown }).code !== "file-exists") throw failure;
    await sandbox.call("remove", { path }, signal);
    await sandbox.call("symlink", { target, path }, signal);
  }
}

/** The tree, folders before what is in them. */
async function list(transfer: Transfer, root: string): Promise<Entry[]> {
  const { fs, path } = transfer;
  const entries: Entry[] = [];
  const open = [{ local: root, relative: "" }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { local, relative } = next;
    transfer.signal?.throwIfAborted();
    const found = await transfer.local(local, () => fs.lstat(local));
    let kind: Entry["kind"];
    if (found.isDirectory()) {
      kind = { folder: true };
      for (const name of await transfer.local(local, () => fs.readdir(local))) {
        open.push({ local: path.join(local, name), relative: relative === "" ? name : `${relative}/${name}` });
      }
    } else if (found.isFile()) {
      kind = { size: found.size, mode: found.mode & 0o777 };
    } else if (found.isSymbolicLink()) {
      kind = { target: await transfer.local(local, () => fs.readlink(local)) };
    } else {
      throw transfer.refusal("local-io", `"${local}" on this machine is neither a file nor a folder nor a link`);
    }
    entries.push({ local, relative, kind });
  }
  return entries;
}

function join(folder: string, name: string): string {
  return `${folder.replace(/\/+$/, "")}/${name}`;
}
