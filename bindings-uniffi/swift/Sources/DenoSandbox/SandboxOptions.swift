import DenoSandboxBindings

/// What a new sandbox is to be. What is left out has the default said beside it.
///
/// The first malformed value is reported by ``Sandboxes/create(_:)`` before anything is sent. No value of
/// a secret or of an environment variable shows when options are printed.
///
/// ```swift
/// let options = SandboxOptions(
///     region: .ord,
///     memory: "2GiB",
///     timeout: .minutes(5),
///     labels: ["job": "prepare"],
///     volumes: ["/data/dataset": "training-cache"],
///     allowNet: ["example.com", "*.example.com:443"],
///     env: ["LOG_LEVEL": "info"]
/// )
/// ```
public struct SandboxOptions: Sendable {
    /// Where it runs: ``Region/ord`` unless told. Volumes must be of the same region.
    public var region: Region?
    /// Its memory: 1280 MiB unless told.
    public var memory: Memory?
    /// How long it lives: ``Timeout/session`` unless told.
    public var timeout: Timeout?
    /// Labels to find it by; at most 5, keys of 1 to 64 bytes, values of at most 128.
    public var labels: [String: String]
    /// A bootable volume or snapshot to boot from, in place of the service's own image.
    public var root: Source?
    /// Volumes by the absolute path each is mounted at. A volume is used once.
    public var volumes: [String: Source]
    /// The hosts it may reach: `host`, `*.host`, an IPv4 address or `[IPv6]`, each with or without
    /// `:port`. An empty list is no host; `nil` is any.
    public var allowNet: [String]?
    /// Secrets by the name of the variable in which the sandbox sees a placeholder for each.
    public var secrets: [String: Secret]
    /// Environment variables for everything that runs in it.
    public var env: [String: String]

    /// Options, each with its default.
    public init(
        region: Region? = nil,
        memory: Memory? = nil,
        timeout: Timeout? = nil,
        labels: [String: String] = [:],
        root: Source? = nil,
        volumes: [String: Source] = [:],
        allowNet: [String]? = nil,
        secrets: [String: Secret] = [:],
        env: [String: String] = [:]
    ) {
        self.region = region
        self.memory = memory
        self.timeout = timeout
        self.labels = labels
        self.root = root
        self.volumes = volumes
        self.allowNet = allowNet
        self.secrets = secrets
        self.env = env
    }
}

extension SandboxOptions: CustomReflectable {
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "region": region as Any, "memory": memory as Any, "timeout": timeout as Any,
                "labels": labels, "root": root as Any, "volumes": volumes,
                "allowNet": allowNet as Any, "secrets": secrets,
                "env": env.mapValues { _ in "…" },
            ])
    }
}

extension SandboxOptions: CustomStringConvertible {
    public var description: String {
        let shown = customMirror.children.map { "\($0.label ?? ""): \($0.value)" }
        return "SandboxOptions(\(shown.joined(separator: ", ")))"
    }
}

/// A secret: the service puts its value into requests to its hosts, and the sandbox sees only a
/// placeholder. Its value does not show when it is printed.
public struct Secret: Sendable {
    /// The hosts that may receive it.
    public var hosts: [String]
    /// What they receive.
    public var value: String

    /// A secret for some hosts.
    public init(hosts: [String], value: String) {
        self.hosts = hosts
        self.value = value
    }
}

extension Secret: CustomStringConvertible, CustomReflectable {
    public var description: String { "Secret(hosts: \(hosts))" }

    public var customMirror: Mirror { Mirror(self, children: ["hosts": hosts]) }
}

/// A volume or snapshot to mount or to boot from: by slug or id, or as the record itself, whose region
/// is then compared with the sandbox's before anything is sent.
///
/// ```swift
/// let byName: Source = "training-cache"
/// let byID = Source("vol_ord_spmbe47dysccpy277ma6")
/// ```
public struct Source: Sendable, Hashable {
    let core: DenoSandboxBindings.Source

    /// By slug or id.
    public init(_ reference: String) {
        core = .reference(reference: reference)
    }

    /// A volume as it was created, listed or found.
    public static func volume(_ volume: Volume) -> Self {
        Self(core: .volume(volume: volume))
    }

    /// A snapshot as it was taken, listed or found.
    public static func snapshot(_ snapshot: Snapshot) -> Self {
        Self(core: .snapshot(snapshot: snapshot))
    }

    private init(core: DenoSandboxBindings.Source) {
        self.core = core
    }
}

extension Source: ExpressibleByStringLiteral {
    public init(stringLiteral reference: String) { self.init(reference) }
}

extension SandboxOptions {
    var core: DenoSandboxBindings.SandboxOptions {
        .init(
            region: region?.text,
            memory: memory?.text,
            timeout: timeout?.text,
            labels: labels,
            root: root?.core,
            volumes: volumes.mapValues(\.core),
            allowNet: allowNet,
            secrets: secrets.mapValues { .init(hosts: $0.hosts, value: $0.value) },
            env: env
        )
    }
}
