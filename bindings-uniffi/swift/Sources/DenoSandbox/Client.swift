import DenoSandboxBindings
import Foundation

/// The way to the service for one account. Copies share their connections.
///
/// ```swift
/// let client = try Client()
/// for try await volume in client.volumes.listAll() {
///     print("\(volume.slug) in \(volume.region)")
/// }
/// ```
public struct Client: Sendable {
    let core: DenoSandboxBindings.Client

    /// A client with these options. What is not given comes from the environment, else it has a default:
    ///
    /// | option | variable | default |
    /// |---|---|---|
    /// | `token` | `DENO_DEPLOY_TOKEN` | none, must be there |
    /// | `org` | `DENO_DEPLOY_ORG` | none; a personal token (`ddp_…`) needs it |
    /// | `endpoint` | `DENO_DEPLOY_ENDPOINT` | `https://console.deno.com` |
    /// | `sandboxEndpoint` | `DENO_SANDBOX_ENDPOINT` | none |
    /// | `sandboxBaseDomain` | `DENO_SANDBOX_BASE_DOMAIN` | `sandbox-api.deno.net` |
    ///
    /// A variable that is set to nothing counts as not set. On a phone there is no such environment; give
    /// the options.
    ///
    /// ```swift
    /// let client = try Client(token: "ddo_example", requestTimeout: .seconds(20))
    /// ```
    ///
    /// - Parameters:
    ///   - token: The access token: `ddo_…` of an organization, or `ddp_…` of a person.
    ///   - org: The organization to act for.
    ///   - endpoint: The base URL where volumes and snapshots are managed.
    ///   - sandboxEndpoint: The base URL where sandboxes are reached, whatever their region.
    ///   - sandboxBaseDomain: The host name which, with a region and a dot before it, is where that
    ///     region's sandboxes are reached. Not used with a `sandboxEndpoint`.
    ///   - connectTimeout: How long connecting may take: 10 seconds unless told.
    ///   - requestTimeout: How long the whole answer to a request may take, each attempt for itself: 60
    ///     seconds unless told.
    ///   - idleTimeout: How long a sandbox connection may stay silent before it counts as dead: 30
    ///     seconds unless told.
    ///   - retryBudget: How long after its start a failed request may be repeated, where that is safe: 30
    ///     seconds unless told; zero never repeats.
    /// - Throws: ``SandboxError`` for an option that is missing or malformed. Nothing is sent.
    public init(
        token: String? = nil,
        org: String? = nil,
        endpoint: String? = nil,
        sandboxEndpoint: String? = nil,
        sandboxBaseDomain: String? = nil,
        connectTimeout: Duration? = nil,
        requestTimeout: Duration? = nil,
        idleTimeout: Duration? = nil,
        retryBudget: Duration? = nil
    ) throws {
        let options = ClientOptions(
            language: .swift,
            token: token,
            org: org,
            endpoint: endpoint,
            sandboxEndpoint: sandboxEndpoint,
            sandboxBaseDomain: sandboxBaseDomain,
            connectTimeout: connectTimeout.map(seconds),
            requestTimeout: requestTimeout.map(seconds),
            idleTimeout: idleTimeout.map(seconds),
            retryBudget: retryBudget.map(seconds)
        )
        core = try translated { try DenoSandboxBindings.Client(options: options) }
    }

    /// Volumes: storage that outlives sandboxes.
    public var volumes: Volumes { Volumes(core: core) }

    /// Snapshots: read-only images of volumes.
    public var snapshots: Snapshots { Snapshots(core: core) }

    /// Sandboxes: machines to run commands in.
    public var sandboxes: Sandboxes { Sandboxes(core: core) }

    /// Creates a sandbox for the time of `body`: closed when that returns, throws or is cancelled.
    ///
    /// ```swift
    /// let greeting = try await client.withSandbox { sandbox in
    ///     try await sandbox.sh("echo Hello").text()
    /// }
    /// ```
    ///
    /// - Throws: As ``Sandboxes/create(_:)``, and what `body` throws.
    public func withSandbox<Result: Sendable>(
        _ options: SandboxOptions = SandboxOptions(),
        isolation: isolated (any Actor)? = #isolation,
        _ body: (Sandbox) async throws -> Result
    ) async throws -> Result {
        let sandbox = try await sandboxes.create(options)
        do {
            let result = try await body(sandbox)
            await sandbox.close()
            return result
        } catch {
            await sandbox.close()
            throw error
        }
    }
}

extension Client: CustomStringConvertible, CustomReflectable {
    /// Where requests go, never the token.
    public var description: String { core.description() }

    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

/// A time that is below zero counts as none: the core knows no others.
private func seconds(_ duration: Duration) -> TimeInterval {
    let (seconds, attoseconds) = duration.components
    return max(0, Double(seconds) + Double(attoseconds) * 1e-18)
}
