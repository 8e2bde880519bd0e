import DenoSandboxBindings

/// A snapshot: a read-only image of a volume, to boot from or to create volumes from.
public typealias Snapshot = DenoSandboxBindings.Snapshot

/// Snapshots of the account; ``Volumes/snapshot(_:slug:)`` takes one.
///
/// ```swift
/// let snapshot = try await client.volumes.snapshot("training-cache", slug: "training-cache-v1")
/// try await client.snapshots.delete(snapshot.id)
/// ```
public struct Snapshots: Sendable {
    let core: DenoSandboxBindings.Client

    /// Finds a snapshot by slug or id; `nil` when there is none.
    ///
    /// - Throws: ``SandboxError``: `invalidReference` before anything is sent.
    public func get(_ snapshot: String) async throws -> Snapshot? {
        try await call { try await core.getSnapshot(snapshot: snapshot, cancellation: $0) }
    }

    /// Reads one page of the snapshots.
    ///
    /// - Parameters:
    ///   - limit: The most items on a page, at least 1; the service may send fewer.
    ///   - cursor: Where to begin: a page's ``Page/nextCursor``.
    ///   - search: Only snapshots whose slug holds this text.
    /// - Throws: ``SandboxError``: `invalidOption` before anything is sent.
    public func list(
        limit: Int? = nil, cursor: String? = nil, search: String? = nil
    ) async throws -> Page<Snapshot> {
        let query = ListQuery(limit: limit, cursor: cursor, search: search)
        return Page(try await call { try await core.listSnapshots(query: query, cancellation: $0) })
    }

    /// All snapshots, page after page, as they are asked for.
    ///
    /// - Parameters:
    ///   - limit: The most items on a page, at least 1; the service may send fewer.
    ///   - search: Only snapshots whose slug holds this text.
    public func listAll(limit: Int? = nil, search: String? = nil) -> PagedItems<Snapshot> {
        PagedItems { [core] in
            let items = core.listAllSnapshots(query: ListQuery(limit: limit, cursor: nil, search: search))
            return { try await call { try await items.next(cancellation: $0) } }
        }
    }

    /// Deletes a snapshot given by slug or id. Volumes created from it keep their content.
    ///
    /// - Throws: ``SandboxError``: `notFound`.
    public func delete(_ snapshot: String) async throws {
        try await call { try await core.deleteSnapshot(snapshot: snapshot, cancellation: $0) }
    }
}

extension Page where Item == Snapshot {
    init(_ page: SnapshotPage) {
        self.init(items: page.items(), nextCursor: page.nextCursor()) {
            try await call { try await page.nextPage(cancellation: $0) }.map(Page.init)
        }
    }
}
