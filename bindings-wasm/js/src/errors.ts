/**
 * What a call can fail with: one base class, the published names below it, and the same facts on each.
 *
 * @module
 */

import { type ErrorCode, isSdkError, markSdkError } from "./error_code.ts";

/**
 * The base class of everything that fails in the SDK, errors that come from inside a sandbox included.
 *
 * ```ts
 * try {
 *   await client.volumes.create({ slug: "training-cache", region: "ord", capacity: "2GB" });
 * } catch (error) {
 *   if (error instanceof SandboxSdkError && error.errorCode === "conflict") {
 *     console.log("it exists already", error.traceId);
 *   }
 * }
 * ```
 */
export abstract class SandboxSdkError extends Error {
  /** The stable name of what went wrong, the same in every language of the SDK. */
  errorCode: ErrorCode;
  /** Whether the same call can succeed later without a change by the caller. */
  retryable: boolean;
  /** What was being done and to what, like `create volume "training-cache"`. */
  declare operation?: string;
  /** The HTTP status of the answer, where there was one. */
  declare status?: number;
  /** The service's own code, like `SLUG_IN_USE` or `ENOENT`, where it sent one. */
  declare serviceCode?: string;
  /** The id to quote to support, where the service sent one. */
  declare traceId?: string | undefined;
  /** As the published classes have it, which differs from class to class; else as {@linkcode errorCode}. */
  code: string | number | undefined;

  /** @internal */
  constructor(message: string, errorCode: ErrorCode, options?: ErrorOptions) {
    super(message, options);
    this.code = errorCode;
    this.errorCode = errorCode;
    this.retryable = false;
    markSdkError(this);
  }

  /**
   * What a sandbox reports is an instance of this class and of the one it names, like `Deno.errors.NotFound`.
   *
   * @internal
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === base ? isSdkError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

// Beside the class: bundlers give one that speaks of itself another name.
const base: unknown = SandboxSdkError;

/** A timeout that is malformed or zero. */
export class InvalidTimeoutError extends SandboxSdkError {
  /** Constructs an InvalidTimeoutError */
  constructor(message: string) {
    super(message, "invalid-timeout");
  }
}

/** An amount of memory that is malformed or out of range. */
export class InvalidMemoryError extends SandboxSdkError {
  /** Constructs an InvalidMemoryError */
  constructor(message: string) {
    super(message, "invalid-memory");
  }
}

/** No access token, neither as an option nor in the environment. */
export class MissingTokenError extends SandboxSdkError {
  /** Constructs a MissingTokenError */
  constructor(message = "no access token; give the option `token` or set DENO_DEPLOY_TOKEN") {
    super(message, "missing-token");
  }
}

/** A personal token without an organization. */
export class MissingOrgError extends SandboxSdkError {
  /** Constructs a MissingOrgError */
  constructor(message = "a personal token needs an organization; give the option `org` or set DENO_DEPLOY_ORG") {
    super(message, "missing-org");
  }
}

/** An access token that is malformed, or that the service does not accept for a sandbox. */
export class InvalidTokenError extends SandboxSdkError {
  /** Constructs an InvalidTokenError */
  constructor(message: string) {
    super(message, "invalid-token");
  }
}

/** The service answered a request with an error. */
export class ApiError extends SandboxSdkError {
  /** The HTTP status of the answer. */
  declare status: number;
  /** The service's own code, like `SLUG_IN_USE`. */
  declare code: string;

