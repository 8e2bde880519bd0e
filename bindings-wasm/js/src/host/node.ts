/**
 * The host that Deno, Node and Bun are: besides `fetch`, sockets through the `upgrade` event of `node:http`.
 *
 * @module
 */

import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";

import type { Host, HostSocket, HostSocketEvents, HostSocketRequest } from "./host.ts";
import { HostFailure } from "./host.ts";
import { failureOf, sendRequest } from "./web.ts";

/** `fetch`, and WebSockets over upgraded connections. */
export const nodeHost: Host = {
  fetch: sendRequest,
  openSocket: (request, events) => new UpgradedSocket(request, events),
};

/** The largest body of a refusal that is read. */
const MAX_REFUSAL = 1 << 20;

/** A socket that was an HTTP connection first. */
class UpgradedSocket implements HostSocket {
  #events: HostSocketEvents | undefined;
  #request: ClientRequest | undefined;
  #socket: Socket | undefined;

  constructor(request: HostSocketRequest, events: HostSocketEvents) {
    this.#events = events;
    this.#open(request).catch((error) => this.#fail(error));
  }

  write(head: Uint8Array, body: Uint8Array): boolean {
    // Both lie in the module's memory, which may change before they are sent.
    const frame = new Uint8Array(head.length + body.length);
    frame.set(head);
    frame.set(body, head.length);
    return this.#socket?.write(frame) ?? true;
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  end(): void {
    this.#socket?.end();
  }

  destroy(): void {
    this.#events = undefined;
    this.#request?.destroy();
    this.#socket?.destroy();
  }

  async #open({ url, headers, connectTimeoutMs }: HostSocketRequest): Promise<void> {
    // Loaded when needed: programs that only manage volumes start faster.
    const secure = url.startsWith("https:");
    const [{ default: http }, { randomBytes, createHash }, connection] = await Promise.all([
      secure ? import("node:https") : import("node:http"),
      import("node:crypto"),
      secure && "Deno" in globalThis ? tlsConnection() : {},
    ]);
    if (this.#events === undefined) return;
    const key = randomBytes(16).toString("base64");
    const request = http.request(url, {
      ...connection,
      headers: {
        ...Object.fromEntries(headers),
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key,
      },
    });
    this.#request = request;
    this.#limitConnecting(request, connectTimeoutMs);
    request.on("error", (error) => this.#fail(error));
    request.on("response", (response) => this.#refuse(response));
    request.on("upgrade", (response, socket, rest) => {
      const accept = createHash("sha1").update(key + GUID).digest("base64");
      const wrong = handshakeError(response, accept);
      if (wrong !== undefined) this.#fail(new HostFailure("protocol", wrong));
      else this.#start(response, socket as Socket, rest);
    });
    request.end();
  }

  #limitConnecting(request: ClientRequest, milliseconds: number | undefined): void {
    if (milliseconds === undefined) return;
    const timer = setTimeout(() => {
      const message = `no connection within ${milliseconds} ms`;
      this.#fail(new HostFailure("connect-timeout", message));
    }, milliseconds);
    const stop = (): void => clearTimeout(timer);
    request.on("socket", (socket) => {
      if (!socket.connecting) stop();
      socket.once("connect", stop);
    });
    request.on("close", stop);
  }

  #start(response: IncomingMessage, socket: Socket, rest: Uint8Array): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    // The agent's limit is for the answer to a request, and its timer is set anew by every frame.
    socket.setTimeout(0);
    socket.on("data", (chunk: Uint8Array) => this.#events?.data(chunk));
    socket.on("drain", () => this.#events?.drain());
    socket.on("error", (error) => this.#fail(error));
    socket.on("end", () => this.#events?.end());
    // Not every end is announced.
    socket.on("close", () => this.#events?.end());
    this.#events?.open(headersOf(response), rest);
  }

  #refuse(response: IncomingMessage): void {
    const parts: Uint8Array[] = [];
    let length = 0;
    response.on("data", (part: Uint8Array) => {
      length += part.length;
      if (length <= MAX_REFUSAL) parts.push(part);
    });
    response.on("error", (error) => this.#fail(error));
    response.on("end", () => {
      const body = new Uint8Array(Buffer.concat(parts));
      this.#events?.refused({ status: response.statusCode ?? 0, headers: headersOf(response), body });
      this.#events = undefined;
    });
  }

  #fail(error: unknown): void {
    const events = this.#events;
    this.destroy();
    events?.failed(error instanceof HostFailure ? error : failureOf(error));
  }
}

/**
 * A TLS connection as `node:https` makes one. In Deno that would ask for the permission to read the system's
 * certificates, which Deno has read itself.
 */
async function tlsConnection(): Promise<{ createConnection(options: object): Socket }> {
  const [{ connect }, { isIP }] = await Promise.all([import("node:tls"), import("node:net")]);
  return {
    createConnection(options) {
      const { host = "" } = options as { host?: string };
      // No path: that would be a socket of this machine's.
      return connect({ ...options, path: undefined, servername: isIP(host) ? "" : host, ALPNProtocols: ["http/1.1"] });
    },
  };
}

/** What RFC 6455 has both sides hash with the key. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What RFC 6455, section 4.1, asks of the answer beyond its status. */
function handshakeError({ headers }: IncomingMessage, accept: string): string | undefined {
  if (headers.upgrade?.toLowerCase() !== "websocket") {
    return "the connection was not upgraded to a WebSocket";
  }
  if (headers["sec-websocket-accept"] !== accept) {
    return "the WebSocket handshake was answered with a wrong key";
  }
  if (headers["sec-websocket-extensions"] !== undefined) {
    return "the service uses a WebSocket extension that was not offered";
  }
  return undefined;
}

function headersOf({ headers }: IncomingMessage): [string, string][] {
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}
