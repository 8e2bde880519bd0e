import type { Sandbox } from "../sandbox.ts";
import type { CallOptions, Region } from "./common.ts";
import type { ConnectOptions, SandboxOptions } from "./sandbox.ts";

/** A sandbox as lists show it. */
export interface SandboxMetadata {
  /** Its id, to connect to it. */
  id: string;
  /** When it was created. */
  createdAt: Date;
  /** When it stopped, once it has. */
  stoppedAt: Date | null;
  /** Where it runs. */
  region: Region;
  /** Whether it runs. */
  status: "running" | "stopped";
  /** Its labels, as given at creation. */
  labels: Record<string, string>;
}

/** Which sandboxes to list. */
export interface SandboxesListOptions extends CallOptions {
  /** Only those with all of these labels. */
  labels?: Record<string, string>;
}

/** Sandboxes of the account. */
export interface Sandboxes {
  /** Creates a sandbox and connects to it; as {@linkcode Sandbox.create}, with the client's own options. */
  create(options?: SandboxOptions): Promise<Sandbox>;
  /** Connects to a sandbox that runs already; as {@linkcode Sandbox.connect}. */
  connect(id: string, options?: ConnectOptions): Promise<Sandbox>;
  /** Lists the sandboxes of the account. */
  list(options?: SandboxesListOptions): Promise<SandboxMetadata[]>;
  /** Ends a sandbox at once, whoever is connected to it. */
  kill(id: string, options?: CallOptions): Promise<void>;
}
