import "./polyfill.ts";
import { run } from "./failure.ts";
import { showFields } from "./inspect.ts";
import type { NativeProcess } from "./native.ts";
import { type Bytes, collect, inputOf, outputOf } from "./streams.ts";

/** The signals a process can be sent, or ended by. */
export type Signal =
  | ("SIGABRT" | "SIGALRM" | "SIGBREAK" | "SIGBUS" | "SIGCHLD" | "SIGCONT" | "SIGEMT" | "SIGFPE" | "SIGHUP")
  | ("SIGILL" | "SIGINFO" | "SIGINT" | "SIGIO" | "SIGPOLL" | "SIGUNUSED" | "SIGKILL" | "SIGPIPE" | "SIGPROF")
  | ("SIGPWR" | "SIGQUIT" | "SIGSEGV" | "SIGSTKFLT" | "SIGSTOP" | "SIGSYS" | "SIGTERM" | "SIGTRAP" | "SIGTSTP")
  | ("SIGTTIN" | "SIGTTOU" | "SIGURG" | "SIGUSR1" | "SIGUSR2" | "SIGVTALRM" | "SIGWINCH" | "SIGXCPU" | "SIGXFSZ");

/** How a process ended. */
export interface ChildProcessStatus {
  /** Whether its exit code is 0. */
  success: boolean;
  /** Its exit code; 128 and the signal's number where a signal ended it. */
  code: number;
  /** The signal that ended it, if one did. */
  signal: Signal | null;
  /** Whether it was most likely ended for want of memory. */
  oom: boolean;
}

/** How a process ended, and all it wrote that was piped. */
export interface ChildProcessOutput {
  /** How it ended. */
  status: ChildProcessStatus;
  /** What it wrote to standard output; `null` where that was not piped. */
  readonly stdout: Bytes | null;
  /** What it wrote to standard error; `null` where that was not piped. */
  readonly stderr: Bytes | null;
  /** The same as UTF-8 text. */
  readonly stdoutText: string | null;
  /** The same as UTF-8 text. */
  readonly stderrText: string | null;
}

/** What happens with a process's output. */
export type Stdio = "piped" | "inherit" | "null";

/** The streams of a process, as its options asked for them. */
export interface StdioOptions {
  stdin?: "piped" | "null" | undefined;
  stdout?: Stdio | undefined;
  stderr?: Stdio | undefined;
}

/**
 * A process in a sandbox, started by {@linkcode Sandbox.spawn}. What it writes to a piped output has to be read: past
 * some megabytes it waits for a reader, and its {@linkcode status} with it.
 */
export class ChildProcess extends EventTarget implements AsyncDisposable {
  readonly #process: NativeProcess;
  readonly #toError: (failure: unknown) => unknown;
  readonly #pid: number;
  readonly #piped: { stdin: boolean; stdout: boolean; stderr: boolean };
  readonly #copied: Promise<unknown>;
  #stdin: WritableStream<Bytes> | undefined;
  #stdout: ReadableStream<Bytes> | undefined;
  #stderr: ReadableStream<Bytes> | undefined;
  #status: Promise<ChildProcessStatus> | undefined;

