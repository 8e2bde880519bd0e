import { ChildProcess, type ChildProcessStatus, type Signal, type Stdio } from "./child_process.ts";
import { InvalidInputError, OperationError, SandboxCommandError } from "./errors.ts";
import { failuresOf, run } from "./failure.ts";
import { KillController, KillSignal } from "./kill_signal.ts";
import type { NativeSandbox } from "./native.ts";
import { describe } from "./paths.ts";
import { native } from "./runtime.ts";

/** What a command line gave. */
export interface SandboxCommandResult {
  /** How it ended. */
  status: ChildProcessStatus;
  /** What it wrote to standard output as UTF-8; `null` where that was not piped. */
  stdoutText: string | null;
  /** What it wrote to standard error as UTF-8; `null` where that was not piped. */
  stderrText: string | null;
  /** What it wrote to standard output; `null` where that was not piped. */
  stdout: Uint8Array | null;
  /** What it wrote to standard error; `null` where that was not piped. */
  stderr: Uint8Array | null;
}

/** What happens with a command line's output. */
export type ShellPipeKind = Stdio;

interface State {
  readonly script: string;
  readonly noThrow: boolean;
  readonly sudo: boolean;
  readonly cwd?: string;
  readonly env: Record<string, string>;
  readonly stdout: Stdio;
  readonly stderr: Stdio;
  readonly signals: readonly (KillSignal | AbortSignal)[];
  /** Awaiting calls from nowhere: errors then begin where the template stands. */
  readonly toError: (failure: unknown) => unknown;
}

/**
 * A command line for `bash`, from {@linkcode Sandbox.sh}. It runs when it is awaited, or when one of `text`, `json`,
 * `result` and `spawn` is called; every other method gives a new one, changed.
 *
 * ```ts
 * const name = "it's a file.txt";
 * const count = await sandbox.sh`wc -l < ${name}`.cwd("/data").text();
 * await sandbox.sh`rm -- ${["a b", "c"]}`.noThrow();
 * ```
 */
export class SandboxCommandBuilder implements PromiseLike<SandboxCommandResult> {
  readonly #sandbox: NativeSandbox;
  readonly #state: State;

  /** @internal */
  constructor(sandbox: NativeSandbox, state: State) {
    this.#sandbox = sandbox;
    this.#state = state;
  }

  /** Takes any exit code for an answer instead of an error. */
  noThrow(value = true): SandboxCommandBuilder {
    return this.#with({ noThrow: value });
  }

  /** Runs the line's first command as root: `sudo ` before it. */
  sudo(enable = true): SandboxCommandBuilder {
    return this.#with({ sudo: enable });
  }

  /** The folder it starts in; the sandbox's home folder unless told. */
  cwd(path: string): SandboxCommandBuilder {
    return this.#with({ cwd: path });
  }

  /** Sets an environment variable, or several, for it alone. */
  env(name: string, value: string): SandboxCommandBuilder;
  env(variables: Record<string, string>): SandboxCommandBuilder;
  env(name: string | Record<string, string>, value?: string): SandboxCommandBuilder {
    const added = typeof name === "string" ? { [name]: value as string } : name;
    return this.#with({ env: { ...this.#state.env, ...added } });
  }

  /** Where its output goes: to this program's own unless told; `text` and `json` have it piped. */
  stdout(kind: ShellPipeKind): SandboxCommandBuilder {
    return this.#with({ stdout: kind });
  }

  /** Where its errors go: to this program's own unless told. Piped, they are part of the error's message. */
  stderr(kind: ShellPipeKind): SandboxCommandBuilder {
    return this.#with({ stderr: kind });
  }

  /** Passes signals on to it; an `AbortSignal` ends it by `SIGTERM`. Several may be given. */
  signal(killOrAbortSignal: KillSignal | AbortSignal): SandboxCommandBuilder {
    if (!(killOrAbortSignal instanceof KillSignal || killOrAbortSignal instanceof AbortSignal)) {
      const given = describe(killOrAbortSignal);
      throw new InvalidInputError(`a signal must be a KillSignal or an AbortSignal, not ${given}`);
    }
    return this.#with({ signals: [...this.#state.signals, killOrAbortSignal] });
  }

