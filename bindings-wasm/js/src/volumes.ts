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
      const record = await this.#client.getVolume(referenceOf(idOrSlug), options?.signal);
      return record ? new Volume(record) : null;
    });
  }

  list(options?: VolumeListOptions): Promise<PaginatedList<Volume>> {
    return run("manage", this.list, async () => {
      const page = await this.#client.listVolumes(options, options?.signal);
      return new Page(page, (record) => new Volume(record), options?.signal);
    });
  }

  create(init: VolumeInit, options?: CallOptions): Promise<Volume> {
    return run("manage", this.create, async () => {
      return new Volume(await this.#client.createVolume(init, options?.signal));
    });
  }

  delete(idOrSlug: string, options?: CallOptions): Promise<void> {
    return run("manage", this.delete, async () => this.#client.deleteVolume(referenceOf(idOrSlug), options?.signal));
  }

  snapshot(idOrSlug: string, init: SnapshotInit, options?: CallOptions): Promise<Snapshot> {
    return run("manage", this.snapshot, async () => {
      return new Snapshot(await this.#client.snapshotVolume(referenceOf(idOrSlug), init, options?.signal));
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
      const record = await this.#client.getSnapshot(referenceOf(idOrSlug), options?.signal);
      return record ? new Snapshot(record) : null;
    });
  }

  list(options?: SnapshotListOptions): Promise<PaginatedList<Snapshot>> {
    return run("manage", this.list, async () => {
      const page = await this.#client.listSnapshots(options, options?.signal);
      return new Page(page, (record) => new Snapshot(record), options?.signal);
    });
  }

  delete(idOrSlug: string, options?: CallOptions): Promise<void> {
    return run("manage", this.delete, async () => this.#client.deleteSnapshot(referenceOf(idOrSlug), options?.signal));
  }
}