  /** @internal */
  constructor(process: NativeProcess, stdio: StdioOptions, toError: (failure: unknown) => unknown) {
    super();
    if (process === undefined) throw new TypeError("a ChildProcess comes from sandbox.spawn()");
    this.#process = process;
    this.#toError = toError;
    this.#pid = process.pid;
    const piped = (kind: string | undefined): boolean => kind === "piped";
    this.#piped = { stdin: piped(stdio.stdin), stdout: piped(stdio.stdout), stderr: piped(stdio.stderr) };
    this.#copied = Promise.all([
      copyTo("stdout", stdio.stdout, () => process.takeStdout()),
      copyTo("stderr", stdio.stderr, () => process.takeStderr()),
    ]);
  }

  /** Its number in the sandbox. */
  get pid(): number {
    return this.#pid;
  }

  /** Its standard input, where that is piped; it has to be closed. Else `null`. */
  get stdin(): WritableStream<Bytes> | null {
    if (!this.#piped.stdin) return null;
    return this.#stdin ??= inputOf(this.#process.takeStdin()!, this.#toError);
  }

  /** Its standard output, where that is piped; else `null`. */
  get stdout(): ReadableStream<Bytes> | null {
    if (!this.#piped.stdout) return null;
    return this.#stdout ??= outputOf(this.#process.takeStdout()!, this.#toError);
  }

  /** Its standard error, where that is piped; else `null`. */
  get stderr(): ReadableStream<Bytes> | null {
    if (!this.#piped.stderr) return null;
    return this.#stderr ??= outputOf(this.#process.takeStderr()!, this.#toError);
  }

  /** How it ended, once it has. */
  get status(): Promise<ChildProcessStatus> {
    if (this.#status === undefined) {
      this.#status = this.#ended();
      // Who asks and never looks is not to end the program.
      this.#status.catch(() => {});
    }
    return this.#status;
  }

  /**
   * Sends it a signal, `SIGTERM` unless told. That it has ended already is fine. Await {@linkcode status} to know when
   * it has.
   */
  kill(signal: Signal = "SIGTERM"): Promise<void> {
    return run("use", this.kill, async () => {
      try {
        await this.#process.call("processKill", { signal }, undefined);
      } catch (failure) {
        if ((failure as { code?: unknown }).code !== "process-exited") throw failure;
      }
    });
  }

  /** Waits until it has ended, and for all it writes to its piped outputs. */
  output(): Promise<ChildProcessOutput> {
    return run("use", this.output, () => this.collect(false));
  }

  /**
   * As {@linkcode output}; with `check`, an end other than success is a failure.
   *
   * @internal
   */
  async collect(check: boolean): Promise<ChildProcessOutput> {
    const [output, stdout, stderr] = await Promise.all([
      this.#process.output(check, undefined),
      rest(this.#stdout),
      rest(this.#stderr),
    ]);
    await this.#inherited();
    const { stdout: outOf, stderr: errOf } = this.#piped;
    return new Output(
      output.status as ChildProcessStatus,
      outOf ? stdout === undefined ? output.stdout as Bytes : stdout : null,
      errOf ? stderr === undefined ? output.stderr as Bytes : stderr : null,
    );
  }

  /** Ends it, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.status;
  }

  async #ended(): Promise<ChildProcessStatus> {
    try {
      const status = await this.#process.status(undefined);
      await this.#inherited();
      return status as ChildProcessStatus;
    } catch (failure) {
      throw this.#toError(failure);
    }
  }

  /** What is inherited appears before the end is told, unless a child of its own holds the output open. */
  async #inherited(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, COPY_GRACE_MS));
    await Promise.race([this.#copied, late]);
    clearTimeout(timer);
  }

  static {
    showFields(this.prototype, "ChildProcess", ({ pid }) => ({ pid }));
  }
}

/** As the core's own. */
const COPY_GRACE_MS = 500;

class Output implements ChildProcessOutput {
  readonly status: ChildProcessStatus;
  readonly stdout: Bytes | null;
  readonly stderr: Bytes | null;

  constructor(status: ChildProcessStatus, stdout: Bytes | null, stderr: Bytes | null) {
    this.status = status;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  get stdoutText(): string | null {
    return this.stdout && new TextDecoder().decode(this.stdout);
  }

  get stderrText(): string | null {
    return this.stderr && new TextDecoder().decode(this.stderr);
  }
}

/** What is left of a stream that was handed out: `undefined` if it was not, `null` if somebody reads it. */
async function rest(stream: ReadableStream<Bytes> | undefined): Promise<Bytes | null | undefined> {
  if (stream === undefined) return undefined;
  return stream.locked ? null : await collect(stream);
}

interface ProgramOutput {
  write(chunk: Uint8Array): boolean;
  destroyed?: boolean;
  once(event: "drain" | "error" | "close", listener: () => void): void;
  off(event: "drain" | "error" | "close", listener: () => void): void;
}

/** Copies what is inherited to the program's own output. */
async function copyTo(
  name: "stdout" | "stderr",
  stdio: Stdio | undefined,
  take: () => ReturnType<NativeProcess["takeStdout"]>,
): Promise<void> {
  if (stdio === "piped" || stdio === "null") return;
  const from = take();
  const { process } = globalThis as { process?: { stdout?: ProgramOutput; stderr?: ProgramOutput } };
  const to = process?.[name];
  // A failed connection is told by the status, and output that cannot be written is still taken from the process, so
  // that it does not stall.
  for (;;) {
    const chunk = await from?.next(undefined).catch(() => undefined);
    if (chunk === undefined) return;
    if (to !== undefined && !to.destroyed && !to.write(chunk)) await drained(to);
  }
}

function drained(output: ProgramOutput): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ["drain", "error", "close"] as const) output.off(event, done);
      resolve();
    };
    for (const event of ["drain", "error", "close"] as const) output.once(event, done);
  });
}

