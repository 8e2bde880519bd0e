// Where our package means to differ from the published one, and why.

/** @type {{ at: RegExp, reason: string, holds?: (published: unknown, ours: unknown) => boolean }[]} */
export const differences = [
  {
    at: / › error › message$/,
    reason: "messages are the core's: what was being done, what went wrong, what is allowed",
    holds: (_, ours) => typeof ours === "string" && ours.length > 10,
  },
];
