package com.deno.sandbox.internal

import com.sun.jna.Pointer

/** Copies what was read, once, and lets go of it. */
public fun FileContent.take(): ByteArray = use {
    // Larger than an array can be: as if there were no memory for it.
    val size = size().toLong()
    if (size > Int.MAX_VALUE) throw OutOfMemoryError("a file of $size bytes does not fit into an array; read it in parts")
    Pointer(address().toLong()).getByteArray(0, size.toInt())
}
