package com.deno.sandbox

import com.deno.sandbox.internal.Cancellation
import com.deno.sandbox.internal.FfiConverter
import com.deno.sandbox.internal.FfiConverterUnit
import com.deno.sandbox.internal.Recipient
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlinx.coroutines.CompletableJob
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/**
 * Runs a call of the core that answers with a plain value: what a program does again and again, and what therefore
 * goes the shorter way. All else is as with [call].
 *
 * @param converter Reads the answer.
 * @param begin Begins the call, whose answer comes to the recipient.
 */
internal suspend fun <T> ask(converter: FfiConverter<T, *>, begin: Recipient.() -> Unit): T {
    val context = currentCoroutineContext()
    context.ensureActive()
    val recipient = idle.poll() ?: Recipient()
    val watch = watch(context, recipient::cancel)
    try {
        val threads = threads(context)
        if (threads === EmptyCoroutineContext) return recipient.answer(converter, begin)
        return withContext(NonCancellable + threads) { recipient.answer(converter, begin) }
    } catch (error: Exception) {
        context.ensureActive()
        throw SandboxException.of(error)
    } finally {
        // Else it was asked to cancel, or still is.
        if (watch.complete() && recipient.isSmall()) idle.add(recipient) else recipient.dismiss()
    }
}

/** [ask] for what only succeeds. */
internal suspend fun ask(begin: Recipient.() -> Unit): Unit = ask(FfiConverterUnit, begin)

/** As many as calls were under way at once: making one takes a good part of the time of a small call. */
private val idle = ConcurrentLinkedQueue<Recipient>()

/**
 * Runs a call of the core: the coroutine's cancellation ends it, here and in the service, and what it fails
 * with is a [SandboxException].
 *
 * The core's answer to a cancellation is waited for, which takes no time: what a call has opened when it is
 * cancelled in its last moment is given to the caller, never lost.
 *
 * @param reusable Whether [body] leaves its handle as it got it.
 */
internal suspend fun <T> call(reusable: Boolean = true, body: suspend (Cancellation) -> T): T {
    val context = currentCoroutineContext()
    context.ensureActive()
    val cancellation = unused.poll() ?: Cancellation()
    val watch = watch(context, cancellation::cancel)
    var succeeded = false
    try {
        return withContext(NonCancellable + threads(context)) { body(cancellation) }.also { succeeded = true }
    } catch (error: Exception) {
        context.ensureActive()
        throw SandboxException.of(error)
    } finally {
        // Else it was asked to cancel, or still is, and is the garbage collector's.
        if (watch.complete() && succeeded && reusable) unused.add(cancellation)
    }
}

private val unused = ConcurrentLinkedQueue<Cancellation>()

/** Has [cancel] called when the coroutine is cancelled; completed, the job it gives tells whether that happened. */
private fun watch(context: CoroutineContext, cancel: () -> Unit): CompletableJob {
    val watch = Job(context[Job])
    watch.invokeOnCompletion { cause -> if (cause != null) cancel() }
    return watch
}

/** Runs a function of the core that does not wait. */
internal inline fun <T> translated(body: () -> T): T =
    try {
        body()
    } catch (error: Exception) {
        throw SandboxException.of(error)
    }

/** Starts something nobody waits for; what it does before it waits itself is done when this returns. */
internal fun inBackground(body: suspend () -> Unit) {
    background.launch(start = CoroutineStart.UNDISPATCHED) {
        try {
            body()
        } catch (_: Exception) {
            // Nobody is left to tell.
        }
    }
}

private val background = CoroutineScope(SupervisorJob() + Dispatchers.Default)

/**
 * Where the core's futures are polled: on the caller's threads, unless those are whatever thread wakes a
 * coroutine. The core's own, which does, may hold what polling needs.
 */
internal fun threads(context: CoroutineContext): CoroutineContext {
    val dispatcher = context[ContinuationInterceptor] as? CoroutineDispatcher
    return if (dispatcher?.isDispatchNeeded(context) == true) EmptyCoroutineContext else Dispatchers.Default
}
