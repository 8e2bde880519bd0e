import DenoSandboxBindings
import Foundation

/// Why a connection is closed: the close code, 1005 where the peer gave none and 1006 where the
/// connection just ended, and the peer's own words.
public typealias CloseReason = DenoSandboxBindings.CloseReason

/// A running sandbox and the connection to it, which closes when the last reference to it, and to the
/// files and processes opened through it, is gone.
///
/// A sandbox without a timeout ends when the connection that created it closes.
///
/// ```swift
/// let sandbox = try await client.sandboxes.create()
/// try await sandbox.writeTextFile("hello.txt", "Hello")
/// let text = try await sandbox.sh("cat hello.txt").text()
/// await sandbox.close()
/// ```
public final class Sandbox: Sendable {
    /// Its id, to connect to it again.
    public let id: String
    /// The region it runs in.
    public let region: Region
    /// The id to quote to support about this connection, where the service sent one.
    public let traceID: String?
    /// Its files.
    public let fs: FileSystem
    /// Its environment variables.
    public let env: Environment

    private let core: DenoSandboxBindings.Sandbox

    init(core: DenoSandboxBindings.Sandbox) {
        self.core = core
        id = core.id()
        region = Region(core.region())
        traceID = core.traceId()
        fs = FileSystem(core: core.fs())
        env = Environment(core: core)
    }

    /// Starts a process. Arguments reach the program exactly as given; no shell is involved.
    ///
    /// ```swift
    /// let process = try await sandbox.spawn("wc", ["-c"], stdin: .piped, stdout: .piped)
    /// try await process.stdin?.write("hello")
    /// await process.stdin?.close()
    /// let count = try await process.output().text()
    /// ```
    ///
    /// - Parameters:
    ///   - program: The program, by name or path.
    ///   - arguments: Its arguments.
    ///   - env: Environment variables for it alone.
    ///   - clearEnv: Whether it starts without the sandbox's variables.
    ///   - cwd: The folder it starts in; the sandbox's home folder unless told.
    ///   - stdin: Where its input comes from: `.null` unless told; `.inherit` is refused.
    ///   - stdout: Where its output goes: to this program's own unless told.
    ///   - stderr: Where its errors go: to this program's own unless told.
    /// - Throws: ``SandboxError``: `invalidEnv` or `invalidOption` before anything is sent; `fileNotFound`
    ///   when there is no such program.
    public func spawn(
        _ program: String,
        _ arguments: [String] = [],
        env: [String: String] = [:],
        clearEnv: Bool = false,
        cwd: String? = nil,
        stdin: Stdio? = nil,
        stdout: Stdio? = nil,
        stderr: Stdio? = nil
    ) async throws -> SandboxProcess {
        let command = CommandOptions(
            program: program, args: arguments, env: env, clearEnv: clearEnv, cwd: cwd, stdin: stdin,
            stdout: stdout, stderr: stderr)
        return SandboxProcess(
            core: try await call { try await core.spawn(command: command, cancellation: $0) })
    }

    /// Runs a command line in `bash`, after `$HOME/.bashrc`, and collects its output. Interpolated values
    /// are quoted; see ``ShellScript``.
    ///
    /// ```swift
    /// let name = "it's a file.txt"
    /// let lines = try await sandbox.sh("wc -l < \(name)", cwd: "/data").text()
    /// ```
    ///
    /// - Parameters:
    ///   - script: The command line.
    ///   - cwd: The folder it starts in; the sandbox's home folder unless told.
    ///   - env: Environment variables for it alone.
    ///   - sudo: Whether its first command runs as root.
    ///   - noThrow: Whether any status is an answer instead of an error.
    /// - Throws: ``SandboxError``: `commandFailed` for a status other than success, with the end of what it
    ///   wrote to standard error.
    public func sh(
        _ script: ShellScript,
        cwd: String? = nil,
        env: [String: String] = [:],
        sudo: Bool = false,
        noThrow: Bool = false
    ) async throws -> CommandOutput {
        let options = ShOptions(cwd: cwd, env: env, sudo: sudo, noThrow: noThrow)
        return CommandOutput(
            core: try await call { cancellation in
                try await core.sh(
                    script: script.text, options: options, cancellation: cancellation)
            })
    }

