import "./polyfill.ts";
import { ChildProcess } from "./child_process.ts";
import { type ClientOptions, nativeClient } from "./config.ts";
import type { Build, DeployOptions, SandboxDeno } from "./deno.ts";
import { denoOfSandbox } from "./deno.ts";
import { EnvOfSandbox, type SandboxEnv } from "./env.ts";
import { failuresOf, run, runSync } from "./failure.ts";
import { FsOfSandbox } from "./fs.ts";
import { showFields } from "./inspect.ts";
import type { NativeSandbox } from "./native.ts";
import { pathOf, textOf } from "./paths.ts";
import { native } from "./runtime.ts";
import { commandLine, type SandboxCommandBuilder } from "./sh.ts";
import type { Bytes } from "./streams.ts";
import type { CallOptions } from "./types/common.ts";
import type { ReadFileOptions, SandboxFs, WriteFileOptions } from "./types/fs.ts";
import type { ConnectOptions, RequestInit, SandboxOptions, SpawnOptions, VsCodeOptions } from "./types/sandbox.ts";
import { unsupported } from "./unsupported.ts";
import type { VsCode } from "./vscode.ts";

/**
 * A running sandbox and the connection to it.
 *
 * A sandbox without a timeout ends when the connection that created it closes.
 *
 * ```ts
 * import { Sandbox } from "@deno/sandbox";
 *
 * await using sandbox = await Sandbox.create({ volumes: { "/data": "training-cache" } });
 * await sandbox.writeTextFile("/data/hello.txt", "Hello");
 * console.log(await sandbox.sh`cat /data/hello.txt`.text()); // "Hello"
 * ```
 */
export class Sandbox implements AsyncDisposable {
  readonly #sandbox: NativeSandbox;
  readonly #fs: SandboxFs;
  readonly #env: SandboxEnv;
  #closed: Promise<void> | undefined;

  /**
   * A command line for `bash`, as a tag for templates. What is substituted reaches the command as one word whatever
   * it contains, an array as one word for each item.
   *
   * ```ts
   * const name = "it's a file.txt";
   * await sandbox.sh`touch ${name}`;
   * const files = await sandbox.sh`ls | jq -R . | jq -s .`.json<string[]>();
   * ```
   */
  sh: (templateStrings: TemplateStringsArray, ...substitutions: unknown[]) => SandboxCommandBuilder;

  /** @internal */
  constructor(sandbox: NativeSandbox) {
    if (sandbox === undefined) throw new TypeError("a Sandbox comes from Sandbox.create() or Sandbox.connect()");
    this.#sandbox = sandbox;
    this.#fs = new FsOfSandbox(sandbox);
    this.#env = new EnvOfSandbox(sandbox);
    this.sh = function sh(strings, ...substitutions) {
      const toError = failuresOf("use", sh);
      return runSync("use", sh, () => commandLine(sandbox, strings, substitutions, toError));
    };
  }

  /**
   * Creates a sandbox and connects to it.
   *
   * Sent once: it is repeated only where the service was not reached at all. The first malformed option is refused
   * before anything is sent. When a later step fails, the sandbox is ended again.
   */
  static create(options?: SandboxOptions): Promise<Sandbox> {
    return run("connect", create, () => createSandbox(options));
  }

  /** Connects to a sandbox that runs already. Its region is told by its id. */
  static connect(id: string, options?: ConnectOptions): Promise<Sandbox>;
  /** Connects to a sandbox that runs already. */
  static connect(options: ConnectOptions & { id: string }): Promise<Sandbox>;
  static connect(idOrOptions: string | (ConnectOptions & { id: string }), options?: ConnectOptions): Promise<Sandbox> {
    return run("connect", connect, () => {
      if (typeof idOrOptions !== "object" || idOrOptions === null) return connectSandbox(idOrOptions, options);
      const { id, ...rest } = idOrOptions;
      return connectSandbox(id, options ?? rest);
    });
  }

  /** Its id, to connect to it again. */
  get id(): string {
    return this.#sandbox.id;
  }

  /** The region it runs in. */
  get region(): string {
    return this.#sandbox.region;
  }

  /** The id to quote to support about this connection, where the service sent one. */
  get traceId(): string | undefined {
    return this.#sandbox.traceId;
  }

  /** Settled once the connection is closed, by either side. */
  get closed(): Promise<void> {
    return this.#closed ??= this.#sandbox.closed(undefined).then(() => {});
  }

  /** Its files. */
  get fs(): SandboxFs {
    return this.#fs;
  }

  /** Its environment variables. */
  get env(): SandboxEnv {
    return this.#env;
  }

  /** Deno in it; not in this version. */
  get deno(): SandboxDeno {
    return denoOfSandbox;
  }

  /** How to reach it by SSH; not in this version. */
  get ssh(): { username: string; hostname: string } | undefined {
    return undefined;
  }

  /** Where its port is exposed; not in this version. */
  get url(): string | undefined {
    return undefined;
  }

