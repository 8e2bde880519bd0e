package com.deno.sandbox

import kotlin.time.Duration

/**
 * The size of a volume: 300 MB to 20 GB, both included, a whole number of bytes.
 *
 * Text is a number of bytes, or a decimal number and a unit: `kB`, `MB`, `GB` are powers of 1000, and `KiB`,
 * `MiB`, `GiB` powers of 1024. What is malformed or out of range is reported with [ErrorCode.INVALID_CAPACITY] by
 * [Volumes.create], before anything is sent.
 *
 * ```kotlin
 * val same = listOf(Capacity("2GB"), Capacity(2_000_000_000), Capacity.gigabytes(2))
 * ```
 */
@JvmInline
public value class Capacity(internal val text: String) {
    /** A number of bytes. */
    public constructor(bytes: Long) : this("$bytes")

    /** As it was given. */
    override fun toString(): String = text

    /** Sizes in a unit. */
    public companion object {
        /** A number of MB, each of 1000² bytes. */
        public fun megabytes(count: Long): Capacity = Capacity("${count}MB")

        /** A number of GB, each of 1000³ bytes. */
        public fun gigabytes(count: Long): Capacity = Capacity("${count}GB")

        /** A number of MiB, each of 1024² bytes. */
        public fun mebibytes(count: Long): Capacity = Capacity("${count}MiB")

        /** A number of GiB, each of 1024³ bytes. */
        public fun gibibytes(count: Long): Capacity = Capacity("${count}GiB")
    }
}

/**
 * The memory of a sandbox: 768 MiB to 4096 MiB, rounded down to whole MiB; 1280 MiB unless told.
 *
 * Text is a number of bytes, or a decimal number and a unit as in [Capacity]. What is malformed or out of range is
 * reported with [ErrorCode.INVALID_MEMORY] when the sandbox is created, before anything is sent.
 *
 * ```kotlin
 * val same = listOf(Memory("2GiB"), Memory.gibibytes(2), Memory.mebibytes(2048))
 * ```
 */
@JvmInline
public value class Memory(internal val text: String) {
    /** A number of bytes. */
    public constructor(bytes: Long) : this("$bytes")

    /** As it was given. */
    override fun toString(): String = text

    /** Sizes in a unit. */
    public companion object {
        /** A number of MiB, each of 1024² bytes. */
        public fun mebibytes(count: Long): Memory = Memory("${count}MiB")

        /** A number of GiB, each of 1024³ bytes. */
        public fun gibibytes(count: Long): Memory = Memory("${count}GiB")
    }
}

/**
 * How long a sandbox lives: as long as the connection that created it, or a time.
 *
 * Text is `"session"`, or a whole number above zero and `s` or `m`. What is malformed is reported with
 * [ErrorCode.INVALID_TIMEOUT] when the sandbox is created, before anything is sent. The service allows up to 30
 * minutes at once.
 *
 * ```kotlin
 * val same = listOf(Timeout("5m"), Timeout(5.minutes), Timeout(300.seconds))
 * ```
 */
@JvmInline
public value class Timeout(internal val text: String) {
    /** A time of whole seconds, whoever is connected. */
    public constructor(time: Duration) : this(seconds(time))

    /** As it was given. */
    override fun toString(): String = text

    /** Other than a time. */
    public companion object {
        /** As long as the connection that created it; what a sandbox has unless told. */
        public val SESSION: Timeout = Timeout("session")
    }
}

/** A part of a second stays, for the core to refuse. */
private fun seconds(time: Duration): String =
    time.toComponents { seconds, nanoseconds ->
        if (nanoseconds == 0) "${seconds}s" else "${time.inWholeNanoseconds / 1e9}s"
    }

/**
 * Where volumes are kept and sandboxes run; a sandbox and its volumes are in the same one.
 *
 * Any well-formed name goes to the service, which has the last word.
 *
 * ```kotlin
 * val same = listOf(Region.ORD, Region("ord"))
 * ```
 */
@JvmInline
public value class Region(internal val text: String) {
    /** Its name. */
    override fun toString(): String = text

    /** Regions by name. */
    public companion object {
        /** Chicago; where sandboxes run unless told. */
        public val ORD: Region = Region("ord")

        /** Amsterdam. */
        public val AMS: Region = Region("ams")
    }
}
