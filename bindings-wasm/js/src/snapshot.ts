import { type BaseClientOptions, nativeClient } from "./config.ts";
import { run } from "./failure.ts";
import type { NativeSnapshot } from "./native.ts";
import { referenceOf } from "./paths.ts";
import type { SnapshotId, SnapshotInit, SnapshotSlug, VolumeId, VolumeSlug } from "./types/volumes.ts";

/** A snapshot: a read-only image of a volume, to boot from or to create volumes from. */
export class Snapshot {
  /** The service's own name for it; never used again. */
  readonly id: string;
  /** The user's name for it. */
  readonly slug: string;
  /** Where it is stored. */
  readonly region: string;
  /** Bytes it alone takes up, without what it shares with the snapshot below it. */
  readonly allocatedSize: number;
  /** Bytes it would take up on its own: the size of its file system. */
  readonly flattenedSize: number;
  /** Whether a sandbox can boot from it. */
  readonly isBootable: boolean;
  /** The volume it was taken of. */
  readonly volume: { id: VolumeId; slug: VolumeSlug };

  /** @internal */
  constructor(record: NativeSnapshot) {
    if (record === undefined) throw new TypeError("a Snapshot comes from client.snapshots");
    this.id = record.id;
    this.slug = record.slug;
    this.region = record.region;
    this.allocatedSize = record.allocated_size ?? 0;
    this.flattenedSize = record.flattened_size ?? 0;
    this.isBootable = record.is_bootable ?? false;
    this.volume = { id: record.volume.id, slug: record.volume.slug };
  }

  /**
   * Takes a snapshot of a volume; as `client.volumes.snapshot()`.
   *
   * ```ts
   * import { Snapshot } from "@deno/sandbox";
   *
   * const snapshot = await Snapshot.create("my-volume", { slug: "my-snapshot" });
   * ```
   */
  static create(idOrSlug: VolumeId | VolumeSlug, options: SnapshotInit & BaseClientOptions): Promise<Snapshot> {
    return run("manage", create, async () => {
      const client = nativeClient(options);
      return made(await client.call("snapshotVolume", referenceOf(idOrSlug), options, undefined));
    });
  }

  /**
   * Finds a snapshot by slug or id; as `client.snapshots.get()`.
   *
   * ```ts
   * import { Snapshot } from "@deno/sandbox";
   *
   * const snapshot = await Snapshot.get("my-snapshot");
   * if (snapshot) console.log(snapshot.flattenedSize);
   * ```
   */
  static get(idOrSlug: SnapshotId | SnapshotSlug, options?: BaseClientOptions): Promise<Snapshot | null> {
    return run("manage", get, async () => {
      const record = await nativeClient(options).call("getSnapshot", referenceOf(idOrSlug), undefined, undefined);
      return record ? made(record) : null;
    });
  }
}

// Beside the class: bundlers give one that speaks of itself another name.
const { create, get } = Snapshot;
const made = (record: NativeSnapshot): Snapshot => new Snapshot(record);
