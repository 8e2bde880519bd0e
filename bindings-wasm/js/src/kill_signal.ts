import type { Signal } from "./child_process.ts";

/**
 * As an `AbortController`, for sending signals to commands.
 *
 * ```ts
 * const controller = new KillController();
 * const command = sandbox.sh`sleep 60`.signal(controller.signal);
 * setTimeout(() => controller.kill("SIGKILL"), 2_000);
 * await command.noThrow();
 * ```
 */
export class KillController {
  readonly #state: State = { abortedCode: undefined, listeners: [] };
  readonly #signal: KillSignal = new KillSignal(own, this.#state);

  /** What commands listen to. */
  get signal(): KillSignal {
    return this.#signal;
  }

  /** Sends a signal, `SIGTERM` unless told, to all of them. */
  kill(signal: Signal = "SIGTERM"): void {
    send(this.#state, signal);
  }
}

/** What is called when a signal is sent. */
export type KillSignalListener = (signal: Signal) => void;

/**
 * As an `AbortSignal`, for the signals a {@linkcode KillController} sends. It is aborted once it was sent `SIGTERM`,
 * `SIGKILL`, `SIGABRT`, `SIGQUIT` or `SIGINT`.
 */
export class KillSignal {
  readonly #state: State;

  /** @internal */
  constructor(symbol: symbol, state: State) {
    if (symbol !== own) throw new TypeError("a KillSignal comes from a KillController");
    this.#state = state;
  }

  /** Whether it was sent a signal that ends commands. */
  get aborted(): boolean {
    return this.#state.abortedCode !== undefined;
  }

  /** The exit code of a command that was ended so. */
  get abortedExitCode(): number | undefined {
    return this.#state.abortedCode;
  }

  /** Passes everything on to another. */
  linkChild(killSignal: KillSignal): { unsubscribe(): void } {
    const listener = (signal: Signal): void => send(killSignal.#state, signal);
    this.addListener(listener);
    return { unsubscribe: () => this.removeListener(listener) };
  }

  /** Calls `listener` for each signal sent. */
  addListener(listener: KillSignalListener): void {
    this.#state.listeners.push(listener);
  }

  /** Calls it no more. */
  removeListener(listener: KillSignalListener): void {
    const index = this.#state.listeners.indexOf(listener);
    if (index >= 0) this.#state.listeners.splice(index, 1);
  }
}

interface State {
  abortedCode: number | undefined;
  listeners: KillSignalListener[];
}

const own = Symbol();

/** What a shell tells of a command that ended by a signal: 128 and its number. */
const EXIT_CODES: Partial<Record<Signal, number>> = {
  SIGINT: 130,
  SIGQUIT: 131,
  SIGABRT: 134,
  SIGKILL: 137,
  SIGTERM: 143,
};

function send(state: State, signal: Signal): void {
  state.abortedCode = EXIT_CODES[signal] ?? state.abortedCode;
  for (const listener of [...state.listeners]) listener(signal);
}
