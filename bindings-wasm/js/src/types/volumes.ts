import type { Snapshot } from "../snapshot.ts";
import type { Volume } from "../volume.ts";
import type { CallOptions, ListOptions, PaginatedList, Size } from "./common.ts";

/** The service's own name for a volume; never used again. */
export type VolumeId = string;
/** The user's name for a volume: 2 to 32 of `a-z`, `0-9` and `-`. */
export type VolumeSlug = string;
/** The service's own name for a snapshot; never used again. */
export type SnapshotId = string;
/** The user's name for a snapshot, by the rule of volumes. */
export type SnapshotSlug = string;

/** What a new volume is to be. */
export interface VolumeInit {
  /** Its name: 2 to 32 of `a-z`, `0-9` and `-`, no hyphen first or last. */
  slug: string;
  /** Where it is stored: `"ord"` or `"ams"`. Sandboxes that mount it run in the same region. */
  region: string;
  /** Its size, 300 MB to 20 GB: a number of bytes or text like `"2GB"` or `"1.5GiB"`. */
  capacity: Size;
  /** Starts with the content of a snapshot of the same region, or of a base image; a sandbox can boot from it then. */
  from?: "builtin:debian-13" | SnapshotId | SnapshotSlug;
}

/** Which volumes to list. */
export interface VolumeListOptions extends ListOptions, CallOptions {
  /** Only those whose slug contains this. */
  search?: string;
}

/** What a new snapshot is to be. */
export interface SnapshotInit {
  /** Its name; volumes and snapshots share one set of names. */
  slug: string;
}

/** Which snapshots to list. */
export interface SnapshotListOptions extends ListOptions, CallOptions {
  /** Only those whose slug contains this. */
  search?: string;
}

/**
 * Volumes of the account: regional block storage that outlives the sandboxes it is mounted into.
 *
 * ```ts
 * const client = new Client();
 * const volume = await client.volumes.create({ slug: "training-cache", region: "ord", capacity: "2GB" });
 * await using sandbox = await client.sandboxes.create({ volumes: { "/data": volume.slug } });
 * ```
 */
export interface Volumes {
  /** Finds a volume by slug or id; `null` when there is none. */
  get(idOrSlug: VolumeId | VolumeSlug, options?: CallOptions): Promise<Volume | null>;
  /** Reads one page of the volumes, newest first; iterating over it reads the others. */
  list(options?: VolumeListOptions): Promise<PaginatedList<Volume>>;
  /**
   * Creates a volume. Sent once: it is repeated only where the service was not reached at all. Malformed values are
   * refused before anything is sent, a slug in use with `errorCode` `"conflict"`.
   */
  create(init: VolumeInit, options?: CallOptions): Promise<Volume>;
  /** Deletes a volume. Its slug is free at once; the service keeps the data for a day. */
  delete(idOrSlug: VolumeId | VolumeSlug, options?: CallOptions): Promise<void>;
  /** Takes a snapshot of a volume that no sandbox has mounted. */
  snapshot(idOrSlug: VolumeId | VolumeSlug, init: SnapshotInit, options?: CallOptions): Promise<Snapshot>;
}

/** Snapshots of the account: read-only images of volumes, to boot from or to create volumes from. */
export interface Snapshots {
  /** Finds a snapshot by slug or id; `null` when there is none. */
  get(idOrSlug: SnapshotId | SnapshotSlug, options?: CallOptions): Promise<Snapshot | null>;
  /** Reads one page of the snapshots; iterating over it reads the others. */
  list(options?: SnapshotListOptions): Promise<PaginatedList<Snapshot>>;
  /** Deletes a snapshot. Volumes created from it keep their content. */
  delete(idOrSlug: SnapshotId | SnapshotSlug, options?: CallOptions): Promise<void>;
}
