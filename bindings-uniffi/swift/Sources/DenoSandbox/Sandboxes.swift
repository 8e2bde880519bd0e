import DenoSandboxBindings

/// A sandbox as lists show it.
public typealias SandboxInfo = DenoSandboxBindings.SandboxInfo

/// Whether a sandbox runs.
public typealias SandboxStatus = DenoSandboxBindings.SandboxStatus

/// Sandboxes of the account.
///
/// ```swift
/// for info in try await client.sandboxes.list(labels: ["job": "prepare"]) where info.status == .running {
///     try await client.sandboxes.kill(info.id)
/// }
/// ```
public struct Sandboxes: Sendable {
    let core: DenoSandboxBindings.Client

    /// Creates a sandbox and connects to it. ``Client/withSandbox(_:isolation:_:)`` closes it, too.
    ///
    /// Sent once: it is repeated only where the service was not reached at all. When a later step fails,
    /// or the task is cancelled meanwhile, the sandbox is ended again.
    ///
    /// - Throws: ``SandboxError``: for the first malformed option, before anything is sent; what the
    ///   service answers, like `notFound` for a volume that does not exist.
    public func create(_ options: SandboxOptions = SandboxOptions()) async throws -> Sandbox {
        Sandbox(
            core: try await call { cancellation in
                try await core.createSandbox(options: options.core, cancellation: cancellation)
            })
    }

    /// Connects to a sandbox that runs already. Its region is told by its id.
    ///
    /// - Throws: ``SandboxError``: `invalidSandboxID` before anything is sent; `notFound` when it does not
    ///   run.
    public func connect(_ id: String) async throws -> Sandbox {
        Sandbox(core: try await call { try await core.connectSandbox(id: id, cancellation: $0) })
    }

    /// Lists the sandboxes that have all of these labels; with none, every sandbox.
    ///
    /// - Throws: ``SandboxError``: `invalidLabels` before anything is sent.
    public func list(labels: [String: String] = [:]) async throws -> [SandboxInfo] {
        try await call { try await core.listSandboxes(labels: labels, cancellation: $0) }
    }

    /// Ends a sandbox at once, whoever is connected to it.
    ///
    /// - Throws: ``SandboxError``: `invalidSandboxID` before anything is sent; `notFound` when it has ended
    ///   already.
    public func kill(_ id: String) async throws {
        try await call { try await core.killSandbox(id: id, cancellation: $0) }
    }
}
