package com.deno.sandbox

import com.deno.sandbox.internal.Failure
import com.deno.sandbox.internal.FailureDetails
import com.deno.sandbox.internal.InternalException
import com.deno.sandbox.internal.errorCodes
import kotlinx.coroutines.CancellationException

/**
 * What went wrong, in one shape for every part of the SDK.
 *
 * Its `message` is one line that names what was being done and to what. [code] is stable and meant for
 * programs; the subclass says whose doing it is.
 *
 * ```kotlin
 * try {
 *     println(sandbox.readTextFile("/data/words.txt"))
 * } catch (error: SandboxException) {
 *     if (error.code != ErrorCode.FILE_NOT_FOUND) throw error
 *     println("nothing there yet")
 * }
 * ```
 */
public sealed class SandboxException(details: FailureDetails) : RuntimeException(details.description) {
    /** The stable name of what went wrong. */
    public val code: ErrorCode = ErrorCode.of(details.code)

    /** The sentence without the operation. */
    public val reason: String = details.message

    /** What was being done, and to what. */
    public val operation: String? = details.operation

    /** The HTTP status of the answer, where there was one. */
    public val status: Int? = details.status?.toInt()

    /** The service's own code, like `INVALID_TOKEN` or `ENOENT`, where it sent one. */
    public val serviceCode: String? = details.serviceCode

    /** The class the error had in the sandbox, like `NotFound`, where it told. */
    public val className: String? = details.className

    /**
     * The code the connection was closed with, where that is what happened: 1005 where the peer gave none, 1006
     * where the connection just ended.
     */
    public val closeCode: Int? = details.closeCode?.toInt()

    /** The words the connection was closed with, where that is what happened. */
    public val closeReason: String? = details.closeReason

    /** The id to quote to support, where the service sent one. */
    public val traceId: String? = details.traceId

    /** Whether the same call can succeed later without a change by the caller. */
    public val retryable: Boolean = details.retryable

    /** The caller's mistake, found before anything is sent. */
    public class Usage internal constructor(details: FailureDetails) : SandboxException(details)

    /** What the service answered. */
    public class Service internal constructor(details: FailureDetails) : SandboxException(details)

    /** The way to the service, or to the sandbox, failed. */
    public class Connection internal constructor(details: FailureDetails) : SandboxException(details)

    /** What the sandbox itself reported. */
    public class Sandbox internal constructor(details: FailureDetails) : SandboxException(details)

    /** What failed on this machine. */
    public class Local internal constructor(details: FailureDetails) : SandboxException(details)

    internal companion object {
        /** Whose doing each code is, as the core says. */
        private val classes by lazy { errorCodes().associate { it.code to it.`class` } }

        /** What the core's failures become; what is none, like a cancellation, stays as it is. */
        fun of(error: Exception): Exception =
            when (error) {
                is SandboxException, is CancellationException -> error
                is Failure.Failed -> of(error.details)
                // The core panicked.
                is InternalException -> of(details("internal", error.message ?: "the core failed")).apply { initCause(error) }
                // The only one the generated code throws.
                is IllegalStateException -> of(details("invalid-state", "it is closed"))
                else -> error
            }

        /** The caller's mistake that no part below this one can see. */
        fun usage(code: String, message: String): SandboxException = of(details(code, message))

        private fun of(details: FailureDetails): SandboxException =
            when (classes[details.code]) {
                "usage" -> Usage(details)
                "service" -> Service(details)
                "connection" -> Connection(details)
                "sandbox" -> Sandbox(details)
                else -> Local(details)
            }

        private fun details(code: String, message: String) =
            FailureDetails(code, message, message, null, null, null, null, null, null, null, false)
    }
}
