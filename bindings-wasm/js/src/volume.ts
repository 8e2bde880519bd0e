import { type BaseClientOptions, nativeClient } from "./config.ts";
import { run } from "./failure.ts";
import type { NativeVolume } from "./native.ts";
import { referenceOf } from "./paths.ts";
import type { SnapshotId, SnapshotSlug, VolumeId, VolumeInit, VolumeSlug } from "./types/volumes.ts";

/** A volume: regional block storage that outlives the sandboxes it is mounted into. */
export class Volume {
  /** The service's own name for it; never used again. */
  readonly id: string;
  /** The user's name for it, free for another volume once this one is deleted. */
  readonly slug: string;
  /** Where it is stored. */
  readonly region: string;
  /** Its size in bytes. */
  readonly capacity: number;
  /** Bytes in use: the service's own figure where it sends one, else the flattened estimate. May lag by minutes. */
  readonly used: number;
  /**
   * An estimate of the bytes this volume alone takes up, without what it shares with the snapshot it was created from.
   * May lag by minutes.
   */
  readonly estimatedAllocatedSize: number;
  /** An estimate of the bytes it would take up on its own: the size of its file system. May lag by minutes. */
  readonly estimatedFlattenedSize: number;
  /** Whether a sandbox can boot from it. */
  readonly isBootable: boolean;
  /** The snapshot it was created from, if any. */
  readonly baseSnapshot: { id: SnapshotId; slug: SnapshotSlug } | null;

  /** @internal */
  constructor(record: NativeVolume) {
    if (record === undefined) throw new TypeError("a Volume comes from client.volumes");
    this.id = record.id;
    this.slug = record.slug;
    this.region = record.region;
    this.capacity = record.capacity;
    this.used = record.used ?? record.estimated_flattened_size ?? 0;
    this.estimatedAllocatedSize = record.estimated_allocated_size ?? 0;
    this.estimatedFlattenedSize = record.estimated_flattened_size ?? 0;
    this.isBootable = record.is_bootable ?? false;
    const base = record.base_snapshot;
    this.baseSnapshot = base ? { id: base.id, slug: base.slug } : null;
  }

  /**
   * Creates a volume; as `client.volumes.create()`.
   *
   * ```ts
   * import { Volume } from "@deno/sandbox";
   *
   * const volume = await Volume.create({ slug: "my-volume", region: "ord", capacity: "10GB" });
   * ```
   */
  static create(options: VolumeInit & BaseClientOptions): Promise<Volume> {
    return run("manage", create, async () => {
      return made(await nativeClient(options).call("createVolume", "", options, undefined));
    });
  }

  /**
   * Finds a volume by slug or id; as `client.volumes.get()`.
   *
   * ```ts
   * import { Volume } from "@deno/sandbox";
   *
   * const volume = await Volume.get("my-volume");
   * if (volume) console.log(volume.capacity);
   * ```
   */
  static get(idOrSlug: VolumeId | VolumeSlug, options?: BaseClientOptions): Promise<Volume | null> {
    return run("manage", get, async () => {
      const record = await nativeClient(options).call("getVolume", referenceOf(idOrSlug), undefined, undefined);
      return record ? made(record) : null;
    });
  }
}

// Beside the class: bundlers give one that speaks of itself another name.
const { create, get } = Volume;
const made = (record: NativeVolume): Volume => new Volume(record);
