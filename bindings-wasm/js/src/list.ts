import { failuresOf, run } from "./failure.ts";
import type { NativePage } from "./native.ts";
import type { Cursor, PaginatedList } from "./types/common.ts";

/** A page the module holds, as the list users see. */
export class Page<Record, Item> implements PaginatedList<Item> {
  readonly items: Item[];
  readonly hasMore: boolean;
  readonly nextCursor: Cursor | null;
  readonly #page: NativePage<Record>;
  readonly #wrap: (record: Record) => Item;
  readonly #signal: AbortSignal | undefined;

  constructor(page: NativePage<Record>, wrap: (record: Record) => Item, signal: AbortSignal | undefined) {
    this.items = page.items().map(wrap);
    this.nextCursor = page.nextCursor ?? null;
    this.hasMore = this.nextCursor !== null;
    this.#page = page;
    this.#wrap = wrap;
    this.#signal = signal;
  }

  getNextPage(): Promise<Page<Record, Item> | null> {
    return run("manage", this.getNextPage, () => this.#next());
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Item> {
    return this.#all(failuresOf("manage", this[Symbol.asyncIterator]));
  }

  async *#all(toError: (failure: unknown) => unknown): AsyncGenerator<Item, undefined> {
    for (let page: Page<Record, Item> | null = this; page !== null;) {
      yield* page.items;
      try {
        page = await page.#next();
      } catch (failure) {
        throw toError(failure);
      }
    }
  }

  async #next(): Promise<Page<Record, Item> | null> {
    if (!this.hasMore) return null;
    return follow(await this.#page.nextPage(this.#signal), this.#wrap, this.#signal);
  }
}

// Beside the class: bundlers give one that speaks of itself another name.
function follow<Record, Item>(...of: ConstructorParameters<typeof Page<Record, Item>>): Page<Record, Item> {
  return new Page(...of);
}
