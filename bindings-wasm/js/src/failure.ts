/**
 * The one place where a failed call of the module becomes an error of the class a user knows.
 *
 * @module
 */

import { type ErrorCode, isSdkError, markSdkError } from "./error_code.ts";
import {
  ApiError,
  ConnectionClosedError,
  ConnectionEstablishmentError,
  InvalidInputError,
  InvalidMemoryError,
  InvalidTimeoutError,
  InvalidTokenError,
  MissingOrgError,
  MissingTokenError,
  NetworkError,
  OperationError,
  RpcError,
  SandboxCommandError,
  SandboxKillError,
  type SandboxSdkError,
} from "./errors.ts";
import type { NativeError } from "./native.ts";

/** What was being done, as far as the class of its errors depends on it. */
export type Kind = "manage" | "connect" | "kill" | "use";

/**
 * Does `work`. What it fails with is an error whose stack begins where `method` was called.
 *
 * Where that is, is looked for only after a failure: engines remember who awaits what, and taking down the caller of
 * every call costs as much as a tenth of a small one.
 */
export async function run<T>(kind: Kind, method: unknown, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    throw toError(failure, kind, callerOf(method, run));
  }
}

/** As {@linkcode run}, of what is done at once. */
export function runSync<T>(kind: Kind, method: unknown, work: () => T): T {
  try {
    return work();
  } catch (failure) {
    throw toError(failure, kind, callerOf(method, runSync));
  }
}

/** What a later failure of work begun by `method` is to be thrown as. */
export function failuresOf(kind: Kind, method: unknown): (failure: unknown) => unknown {
  const caller = takeDown(method);
  return (failure) => toError(failure, kind, caller);
}

interface Caller {
  stack?: string;
}

function takeDown(method: unknown): Caller {
  const caller: Caller = {};
  // Absent in some browsers; the error's own stack must do there.
  (Error as { captureStackTrace?(target: object, until: unknown): void }).captureStackTrace?.(caller, method);
  return caller;
}

/** Who called `method`; where that has left the stack already, who waits for `runner`, or called it in its place. */
function callerOf(method: unknown, runner: unknown): Caller {
  const caller = takeDown(method);
  return framesOf(caller) === "" ? takeDown(runner) : caller;
}

/** The frames of a stack as V8 and Bun write it, without those of the engine itself that come first. */
function framesOf({ stack = "" }: Caller): string {
  const start = stack.indexOf("\n    at ");
  return start < 0 ? "" : stack.slice(start).replace(/^(\n +at [^\n]*\((node:internal|ext:|native:)[^\n]*)+/, "");
}

function toError(failure: unknown, kind: Kind, caller: Caller): unknown {
  // What the face itself refuses is an error already.
  if (isSdkError(failure)) return calledFrom(caller, failure as Error);
  // The reason of a signal and what a user's own stream fails with go through as they are.
  if (!isNativeError(failure)) return failure;
  const error = classed(failure, kind);
  // Where a class has no code of its own, it is this one.
  if (error.code === error.errorCode) error.code = failure.code;
  error.errorCode = failure.code as ErrorCode;
  error.retryable = failure.retryable;
  error.message = failure.message;
  const { operation, status, serviceCode, traceId } = failure;
  Object.assign(error, definedOf({ operation, status, serviceCode, traceId }));
  if (failure.causes?.length && error.cause === undefined) {
    const cause = failure.causes.reduceRight((cause: Error | undefined, message) => new Error(message, { cause }), undefined);
    Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
  }
  return calledFrom(caller, error);
}

function calledFrom(caller: Caller, error: Error): Error {
  const frames = framesOf(caller);
  // Other engines write frames in other ways; the error's own must do there.
  if (frames !== "") {
    const value = `${error.name}: ${error.message}${frames}`;
    Object.defineProperty(error, "stack", { value, configurable: true, writable: true });
  }
  return error;
}

function definedOf(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function isNativeError(value: unknown): value is NativeError {
  return typeof value === "object" && value !== null && !(value instanceof Error) &&
    "code" in value && "class" in value && "message" in value && "retryable" in value;
}

function classed(failure: NativeError, kind: Kind): SandboxSdkError {
  const { code, message, status, serviceCode, traceId } = failure;
  switch (code) {
    case "invalid-timeout":
      return new InvalidTimeoutError(message);
    case "invalid-memory":
      return new InvalidMemoryError(message);
    case "missing-token":
      return new MissingTokenError(message);
    case "missing-org":
      return new MissingOrgError(message);
    case "malformed-token":
      return new InvalidTokenError(message);
    case "connection-closed":
    case "connection-broken":
    case "idle-timeout":
      if (kind === "use") return new ConnectionClosedError(failure.closeCode, failure.closeReason);
      break;
    case "command-failed":
      return new SandboxCommandError(message, failure.exitCode ?? 1);
  }
  if (failure.class === "usage" && code !== "invalid-state") return new InvalidInputError(message, code as ErrorCode);
  if (failure.class === "connection" && code !== "cancelled") return new NetworkError(message);
  if (status !== undefined) {
    if (kind === "connect" && code === "invalid-token") return new InvalidTokenError(message);
    const spoken = serviceCode ?? "UNKNOWN_ERROR";
    if (kind === "connect") return new ConnectionEstablishmentError(status, spoken, message, traceId);
    if (kind === "kill") return new SandboxKillError(status, message);
    const error = new ApiError(status, spoken, message, traceId);
    if (serviceCode === undefined) delete error.serviceCode;
    return error;
  }
  if (failure.className !== undefined) return reported(failure, failure.className);
  // Without a class it was the call that failed, and the code is a number of JSON-RPC.
  if (/^-?\d+$/.test(serviceCode ?? "")) return new RpcError(Number(serviceCode), message);
  return new OperationError(message, code as ErrorCode);
}

/**
 * The classes of errors a sandbox may name, as they are known in Deno. A sandbox is not trusted with naming others.
 */
const REPORTED = new Set([
  ...["NotFound", "PermissionDenied", "AlreadyExists", "BadResource", "Busy", "NotSupported", "FilesystemLoop"],
  ...["IsADirectory", "NotADirectory", "NotCapable", "InvalidData", "TimedOut", "Interrupted", "WriteZero"],
  ...["WouldBlock", "UnexpectedEof", "BrokenPipe", "ConnectionRefused", "ConnectionReset", "ConnectionAborted"],
  ...["NotConnected", "AddrInUse", "AddrNotAvailable", "NetworkUnreachable", "Http"],
  ...["TypeError", "RangeError", "ReferenceError", "SyntaxError", "URIError", "EvalError"],
]);

type ErrorClass = new (message: string) => Error;

const made = new Map<string, ErrorClass>();

/** What the sandbox reports, as an instance of the class it names, which is the host's own where it has that. */
function reported(failure: NativeError, className: string): SandboxSdkError {
  const name = REPORTED.has(className) ? className : "Error";
  const error = new (made.get(name) ?? make(name))(failure.message) as SandboxSdkError;
  error.code = failure.serviceCode ?? failure.code;
  markSdkError(error);
  return error;
}

function make(name: string): ErrorClass {
  const scope = globalThis as unknown as { Deno?: { errors?: Record<string, ErrorClass> }; [name: string]: unknown };
  const base = scope.Deno?.errors?.[name] ?? scope[name] as ErrorClass | undefined ?? Error;
  const errorClass = base.name === name ? base : { [name]: class extends base {} }[name]!;
  if (errorClass !== base) Object.defineProperty(errorClass.prototype, "name", { value: name });
  made.set(name, errorClass);
  return errorClass;
}
