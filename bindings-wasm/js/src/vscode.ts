import "./polyfill.ts";
import type { ChildProcessStatus, Signal } from "./child_process.ts";
import { unsupported } from "./unsupported.ts";

/** An editor in a sandbox; not in this version. */
export class VsCode implements AsyncDisposable {
  /** @internal */
  constructor() {
    throw unsupported("VsCode");
  }

  /** Where it is reached. */
  get url(): string {
    throw unsupported("VsCode.url");
  }

  /** Its standard output. */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    throw unsupported("VsCode.stdout");
  }

  /** Its standard error. */
  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> {
    throw unsupported("VsCode.stderr");
  }

  /** How it ended, once it has. */
  get status(): Promise<ChildProcessStatus> {
    return Promise.reject(unsupported("VsCode.status"));
  }

  /** Sends it a signal. */
  kill(_signal?: Signal): Promise<void> {
    return Promise.reject(unsupported("VsCode.kill()"));
  }

  /** Ends it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
