/**
 * The JavaScript side of one instance of the module: promises, timers and the host's network, as `src/engine.rs` asks
 * for them. Everything the outside tells the module passes through here, so that a panic in it never surfaces as a trap.
 *
 * No method may throw: an exception would cut through the module's own work.
 *
 * @module
 */

import type { NativeError } from "../native.ts";
import type { Host, HostResponse, HostSocket } from "./host.ts";
import { HostFailure } from "./host.ts";

/** The exports meant for the engine alone. */
export interface EngineExports {
  start(engine: Engine): void;
  run(): void;
  timer(): void;
  cancel(task: number): void;
  fetched(operation: number, status: number, headers: string[], body: Uint8Array): void;
  operationFailed(operation: number, kind: string, message: string): void;
  socketOpened(operation: number, headers: string[], rest: Uint8Array): void;
  socketData(socket: number, chunk: Uint8Array): void;
  socketDrained(socket: number): void;
  socketEnded(socket: number): void;
  socketFailed(socket: number, kind: string, message: string): void;
  pulled(operation: number, part: Uint8Array | undefined): void;
  pullFailed(operation: number, error: unknown): void;
}

interface Pending {
  promise: Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  forget(): void;
}

/** How many unpredictable numbers are fetched at once. */
const RANDOM_POOL = 256;
const NOTHING = (): void => {};

/** The JavaScript side of one instance. */
export class Engine {
  readonly #native: EngineExports;
  readonly #pending: Map<number, Pending> = new Map();
  readonly #requests: Map<number, AbortController> = new Map();
  readonly #sockets: Set<HostSocket> = new Set();
  readonly #masks: Uint32Array = new Uint32Array(RANDOM_POOL);
  #masksLeft = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #defect: NativeError | undefined;

  constructor(native: EngineExports) {
    this.#native = native;
  }

  /** Why nothing works any more, if so. */
  get defect(): NativeError | undefined {
    return this.#defect;
  }

