/** The service's name for a place in a list. */
export type Cursor = string;

/** Where a sandbox runs or a volume is stored. */
export type Region = "ord" | "ams";

/** A number of bytes, or a decimal number and a unit: powers of 1000, or with an `i` of 1024. */
export type Size =
  | number
  | `${number}GB`
  | `${number}MB`
  | `${number}kB`
  | `${number}KB`
  | `${number}GiB`
  | `${number}MiB`
  | `${number}KiB`;

/** The memory of a sandbox, like `"2GiB"`; a number is one of bytes. */
export type Memory =
  | number
  | `${number}GB`
  | `${number}MB`
  | `${number}kB`
  | `${number}GiB`
  | `${number}MiB`
  | `${number}KiB`;

/** Gives a call up, on the service too where that is possible; it rejects with the signal's reason. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
}

/** Which part of a list to read. */
export interface ListOptions {
  /** Where to go on, as {@linkcode PaginatedList.nextCursor} has it. */
  cursor?: Cursor;
  /** The most items on a page: 1 to 100, 30 unless told. */
  limit?: number;
}

/**
 * One page of a list, and the way to all others.
 *
 * ```ts
 * const page = await client.volumes.list({ limit: 10 });
 * console.log(page.items.length, page.hasMore);
 * for await (const volume of page) console.log(volume.slug); // of this page and all after it
 * ```
 */
export interface PaginatedList<T> {
  /** The items on this page. */
  items: T[];
  /** Whether another page follows. */
  hasMore: boolean;
  /** The service's name for the next page; `null` on the last. */
  nextCursor: Cursor | null;
  /** Reads the next page; `null` after the last. */
  getNextPage(): Promise<PaginatedList<T> | null>;
  /** The items of this page and of all after it. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;
}
