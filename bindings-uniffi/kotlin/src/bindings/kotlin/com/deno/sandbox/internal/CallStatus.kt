package com.deno.sandbox.internal

/**
 * Runs a call of the core with this thread's status, in place of the generated function, which makes a new one each
 * time: JNA takes native memory for both of its structures, which the garbage collector gives back later, and copies
 * all fields there and back. That took longer than the calls themselves.
 *
 * One for each thread is enough. What a call needs of others, as a buffer for its text, is done when it begins, and
 * where the core calls back, it does so from calls without a status.
 */
internal inline fun <T, E : Exception> callWithStatus(
    errors: UniffiRustCallStatusErrorHandler<E>,
    check: (UniffiRustCallStatusErrorHandler<E>, UniffiRustCallStatus) -> Unit,
    body: (UniffiRustCallStatus) -> T,
): T {
    val status = statuses.get()
    status.pointer.setByte(CODE, UNIFFI_CALL_SUCCESS)
    val result = body(status)
    if (status.pointer.getByte(CODE) != UNIFFI_CALL_SUCCESS) {
        status.read()
        check(errors, status)
    }
    return result
}

internal val statuses: ThreadLocal<UniffiRustCallStatus> =
    ThreadLocal.withInitial { UniffiRustCallStatus().apply { setAutoSynch(false) } }

/** Where the code is in it: first. */
internal const val CODE = 0L
