package com.deno.sandbox

import com.deno.sandbox.internal.formatBytes as format
import com.deno.sandbox.internal.quote as quoted

/**
 * Text as one word of a POSIX shell's command line, whatever it contains.
 *
 * A NUL character cannot be part of an argument and is left out. A word that starts with a hyphen stays one; put
 * `--` before it where a program would take it for an option.
 *
 * ```kotlin
 * val name = "it's a file.txt"
 * val lines = sandbox.sh("wc -l < ${quote(name)}").text()
 * ```
 */
public fun quote(text: String): String = quoted(text)

/** Each text as a word of its own; see [quote]. */
public fun quote(texts: Iterable<String>): String = texts.joinToString(" ") { quoted(it) }

/**
 * A number of bytes as people read it, like `"2 GB"`.
 *
 * ```kotlin
 * check(formatBytes(2_000_000_000) == "2 GB")
 * ```
 */
public fun formatBytes(bytes: Long): String = format(bytes.unsigned("bytes"))
