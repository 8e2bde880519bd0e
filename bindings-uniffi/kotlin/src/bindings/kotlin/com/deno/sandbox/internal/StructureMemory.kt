package com.deno.sandbox.internal

import com.sun.jna.Memory

/**
 * Native memory for the structures of calls, many of them in one piece: JNA takes a piece for each, which the garbage
 * collector has to know of and to give back, and that took longer than what a call does with it.
 */
internal class StructureMemory private constructor() {
    private var piece = Memory(SIZE)
    private var used = 0L

    private fun next(size: Int): Memory {
        if (used + size > SIZE) {
            piece = Memory(SIZE)
            used = 0
        }
        // A part keeps its piece reachable.
        val part = piece.share(used, size.toLong()) as Memory
        used += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT
        return part
    }

    companion object {
        private const val SIZE = 4096L
        private const val ALIGNMENT = 16
        private val own = ThreadLocal.withInitial { StructureMemory() }

        /** Memory for one structure, of this thread's piece. */
        fun take(size: Int): Memory = own.get().next(size)
    }
}
