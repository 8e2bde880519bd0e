package com.deno.sandbox

import com.deno.sandbox.internal.Disposable
import com.deno.sandbox.internal.FfiConverterOptionalByteArray
import com.deno.sandbox.internal.FfiConverterOptionalString
import com.deno.sandbox.internal.use
import java.io.ByteArrayOutputStream
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import com.deno.sandbox.internal.ByteStream as CoreStream

/**
 * Bytes from the sandbox as they arrive. Every byte is given once, to whoever asks first.
 *
 * At most 8 MiB wait to be read in all streams of a connection together; past that nothing more is received on it,
 * replies to other calls included, until something is read or closed.
 *
 * ```kotlin
 * val process = sandbox.spawn("cat", "/data/words.txt", stdout = Stdio.PIPED)
 * var size = 0
 * process.stdout.chunks.collect { size += it.size }
 * ```
 */
public class ByteStream internal constructor(private val core: CoreStream) : AutoCloseable {
    /**
     * What is left of it in parts as they arrive. A collector that stops leaves the rest to another.
     *
     * Fails with `stream-failed`, or as the connection does, when it ends early.
     */
    public val chunks: Flow<ByteArray> = flow {
        while (true) emit(ask(FfiConverterOptionalByteArray) { core.beginNext(mailbox) } ?: break)
    }

    /**
     * What is left of it as lines of UTF-8 text, without `\n` or `\r\n`. What follows the last line break is a line
     * too, unless it is empty.
     *
     * Fails with `invalid-utf8`, `stream-failed`, or as the connection does. A collector that stops ends the stream.
     */
    public val lines: Flow<String> =
        flowFrom({ call { core.lines(it) } }, { ask(FfiConverterOptionalString) { beginNext(mailbox) } })

    /**
     * Reads what is left of it.
     *
     * @throws SandboxException with `stream-failed`, or the connection's, when it ends early.
     */
    public suspend fun bytes(): ByteArray {
        val all = ByteArrayOutputStream()
        chunks.collect { all.write(it) }
        return all.toByteArray()
    }

    /** Ends it and tells the sandbox to stop sending. Never waits; closing twice is fine. */
    override fun close(): Unit = inBackground { core.end() }
}

/** What an object of the core gives one by one; the object is made for each collector and gone after it. */
internal fun <C : Disposable, T : Any> flowFrom(
    open: suspend () -> C,
    next: suspend C.() -> T?,
): Flow<T> = flow {
    open().use { source ->
        while (true) emit(source.next() ?: break)
    }
}
