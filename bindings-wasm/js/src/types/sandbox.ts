import type { BaseClientOptions, DeadlineOptions, SandboxEndpointOptions } from "../config.ts";
import type { Snapshot } from "../snapshot.ts";
import type { Volume } from "../volume.ts";
import type { CallOptions, Memory, Region } from "./common.ts";
import type { SnapshotId, SnapshotSlug, VolumeId, VolumeSlug } from "./volumes.ts";

/** A secret: the service puts `value` into requests to `hosts`; in the sandbox it is never seen. */
export interface SecretConfig {
  /** The hosts whose requests get the value. */
  hosts: string[];
  /** The value itself. */
  value: string;
}

/** What a new sandbox is to be. */
export interface SandboxOptions extends BaseClientOptions, SandboxEndpointOptions, DeadlineOptions, CallOptions {
  /** Where it runs; `"ord"` unless told. Volumes must be of the same region. */
  region?: Region;
  /** Environment variables for everything that runs in it. */
  env?: Record<string, string>;
  /**
   * How long it lives: `"session"` (the default) for as long as the connection that created it, or a time like `"90s"`
   * or `"5m"`, whoever is connected.
   */
  timeout?: "session" | `${number}s` | `${number}m`;
  /** Its memory: 768 MiB to 4096 MiB, 1280 MiB unless told; a number of bytes or text like `"2GiB"`. */
  memory?: Memory;
  /** Prints the id to quote to support when it is connected. */
  debug?: boolean;
  /** Labels to find it by: at most 5, keys of 1 to 64 bytes, values of at most 128. */
  labels?: Record<string, string>;
  /**
   * A bootable volume or snapshot to boot from, in place of the service's own image. What is written to a volume
   * stays, what is written to a snapshot's copy goes with the sandbox.
   */
  root?: VolumeId | VolumeSlug | SnapshotId | SnapshotSlug | Volume | Snapshot;
  /**
   * Volumes to mount: at each absolute path the slug or id of one, or the {@linkcode Volume} itself, whose region is
   * then compared with the sandbox's before anything is sent.
   */
  volumes?: Record<string, VolumeId | VolumeSlug | Volume>;
  /**
   * The hosts it may reach: `host`, `*.host`, an IPv4 address or `[IPv6]`, each with or without `:port`. An empty list
   * is no host; without this, any.
   */
  allowNet?: string[];
  /** Secrets, by the names of their environment variables. */
  secrets?: Record<string, SecretConfig>;
  /** Exposes SSH access; not in this version. */
  ssh?: boolean;
  /** Exposes a port over HTTP; not in this version. */
  port?: number;
}

/** How to connect to a sandbox that runs already. */
export interface ConnectOptions extends BaseClientOptions, SandboxEndpointOptions, DeadlineOptions, CallOptions {
  /** Prints the id to quote to support when it is connected. */
  debug?: boolean;
}

/** Options of a process to start. */
export interface SpawnOptions {
  /** Arguments, which reach the program exactly as given. */
  args?: string[];
  /** The folder it starts in; the sandbox's home folder unless told. */
  cwd?: string | URL;
  /** Starts it without the sandbox's environment variables. */
  clearEnv?: boolean;
  /** Environment variables for it alone. */
  env?: Record<string, string>;
  /** Sends it `SIGTERM` when aborted. */
  signal?: AbortSignal | undefined;
  /** `"piped"`: its input is {@linkcode ChildProcess.stdin}. `"null"`, the default: it reads the end at once. */
  stdin?: "piped" | "null";
  /**
   * `"piped"`: its output is {@linkcode ChildProcess.stdout}. `"inherit"`, the default: it appears on this program's
   * own. `"null"`: it is dropped.
   */
  stdout?: "piped" | "inherit" | "null";
  /** As `stdout`, of what it writes to standard error. */
  stderr?: "piped" | "inherit" | "null";
}

/** Options of {@linkcode Sandbox.fetch}. */
export interface RequestInit {
  /** `"GET"` unless told. */
  method?: string;
  /** Headers of the request. */
  headers?: ConstructorParameters<typeof Headers>[0];
  /** Its body; none for `GET` and `HEAD`. */
  body?: NonNullable<ConstructorParameters<typeof Response>[0]>;
  /** Whether redirects are followed, the default, or handed out. */
  redirect?: "follow" | "manual";
  /** Gives the request up. */
  signal?: AbortSignal | null;
}

/** Options of {@linkcode Sandbox.exposeVscode}. */
export interface VsCodeOptions {
  /** Environment variables for it alone. */
  env?: Record<string, string>;
  /** Extensions to load: ids, or paths of `.vsix` files. */
  extensions?: string[];
  /** The URL of a page to show in a preview. */
  preview?: string;
  /** Leaves out the button that stops it. */
  disableStopButton?: boolean;
  /** What its `settings.json` starts with. */
  editorSettings?: Record<string, unknown>;
}
