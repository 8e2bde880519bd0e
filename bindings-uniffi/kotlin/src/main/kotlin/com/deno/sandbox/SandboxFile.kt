package com.deno.sandbox

import com.deno.sandbox.internal.FfiConverterOptionalByteArray
import com.deno.sandbox.internal.FfiConverterTypeFileInfo
import com.deno.sandbox.internal.FfiConverterULong
import java.time.Instant
import com.deno.sandbox.internal.File as CoreFile
import com.deno.sandbox.internal.Whence as CoreWhence

/** What an offset counts from. */
public enum class Whence(internal val core: CoreWhence) {
    /** The start of the file. */
    START(CoreWhence.START),

    /** The present position. */
    CURRENT(CoreWhence.CURRENT),

    /** The end of the file. */
    END(CoreWhence.END),
}

/**
 * An open file in a sandbox.
 *
 * ```kotlin
 * sandbox.fs.create("/data/log.bin").use { file ->
 *     file.writeAll(byteArrayOf(1, 2, 3))
 *     file.seek(0, Whence.START)
 *     val start = file.read(2)
 * }
 * ```
 */
public class SandboxFile internal constructor(private val core: CoreFile) : AutoCloseable {
    /**
     * Reads from the current position: at most [length] bytes and at most 1 MiB at once. `null` is the end of the
     * file.
     *
     * @throws SandboxException also when the file was not opened for reading.
     */
    public suspend fun read(length: Int): ByteArray? {
        val wanted = length.unsigned("length").toULong()
        return ask(FfiConverterOptionalByteArray) { core.beginRead(wanted, mailbox) }
    }

    /**
     * Writes some of [data] at the current position, at most 1 MiB; gives how many bytes.
     *
     * @throws SandboxException as [writeAll].
     */
    public suspend fun write(data: ByteArray): Int = ask(FfiConverterULong) { core.beginWrite(data, mailbox) }.toInt()

    /**
     * Writes all of [data] at the current position, in parts of at most 1 MiB.
     *
     * @throws SandboxException with `storage-full`, also when the file was not opened for writing; how much was
     *   written is not known then.
     */
    public suspend fun writeAll(data: ByteArray): Unit = ask { core.beginWriteAll(data, mailbox) }

    /**
     * Moves the position; gives the new one in bytes from the start.
     *
     * @throws SandboxException also when the new position would lie before the start.
     */
    public suspend fun seek(offset: Long, whence: Whence): Long =
        ask(FfiConverterULong) { core.beginSeek(offset, whence.core, mailbox) }.toLong()

    /** What is known of the file. */
    public suspend fun stat(): FileInfo = FileInfo(ask(FfiConverterTypeFileInfo) { core.beginStat(mailbox) })

    /** Cuts the file to [length] bytes, or extends it with zeros. */
    public suspend fun truncate(length: Long) {
        val wanted = length.unsigned("length")
        ask { core.beginTruncate(wanted, mailbox) }
    }

    /** Waits until data and metadata are on storage. */
    public suspend fun sync(): Unit = ask { core.beginSync(mailbox) }

    /** Waits until data is on storage. */
    public suspend fun syncData(): Unit = ask { core.beginSyncData(mailbox) }

    /** Sets the times of last access and last change. */
    public suspend fun utime(atime: Instant, mtime: Instant): Unit = ask { core.beginUtime(atime, mtime, mailbox) }

    /** Locks the file against others that lock it, waiting for as long as it takes. */
    public suspend fun lock(exclusive: Boolean = false): Unit = ask { core.beginLock(exclusive, mailbox) }

    /** Unlocks the file. */
    public suspend fun unlock(): Unit = ask { core.beginUnlock(mailbox) }

    /**
     * Closes the file, for `use {}`, without waiting for the sandbox; [closeAndJoin] tells whether that worked. What
     * was written is written. Closing twice is fine.
     */
    override fun close(): Unit = core.destroy()

    /**
     * Closes the file and waits for it; nothing can be done with it then. Closing twice is fine.
     *
     * @throws SandboxException when the connection or the sandbox fails.
     */
    public suspend fun closeAndJoin() {
        if (core.uniffiIsDestroyed) return
        try {
            call { core.closeFile(it) }
        } finally {
            core.destroy()
        }
    }
}
