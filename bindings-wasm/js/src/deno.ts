/**
 * Deno in a sandbox: the published package's types and classes, for programs that name them. See `unsupported.ts`.
 *
 * @module
 */

import { ChildProcess } from "./child_process.ts";
import type { RequestInit, SpawnOptions } from "./types/sandbox.ts";
import type { BuildLog, Revision } from "./types/revisions.ts";
import { unsupported, unsupportedMethods } from "./unsupported.ts";

/** Deno in a sandbox; not in this version. */
export interface SandboxDeno {
  /** Runs a program. */
  run(options: DenoRunOptions): Promise<DenoProcess>;
  /** Evaluates code, once. */
  eval<T = unknown>(code: string): Promise<T>;
  /** Starts a read-eval-print loop. */
  repl(options?: DenoReplOptions): Promise<DenoRepl>;
  /** Deploys a folder of the sandbox as an app. */
  deploy(app: string, options?: DeployOptions): Promise<Build>;
}

/** What the code is: the end of its file's name. */
export type CodeExtension = "js" | "cjs" | "mjs" | "ts" | "cts" | "mts" | "jsx" | "tsx";

/** What to run, and how. */
export type DenoRunOptions =
  & (
    | {
      /** The program's file. */
      entrypoint: string | URL;
      /** Starts it again when one of its files, or of those given, changes. */
      watch?: boolean | string[];
    }
    | {
      /** The program itself. */
      code: string;
      /** What it is; `"ts"` unless told. */
      extension?: CodeExtension;
    }
  )
  & {
    /** Arguments of the program. */
    scriptArgs?: string[];
  }
  & Omit<SpawnOptions, "args">;

/** How to start a read-eval-print loop. */
export type DenoReplOptions = {
  /** Arguments of the program. */
  scriptArgs?: string[];
} & Omit<SpawnOptions, "args">;

/** A Deno program in a sandbox; not in this version. */
export class DenoProcess extends ChildProcess {
  /** Whether it serves HTTP. */
  get httpReady(): Promise<boolean> {
    return Promise.reject(unsupported("DenoProcess.httpReady"));
  }

  /** Sends a request to it. */
  fetch(_url: string | URL, _init?: RequestInit): Promise<Response> {
    return Promise.reject(unsupported("DenoProcess.fetch()"));
  }
}

/** A Deno read-eval-print loop in a sandbox; not in this version. */
export class DenoRepl extends DenoProcess {
  /** Evaluates code in it. */
  eval<T = unknown>(_code: string): Promise<T> {
    return Promise.reject(unsupported("DenoRepl.eval()"));
  }

  /** Calls a function in it. */
  call<T = unknown>(_fn: string, ..._args: unknown[]): Promise<T> {
    return Promise.reject(unsupported("DenoRepl.call()"));
  }

  /** Ends it. */
  close(): Promise<void> {
    return Promise.reject(unsupported("DenoRepl.close()"));
  }
}

/** What is being deployed. */
export interface Build {
  /** Its id. */
  id: string;
  /** The revision, once it is built. */
  done: Promise<Revision>;
  /** What the build writes. */
  logs(): AsyncIterable<BuildLog>;
}

/** How an app is built. */
export type BuildOptions =
  & {
    /** Its first file, relative to the folder. */
    entrypoint?: string;
    /** Arguments of the program. */
    args?: string[];
  }
  & (
    | {
      /** As it is. */
      mode?: "none";
    }
    | {
      /** Built in the sandbox. */
      mode?: "local";
      /** What it is made with. */
      frameworkPreset?:
        | ("" | "astro" | "fresh" | "lume" | "nextjs" | "nuxt" | "remix" | "solidstart" | "sveltekit" | "tanstackstart");
      /** Run before the build. */
      installCommand?: string;
      /** The build itself. */
      buildCommand?: string;
      /** The folder to deploy. */
      buildDirectory?: string;
    }
  );

/** What to deploy, and how. */
export interface DeployOptions {
  /** The folder; the sandbox's home folder unless told. */
  path?: string;
  /** For production; true unless told. */
  production?: boolean;
  /** As a preview. */
  preview?: boolean;
  /** How it is built. */
  build?: BuildOptions;
}

/** `sandbox.deno`. */
export const denoOfSandbox: SandboxDeno = /* @__PURE__ */ unsupportedMethods<SandboxDeno>(
  "sandbox.deno",
  ["run", "eval", "repl", "deploy"],
);
