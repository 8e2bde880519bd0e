import { type BaseClientOptions, type ClientOptions, nativeClient } from "./config.ts";
import { runSync } from "./failure.ts";
import { showFields } from "./inspect.ts";
import type { NativeClient } from "./native.ts";
import { SandboxesOfClient } from "./sandboxes.ts";
import type { Apps } from "./types/apps.ts";
import type { Layers } from "./types/layers.ts";
import type { Revisions, Timelines } from "./types/revisions.ts";
import type { Sandboxes } from "./types/sandboxes.ts";
import type { Snapshots, Volumes } from "./types/volumes.ts";
import { unsupportedMethods } from "./unsupported.ts";
import { SnapshotsOfClient, VolumesOfClient } from "./volumes.ts";

export type { BaseClientOptions };

/**
 * The way to the service for one account.
 *
 * ```ts
 * import { Client } from "@deno/sandbox";
 *
 * const client = new Client(); // DENO_DEPLOY_TOKEN from the environment
 * for await (const volume of await client.volumes.list()) {
 *   console.log(volume.slug, volume.region);
 * }
 * ```
 */
export class Client {
  readonly #client: NativeClient;
  readonly #volumes: Volumes;
  readonly #snapshots: Snapshots;
  readonly #sandboxes: Sandboxes;

  /**
   * Checks all options; nothing is sent. Throws {@linkcode MissingTokenError}, {@linkcode InvalidTokenError},
   * {@linkcode MissingOrgError} or {@linkcode InvalidInputError}.
   */
  constructor(options?: ClientOptions) {
    this.#client = runSync("manage", new.target, () => nativeClient(options));
    this.#volumes = new VolumesOfClient(this.#client);
    this.#snapshots = new SnapshotsOfClient(this.#client);
    this.#sandboxes = new SandboxesOfClient(this.#client, options ?? {});
  }

  /** Volumes: storage that outlives sandboxes. */
  get volumes(): Volumes {
    return this.#volumes;
  }

  /** Snapshots: read-only images of volumes. */
  get snapshots(): Snapshots {
    return this.#snapshots;
  }

  /** Sandboxes: machines to run commands in. */
  get sandboxes(): Sandboxes {
    return this.#sandboxes;
  }

  /** Apps; not in this version. */
  get apps(): Apps {
    return unsupportedMethods("client.apps", ["get", "list", "create", "update", "delete", "deploy", "logs"]);
  }

  /** Layers of apps; not in this version. */
  get layers(): Layers {
    return unsupportedMethods("client.layers", ["get", "list", "create", "update", "delete", "apps"]);
  }

  /** Revisions of apps; not in this version. */
  get revisions(): Revisions {
    const methods: (keyof Revisions)[] = ["get", "list", "cancel", "timelines", "delete"];
    return unsupportedMethods("client.revisions", methods, ["progress", "buildLogs"]);
  }

  /** Timelines of apps; not in this version. */
  get timelines(): Timelines {
    return unsupportedMethods("client.timelines", ["list"]);
  }

  static {
    showFields(this.prototype, "Client", (client) => {
      const { endpoint, org } = client.#client;
      return org === undefined ? { endpoint } : { endpoint, org };
    });
  }
}
