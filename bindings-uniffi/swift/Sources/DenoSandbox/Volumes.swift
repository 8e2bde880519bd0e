import DenoSandboxBindings

/// A volume: regional block storage that outlives the sandboxes it is mounted into.
public typealias Volume = DenoSandboxBindings.Volume

/// A volume or snapshot named inside another record.
public typealias VolumeRef = DenoSandboxBindings.VolumeRef

/// Volumes of the account.
///
/// ```swift
/// let volume = try await client.volumes.create(slug: "training-cache", region: .ord, capacity: "2GB")
/// try await client.volumes.delete(volume.slug)
/// ```
public struct Volumes: Sendable {
    let core: DenoSandboxBindings.Client

    /// Creates a volume. Sent once: it is repeated only where the service was not reached at all.
    ///
    /// - Parameters:
    ///   - slug: Its name: 2 to 32 of `a-z`, `0-9` and `-`.
    ///   - region: Where it is kept; sandboxes that mount it run there.
    ///   - capacity: Its size: 300 MB to 20 GB.
    ///   - snapshot: A snapshot of the same region to start with, by slug or id, or a base image like
    ///     `"builtin:debian-13"`; a sandbox can boot from the volume then.
    /// - Throws: ``SandboxError``: before anything is sent, `invalidSlug`, `invalidRegion`,
    ///   `invalidCapacity` or `invalidReference`; from the service among others `conflict` when the slug
    ///   is in use.
    public func create(
        slug: String, region: Region, capacity: Capacity, from snapshot: String? = nil
    ) async throws -> Volume {
        try await call { cancellation in
            try await core.createVolume(
                slug: slug, region: region.text, capacity: capacity.text, from: snapshot,
                cancellation: cancellation)
        }
    }

    /// Finds a volume by slug or id; `nil` when there is none.
    ///
    /// - Throws: ``SandboxError``: `invalidReference` before anything is sent.
    public func get(_ volume: String) async throws -> Volume? {
        try await call { try await core.getVolume(volume: volume, cancellation: $0) }
    }

    /// Reads one page of the volumes.
    ///
    /// - Parameters:
    ///   - limit: The most items on a page, at least 1; the service may send fewer.
    ///   - cursor: Where to begin: a page's ``Page/nextCursor``.
    ///   - search: Only volumes whose slug holds this text.
    /// - Throws: ``SandboxError``: `invalidOption` before anything is sent.
    public func list(
        limit: Int? = nil, cursor: String? = nil, search: String? = nil
    ) async throws -> Page<Volume> {
        let query = ListQuery(limit: limit, cursor: cursor, search: search)
        return Page(try await call { try await core.listVolumes(query: query, cancellation: $0) })
    }

    /// All volumes, page after page, as they are asked for.
    ///
    /// - Parameters:
    ///   - limit: The most items on a page, at least 1; the service may send fewer.
    ///   - search: Only volumes whose slug holds this text.
    public func listAll(limit: Int? = nil, search: String? = nil) -> PagedItems<Volume> {
        PagedItems { [core] in
            let items = core.listAllVolumes(query: ListQuery(limit: limit, cursor: nil, search: search))
            return { try await call { try await items.next(cancellation: $0) } }
        }
    }

    /// Deletes a volume given by slug or id. Its slug is free at once; the service keeps the data for a day.
    ///
    /// - Throws: ``SandboxError``: `notFound`, or `conflict` while it is mounted.
    public func delete(_ volume: String) async throws {
        try await call { try await core.deleteVolume(volume: volume, cancellation: $0) }
    }

    /// Takes a snapshot of a volume, given by slug or id, that no sandbox has mounted.
    ///
    /// - Parameters:
    ///   - volume: The volume.
    ///   - slug: The snapshot's name; volumes and snapshots share their names.
    /// - Throws: ``SandboxError``: `invalidSlug` before anything is sent; `conflict` while the volume is
    ///   mounted or when the slug is in use.
    public func snapshot(_ volume: String, slug: String) async throws -> Snapshot {
        try await call { try await core.snapshotVolume(volume: volume, slug: slug, cancellation: $0) }
    }
}

extension Page where Item == Volume {
    init(_ page: VolumePage) {
        self.init(items: page.items(), nextCursor: page.nextCursor()) {
            try await call { try await page.nextPage(cancellation: $0) }.map(Page.init)
        }
    }
}
