import DenoSandboxBindings
import Foundation

/// What happens with a process's standard input, output or error: it is a stream, it appears on this
/// program's own, or it is nothing.
public typealias Stdio = DenoSandboxBindings.Stdio

/// How a process ended.
public typealias ProcessStatus = DenoSandboxBindings.ProcessStatus

/// A process in a sandbox. It goes on when this is gone.
///
/// ```swift
/// let process = try await sandbox.spawn("ping", ["-c", "3", "example.com"], stdout: .piped)
/// if let output = process.stdout {
///     for try await line in output.lines {
///         print(line)
///     }
/// }
/// let status = try await process.status()
/// ```
public final class SandboxProcess: Sendable {
    /// Its number in the sandbox.
    public let pid: UInt32
    /// Its standard input, where that is piped. Without ``ProcessInput/close()`` the process waits for
    /// more.
    public let stdin: ProcessInput?
    /// Its standard output, where that is piped. What is piped has to be read: see ``ByteStream``.
    public let stdout: ByteStream?
    /// Its standard error, where that is piped.
    public let stderr: ByteStream?

    private let core: DenoSandboxBindings.Process

    init(core: DenoSandboxBindings.Process) {
        self.core = core
        pid = core.pid()
        stdin = core.takeStdin().map(ProcessInput.init)
        stdout = core.stdout().map(ByteStream.init)
        stderr = core.stderr().map(ByteStream.init)
    }

    /// Waits until it has ended, and tells how. May be asked any number of times, and cancelled.
    ///
    /// A process that writes more than is read of its piped output waits for the reader, and so does
    /// this: read ``stdout`` and ``stderr`` meanwhile, close them, or use ``output()``.
    ///
    /// - Throws: ``SandboxError`` of the connection: how the process ended is not known then.
    public func status() async throws -> ProcessStatus {
        try await call { try await core.status(cancellation: $0) }
    }

    /// Waits until it has ended and its piped output, as far as it was not read before, is read to the
    /// end. A piped input is closed first.
    ///
    /// - Throws: ``SandboxError`` of the connection or a stream: output that is cut short is never taken
    ///   for all of it.
    public func output() async throws -> CommandOutput {
        await stdin?.close()
        return CommandOutput(core: try await call { try await core.output(cancellation: $0) })
    }

    /// Sends it a signal: `SIGTERM` unless told.
    ///
    /// - Throws: ``SandboxError``: `processExited` when it has ended already.
    public func kill(_ signal: String = "SIGTERM") async throws {
        try await call { try await core.kill(signal: signal, cancellation: $0) }
    }
}

/// How a process ended and what it wrote.
///
/// ```swift
/// let output = try await sandbox.sh("grep -c error log.txt", noThrow: true)
/// if output.status.success {
///     print(try output.text())
/// }
/// ```
public struct CommandOutput: Sendable {
    /// How it ended.
    public let status: ProcessStatus
    /// All of its piped output; empty where that was not piped.
    public let stdout: Data
    /// All of its piped errors; empty where those were not piped.
    public let stderr: Data

    private let core: DenoSandboxBindings.Output

    init(core: DenoSandboxBindings.Output) {
        self.core = core
        status = core.status()
        stdout = core.stdout()
        stderr = core.stderr()
    }

    /// Its output as text, as it was written.
    ///
    /// - Throws: ``SandboxError``: `invalidUTF8`.
    public func text() throws -> String {
        try translated { try core.text() }
    }

    /// What it wrote to standard error, as text.
    ///
    /// - Throws: ``SandboxError``: `invalidUTF8`.
    public func stderrText() throws -> String {
        try translated { try core.stderrText() }
    }

    /// Its output as JSON.
    ///
    /// - Throws: `DecodingError` when the output is no JSON of this shape.
    public func json<Value: Decodable>(
        _ type: Value.Type = Value.self, decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        try decoder.decode(type, from: stdout)
    }

    /// Fails when the command did not succeed.
    ///
    /// - Throws: ``SandboxError``: `commandFailed` with the end of what it wrote to standard error.
    public func check() throws {
        try translated { try core.check() }
    }
}

/// A process's standard input.
public final class ProcessInput: Sendable {
    private let core: DenoSandboxBindings.ProcessInput

    init(core: DenoSandboxBindings.ProcessInput) {
        self.core = core
    }

    /// Writes all of `data`, waiting while too much is under way. One task writes at a time: what two write
    /// at once may mix.
    ///
    /// - Throws: ``SandboxError``: `streamFailed` when the process reads no more.
    public func write(_ data: Data) async throws {
        for await part in Slices(data) {
            try await call { try await core.write(data: part, cancellation: $0) }
        }
    }

    /// Writes text as UTF-8; see ``write(_:)-(Data)``.
    public func write(_ text: String) async throws {
        try await write(Data(text.utf8))
    }

    /// Ends the input: the process reads its end. Closing twice is fine.
    public func close() async {
        await core.close()
    }
}
