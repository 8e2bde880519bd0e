package com.deno.sandbox

import com.deno.sandbox.internal.SnapshotPage
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import com.deno.sandbox.internal.Client as CoreClient

/**
 * Snapshots of the account; [Volumes.snapshot] takes one.
 *
 * ```kotlin
 * val snapshot = client.volumes.snapshot("training-cache", slug = "training-cache-v1")
 * client.snapshots.delete(snapshot.id)
 * ```
 */
public class Snapshots internal constructor(private val core: CoreClient) {
    /**
     * Finds a snapshot by slug or id; `null` when there is none.
     *
     * @throws SandboxException with `invalid-reference` before anything is sent.
     */
    public suspend fun get(snapshot: String): Snapshot? = call { core.getSnapshot(snapshot, it) }?.let(::Snapshot)

    /**
     * Reads one page of the snapshots.
     *
     * @param limit The most items on a page, at least 1; the service may send fewer.
     * @param cursor Where to begin: a page's [Page.nextCursor].
     * @param search Only snapshots whose slug holds this text.
     * @throws SandboxException with `invalid-option` before anything is sent.
     */
    public suspend fun list(limit: Int? = null, cursor: String? = null, search: String? = null): Page<Snapshot> =
        page(call { core.listSnapshots(query(limit, cursor, search), it) })

    /**
     * All snapshots, page after page, as they are asked for; each collector reads from the start.
     *
     * @param limit The most items on a page, at least 1; the service may send fewer.
     * @param search Only snapshots whose slug holds this text.
     */
    public fun listAll(limit: Int? = null, search: String? = null): Flow<Snapshot> =
        flowFrom({ core.listAllSnapshots(query(limit, null, search)) }, { call { next(it) } }).map(::Snapshot)

    /**
     * Deletes a snapshot given by slug or id. Volumes created from it keep their content.
     *
     * @throws SandboxException with `not-found`.
     */
    public suspend fun delete(snapshot: String): Unit = call { core.deleteSnapshot(snapshot, it) }

    private fun page(core: SnapshotPage): Page<Snapshot> =
        Page(core.items().map(::Snapshot), core.nextCursor()) { call { core.nextPage(it) }?.let(::page) }
}
