import type { NativeClient } from "./native.ts";
import { InvalidInputError } from "./errors.ts";
import { describe } from "./paths.ts";
import { host, native } from "./runtime.ts";

/** How to reach the service; what is not given comes from the environment, else it has a default. */
export interface BaseClientOptions {
  /**
   * The access token: `ddo_…` of an organization, or `ddp_…` of a person, which needs {@linkcode org} too.
   * Else `DENO_DEPLOY_TOKEN`.
   */
  token?: string;
  /** The organization to act for. Else `DENO_DEPLOY_ORG`. */
  org?: string;
  /** Where volumes and snapshots are managed. Else `DENO_DEPLOY_ENDPOINT`, else `https://console.deno.com`. */
  apiEndpoint?: string;
}

/** How to reach sandboxes. */
export interface SandboxEndpointOptions {
  /**
   * Where sandboxes are reached: a URL, or what makes one of a region. Else `DENO_SANDBOX_ENDPOINT`, else
   * `https://REGION.` before `DENO_SANDBOX_BASE_DOMAIN`, which is `sandbox-api.deno.net` unless set.
   */
  sandboxEndpoint?: string | ((region: string) => string);
}

/** How long to wait, and for what; in milliseconds. */
export interface DeadlineOptions {
  /** For a connection: 10 000 unless told. Past it, calls fail with the code `"connect-timeout"`. */
  connectTimeoutMs?: number;
  /** For the whole answer to one attempt of a request: 60 000 unless told; else `"request-timeout"`. */
  requestTimeoutMs?: number;
  /** For any sign of life on a sandbox connection: 30 000 unless told; else `"idle-timeout"`. */
  idleTimeoutMs?: number;
  /** How long after its start a failed request may be repeated where that is safe: 30 000 unless told; 0 never. */
  retryBudgetMs?: number;
}

/** Everything there is to say about the way to the service. */
export type ClientOptions = BaseClientOptions & SandboxEndpointOptions & DeadlineOptions;

/** Checks the options and makes a client of them. `region` is that of the sandbox the client is for. */
export function nativeClient(options: ClientOptions = {}, region: () => string = noRegion): NativeClient {
  if (typeof options !== "object" || options === null) {
    throw new InvalidInputError(`options must be an object, not ${describe(options)}`);
  }
  const { apiEndpoint, sandboxEndpoint, ...rest } = options;
  const config = {
    ...rest,
    endpoint: apiEndpoint,
    sandboxEndpoint: typeof sandboxEndpoint === "function" ? sandboxEndpoint(region()) : sandboxEndpoint,
    environment: variable,
  };
  return new (native().NativeClient)(config, host());
}

/** A client for more than one sandbox takes a function only where the region is known later; see `Sandboxes`. */
function noRegion(): string {
  return native().regionOrDefault(undefined);
}

/** One environment variable. What may not be read counts as not set: the option can be given instead. */
function variable(name: string): string | undefined {
  const { Deno, process } = globalThis as {
    Deno?: { env?: { get(name: string): string | undefined } };
    process?: { env?: Record<string, string | undefined> };
  };
  try {
    return Deno?.env ? Deno.env.get(name) : process?.env?.[name];
  } catch {
    return undefined;
  }
}
