/**
 * What `await using` looks for, which the oldest hosts lack.
 *
 * @module
 */

if (Symbol.asyncDispose === undefined) {
  Object.defineProperty(Symbol, "asyncDispose", { value: Symbol("Symbol.asyncDispose") });
}
