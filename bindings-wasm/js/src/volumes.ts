import { run } from "./failure.ts";
import { Page } from "./list.ts";
import type { NativeClient } from "./native.ts";
import { referenceOf } from "./paths.ts";
import { Snapshot } from "./snapshot.ts";
import type { CallOptions, PaginatedList } from "./types/common.ts";
import type {
  SnapshotInit,
  SnapshotListOptions,
  Snapshots,
  VolumeInit,
  VolumeListOptions,
  Volumes,
} from "./types/volumes.ts";
import { Volume } from "./volume.ts";

/** `client.volumes`. */
export class VolumesOfClient implements Volumes {
  readonly #client: NativeClient;

  constructor(client: NativeClient) {
    this.#client = client;
  }

  get(idOrSlug: string, options?: CallOptions): Promise<Volume | null> {
    return run("manage", this.get, async () => {
      const record = await this.#client.call("getVolume", referenceOf(idOrSlug), undefined, options?.signal);
      return record ? new Volume(record) : null;
    });
  }

  list(options?: VolumeListOptions): Promise<PaginatedList<Volume>> {
    return run("manage", this.list, async () => {
      const page = await this.#client.list("listVolumes", options, options?.signal);
      return new Page(page, (record) => new Volume(record), options?.signal);
    });
  }

  create(init: VolumeInit, options?: CallOptions): Promise<Volume> {
    return run("manage", this.create, async () => {
      return new Volume(await this.#client.call("createVolume", "", init, options?.signal));
    });
  }

  delete(idOrSlug: string, options?: CallOptions): Promise<void> {
    return run("manage", this.delete, async () => {
      await this.#client.call("deleteVolume", referenceOf(idOrSlug), undefined, options?.signal);
    });
  }

  snapshot(idOrSlug: string, init: SnapshotInit, options?: CallOptions): Promise<Snapshot> {
    return run("manage", this.snapshot, async () => {
      const volume = referenceOf(idOrSlug);
      return new Snapshot(await this.#client.call("snapshotVolume", volume, init, options?.signal));
    });
  }
}

/** `client.snapshots`. */
export class SnapshotsOfClient implements Snapshots {
  readonly #client: NativeClient;

  constructor(client: NativeClient) {
    this.#client = client;
  }

  get(idOrSlug: string, options?: CallOptions): Promise<Snapshot | null> {
    return run("manage", this.get, async () => {
      const record = await this.#client.call("getSnapshot", referenceOf(idOrSlug), undefined, options?.signal);
      return record ? new Snapshot(record) : null;
    });
  }

  list(options?: SnapshotListOptions): Promise<PaginatedList<Snapshot>> {
    return run("manage", this.list, async () => {
      const page = await this.#client.list("listSnapshots", options, options?.signal);
      return new Page(page, (record) => new Snapshot(record), options?.signal);
    });
  }

  delete(idOrSlug: string, options?: CallOptions): Promise<void> {
    return run("manage", this.delete, async () => {
      await this.#client.call("deleteSnapshot", referenceOf(idOrSlug), undefined, options?.signal);
    });
  }
}
