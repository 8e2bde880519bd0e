import DenoSandboxBindings

/// Runs a call of the core: the current task's cancellation ends it, here and in the service, and what
/// it fails with is a ``SandboxError``.
func call<Result>(_ body: (Cancellation) async throws -> Result) async throws -> Result {
    let cancellation = Cancellation()
    do {
        return try await withTaskCancellationHandler {
            try await body(cancellation)
        } onCancel: {
            cancellation.cancel()
        }
    } catch {
        throw SandboxError(error)
    }
}

/// Runs a function of the core that does not wait.
func translated<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        throw SandboxError(error)
    }
}
