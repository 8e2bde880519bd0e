package com.deno.sandbox

import com.deno.sandbox.internal.Cancellation
import com.deno.sandbox.internal.Content
import com.deno.sandbox.internal.Progress
import com.deno.sandbox.internal.use
import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import com.deno.sandbox.internal.TransferProgress as CoreProgress

/** Runs a call that takes [parts] while they are collected; what they throw is thrown. */
internal suspend fun sending(parts: Flow<ByteArray>, write: suspend (Content, Cancellation) -> Unit) {
    Content().use { content ->
        val failure = AtomicReference<Throwable>()
        try {
            coroutineScope {
                val sender = launch(threads(coroutineContext)) {
                    try {
                        parts.takeWhile { content.send(it) }.collect {}
                        content.finish()
                    } catch (error: Throwable) {
                        // Else the writing has ended already.
                        if (!isActive) throw error
                        failure.set(error)
                        content.fail(error.toString())
                    }
                }
                call { write(content, it) }
                sender.cancelAndJoin()
            }
        } catch (error: SandboxException) {
            // What the core says of parts that failed is only that they did.
            throw failure.get() ?: error
        }
    }
}

/** Runs a call that tells its progress; what [onProgress] throws ends it and is thrown. */
internal suspend fun telling(
    onProgress: ((TransferProgress) -> Unit)?,
    transfer: suspend (Progress?, Cancellation) -> Unit,
) {
    val failure = AtomicReference<Throwable>()
    try {
        call(reusable = onProgress == null) { cancellation ->
            val progress = onProgress?.let { tell ->
                object : Progress {
                    override fun onProgress(progress: CoreProgress) {
                        try {
                            tell(TransferProgress(progress))
                        } catch (error: Throwable) {
                            failure.compareAndSet(null, error)
                            cancellation.cancel()
                        }
                    }
                }
            }
            transfer(progress, cancellation)
        }
    } catch (error: SandboxException) {
        throw failure.get() ?: error
    }
}
