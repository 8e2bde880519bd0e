package com.deno.sandbox.internal

import com.sun.jna.Pointer
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.CharBuffer
import kotlin.coroutines.Continuation
import kotlin.coroutines.resume
import kotlin.coroutines.suspendCoroutine

/**
 * Takes answers out of a [Mailbox], one call after the other.
 *
 * The future behind it is made once and polled once for each call, and the answer is read where the core left it: the
 * generated code of a suspending function crosses JNA twice as often, with structures besides, and between two calls
 * other work displaces what that needs from the processor's caches.
 */
public class Recipient {
    /** What a call is begun with. */
    public val mailbox: Mailbox = Mailbox()
    private val label = Pointer(mailbox.label().toLong())
    private val answers = UniffiLib.uniffi_deno_sandbox_uniffi_fn_method_mailbox_answers(mailbox.uniffiCloneHandle())
    private val number = all.insert(this)

    @Volatile private var waiting: Continuation<Unit>? = null

    private val encoder = Charsets.UTF_8.newEncoder()
    private var outgoing = makeRoom(OUTGOING)

    /** The core's memory as it was seen last, where the next answer mostly is too. */
    private var memory: ByteBuffer = ByteBuffer.allocate(0)
    private var address = 0L

    /** Asks the core to end the call that is under way. */
    public fun cancel() {
        try {
            mailbox.cancel()
        } catch (_: IllegalStateException) {
            // Dismissed: the call has ended by itself meanwhile.
        }
    }

    /** Puts a text where the core finds it when the call begins: no buffer has to be made for it. */
    public fun text(value: String): Text {
        val start = outgoing.position()
        val most = value.length * LONGEST_CHAR
        if (outgoing.remaining() < most) outgoing = makeRoom(start + most).position(start)
        encoder.reset()
        val result = encoder.encode(CharBuffer.wrap(value), outgoing, true)
        if (result.isError) result.throwException()
        val length = outgoing.position() - start
        return (start.toULong() shl Int.SIZE_BITS) or length.toULong()
    }

    /** Waits for the answer to what [begin] begins, also when the coroutine is cancelled meanwhile. */
    public suspend fun <T> answer(converter: FfiConverter<T, *>, begin: Recipient.() -> Unit): T {
        outgoing.position(0)
        begin()
        suspendCoroutine { continuation ->
            waiting = continuation
            UniffiLib.ffi_deno_sandbox_uniffi_rust_future_poll_void(answers, Arrival, number)
        }
        val bytes = bytes()
        return when (label.getLong(KIND)) {
            VALUE -> converter.read(bytes)
            FAILURE -> throw FfiConverterTypeFailure.read(bytes)
            else -> throw InternalException(Charsets.UTF_8.decode(bytes).toString())
        }
    }

    private fun bytes(): ByteBuffer {
        val found = label.getLong(ADDRESS)
        val capacity = label.getLong(CAPACITY)
        if (found != address || capacity != memory.capacity().toLong()) {
            memory = view(found, capacity)
            address = found
        }
        memory.position(0).limit(label.getLong(LENGTH).toInt())
        return memory
    }

    private fun makeRoom(size: Long) = view(mailbox.makeRoom(size.toULong()).toLong(), size)

    private fun view(address: Long, size: Long) = Pointer(address).getByteBuffer(0, size).order(ByteOrder.BIG_ENDIAN)

    /** Whether it is worth keeping for the next call: not with the memory of something large. */
    public fun isSmall(): Boolean = memory.capacity() + outgoing.capacity() <= LARGEST_KEPT

    /** Lets go of it, when no call is under way. */
    public fun dismiss() {
        all.remove(number)
        UniffiLib.ffi_deno_sandbox_uniffi_rust_future_free_void(answers)
        mailbox.destroy()
    }

    internal object Arrival : UniffiRustFutureContinuationCallback {
        override fun callback(data: Long, pollResult: Byte) {
            all.get(data).waiting?.resume(Unit)
        }
    }

    private companion object {
        val all = UniffiHandleMap<Recipient>()
        const val OUTGOING = 1024L
        const val LARGEST_KEPT = 64 shl 10

        /** In bytes of UTF-8, for each of UTF-16. */
        const val LONGEST_CHAR = 3L

        // The label: what it tells is where.
        const val KIND = 0L
        const val ADDRESS = 8L
        const val CAPACITY = 16L
        const val LENGTH = 24L

        // The kinds of answers; the third is a panic.
        const val VALUE = 0L
        const val FAILURE = 1L
    }
}

/** What a call answers that only succeeds. */
public object FfiConverterUnit : FfiConverter<Unit, Unit> {
    override fun lift(value: Unit): Unit = Unit

    override fun lower(value: Unit): Unit = Unit

    override fun read(buf: ByteBuffer): Unit = Unit

    override fun allocationSize(value: Unit): ULong = 0UL

    override fun write(value: Unit, buf: ByteBuffer): Unit = Unit
}
