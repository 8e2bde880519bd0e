/**
 * What the module needs of the program's host. `web.ts` has what every host has, `node.ts` what Deno, Node and Bun
 * share.
 *
 * @module
 */

/** The host's way to the network. */
export interface Host {
  /** Sends one request; redirects are not followed, nothing is repeated. */
  fetch(request: HostRequest): Promise<HostResponse>;
  /** Opens a WebSocket up to its handshake; absent where the host can set no headers on one. */
  openSocket?(request: HostSocketRequest, events: HostSocketEvents): HostSocket;
}

/** One HTTP request. */
export interface HostRequest {
  method: string;
  url: string;
  headers: [string, string][];
  body: string | undefined;
  /** How long connecting may take, where the host can tell. */
  connectTimeoutMs: number | undefined;
  signal: AbortSignal;
}

/** The answer, with its whole body. */
export interface HostResponse {
  status: number;
  /** Names in lower case. */
  headers: [string, string][];
  body: Uint8Array;
}

/** A WebSocket to open. */
export interface HostSocketRequest {
  /** The absolute URL, with the scheme `http` or `https`. */
  url: string;
  /** Headers beside those of the handshake itself. */
  headers: [string, string][];
  /** How long connecting may take. The answer is not part of it. */
  connectTimeoutMs: number | undefined;
}

/** What happens on a socket. */
export interface HostSocketEvents {
  /** The service switched to the WebSocket protocol; `rest` came with its answer. */
  open(headers: [string, string][], rest: Uint8Array): void;
  /** The service answered something else. Nothing follows. */
  refused(response: HostResponse): void;
  data(chunk: Uint8Array): void;
  /** More may be written. */
  drain(): void;
  /** The service sent the last byte. */
  end(): void;
  /** Nothing follows. */
  failed(failure: HostFailure): void;
}

/** Bytes in both directions, framed by the module. */
export interface HostSocket {
  /** Sends the parts one after the other; they may be changed afterwards. False: wait for `drain`. */
  write(head: Uint8Array, body: Uint8Array): boolean;
  pause(): void;
  resume(): void;
  /** Sends what is under way, and nothing more. */
  end(): void;
  /** Lets go at once; no event follows. */
  destroy(): void;
}

/** Why bytes did not travel, in the kinds the core acts on. */
export type FailureKind = "connect" | "connect-timeout" | "broken" | "protocol";

/** Why bytes did not travel. */
export class HostFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
