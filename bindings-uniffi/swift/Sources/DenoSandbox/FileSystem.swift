import DenoSandboxBindings
import Foundation

/// What is known of a file.
public typealias FileInfo = DenoSandboxBindings.FileInfo

/// What is in a folder.
public typealias DirEntry = DenoSandboxBindings.DirEntry

/// A regular expression as JavaScript writes it, like `PathRegex(source: "\\.log$", flags: "i")`.
public typealias PathRegex = DenoSandboxBindings.Regex

/// How far an upload or download is.
public typealias TransferProgress = DenoSandboxBindings.TransferProgress

/// Files of a sandbox.
///
/// Paths are POSIX paths in the sandbox: absolute, or relative to its home folder. An empty path, or one with
/// a NUL character or more than 4096 bytes, is `invalidPath` before anything is sent. Among the errors of
/// every method are `fileNotFound`, `permissionDenied` and those of the connection.
///
/// ```swift
/// try await sandbox.fs.mkdir("work/out", recursive: true)
/// try await sandbox.fs.writeTextFile("work/out/a.txt", "α")
/// let size = try await sandbox.fs.stat("work/out/a.txt").size
/// for try await entry in try await sandbox.fs.walk("work") {
///     print(entry.path)
/// }
/// ```
public struct FileSystem: Sendable {
    let core: DenoSandboxBindings.Fs

    /// Reads a whole file, in one round trip where it fits one message of the service. For files that should
    /// not be in memory as a whole see ``readStream(_:)``.
    ///
    /// - Throws: ``SandboxError``: `isADirectory` among others.
    public func readFile(_ path: String) async throws -> Data {
        Data(try await call { try await core.readContent(path: path, cancellation: $0) })
    }

    /// Reads a whole file as UTF-8 text, as it is.
    ///
    /// - Throws: ``SandboxError``: `invalidUTF8` among others.
    public func readTextFile(_ path: String) async throws -> String {
        try await call { try await core.readTextFile(path: path, cancellation: $0) }
    }

    /// Reads a file in parts.
    ///
    /// ```swift
    /// var size = 0
    /// for try await part in try await sandbox.fs.readStream("/data/big.bin") {
    ///     size += part.count
    /// }
    /// ```
    public func readStream(_ path: String) async throws -> FileStream {
        FileStream(core: try await call { try await core.readStream(path: path, cancellation: $0) })
    }

    /// Writes a whole file, replaced where there is one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - data: Its content.
    ///   - append: Add to what is there; no unless told.
    ///   - create: Make it where there is none; yes unless told.
    ///   - createNew: Fail where there is one; no unless told.
    ///   - mode: Permissions of a new file, like `0o600`.
    /// - Throws: ``SandboxError``: `storageFull` among others; a part of the content may be there then.
    public func writeFile(
        _ path: String, _ data: Data, append: Bool? = nil, create: Bool? = nil, createNew: Bool? = nil,
        mode: UInt32? = nil
    ) async throws {
        guard data.count <= Slices.size else {
            return try await writeStream(
                path, Slices(data), append: append, create: create, createNew: createNew,
                mode: mode)
        }
        let options = WriteOptions(append: append, create: create, createNew: createNew, mode: mode)
        try await call { cancellation in
            try await core.writeFile(path: path, data: data, options: options, cancellation: cancellation)
        }
    }

    /// Writes a whole file of text; see ``writeFile(_:_:append:create:createNew:mode:)``.
    public func writeTextFile(
        _ path: String, _ text: String, append: Bool? = nil, create: Bool? = nil, createNew: Bool? = nil,
        mode: UInt32? = nil
    ) async throws {
        guard text.utf8.count <= Slices.size else {
            return try await writeFile(
                path, Data(text.utf8), append: append, create: create, createNew: createNew, mode: mode)
        }
        let options = WriteOptions(append: append, create: create, createNew: createNew, mode: mode)
        try await call { cancellation in
            try await core.writeTextFile(
                path: path, text: text, options: options, cancellation: cancellation)
        }
    }

