/// The memory of a sandbox: 768 MiB to 4096 MiB, rounded down to whole MiB; 1280 MiB unless told.
///
/// Text is a number of bytes, or a decimal number and a unit as in ``Capacity``. What is malformed or
/// out of range is reported with ``SandboxError/Code-swift.enum/invalidMemory`` when the sandbox is
/// created, before anything is sent.
///
/// ```swift
/// let same: [Memory] = ["2GiB", .gibibytes(2), .mebibytes(2048)]
/// ```
public struct Memory: Sendable, Hashable {
    let text: String

    /// A size as text, like `"2GiB"`.
    public init(_ text: String) {
        self.text = text
    }

    /// A number of bytes.
    public static func bytes(_ count: Int) -> Self { Self("\(count)") }

    /// A number of MiB, each of 1024² bytes.
    public static func mebibytes(_ count: Int) -> Self { Self("\(count)MiB") }

    /// A number of GiB, each of 1024³ bytes.
    public static func gibibytes(_ count: Int) -> Self { Self("\(count)GiB") }
}

extension Memory: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) { self.init(text) }

    public init(integerLiteral bytes: Int) { self = .bytes(bytes) }

    public var description: String { text }
}
