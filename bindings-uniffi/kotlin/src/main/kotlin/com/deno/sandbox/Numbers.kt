package com.deno.sandbox

/** The core counts from zero. */
internal fun Long.unsigned(name: String): ULong =
    if (this < 0) throw negative(name, this) else toULong()

/** The core counts from zero. */
internal fun Int.unsigned(name: String): UInt =
    if (this < 0) throw negative(name, toLong()) else toUInt()

private fun negative(name: String, value: Long) =
    SandboxException.usage("invalid-option", "$name must be 0 or more, and is $value")

/** An option that is off unless told. */
internal fun Boolean.ifOn(): Boolean? = takeIf { it }

/** An option that is on unless told. */
internal fun Boolean.ifOff(): Boolean? = takeUnless { it }