  /** Runs it; gives what it wrote to standard output, as UTF-8. */
  text(): Promise<string> {
    return run("use", this.text, async () => (await this.stdout("piped").#result()).stdoutText!);
  }

  /** Runs it; gives what it wrote to standard output, read as JSON. */
  json<T = unknown>(): Promise<T> {
    return run("use", this.json, async () => {
      const text = (await this.stdout("piped").#result()).stdoutText!;
      try {
        return JSON.parse(text) as T;
      } catch (cause) {
        const message = `the command's output is not JSON: ${(cause as Error).message}`;
        throw new OperationError(message, "invalid-option", { cause });
      }
    });
  }

  /** Runs it; gives how it ended and what it wrote where that is piped. */
  result(): Promise<SandboxCommandResult> {
    return run("use", this.result, () => this.#result());
  }

  /** Starts it. */
  spawn(): Promise<SandboxCommandChild> {
    return run("use", this.spawn, () => this.#start(failuresOf("use", this.spawn)));
  }

  /** Runs it when awaited; as {@linkcode result}. */
  then<Result = SandboxCommandResult, Failure = never>(
    onfulfilled?: ((value: SandboxCommandResult) => Result | PromiseLike<Result>) | null,
    onrejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    const result = this.#result().catch((failure) => {
      throw this.#state.toError(failure);
    });
    return result.then(onfulfilled, onrejected);
  }

  async #result(): Promise<SandboxCommandResult> {
    const child = await this.#start((failure) => failure);
    return child.collect(!this.#state.noThrow);
  }

  async #start(toError: (failure: unknown) => unknown): Promise<SandboxCommandChild> {
    const { script, sudo, cwd, env, stdout, stderr, signals } = this.#state;
    const ended = signals.map(exitCode).find((code) => code !== undefined);
    if (ended !== undefined) return new SandboxCommandChild(endedBefore(ended, stdout, stderr), () => {});
    const native = await this.#sandbox.call("sh", { script, cwd, env, sudo, stdout, stderr }, undefined);
    const child = new ChildProcess(native, { stdout, stderr }, toError);
    // That it has ended, or the connection has, is told by its output.
    const kill = (signal: Signal): void => void child.kill(signal).catch(() => {});
    const forgets = signals.map((signal) => listen(signal, kill));
    return new SandboxCommandChild(child, () => forgets.forEach((forget) => forget()));
  }

  #with(change: Partial<State>): SandboxCommandBuilder {
    return changed(this.#sandbox, { ...this.#state, ...change });
  }
}

// Beside the class: bundlers give one that speaks of itself another name.
const changed = (sandbox: NativeSandbox, state: State): SandboxCommandBuilder => new SandboxCommandBuilder(sandbox, state);

/** A command line that runs. */
export class SandboxCommandChild {
  readonly #child: ChildProcess | SandboxCommandResult;
  readonly #forget: () => void;

  /** @internal */
  constructor(child: ChildProcess | SandboxCommandResult, forget: () => void) {
    this.#child = child;
    this.#forget = forget;
  }

  /** Its standard output, where that is piped; else `null`. */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#child instanceof ChildProcess ? this.#child.stdout : null;
  }

  /** Its standard error, where that is piped; else `null`. */
  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#child instanceof ChildProcess ? this.#child.stderr : null;
  }

  /** Waits until it has ended, and for all it writes where that is piped. */
  output(): Promise<SandboxCommandResult> {
    return run("use", this.output, () => this.collect(false));
  }

  /** @internal */
  async collect(check: boolean): Promise<SandboxCommandResult> {
    if (this.#child instanceof ChildProcess) {
      try {
        return await this.#child.collect(check);
      } finally {
        this.#forget();
      }
    }
    const { code } = this.#child.status;
    if (check) throw new SandboxCommandError(`the command was ended before it began, with exit code ${code}`, code);
    return this.#child;
  }
}

/** The command line of a template, each substitution as one word, or as one for each item of an array. */
export function commandLine(
  sandbox: NativeSandbox,
  strings: TemplateStringsArray,
  substitutions: unknown[],
  toError: (failure: unknown) => unknown,
): SandboxCommandBuilder {
  if (!Array.isArray(strings)) {
    throw new InvalidInputError("`sh` is a tag for templates: write sandbox.sh`…`, without parentheses");
  }
  const words = substitutions.map((value) => Array.isArray(value) ? value.map(word).join(" ") : word(value));
  const script = strings.map((text, index) => text + (words[index] ?? "")).join("");
  return new SandboxCommandBuilder(sandbox, {
    script,
    noThrow: false,
    sudo: false,
    env: {},
    stdout: "inherit",
    stderr: "inherit",
    signals: [],
    toError,
  });
}

function word(value: unknown): string {
  if (typeof value === "object" && value !== null || typeof value === "function" || typeof value === "symbol") {
    throw new InvalidInputError(`a command line takes strings and numbers, not ${describe(value)}`);
  }
  return native().quote(value == null ? "" : String(value));
}

function exitCode(signal: KillSignal | AbortSignal): number | undefined {
  if (signal instanceof KillSignal) return signal.abortedExitCode;
  if (!signal.aborted) return undefined;
  const controller = new KillController();
  controller.kill();
  return controller.signal.abortedExitCode;
}

function listen(signal: KillSignal | AbortSignal, kill: (signal: Signal) => void): () => void {
  if (signal instanceof KillSignal) {
    signal.addListener(kill);
    return () => signal.removeListener(kill);
  }
  const abort = (): void => kill("SIGTERM");
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}

function endedBefore(code: number, stdout: Stdio, stderr: Stdio): SandboxCommandResult {
  const none = (kind: Stdio): Uint8Array | null => kind === "piped" ? new Uint8Array() : null;
  const text = (kind: Stdio): string | null => kind === "piped" ? "" : null;
  return {
    status: { success: false, code, signal: null, oom: false },
    stdout: none(stdout),
    stderr: none(stderr),
    stdoutText: text(stdout),
    stderrText: text(stderr),
  };
}
