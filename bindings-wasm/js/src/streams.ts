/**
 * Web streams over what the module reads and writes. Nothing is read before somebody asks for it, and a write is over
 * when the module has taken it, so memory stays bounded in both directions.
 *
 * @module
 */

import type { NativeByteSource, NativeProcessInput, NativeStream } from "./native.ts";

/** Bytes with a buffer of their own. */
export type Bytes = Uint8Array<ArrayBuffer>;

type ToError = (failure: unknown) => unknown;

/** What a source gives one part of at a time; `undefined` is the end. */
export interface Parts {
  read(): Promise<Uint8Array | undefined>;
  cancel?(): void;
}

/** Bytes from the sandbox as a stream, read when it is. */
export function readable(parts: Parts, toError: ToError): ReadableStream<Bytes> {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      let part: Uint8Array | undefined;
      try {
        do part = await parts.read(); while (part?.length === 0);
      } catch (failure) {
        throw toError(failure);
      }
      if (part === undefined) {
        controller.close();
        // A reader with a buffer of its own waits for this too.
        controller.byobRequest?.respond(0);
      } else {
        controller.enqueue(part as Bytes);
      }
    },
    cancel: () => parts.cancel?.(),
  });
}

/** A process's output. */
export function outputOf(stream: NativeStream<Uint8Array>, toError: ToError): ReadableStream<Bytes> {
  return readable({ read: () => stream.next(undefined), cancel: () => stream.cancel() }, toError);
}

/** A process's input: closing it is the end, aborting too. */
export function inputOf(input: NativeProcessInput, toError: ToError): WritableStream<Bytes> {
  return writable((chunk) => input.write(chunk, undefined), () => input.close(), toError);
}

/** A stream whose every write is awaited. */
export function writable(
  write: (chunk: Uint8Array) => Promise<void>,
  end: (() => void) | undefined,
  toError: ToError,
): WritableStream<Bytes> {
  return new WritableStream({
    async write(chunk) {
      try {
        await write(bytesOf(chunk));
      } catch (failure) {
        throw toError(failure);
      }
    },
    close: () => end?.(),
    abort: () => end?.(),
  });
}

/** A user's stream, for the module to read one part at a time. */
export function sourceOf(stream: ReadableStream<Uint8Array>): NativeByteSource & { release(failure?: unknown): void } {
  const reader = stream.getReader();
  return {
    async pull() {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        const part = bytesOf(value);
        if (part.length > 0) return part;
      }
    },
    /** Lets go of the stream; after a failure its own source is told to stop. */
    release(failure) {
      if (failure !== undefined) reader.cancel(failure).catch(() => {});
      reader.releaseLock();
    },
  };
}

/** All that is left of a stream. */
export async function collect(stream: ReadableStream<Bytes>): Promise<Bytes> {
  const parts: Bytes[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Bytes, of any view of them. */
export function bytesOf(data: Uint8Array | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError("a chunk must be a Uint8Array");
}
