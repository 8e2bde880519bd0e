/**
 * The host that every JavaScript runtime is: HTTP requests through `fetch`, no sandbox connections.
 *
 * @module
 */

import type { Host, HostRequest, HostResponse } from "./host.ts";
import { HostFailure } from "./host.ts";

/** The largest answer that is read, as in the core's own transport. */
const MAX_BODY = 64 << 20;

/** HTTP through `fetch`, and nothing else. */
export const webHost: Host = { fetch: sendRequest };

/** Sends one request with the runtime's `fetch`. */
export async function sendRequest(request: HostRequest): Promise<HostResponse> {
  const { method, url, headers, body, signal } = request;
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body: body ?? null, signal, redirect: "manual" });
  } catch (error) {
    throw failureOf(error);
  }
  if (response.type === "opaqueredirect") {
    throw new HostFailure("protocol", "the service redirected the request");
  }
  try {
    return {
      status: response.status,
      headers: [...response.headers].map(([name, value]) => [name.toLowerCase(), value]),
      body: await readAll(response),
    };
  } catch (error) {
    throw error instanceof HostFailure ? error : new HostFailure("broken", messageOf(error));
  }
}

async function readAll(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // A reader rather than iteration, which not every runtime has.
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) break;
    length += part.value.length;
    if (length > MAX_BODY) {
      await reader?.cancel();
      throw new HostFailure("protocol", `the answer is larger than ${MAX_BODY} bytes`);
    }
    parts.push(part.value);
  }
  if (parts.length === 1) return parts[0] as Uint8Array;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Codes of Node's and Bun's that mean the request cannot have arrived. */
const NOT_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ConnectionRefused",
  "FailedToOpenSocket",
]);

/** Deno gives no codes; this is the name its HTTP client has for the phase before a request is sent. */
const DENO_NOT_CONNECTED = /client error \(Connect\)/;

/** What a failure of Node's, Deno's or Bun's network means. */
export function failureOf(error: unknown): HostFailure {
  let message = messageOf(error);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = "code" in cause ? String(cause.code) : "";
    // The innermost words say most: the outermost are "fetch failed".
    message = messageOf(cause) || message || code;
    if (NOT_CONNECTED.has(code) || DENO_NOT_CONNECTED.test(message)) {
      return new HostFailure("connect", message);
    }
    if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") {
      return new HostFailure("connect-timeout", message);
    }
  }
  return new HostFailure("broken", message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