    /// Writes a whole file from a sequence of parts, of which only what is under way is in memory: some
    /// 5 MiB. An error of the sequence is thrown; the file is not complete then.
    ///
    /// ```swift
    /// let parts = AsyncStream { continuation in
    ///     continuation.yield(Data("a".utf8))
    ///     continuation.yield(Data("b".utf8))
    ///     continuation.finish()
    /// }
    /// try await sandbox.fs.writeStream("/data/ab.txt", parts)
    /// ```
    public func writeStream<Parts: AsyncSequence & Sendable>(
        _ path: String, _ parts: Parts, append: Bool? = nil, create: Bool? = nil, createNew: Bool? = nil,
        mode: UInt32? = nil
    ) async throws where Parts.Element == Data {
        let options = WriteOptions(append: append, create: create, createNew: createNew, mode: mode)
        let content = Content()
        let failure = FirstFailure()
        async let sent: Void = send(parts, into: content, noting: failure)
        do {
            try await call { cancellation in
                try await core.writeStream(
                    path: path, content: content, options: options, cancellation: cancellation)
            }
        } catch {
            // What the core says of a sequence that failed is only that it did.
            throw failure.error ?? error
        }
        await sent
    }

    /// Lists a folder, in no order.
    ///
    /// - Throws: ``SandboxError``: `notADirectory` among others.
    public func readDir(_ path: String) async throws -> [DirEntry] {
        try await call { try await core.readDir(path: path, cancellation: $0) }
    }

    /// Makes a folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - recursive: Make those above it too; one that exists is fine then. No unless told.
    ///   - mode: Permissions, like `0o700`.
    ///
    /// - Throws: ``SandboxError``: `fileExists` among others.
    public func mkdir(_ path: String, recursive: Bool? = nil, mode: UInt32? = nil) async throws {
        let options = MkdirOptions(recursive: recursive, mode: mode)
        try await call { try await core.mkdir(path: path, options: options, cancellation: $0) }
    }

    /// Removes a file, a link or an empty folder; with `recursive` a folder and all in it.
    ///
    /// - Throws: ``SandboxError``: `directoryNotEmpty` among others.
    public func remove(_ path: String, recursive: Bool? = nil) async throws {
        let options = RemoveOptions(recursive: recursive)
        try await call { try await core.remove(path: path, options: options, cancellation: $0) }
    }

    /// Renames or moves within one file system; what is at the new path is replaced.
    public func rename(_ from: String, to: String) async throws {
        try await call { try await core.rename(from: from, to: to, cancellation: $0) }
    }

    /// What is known of a file, following links.
    public func stat(_ path: String) async throws -> FileInfo {
        try await call { try await core.stat(path: path, cancellation: $0) }
    }

    /// What is known of a file, or of the link itself.
    public func lstat(_ path: String) async throws -> FileInfo {
        try await call { try await core.lstat(path: path, cancellation: $0) }
    }

    /// Sets permissions, like `0o755`.
    public func chmod(_ path: String, _ mode: UInt32) async throws {
        try await call { try await core.chmod(path: path, mode: mode, cancellation: $0) }
    }

    /// Sets the owner and the group; `nil` leaves as it is.
    public func chown(_ path: String, uid: UInt32? = nil, gid: UInt32? = nil) async throws {
        try await call { try await core.chown(path: path, uid: uid, gid: gid, cancellation: $0) }
    }

    /// Copies a file within the sandbox; what is at the new path is replaced.
    ///
    /// - Throws: ``SandboxError``: `storageFull` among others.
    public func copyFile(_ from: String, to: String) async throws {
        try await call { try await core.copyFile(from: from, to: to, cancellation: $0) }
    }

    /// Makes a hard link at `path` to the file at `target`.
    ///
    /// - Throws: ``SandboxError``: `fileExists` among others.
    public func link(_ target: String, at path: String) async throws {
        try await call { try await core.link(target: target, path: path, cancellation: $0) }
    }

    /// Makes a symbolic link at `path` to `target`, which need not exist.
    ///
    /// - Throws: ``SandboxError``: `fileExists` among others.
    public func symlink(_ target: String, at path: String) async throws {
        try await call { try await core.symlink(target: target, path: path, cancellation: $0) }
    }

    /// Where a symbolic link points, as it was made.
    public func readLink(_ path: String) async throws -> String {
        try await call { try await core.readLink(path: path, cancellation: $0) }
    }

    /// The absolute path without any links.
    public func realPath(_ path: String) async throws -> String {
        try await call { try await core.realPath(path: path, cancellation: $0) }
    }

