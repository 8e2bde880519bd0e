package com.deno.sandbox

import com.deno.sandbox.internal.VolumePage
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import com.deno.sandbox.internal.Client as CoreClient

/**
 * Volumes of the account.
 *
 * ```kotlin
 * val volume = client.volumes.create("training-cache", Region.ORD, "2GB")
 * client.volumes.delete(volume.slug)
 * ```
 */
public class Volumes internal constructor(private val core: CoreClient) {
    /**
     * Creates a volume. Sent once: it is repeated only where the service was not reached at all.
     *
     * @param slug Its name: 2 to 32 of `a-z`, `0-9` and `-`.
     * @param region Where it is kept; sandboxes that mount it run there.
     * @param capacity Its size: 300 MB to 20 GB.
     * @param from A snapshot of the same region to start with, by slug or id, or a base image like
     *   `"builtin:debian-13"`; a sandbox can boot from the volume then.
     * @throws SandboxException before anything is sent, `invalid-slug`, `invalid-region`, `invalid-capacity` or
     *   `invalid-reference`; from the service among others `conflict` when the slug is in use.
     */
    public suspend fun create(slug: String, region: Region, capacity: Capacity, from: String? = null): Volume =
        Volume(call { core.createVolume(slug, region.text, capacity.text, from, it) })

    /** Creates a volume of a size as text, like `"2GB"`; see [Capacity]. */
    public suspend fun create(slug: String, region: Region, capacity: String, from: String? = null): Volume =
        create(slug, region, Capacity(capacity), from)

    /** Creates a volume of a number of bytes. */
    public suspend fun create(slug: String, region: Region, capacity: Long, from: String? = null): Volume =
        create(slug, region, Capacity(capacity), from)

    /**
     * Finds a volume by slug or id; `null` when there is none.
     *
     * @throws SandboxException with `invalid-reference` before anything is sent.
     */
    public suspend fun get(volume: String): Volume? = call { core.getVolume(volume, it) }?.let(::Volume)

    /**
     * Reads one page of the volumes.
     *
     * @param limit The most items on a page, at least 1; the service may send fewer.
     * @param cursor Where to begin: a page's [Page.nextCursor].
     * @param search Only volumes whose slug holds this text.
     * @throws SandboxException with `invalid-option` before anything is sent.
     */
    public suspend fun list(limit: Int? = null, cursor: String? = null, search: String? = null): Page<Volume> =
        page(call { core.listVolumes(query(limit, cursor, search), it) })

    /**
     * All volumes, page after page, as they are asked for; each collector reads from the start.
     *
     * ```kotlin
     * client.volumes.listAll().collect { println("${it.slug}: ${formatBytes(it.used)}") }
     * ```
     *
     * @param limit The most items on a page, at least 1; the service may send fewer.
     * @param search Only volumes whose slug holds this text.
     */
    public fun listAll(limit: Int? = null, search: String? = null): Flow<Volume> =
        flowFrom({ core.listAllVolumes(query(limit, null, search)) }, { call { next(it) } }).map(::Volume)

    /**
     * Deletes a volume given by slug or id. Its slug is free at once; the service keeps the data for a day.
     *
     * @throws SandboxException with `not-found`, or `conflict` while it is mounted.
     */
    public suspend fun delete(volume: String): Unit = call { core.deleteVolume(volume, it) }

    /**
     * Takes a snapshot of a volume, given by slug or id, that no sandbox has mounted.
     *
     * @param volume The volume.
     * @param slug The snapshot's name; volumes and snapshots share their names.
     * @throws SandboxException with `invalid-slug` before anything is sent; `conflict` while the volume is mounted
     *   or when the slug is in use.
     */
    public suspend fun snapshot(volume: String, slug: String): Snapshot =
        Snapshot(call { core.snapshotVolume(volume, slug, it) })

    private fun page(core: VolumePage): Page<Volume> =
        Page(core.items().map(::Volume), core.nextCursor()) { call { core.nextPage(it) }?.let(::page) }
}
