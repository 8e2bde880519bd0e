import DenoSandboxBindings
import Foundation

/// What an offset counts from: the start, the present position or the end.
public typealias Whence = DenoSandboxBindings.Whence

/// An open file in a sandbox. When the last reference to it is gone it is closed in the background;
/// ``close()`` tells whether that worked.
///
/// ```swift
/// let file = try await sandbox.fs.create("/data/log.bin")
/// try await file.writeAll(Data([1, 2, 3]))
/// try await file.seek(0, from: .start)
/// let start = try await file.read(2)
/// try await file.close()
/// ```
public final class SandboxFile: Sendable {
    private let core: DenoSandboxBindings.File

    init(core: DenoSandboxBindings.File) {
        self.core = core
    }

    /// Reads from the current position: at most `length` bytes and at most 1 MiB at once. `nil` is the end
    /// of the file.
    ///
    /// - Throws: ``SandboxError``, also when the file was not opened for reading.
    public func read(_ length: Int) async throws -> Data? {
        try await call { cancellation in
            try await core.read(length: UInt64(clamping: length), cancellation: cancellation)
        }
    }

    /// Writes some of `data` at the current position, at most 1 MiB; gives how many bytes.
    ///
    /// - Throws: ``SandboxError``, as ``writeAll(_:)``.
    public func write(_ data: Data) async throws -> Int {
        let part = data.prefix(Slices.size)
        return Int(try await call { try await core.write(data: part, cancellation: $0) })
    }

    /// Writes all of `data` at the current position, in parts of at most 1 MiB.
    ///
    /// - Throws: ``SandboxError``: `storageFull`, also when the file was not opened for writing; how much
    ///   was written is not known then.
    public func writeAll(_ data: Data) async throws {
        for await part in Slices(data) {
            try await call { try await core.writeAll(data: part, cancellation: $0) }
        }
    }

    /// Moves the position; gives the new one in bytes from the start.
    ///
    /// - Throws: ``SandboxError``, also when the new position would lie before the start.
    @discardableResult
    public func seek(_ offset: Int64, from whence: Whence) async throws -> UInt64 {
        try await call { try await core.seek(offset: offset, whence: whence, cancellation: $0) }
    }

    /// What is known of the file.
    public func stat() async throws -> FileInfo {
        try await call { try await core.stat(cancellation: $0) }
    }

    /// Cuts the file to `length` bytes, or extends it with zeros.
    public func truncate(_ length: UInt64) async throws {
        try await call { try await core.truncate(length: length, cancellation: $0) }
    }

    /// Waits until data and metadata are on storage.
    public func sync() async throws {
        try await call { try await core.sync(cancellation: $0) }
    }

    /// Waits until data is on storage.
    public func syncData() async throws {
        try await call { try await core.syncData(cancellation: $0) }
    }

    /// Sets the times of last access and last change.
    public func utime(atime: Date, mtime: Date) async throws {
        try await call { try await core.utime(atime: atime, mtime: mtime, cancellation: $0) }
    }

    /// Locks the file against others that lock it, waiting for as long as it takes.
    public func lock(exclusive: Bool = false) async throws {
        try await call { try await core.lock(exclusive: exclusive, cancellation: $0) }
    }

    /// Unlocks the file.
    public func unlock() async throws {
        try await call { try await core.unlock(cancellation: $0) }
    }

    /// Closes the file; nothing can be done with it then. Closing twice is fine.
    ///
    /// - Throws: ``SandboxError`` when the connection or the sandbox fails.
    public func close() async throws {
        try await call { try await core.close(cancellation: $0) }
    }
}
