import DenoSandboxBindings
import Foundation

/// Bytes from the sandbox as they arrive. Every byte is given once, to whoever asks first.
///
/// At most 8 MiB wait to be read in all streams of a connection together; past that nothing more is
/// received on it, replies to other calls included, until something is read or closed.
///
/// ```swift
/// let process = try await sandbox.spawn("cat", ["/data/words.txt"], stdout: .piped)
/// var size = 0
/// if let output = process.stdout {
///     for try await chunk in output {
///         size += chunk.count
///     }
/// }
/// ```
public final class ByteStream: AsyncSequence, Sendable {
    public typealias Element = Data

    private let core: DenoSandboxBindings.ByteStream

    init(core: DenoSandboxBindings.ByteStream) {
        self.core = core
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(core: core)
    }

    /// Reads one part after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let core: DenoSandboxBindings.ByteStream

        /// What has arrived since the part before; `nil` at the end.
        ///
        /// - Throws: ``SandboxError``: `streamFailed`, or the connection's, when it ends early.
        public mutating func next() async throws -> Data? {
            try await call { [core] in try await core.next(cancellation: $0) }
        }
    }

    /// What is left of it as lines of UTF-8 text, without `\n` or `\r\n`. What follows the last line break is
    /// a line too, unless it is empty.
    public var lines: Lines { Lines(core: core) }

    /// Reads what is left of it.
    ///
    /// - Throws: ``SandboxError``: `streamFailed`, or the connection's, when it ends early.
    public func data() async throws -> Data {
        var all = Data()
        for try await part in self {
            all.append(part)
        }
        return all
    }

    /// Ends it and tells the sandbox to stop sending. Closing twice is fine.
    public func close() async {
        await core.close()
    }

    /// A stream as lines of text.
    public struct Lines: AsyncSequence, Sendable {
        public typealias Element = String

        let core: DenoSandboxBindings.ByteStream

        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(core: core)
        }

        /// Reads one line after the other.
        public struct AsyncIterator: AsyncIteratorProtocol {
            let core: DenoSandboxBindings.ByteStream
            private var lines: DenoSandboxBindings.Lines?

            init(core: DenoSandboxBindings.ByteStream) {
                self.core = core
            }

            /// The next line; `nil` at the end.
            ///
            /// - Throws: ``SandboxError``: `invalidUTF8`, `streamFailed`, or the connection's.
            public mutating func next() async throws -> String? {
                let lines =
                    if let lines { lines } else {
                        try await call { [core] in try await core.lines(cancellation: $0) }
                    }
                self.lines = lines
                return try await call { try await lines.next(cancellation: $0) }
            }
        }
    }
}

/// A file's content in parts of up to 1 MiB; one is fetched while the one before is used, so memory stays
/// flat. Every part is given once.
public final class FileStream: AsyncSequence, Sendable {
    public typealias Element = Data

    private let core: DenoSandboxBindings.FileStream

    init(core: DenoSandboxBindings.FileStream) {
        self.core = core
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(core: core)
    }

    /// Reads one part after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let core: DenoSandboxBindings.FileStream

        /// The next part; `nil` at the end.
        ///
        /// - Throws: ``SandboxError`` of the file or the connection.
        public mutating func next() async throws -> Data? {
            try await call { [core] in try await core.next(cancellation: $0) }
        }
    }

    /// Ends it; the file is closed in the background. Closing twice is fine.
    public func close() async {
        await core.close()
    }
}

/// What a walk or a glob found.
public typealias WalkEntry = DenoSandboxBindings.WalkEntry

/// What a walk or a glob finds, as it arrives. Every entry is given once.
public final class Entries: AsyncSequence, Sendable {
    public typealias Element = WalkEntry

    private let core: DenoSandboxBindings.Entries

    init(core: DenoSandboxBindings.Entries) {
        self.core = core
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(core: core)
    }

    /// Reads one entry after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let core: DenoSandboxBindings.Entries

        /// The next entry; `nil` after the last.
        ///
        /// - Throws: ``SandboxError`` of the sandbox or the connection.
        public mutating func next() async throws -> WalkEntry? {
            try await call { [core] in try await core.next(cancellation: $0) }
        }
    }
}
