// Where our package means to differ from the published one, and why.

const absent = (published, ours) => published === undefined && ours !== undefined;

/** @type {{ at: RegExp, reason: string, holds?: (published: unknown, ours: unknown) => boolean }[]} */
export const differences = [
  {
    at: / › error › message$/,
    reason: "messages are the core's: what was being done, what went wrong, what is allowed",
    holds: (_, ours) => typeof ours === "string" && ours.length > 10,
  },
  {
    at: / › error › name$/,
    reason: "an error's name is that of its class, where the published one has ClientError or Error",
    holds: (published) => ["ClientError", "Error"].includes(published),
  },
  {
    at: /^exports › value › (formatBytes|InvalidInputError|MissingOrgError|OperationError)$/,
    reason: "more is exported: what programs need, and every class an error can have",
    holds: absent,
  },
  {
    at: /^volumes\..* › used$/,
    reason: "a volume says how much of it is used, as the service documents",
    holds: absent,
  },
  {
    at: /^a bad (slug|capacity) › error › (class|traceId)$/,
    reason: "refused before anything is sent, so there is no trace; the class is a subclass of the published one",
    holds: (published, ours) => [published, ours].join() === "ApiError,InvalidInputError" || ours === "undefined",
  },
  {
    at: /^a sandbox with a wrong token › error › (code|status|traceId)$/,
    reason: "every error has a code, and what the service told of it",
    holds: (published, ours) => published === "undefined" && ours !== "undefined",
  },
  {
    at: /^readTextFile of a folder › error › class$/,
    reason: "Deno has a class for it, which the published package's own copy of Deno's classes lacks",
    holds: (_, ours) => ours === "IsADirectory",
  },
  {
    at: /^mtime › value$/,
    reason: "numbers are seconds, as the published documentation says; there they are taken for milliseconds",
    holds: (published, ours) => published.startsWith("1970-01-13") && ours.startsWith("2004-11-09"),
  },
  {
    at: /^a read given up › error › (name|code)$/,
    reason: "a call given up rejects with its signal's own reason, a TimeoutError of AbortSignal.timeout()",
    holds: (_, ours) => ours === "TimeoutError" || ours === 23,
  },
  {
    at: /^spawn with a stream as input › (value|error)$/,
    reason: "an option of a wrong shape is refused; there it is ignored",
    holds: (published, ours) => published === "" || ours?.class === "InvalidInputError",
  },
  {
    at: /^sh json of no JSON › error › (class|name|code)$/,
    reason: "every error is a SandboxSdkError with a code",
    holds: (_, ours) => ours === "OperationError" || ours === "invalid-option",
  },
  {
    at: /^sh cwd › value$/,
    reason: "each method of a command line keeps what was set before; there .text() forgets the folder",
    holds: (_, ours) => ours === "/tmp\n",
  },
  {
    at: /^sh env › value$/,
    reason: "variables may be given as an object, and are kept",
    holds: (_, ours) => ours === "c\n",
  },
  {
    at: /^(spawn )?after close › error › code$/,
    reason: "the code of the close is told to calls after it too",
    holds: (published, ours) => published === "undefined" && ours === 1005,
  },
];
