package com.deno.sandbox

/** A stable, machine-readable name for each way a call can fail; its [value] is the same in every language. */
public enum class ErrorCode {
    /** The capacity is malformed or out of range. */
    INVALID_CAPACITY,

    /** The slug breaks the naming rule. */
    INVALID_SLUG,

    /** The text can be neither a slug nor an id. */
    INVALID_REFERENCE,

    /** The region is malformed, or differs from that of a mounted volume. */
    INVALID_REGION,

    /** The memory is malformed or out of range. */
    INVALID_MEMORY,

    /** The timeout is malformed or zero. */
    INVALID_TIMEOUT,

    /** The mount path is not absolute, is `/`, or is used twice. */
    INVALID_MOUNT_PATH,

    /** The sandbox id is malformed. */
    INVALID_SANDBOX_ID,

    /** The labels break a limit. */
    INVALID_LABELS,

    /** The name or value of an environment variable is malformed. */
    INVALID_ENV,

    /** A secret is malformed. */
    INVALID_SECRET,

    /** A pattern of allowed hosts is malformed. */
    INVALID_ALLOW_NET,

    /** A path is empty, too long or holds a NUL character. */
    INVALID_PATH,

    /** An endpoint is not a base URL. */
    INVALID_ENDPOINT,

    /** Another option is malformed. */
    INVALID_OPTION,

    /** No access token was given, neither as an option nor in the environment. */
    MISSING_TOKEN,

    /** A personal token needs an organization beside it. */
    MISSING_ORG,

    /** The token cannot be a token: empty or with characters no header may carry. */
    MALFORMED_TOKEN,

    /** The call is not possible in the object's present state. */
    INVALID_STATE,

    /** The service does not accept the token. */
    INVALID_TOKEN,

    /** The token is good but may not do this. */
    FORBIDDEN,

    /** The named thing does not exist. */
    NOT_FOUND,

    /** The change conflicts with the present state, like a slug in use or a volume still mounted. */
    CONFLICT,

    /** The service refused the request as malformed or out of limits. */
    REJECTED,

    /** Too many requests. */
    RATE_LIMITED,

    /** The service failed or is overloaded. */
    UNAVAILABLE,

    /** The service answered something outside the protocol. */
    PROTOCOL_VIOLATION,

    /** A list repeated a cursor, so following it would never end. */
    CURSOR_REPEATED,

    /** The service could not be reached. */
    CONNECT_FAILED,

    /** Connecting took longer than the connect deadline. */
    CONNECT_TIMEOUT,

    /** The answer took longer than the request deadline. */
    REQUEST_TIMEOUT,

    /** Nothing was heard for longer than the idle deadline. */
    IDLE_TIMEOUT,

    /** The connection broke while a request was under way. */
    CONNECTION_BROKEN,

    /** The sandbox connection is closed. */
    CONNECTION_CLOSED,

    /** The call was cancelled. */
    CANCELLED,

    /** A file or folder in the sandbox does not exist. */
    FILE_NOT_FOUND,

    /** A file or folder in the sandbox exists already. */
    FILE_EXISTS,

    /** The sandbox's permissions forbid it. */
    PERMISSION_DENIED,

    /** A file was meant, and the path is a folder. */
    IS_A_DIRECTORY,

    /** A folder was meant, and the path is something else. */
    NOT_A_DIRECTORY,

    /** The folder is not empty. */
    DIRECTORY_NOT_EMPTY,

    /** Too many symbolic links were followed. */
    TOO_MANY_LINKS,

    /** The volume or disk is full. */
    STORAGE_FULL,

    /** The file system is mounted read-only. */
    READ_ONLY,

    /** The file is too large for one message; open it and read it in parts. */
    FILE_TOO_LARGE,

    /** The process has ended already. */
    PROCESS_EXITED,

    /** A command ended with a status other than success. */
    COMMAND_FAILED,

    /** A stream ended with an error. */
    STREAM_FAILED,

    /** The output is not valid UTF-8. */
    INVALID_UTF8,

    /** Anything else the sandbox reported. */
    SANDBOX_FAILED,

    /** The sandbox has no such method. */
    UNSUPPORTED_METHOD,

    /** A local file could not be read or written. */
    LOCAL_IO,

    /** A path received from the sandbox would leave the destination folder. */
    UNSAFE_PATH,

    /** A defect in this SDK; please report it. */
    INTERNAL;

    /** As every language has it, like `invalid-capacity`. */
    public val value: String = name.lowercase().replace('_', '-')

    internal companion object {
        // A code is missing here only when the core is newer than this file, which a test refuses.
        fun of(value: String): ErrorCode = entries.find { it.value == value } ?: INTERNAL
    }
}
