// One measurement of whichever `@deno/sandbox` is installed beside this file: prints a number, or
// several, as JSON. A process of its own each time, so that no measurement warms up another.

import { readFileSync, writeFileSync } from "node:fs";

const MIB = 1 << 20;
const FILE = 32 * MIB;
const GIB = 1 << 30;

const measurements = {
  /** Milliseconds until the package can be used. */
  async import() {
    const start = performance.now();
    await import("@deno/sandbox");
    return performance.now() - start;
  },

  /** Milliseconds until a client stands, what was put off at import included. */
  async client() {
    const start = performance.now();
    const { Client } = await import("@deno/sandbox");
    new Client();
    return performance.now() - start;
  },

  /** Microseconds of a small call, one after the other. */
  roundTrip: () =>
    withSandbox(async (sandbox) => {
      await sandbox.fs.writeTextFile("small", "hello");
      const times = [];
      for (let round = 0; round < 5_500; round++) {
        const start = performance.now();
        await sandbox.fs.readTextFile("small");
        if (round >= 500) times.push(performance.now() - start);
      }
      return median(times) * 1000;
    }),

  /** MiB/s of a file written and read whole. */
  wholeFile: () =>
    withSandbox(async (sandbox) => {
      const content = new Uint8Array(FILE).map((_, index) => index * 31);
      const [writes, reads] = [[], []];
      for (let round = 0; round < 5; round++) {
        const start = performance.now();
        await sandbox.fs.writeFile("big", content);
        const written = performance.now();
        const back = await sandbox.fs.readFile("big");
        const read = performance.now();
        if (Buffer.compare(back, content) !== 0) throw new Error("the file came back changed");
        writes.push(written - start);
        reads.push(read - written);
      }
      const speed = (times) => FILE / MIB / (median(times) / 1000);
      return { write: speed(writes), read: speed(reads) };
    }),

  /** MiB that reading a 32 MiB file whole takes above an idle connection. */
  wholeFileMemory: () =>
    withSandbox(async (sandbox) => {
      await sandbox.sh`head -c ${FILE} /dev/zero > big`;
      const idle = startPeak();
      await sandbox.fs.readFile("big");
      return peak() - idle;
    }),

  /** MiB above an idle connection, and MiB/s, of a 1 GiB file read as a stream. */
  stream: () =>
    withSandbox(async (sandbox) => {
      await sandbox.sh`head -c ${GIB} /dev/zero > gib`;
      const idle = startPeak();
      const start = performance.now();
      const file = await sandbox.fs.open("gib", { read: true });
      let total = 0;
      for await (const chunk of file.readable) total += chunk.byteLength;
      if (total !== GIB) throw new Error(`${total} bytes arrived`);
      return { memory: peak() - idle, speed: GIB / MIB / ((performance.now() - start) / 1000) };
    }),
};

async function withSandbox(use) {
  const { Sandbox } = await import("@deno/sandbox");
  const sandbox = await Sandbox.create();
  try {
    return await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

/** Forgets the peak so far; MiB now resident. */
function startPeak() {
  globalThis.gc?.();
  writeFileSync("/proc/self/clear_refs", "5");
  return memory("VmRSS");
}

function peak() {
  return memory("VmHWM");
}

function memory(field) {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)[1]) / 1024;
}

const name = process.argv[2];
console.log(JSON.stringify(await measurements[name]()));
process.exit(0);
