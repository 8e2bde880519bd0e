import type { ClientOptions } from "./config.ts";
import { run } from "./failure.ts";
import type { NativeClient, NativeSandboxInfo } from "./native.ts";
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
      const signal = options?.signal;
      let page = await this.#client.list("listSandboxes", options, signal);
      const records = page.items();
      while (page.nextCursor !== undefined) {
        page = await page.nextPage(signal);
        records.push(...page.items());
      }
      return records.map(metadata);
    });
  }

  kill(id: string, options?: CallOptions): Promise<void> {
    return run("kill", this.kill, async () => {
      const text = textOf(id, "a sandbox id", "invalid-sandbox-id");
      await this.#client.call("killSandbox", text, undefined, options?.signal);
    });
  }
}

function metadata({ id, createdAt, stoppedAt, region, status, labels }: NativeSandboxInfo): SandboxMetadata {
  return {
    id,
    createdAt: new Date(createdAt),
    stoppedAt: stoppedAt == null ? null : new Date(stoppedAt),
    region: region as Region,
    // Of a later service it may be another.
    status: (status === "running" || status === "stopped" ? status : "unknown") as SandboxMetadata["status"],
    labels: labels ?? {},
  };
}
