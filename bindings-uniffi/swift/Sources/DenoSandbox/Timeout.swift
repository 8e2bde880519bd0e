/// How long a sandbox lives: as long as the connection that created it, or a time.
///
/// Text is `"session"`, or a whole number above zero and `s` or `m`. What is malformed is reported with
/// ``SandboxError/Code-swift.enum/invalidTimeout`` when the sandbox is created, before anything is sent.
/// The service allows up to 30 minutes at once.
///
/// ```swift
/// let same: [Timeout] = ["5m", .minutes(5), .seconds(300)]
/// ```
public struct Timeout: Sendable, Hashable {
    let text: String

    /// A time as text, like `"90s"`, or `"session"`.
    public init(_ text: String) {
        self.text = text
    }

    /// As long as the connection that created it; what a sandbox has unless told.
    public static let session = Self("session")

    /// A number of seconds, whoever is connected.
    public static func seconds(_ count: Int) -> Self { Self("\(count)s") }

    /// A number of minutes, whoever is connected.
    public static func minutes(_ count: Int) -> Self { Self("\(count)m") }
}

extension Timeout: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) { self.init(text) }

    public var description: String { text }
}