  /** Constructs an ApiError */
  constructor(status: number, code: string, message: string, traceId?: string) {
    super(message, "rejected");
    this.status = status;
    this.code = code;
    this.serviceCode = code;
    if (traceId !== undefined) this.traceId = traceId;
  }
}

/**
 * A value that the SDK refused before anything was sent; {@linkcode errorCode} says which kind of value.
 *
 * It is an {@linkcode ApiError} too, for programs that expect the service to refuse such a value: its `status` is the
 * one the service would have answered with, 400, and its `code` that of the service, like `INVALID_SLUG`.
 */
export class InvalidInputError extends ApiError {
  /** Constructs an InvalidInputError */
  constructor(message: string, errorCode: ErrorCode = "invalid-option") {
    super(400, errorCode.toUpperCase().replaceAll("-", "_"), message);
    this.errorCode = errorCode;
    // Nothing was sent, so nobody sent a code.
    delete this.serviceCode;
  }
}

/** The service refused the connection to a sandbox. */
export class ConnectionEstablishmentError extends SandboxSdkError {
  /** The HTTP status of the answer. */
  declare status: number;
  /** The service's own code, like `SANDBOX_NOT_FOUND`. */
  declare code: string;
  /** The id to quote to support, where the service sent one. */
  declare traceId: string | undefined;

  /** Constructs a ConnectionEstablishmentError */
  constructor(status: number, code: string, message: string, traceId?: string) {
    super(message, "rejected");
    this.status = status;
    this.code = code;
    this.serviceCode = code;
    this.traceId = traceId;
  }
}

/** Ending a sandbox failed. */
export class SandboxKillError extends SandboxSdkError {
  /** The HTTP status of the answer. */
  declare status: number;
  /** What the service said. */
  response: string;

  /** Constructs a SandboxKillError */
  constructor(status: number, response: string) {
    super(`Failed to kill sandbox: ${status} ${response}`, "rejected");
    this.status = status;
    this.response = response;
  }
}

/** The service could not be reached, or did not answer in time. */
export class NetworkError extends SandboxSdkError {
  /** Constructs a NetworkError */
  constructor(message: string, { cause }: { cause?: unknown } = {}) {
    super(message, "connect-failed", cause === undefined ? undefined : { cause });
  }
}

/** The connection to the sandbox is closed, or broke while the call was under way. */
export class ConnectionClosedError extends SandboxSdkError {
  /** The code the WebSocket was closed with, where that is what happened. */
  declare code: number | undefined;
  /** The words it was closed with. */
  reason: string | undefined;

  /** Constructs a ConnectionClosedError */
  constructor(code?: number, reason?: string) {
    super(
      code === undefined
        ? "the connection to the sandbox is closed"
        : `the connection to the sandbox was closed (code ${code}${reason ? `: ${reason}` : ""})`,
      "connection-closed",
    );
    this.code = code;
    this.reason = reason;
  }
}

/** The sandbox refused a call as such, by the rules of JSON-RPC. */
export class RpcError extends SandboxSdkError {
  /** The code of JSON-RPC. */
  declare code: number;
  /** More about it, where the sandbox told. */
  declare data?: unknown;

  /** Constructs an RpcError */
  constructor(code: number, message: string, data?: unknown) {
    super(message, "sandbox-failed");
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}

/** A command ended with a status other than success. */
export class SandboxCommandError extends SandboxSdkError {
  /** The exit code. */
  declare readonly code: number;

  /** Constructs a SandboxCommandError */
  constructor(message: string, code: number) {
    super(message, "command-failed");
    this.code = code;
  }
}

/** What no other class says: see {@linkcode errorCode}. */
export class OperationError extends SandboxSdkError {
  declare code: ErrorCode;

  /** Constructs an OperationError */
  constructor(message: string, errorCode: ErrorCode, options?: ErrorOptions) {
    super(message, errorCode, options);
  }
}

// Bundlers shorten the names of classes; and a name is not to be shown among an error's fields.
const classes = {
  InvalidInputError,
  InvalidTimeoutError,
  InvalidMemoryError,
  MissingTokenError,
  MissingOrgError,
  InvalidTokenError,
  ApiError,
  ConnectionEstablishmentError,
  SandboxKillError,
  NetworkError,
  ConnectionClosedError,
  RpcError,
  SandboxCommandError,
  OperationError,
};
for (const [name, { prototype }] of Object.entries(classes)) {
  Object.defineProperty(prototype, "name", { value: name, configurable: true, writable: true });
}
