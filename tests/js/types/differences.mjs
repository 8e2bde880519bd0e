// Where our types mean to differ from the published ones, and why: what to take out of the published
// declarations before the two are compared. An entry that takes nothing out is a failure.

/** @type {{ file: string, remove: RegExp, reason: string }[]} */
export const differences = [
  ...["volume", "snapshot", "sandbox"].map((name) => ({
    file: `${name}.d.ts`,
    remove: /^ *\[util\.inspect\.custom\].*$/gm,
    reason: "the method is there; naming it would ask every program for the types of Node",
  })),
];
