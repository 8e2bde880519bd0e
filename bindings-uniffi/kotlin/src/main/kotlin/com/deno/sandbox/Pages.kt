package com.deno.sandbox

import com.deno.sandbox.internal.ListQuery

/**
 * One page of a list.
 *
 * ```kotlin
 * var page: Page<Volume>? = client.volumes.list(limit = 10, search = "training")
 * while (page != null) {
 *     println(page.items.map { it.slug })
 *     page = page.nextPage()
 * }
 * ```
 */
public class Page<T> internal constructor(
    /** What is on it, in the service's order. */
    public val items: List<T>,
    /** Where the next page begins; `null` on the last page. */
    public val nextCursor: String?,
    private val next: suspend () -> Page<T>?,
) {
    /** Whether there is a page after it. */
    public val hasMore: Boolean get() = nextCursor != null

    /**
     * Reads the page after it; `null` after the last.
     *
     * @throws SandboxException with `cursor-repeated` when the service names a page again that led here.
     */
    public suspend fun nextPage(): Page<T>? = next()

    /** What is on it, and whether there is more. */
    override fun toString(): String = "Page(items=$items, nextCursor=$nextCursor)"
}

/** A limit below zero becomes 0, which the core refuses. */
internal fun query(limit: Int?, cursor: String?, search: String?) =
    ListQuery(limit?.coerceAtLeast(0)?.toUInt(), cursor, search)
