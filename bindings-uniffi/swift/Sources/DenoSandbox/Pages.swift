import DenoSandboxBindings

/// One page of a list.
///
/// ```swift
/// var page: Page<Volume>? = try await client.volumes.list(limit: 10, search: "training")
/// while let found = page {
///     print(found.items.map(\.slug))
///     page = try await found.nextPage()
/// }
/// ```
public struct Page<Item: Sendable>: Sendable {
    /// What is on it, in the service's order.
    public let items: [Item]
    /// Where the next page begins; `nil` on the last page.
    public let nextCursor: String?

    let next: @Sendable () async throws -> Page<Item>?

    /// Whether there is a page after it.
    public var hasMore: Bool { nextCursor != nil }

    /// Reads the page after it; `nil` after the last.
    ///
    /// - Throws: ``SandboxError``: `cursorRepeated` when the service names a page again that led here.
    public func nextPage() async throws -> Page<Item>? {
        try await next()
    }
}

/// Everything in a list, read page after page as it is asked for. Each loop over it reads from the start.
///
/// ```swift
/// for try await volume in client.volumes.listAll() {
///     print("\(volume.slug): \(formatBytes(volume.used))")
/// }
/// ```
public struct PagedItems<Item: Sendable>: AsyncSequence, Sendable {
    public typealias Element = Item

    let start: @Sendable () -> @Sendable () async throws -> Item?

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(item: start())
    }

    /// Reads one item after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let item: @Sendable () async throws -> Item?

        /// The next item; `nil` after the last.
        ///
        /// - Throws: ``SandboxError``: `cursorRepeated` for a list that would never end.
        public mutating func next() async throws -> Item? {
            try await item()
        }
    }
}

extension ListQuery {
    /// A limit below what a `UInt32` holds becomes 0, which the core refuses.
    init(limit: Int?, cursor: String?, search: String?) {
        self.init(limit: limit.map(UInt32.init(clamping:)), cursor: cursor, search: search)
    }
}
