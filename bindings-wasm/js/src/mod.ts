/**
 * SDK for Deno Sandbox: Linux microVMs on demand, and the persistent volumes mounted into them.
 *
 * ```ts
 * import { Client, Sandbox } from "@deno/sandbox";
 *
 * const client = new Client();
 * const volume = await client.volumes.create({ slug: "training-cache", region: "ord", capacity: "2GB" });
 *
 * await using sandbox = await Sandbox.create({ region: "ord", volumes: { "/data": volume } });
 * await sandbox.writeTextFile("/data/hello.txt", "Hello");
 * ```
 *
 * @module
 */

export { ChildProcess, type ChildProcessOutput, type ChildProcessStatus, type Signal } from "./child_process.ts";
export { Client } from "./client.ts";
export type { BaseClientOptions, ClientOptions, DeadlineOptions, SandboxEndpointOptions } from "./config.ts";
export {
  type Build,
  type BuildOptions,
  type CodeExtension,
  DenoProcess,
  DenoRepl,
  type DenoReplOptions,
  type DenoRunOptions,
  type DeployOptions,
  type SandboxDeno,
} from "./deno.ts";
export type { SandboxEnv } from "./env.ts";
export type { ErrorCode } from "./error_code.ts";
export {
  ApiError,
  ConnectionClosedError,
  ConnectionEstablishmentError,
  InvalidInputError,
  InvalidMemoryError,
  InvalidTimeoutError,
  InvalidTokenError,
  MissingOrgError,
  MissingTokenError,
  NetworkError,
  OperationError,
  RpcError,
  SandboxCommandError,
  SandboxKillError,
  SandboxSdkError,
} from "./errors.ts";
export { formatBytes } from "./format_bytes.ts";
export { FsFile, SeekMode } from "./fs_file.ts";
export { KillController, KillSignal, type KillSignalListener } from "./kill_signal.ts";
export { Sandbox } from "./sandbox.ts";
export type { SandboxCommandBuilder, SandboxCommandChild, SandboxCommandResult, ShellPipeKind } from "./sh.ts";
export { Snapshot } from "./snapshot.ts";
export type * from "./types/apps.ts";
export type * from "./types/common.ts";
export type * from "./types/fs.ts";
export type * from "./types/layers.ts";
export type * from "./types/revisions.ts";
export type * from "./types/sandbox.ts";
export type * from "./types/sandboxes.ts";
export type * from "./types/volumes.ts";
export { Volume } from "./volume.ts";
export { VsCode } from "./vscode.ts";
