/**
 * What `console.log` shows of an object whose fields are private.
 *
 * @module
 */

type Inspect = (value: unknown, options?: unknown) => string;

/** Has inspection show `fields` after the class's name, in Node, Bun and Deno. */
export function showFields<T extends object>(prototype: T, name: string, fields: (object: T) => object): void {
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: T, depth: number, options: { depth?: number | null }, inspect: Inspect) {
      if (depth < 0) return `[${name}]`;
      const rest = options.depth === null ? null : (options.depth ?? 2) - 1;
      return `${name} ${inspect(fields(this), { ...options, depth: rest })}`;
    },
  });
  Object.defineProperty(prototype, Symbol.for("Deno.customInspect"), {
    value(this: T, inspect: Inspect, options: unknown) {
      return `${name} ${inspect(fields(this), options)}`;
    },
  });
}
