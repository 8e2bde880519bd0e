// Steps that run in order, each with a name; one closing line that says how many held.

const results = { passed: 0, failed: 0 };

/**
 * Runs one step, for at most `limit` milliseconds, and goes on after a failure, so that one run shows everything. What
 * the step returns is printed behind its name.
 */
export async function step(name, body, limit = 60_000) {
  let timer;
  const late = new Promise((_, reject) => timer = setTimeout(() => reject(new Error(`no end after ${limit} ms`)), limit));
  try {
    const said = await Promise.race([body(), late]);
    results.passed += 1;
    console.log(`ok      ${name}${said === undefined ? "" : `: ${said}`}`);
  } catch (error) {
    results.failed += 1;
    console.log(`FAILED  ${name}\n        ${String(error?.stack ?? error).replaceAll("\n", "\n        ")}`);
  }
  clearTimeout(timer);
}

/** Prints the closing line and ends the process with a status that agrees with it. */
export function finish() {
  console.log(`${results.passed} passed, ${results.failed} failed`);
  process.exit(results.failed === 0 && results.passed > 0 ? 0 : 1);
}

/** The error a promise is rejected with. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/** Everything an async iterable yields. */
export async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}