  /** The instance is lost: everything that waits, and every later call, fails with one error. */
  fail(trap: unknown): NativeError {
    if (this.#defect === undefined) {
      // A panic is built as a bare trap, which is small; where in the module it happened is told by the stack.
      const where = trap instanceof Error ? trap.stack : undefined;
      this.#defect = {
        code: "internal",
        class: "local",
        message:
          `a defect in this SDK, please report it: ${trap}; nothing more can be done with it in this program`,
        retryable: false,
        ...(where && { causes: [where] }),
      };
      clearTimeout(this.#timer);
      for (const pending of this.#pending.values()) {
        pending.forget();
        // The promise of the very call that failed never got to its caller, who is told by an exception.
        pending.promise.catch(NOTHING);
        pending.reject(this.#defect);
      }
      this.#pending.clear();
      for (const request of this.#requests.values()) request.abort();
      for (const socket of this.#sockets) socket.destroy();
    }
    return this.#defect;
  }

  promise(task: number, signal: AbortSignal | undefined): Promise<unknown> {
    const pending = { forget: NOTHING } as Pending;
    pending.promise = new Promise((resolve, reject) => {
      pending.resolve = resolve;
      pending.reject = reject;
    });
    if (signal != null) {
      const abort = (): void => {
        this.#pending.delete(task);
        pending.reject(signal.reason);
        this.#enter(() => this.#native.cancel(task));
      };
      signal.addEventListener("abort", abort, { once: true });
      pending.forget = () => signal.removeEventListener("abort", abort);
    }
    this.#pending.set(task, pending);
    return pending.promise;
  }

  isAborted(signal: AbortSignal): boolean {
    return signal.aborted;
  }

  aborted(signal: AbortSignal): Promise<never> {
    return Promise.reject(signal.reason);
  }

  settle(task: number, fulfilled: boolean, value: unknown): void {
    const pending = this.#pending.get(task);
    if (pending === undefined) return;
    this.#pending.delete(task);
    pending.forget();
    if (fulfilled) pending.resolve(value);
    else pending.reject(value);
  }

  schedule(): void {
    queueMicrotask(() => this.#enter(() => this.#native.run()));
  }

  setTimer(milliseconds: number): void {
    clearTimeout(this.#timer);
    // A longer wait would fire at once; the module looks at its clock and waits again.
    const wait = Math.min(milliseconds, 0x7fffffff);
    this.#timer = setTimeout(() => this.#enter(() => this.#native.timer()), wait);
  }

  clearTimer(): void {
    clearTimeout(this.#timer);
  }

  now(): number {
    return performance.now();
  }

  unixTime(): number {
    return Date.now();
  }

  random(): number {
    return Math.random();
  }

  mask(): number {
    if (this.#masksLeft === 0) {
      crypto.getRandomValues(this.#masks);
      this.#masksLeft = RANDOM_POOL;
    }
    return this.#masks[--this.#masksLeft] as number;
  }

  fetch(
    host: Host,
    operation: number,
    method: string,
    url: string,
    headers: string[],
    body: string | undefined,
    connectTimeoutMs: number | undefined,
  ): void {
    const controller = new AbortController();
    this.#requests.set(operation, controller);
    const { signal } = controller;
    const answered = (act: () => void): void => {
      if (this.#requests.delete(operation)) this.#enter(act);
    };
    this.#ask(() => host.fetch({ method, url, headers: pairs(headers), body, connectTimeoutMs, signal })).then(
      (response) => answered(() => this.#respond(operation, response)),
      (error) =>
        answered(() => {
          const { kind, message } = hostFailure(error);
          this.#native.operationFailed(operation, kind, message);
        }),
    );
  }

  openSocket(
    host: Host,
    operation: number,
    url: string,
    headers: string[],
    connectTimeoutMs: number | undefined,
  ): HostSocket {
    let opened = false;
    const socket = host.openSocket!(
      { url, headers: pairs(headers), connectTimeoutMs },
      {
        open: (headers, rest) => {
          opened = true;
          this.#enter(() => this.#native.socketOpened(operation, headers.flat(), rest));
        },
        refused: (response) => {
          this.#sockets.delete(socket);
          this.#enter(() => this.#respond(operation, response));
        },
        data: (chunk) => this.#enter(() => this.#native.socketData(operation, chunk)),
        drain: () => this.#enter(() => this.#native.socketDrained(operation)),
        end: () => this.#enter(() => this.#native.socketEnded(operation)),
        failed: ({ kind, message }) => {
          this.#sockets.delete(socket);
          this.#enter(() => {
            if (opened) this.#native.socketFailed(operation, kind, message);
            else this.#native.operationFailed(operation, kind, message);
          });
        },
      },
    );
    this.#sockets.add(socket);
    return socket;
  }

  closeSocket(socket: HostSocket): void {
    this.#sockets.delete(socket);
    socket.destroy();
  }

  pull(source: { pull(): Promise<Uint8Array | undefined> }, operation: number): void {
    this.#ask(() => source.pull()).then(
      (part) => this.#enter(() => this.#native.pulled(operation, part)),
      (error) => this.#enter(() => this.#native.pullFailed(operation, error)),
    );
  }

  giveUp(operation: number): void {
    const request = this.#requests.get(operation);
    this.#requests.delete(operation);
    request?.abort();
  }

  #respond(operation: number, { status, headers, body }: HostResponse): void {
    this.#native.fetched(operation, status, headers.flat(), body);
  }

  /** Calls the host, and takes an exception for a rejection. */
  async #ask<T>(call: () => Promise<T>): Promise<T> {
    return await call();
  }

  /** Calls the module where nobody waits for the call itself: those who wait for a promise are told of a defect. */
  #enter(call: () => void): void {
    try {
      if (this.#defect === undefined) call();
    } catch (error) {
      this.fail(error);
    }
  }
}

function pairs(flat: string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    headers.push([flat[at] as string, flat[at + 1] as string]);
  }
  return headers;
}

function hostFailure(error: unknown): HostFailure {
  if (error instanceof HostFailure) return error;
  return new HostFailure("broken", error instanceof Error ? error.message : String(error));
}