    /// Starts a command line in `bash`, to read its output as it comes.
    ///
    /// ```swift
    /// let build = try await sandbox.spawnSh("make -j2 2>&1")
    /// if let output = build.stdout {
    ///     for try await line in output.lines {
    ///         print(line)
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - script: The command line; interpolated values are quoted.
    ///   - cwd: The folder it starts in; the sandbox's home folder unless told.
    ///   - env: Environment variables for it alone.
    ///   - sudo: Whether its first command runs as root.
    ///   - stdin: Where its input comes from: `.null` unless told; `.inherit` is refused.
    ///   - stdout: Where its output goes: `.piped` unless told.
    ///   - stderr: Where its errors go: `.piped` unless told.
    /// - Throws: ``SandboxError``, as ``spawn(_:_:env:clearEnv:cwd:stdin:stdout:stderr:)``.
    public func spawnSh(
        _ script: ShellScript,
        cwd: String? = nil,
        env: [String: String] = [:],
        sudo: Bool = false,
        stdin: Stdio? = nil,
        stdout: Stdio? = nil,
        stderr: Stdio? = nil
    ) async throws -> SandboxProcess {
        let options = ShOptions(
            cwd: cwd, env: env, sudo: sudo, stdin: stdin, stdout: stdout, stderr: stderr)
        return SandboxProcess(
            core: try await call { cancellation in
                try await core.spawnSh(
                    script: script.text, options: options, cancellation: cancellation)
            })
    }

    /// Reads a whole file; see ``FileSystem/readFile(_:)``.
    public func readFile(_ path: String) async throws -> Data {
        try await fs.readFile(path)
    }

    /// Reads a whole file as UTF-8 text; see ``FileSystem/readTextFile(_:)``.
    public func readTextFile(_ path: String) async throws -> String {
        try await fs.readTextFile(path)
    }

    /// Writes a whole file; see ``FileSystem/writeFile(_:_:append:create:createNew:mode:)``.
    public func writeFile(_ path: String, _ data: Data) async throws {
        try await fs.writeFile(path, data)
    }

    /// Writes a whole file of text; see ``FileSystem/writeTextFile(_:_:append:create:createNew:mode:)``.
    public func writeTextFile(_ path: String, _ text: String) async throws {
        try await fs.writeTextFile(path, text)
    }

    /// Has it end this long from now instead of when it would have; gives when it ends now, which the
    /// service may have put earlier than asked for.
    ///
    /// - Throws: ``SandboxError``: `invalidTimeout` before anything is sent, also for ``Timeout/session``.
    @discardableResult
    public func extendTimeout(_ timeout: Timeout) async throws -> Date {
        try await call { try await core.extendTimeout(timeout: timeout.text, cancellation: $0) }
    }

    /// Ends the sandbox and its connection. One that has ended already is fine.
    ///
    /// - Throws: ``SandboxError`` with what the service answers.
    public func kill() async throws {
        try await call { try await core.kill(cancellation: $0) }
    }

    /// Closes the connection, also in a task that is cancelled: calls under way fail with
    /// `connectionClosed`. A sandbox without a timeout ends if this is the connection that created it.
    /// Closing twice is fine.
    public func close() async {
        // Fails only when cancelled, and nothing has this handle.
        try? await core.close(cancellation: Cancellation())
    }

    /// Whether the connection is closed, by either side.
    public var isClosed: Bool { core.isClosed() }

    /// Waits until the connection is closed, by either side.
    ///
    /// - Throws: ``SandboxError``: `cancelled` when the task is.
    public func closed() async throws -> CloseReason {
        try await call { try await core.closed(cancellation: $0) }
    }
}

extension Sandbox: CustomStringConvertible {
    public var description: String { "Sandbox(\(id))" }
}

/// Environment variables of a sandbox, as processes started from now on see them. Names and values travel
/// exactly as given.
///
/// ```swift
/// try await sandbox.env.set("LOG_LEVEL", "debug")
/// let home = try await sandbox.env.get("HOME")
/// ```
public struct Environment: Sendable {
    let core: DenoSandboxBindings.Sandbox

    /// Reads a variable; `nil` when it is not set.
    ///
    /// - Throws: ``SandboxError``: `invalidEnv` for a malformed name, before anything is sent.
    public func get(_ name: String) async throws -> String? {
        try await call { try await core.envGet(name: name, cancellation: $0) }
    }

    /// Sets a variable.
    ///
    /// - Throws: ``SandboxError``: `invalidEnv` for a malformed name or value, before anything is sent.
    public func set(_ name: String, _ value: String) async throws {
        try await call { try await core.envSet(name: name, value: value, cancellation: $0) }
    }

    /// Removes a variable; one that is not set is fine.
    ///
    /// - Throws: ``SandboxError``: `invalidEnv` for a malformed name, before anything is sent.
    public func delete(_ name: String) async throws {
        try await call { try await core.envDelete(name: name, cancellation: $0) }
    }

    /// Reads all variables.
    ///
    /// - Throws: ``SandboxError`` when the connection or the sandbox fails.
    public func toDictionary() async throws -> [String: String] {
        try await call { try await core.envToMap(cancellation: $0) }
    }
}