    /// Makes a new folder for temporary use; gives its path.
    public func makeTempDir(
        dir: String? = nil, prefix: String? = nil, suffix: String? = nil
    ) async throws -> String {
        let options = MakeTempOptions(dir: dir, prefix: prefix, suffix: suffix)
        return try await call { try await core.makeTempDir(options: options, cancellation: $0) }
    }

    /// Makes a new, empty file for temporary use; gives its path.
    public func makeTempFile(
        dir: String? = nil, prefix: String? = nil, suffix: String? = nil
    ) async throws -> String {
        let options = MakeTempOptions(dir: dir, prefix: prefix, suffix: suffix)
        return try await call { try await core.makeTempFile(options: options, cancellation: $0) }
    }

    /// Cuts a file to `length` bytes, or extends it with zeros.
    public func truncate(_ path: String, _ length: UInt64) async throws {
        try await call { try await core.truncate(path: path, length: length, cancellation: $0) }
    }

    /// Sets the mask of permissions that new files do not get, where one is given; gives the one before.
    @discardableResult
    public func umask(_ mask: UInt32? = nil) async throws -> UInt32 {
        try await call { try await core.umask(mask: mask, cancellation: $0) }
    }

    /// Sets the times of last access and last change.
    public func utime(_ path: String, atime: Date, mtime: Date) async throws {
        try await call { try await core.utime(path: path, atime: atime, mtime: mtime, cancellation: $0) }
    }

    /// Opens a file; without any option for reading.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - read: For reading.
    ///   - write: For writing.
    ///   - append: For adding at its end.
    ///   - truncate: Empty it.
    ///   - create: Make it where there is none.
    ///   - createNew: Make it, and fail where there is one.
    ///   - mode: Permissions of a new file, like `0o600`.
    public func open(
        _ path: String, read: Bool? = nil, write: Bool? = nil, append: Bool? = nil, truncate: Bool? = nil,
        create: Bool? = nil, createNew: Bool? = nil, mode: UInt32? = nil
    ) async throws -> SandboxFile {
        let options = OpenOptions(
            read: read, write: write, append: append, truncate: truncate, create: create,
            createNew: createNew, mode: mode)
        return SandboxFile(
            core: try await call { cancellation in
                try await core.open(path: path, options: options, cancellation: cancellation)
            })
    }

    /// Creates or empties a file and opens it for reading and writing.
    public func create(_ path: String) async throws -> SandboxFile {
        SandboxFile(core: try await call { try await core.create(path: path, cancellation: $0) })
    }

    /// Lists a tree: the folder itself and everything in it, as far as the options ask for.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - maxDepth: How deep to go; the folder itself is 0; no limit unless told.
    ///   - includeFiles: Give files; yes unless told.
    ///   - includeDirs: Give folders; yes unless told.
    ///   - includeSymlinks: Give symbolic links; yes unless told.
    ///   - followSymlinks: Go where links point; no unless told.
    ///   - canonicalize: With `followSymlinks`, give the resolved path; yes unless told.
    ///   - exts: Give only files whose name ends in one of these.
    ///   - matching: Give only paths that match one of these.
    ///   - skip: Neither give nor enter paths that match one of these.
    ///
    /// - Throws: ``SandboxError``: `notADirectory` among others.
    public func walk(
        _ path: String, maxDepth: Int? = nil, includeFiles: Bool? = nil, includeDirs: Bool? = nil,
        includeSymlinks: Bool? = nil, followSymlinks: Bool? = nil, canonicalize: Bool? = nil,
        exts: [String]? = nil, matching: [PathRegex]? = nil, skip: [PathRegex]? = nil
    ) async throws -> Entries {
        let options = WalkOptions(
            maxDepth: maxDepth.map(Double.init), includeFiles: includeFiles, includeDirs: includeDirs,
            includeSymlinks: includeSymlinks, followSymlinks: followSymlinks, canonicalize: canonicalize,
            exts: exts, matching: matching, skip: skip)
        return Entries(
            core: try await call { cancellation in
                try await core.walk(path: path, options: options, cancellation: cancellation)
            })
    }