  /**
   * Starts a process. No shell is involved: arguments reach the program exactly as given.
   *
   * ```ts
   * const child = await sandbox.spawn("wc", { args: ["-c"], stdin: "piped", stdout: "piped" });
   * const writer = child.stdin!.getWriter();
   * await writer.write(new TextEncoder().encode("hello"));
   * await writer.close();
   * console.log((await child.output()).stdoutText); // "5\n"
   * ```
   */
  spawn(command: string | URL, options: SpawnOptions = {}): Promise<ChildProcess> {
    return run("use", this.spawn, async () => {
      const { signal, cwd, ...rest } = options;
      signal?.throwIfAborted();
      const given = { ...rest, command: pathOf(command), cwd: cwd === undefined ? cwd : pathOf(cwd) };
      const process = await this.#sandbox.call("spawn", given, undefined);
      const child = new ChildProcess(process, rest, failuresOf("use", this.spawn));
      if (signal != null) endWith(child, signal);
      return child;
    });
  }

  /** Reads a whole file; as `fs.readFile()`. */
  readFile(path: string | URL, options?: ReadFileOptions): Promise<Bytes> {
    return run("use", this.readFile, () => this.#fs.readFile(path, options));
  }

  /** Reads a whole file as UTF-8; as `fs.readTextFile()`. */
  readTextFile(path: string | URL, options?: ReadFileOptions): Promise<string> {
    return run("use", this.readTextFile, () => this.#fs.readTextFile(path, options));
  }

  /** Writes a whole file; as `fs.writeFile()`. */
  writeFile(
    path: string | URL,
    data: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
    options?: WriteFileOptions,
  ): Promise<void> {
    return run("use", this.writeFile, () => this.#fs.writeFile(path, data, options));
  }

  /** Writes a whole file of text; as `fs.writeTextFile()`. */
  writeTextFile(path: string | URL, data: string | ReadableStream<string>, options?: WriteFileOptions): Promise<void> {
    return run("use", this.writeTextFile, () => this.#fs.writeTextFile(path, data, options));
  }

  /**
   * Has it end this long from now, like `"5m"`, instead of when it would have. Gives when it ends now, which the
   * service may have put earlier than asked for.
   */
  extendTimeout(timeout: `${number}s` | `${number}m`, options?: CallOptions): Promise<Date> {
    return run("manage", this.extendTimeout, async () => {
      return new Date(await this.#sandbox.extendTimeout(timeout, options?.signal));
    });
  }

  /** Ends it, and the connection. One that has ended already is fine. */
  kill(options?: CallOptions): Promise<void> {
    return run("kill", this.kill, () => this.#sandbox.kill(options?.signal));
  }

  /** Closes the connection; calls under way fail. Closing twice is fine. */
  close(): Promise<void> {
    return run("use", this.close, () => this.#sandbox.close());
  }

  /** Closes the connection. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Sends a request from within it; not in this version. */
  fetch(_url: string | URL, _init?: RequestInit): Promise<Response> {
    return run("use", this.fetch, () => {
      throw unsupported("sandbox.fetch()");
    });
  }

  /** Exposes a port over HTTP; not in this version. */
  exposeHttp(_target: { port: number } | { pid: number }): Promise<string> {
    return run("use", this.exposeHttp, () => {
      throw unsupported("sandbox.exposeHttp()");
    });
  }

  /** Exposes it over SSH; not in this version. */
  exposeSsh(): Promise<{ hostname: string; username: string }> {
    return run("use", this.exposeSsh, () => {
      throw unsupported("sandbox.exposeSsh()");
    });
  }

  /** Runs an editor in it; not in this version. */
  exposeVscode(_path?: string, _options?: VsCodeOptions): Promise<VsCode> {
    return run("use", this.exposeVscode, () => {
      throw unsupported("sandbox.exposeVscode()");
    });
  }

  /** Deploys a folder of it as an app; not in this version. */
  deploy(_app: string, _options?: DeployOptions): Promise<Build> {
    return run("use", this.deploy, () => {
      throw unsupported("sandbox.deploy()");
    });
  }

  static {
    showFields(this.prototype, "Sandbox", ({ id, region }) => ({ id, region }));
  }
}

// Beside the class: bundlers give one that speaks of itself another name.
const { create, connect } = Sandbox;

/** {@linkcode Sandbox.create}, whoever calls it. */
export async function createSandbox(options: SandboxOptions & ClientOptions = {}): Promise<Sandbox> {
  const { ssh, port, debug, signal } = options ?? {};
  // Refused before there is a sandbox to be left behind.
  if (ssh) throw unsupported("the option `ssh`");
  if (port !== undefined) throw unsupported("the option `port`");
  const client = nativeClient(options, () => native().regionOrDefault(options.region));
  return connected(await client.createSandbox(options, signal), debug);
}

/** {@linkcode Sandbox.connect}, whoever calls it. */
export async function connectSandbox(id: string, options: ConnectOptions & ClientOptions = {}): Promise<Sandbox> {
  const text = textOf(id, "a sandbox id", "invalid-sandbox-id");
  const client = nativeClient(options, () => native().regionOf(text));
  return connected(await client.connectSandbox(text, options?.signal), options?.debug);
}

function connected(sandbox: NativeSandbox, debug: boolean | undefined): Sandbox {
  if (debug) console.log("trace ID:", sandbox.traceId ?? "n/a");
  return new Sandbox(sandbox);
}

/** Ends a process when a signal is aborted, for as long as it runs. */
function endWith(child: ChildProcess, signal: AbortSignal): void {
  // That it has ended, or the connection has, is told by its status.
  const abort = (): void => void child.kill().catch(() => {});
  if (signal.aborted) return abort();
  signal.addEventListener("abort", abort, { once: true });
  const forget = (): void => signal.removeEventListener("abort", abort);
  child.status.then(forget, forget);
}
