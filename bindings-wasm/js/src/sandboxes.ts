import type { ClientOptions } from "./config.ts";
import { run } from "./failure.ts";
import type { NativeClient } from "./native.ts";
import { textOf } from "./paths.ts";
import { connectSandbox, createSandbox, type Sandbox } from "./sandbox.ts";
import type { CallOptions, Region } from "./types/common.ts";
import type { ConnectOptions, SandboxOptions } from "./types/sandbox.ts";
import type { Sandboxes, SandboxesListOptions, SandboxMetadata } from "./types/sandboxes.ts";

/** `client.sandboxes`. */
export class SandboxesOfClient implements Sandboxes {
  readonly #client: NativeClient;
  readonly #options: ClientOptions;

  constructor(client: NativeClient, options: ClientOptions) {
    this.#client = client;
    this.#options = options;
  }

  create(options?: SandboxOptions): Promise<Sandbox> {
    return run("connect", this.create, () => createSandbox({ ...this.#options, ...options }));
  }

  connect(id: string, options?: ConnectOptions): Promise<Sandbox> {
    return run("connect", this.connect, () => connectSandbox(id, { ...this.#options, ...options }));
  }

  list(options?: SandboxesListOptions): Promise<SandboxMetadata[]> {
    return run("manage", this.list, async () => {
      const records = await this.#client.listSandboxes(options, options?.signal);
      return records.map(({ createdAt, stoppedAt, region, status, ...record }) => ({
        ...record,
        createdAt: new Date(createdAt),
        stoppedAt: stoppedAt === null ? null : new Date(stoppedAt),
        region: region as Region,
        status: status as SandboxMetadata["status"],
      }));
    });
  }

  kill(id: string, options?: CallOptions): Promise<void> {
    return run("kill", this.kill, () => {
      return this.#client.killSandbox(textOf(id, "a sandbox id", "invalid-sandbox-id"), options?.signal);
    });
  }
}