    /// Lists what matches a pattern like `src/**/*.swift`.
    ///
    /// - Parameters:
    ///   - pattern: The pattern.
    ///   - root: The folder relative patterns start in; the sandbox's home unless told.
    ///   - exclude: Patterns of what to leave out.
    ///   - includeDirs: Give folders; yes unless told.
    ///   - followSymlinks: Go where links point; no unless told.
    ///   - canonicalize: With `followSymlinks`, give the resolved path; yes unless told.
    ///   - extended: Accept `@(a|b)`, `+(…)`, `?(…)`, `*(…)` and `!(…)`; yes unless told.
    ///   - globstar: Let `**` stand for any number of folders; yes unless told.
    ///   - caseInsensitive: Ignore case; no unless told.
    public func expandGlob(
        _ pattern: String, root: String? = nil, exclude: [String]? = nil, includeDirs: Bool? = nil,
        followSymlinks: Bool? = nil, canonicalize: Bool? = nil, extended: Bool? = nil,
        globstar: Bool? = nil, caseInsensitive: Bool? = nil
    ) async throws -> Entries {
        let options = ExpandGlobOptions(
            extended: extended, globstar: globstar, caseInsensitive: caseInsensitive, root: root,
            exclude: exclude, includeDirs: includeDirs, followSymlinks: followSymlinks,
            canonicalize: canonicalize)
        return Entries(
            core: try await call { cancellation in
                try await core.expandGlob(
                    pattern: pattern, options: options, cancellation: cancellation)
            })
    }

    /// Copies a local file or tree to exactly `remote`.
    ///
    /// A file becomes the file `remote`, in a folder that exists. A folder becomes the folder `remote`, made where
    /// it does not exist with those above it; what is there already stays, unless a file of the tree replaces
    /// it. Links in a tree are made again with the same target. Permissions are kept. A file appears under its
    /// name only when it is complete.
    ///
    /// ```swift
    /// try await sandbox.fs.upload("./dataset", to: "/data/dataset") { progress in
    ///     print("\(progress.filesDone) files, \(formatBytes(progress.bytesDone))")
    /// }
    /// ```
    ///
    /// - Throws: ``SandboxError``: `localIO` for this machine's files among others.
    public func upload(
        _ local: String, to remote: String,
        onProgress: (@Sendable (TransferProgress) -> Void)? = nil
    ) async throws {
        let progress = onProgress.map(ProgressCallback.init)
        try await call { cancellation in
            try await core.upload(
                local: local, remote: remote, progress: progress, cancellation: cancellation)
        }
    }

    /// Copies a file or tree of the sandbox to exactly `local`.
    ///
    /// As ``upload(_:to:onProgress:)``, the other way. The sandbox is not trusted: nothing is ever written
    /// outside `local`, and a tree that could lead elsewhere is refused before anything is written.
    ///
    /// ```swift
    /// try await sandbox.fs.download("/data/results", to: "./results")
    /// ```
    ///
    /// - Throws: ``SandboxError``: `unsafePath`, `localIO` for this machine's files among others.
    public func download(
        _ remote: String, to local: String,
        onProgress: (@Sendable (TransferProgress) -> Void)? = nil
    ) async throws {
        let progress = onProgress.map(ProgressCallback.init)
        try await call { cancellation in
            try await core.download(
                remote: remote, local: local, progress: progress, cancellation: cancellation)
        }
    }
}

/// Hands what the core tells to a closure.
private final class ProgressCallback: DenoSandboxBindings.Progress {
    private let tell: @Sendable (TransferProgress) -> Void

    init(_ tell: @escaping @Sendable (TransferProgress) -> Void) {
        self.tell = tell
    }

    func onProgress(progress: TransferProgress) {
        tell(progress)
    }
}

private func send<Parts: AsyncSequence>(
    _ parts: Parts, into content: Content, noting failure: FirstFailure
) async where Parts.Element == Data {
    do {
        for try await part in parts {
            guard await content.send(data: part) else { return }
        }
        await content.finish()
    } catch {
        failure.error = error
        await content.fail(message: "\(error)")
    }
}

/// An error on its way between tasks.
private final class FirstFailure: @unchecked Sendable {
    private let lock = NSLock()
    private var first: (any Error)?

    var error: (any Error)? {
        get { lock.withLock { first } }
        set { lock.withLock { first = first ?? newValue } }
    }
}
