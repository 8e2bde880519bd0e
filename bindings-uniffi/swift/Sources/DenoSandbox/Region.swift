/// Where volumes are kept and sandboxes run. A sandbox and its volumes are in the same one.
///
/// ```swift
/// let same: [Region] = [.ord, "ord", Region("ord")]
/// ```
public struct Region: Sendable, Hashable {
    let text: String

    /// A region by its name. Any well-formed name goes to the service, which has the last word.
    public init(_ name: String) {
        text = name
    }

    /// Chicago; where sandboxes run unless told.
    public static let ord = Self("ord")

    /// Amsterdam.
    public static let ams = Self("ams")
}

extension Region: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral name: String) { self.init(name) }

    public var description: String { text }
}
