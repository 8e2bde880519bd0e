/// The size of a volume: 300 MB to 20 GB, both included, a whole number of bytes.
///
/// Text is a number of bytes, or a decimal number and a unit: `kB`, `MB`, `GB` are powers of 1000, and
/// `KiB`, `MiB`, `GiB` powers of 1024. What is malformed or out of range is reported with
/// ``SandboxError/Code-swift.enum/invalidCapacity`` by ``Volumes/create(slug:region:capacity:from:)``,
/// before anything is sent.
///
/// ```swift
/// let same: [Capacity] = ["2GB", 2_000_000_000, .gigabytes(2)]
/// ```
public struct Capacity: Sendable, Hashable {
    let text: String

    /// A size as text, like `"2GB"` or `"1.5GiB"`.
    public init(_ text: String) {
        self.text = text
    }

    /// A number of bytes.
    public static func bytes(_ count: Int) -> Self { Self("\(count)") }

    /// A number of MB, each of 1000² bytes.
    public static func megabytes(_ count: Int) -> Self { Self("\(count)MB") }

    /// A number of GB, each of 1000³ bytes.
    public static func gigabytes(_ count: Int) -> Self { Self("\(count)GB") }

    /// A number of MiB, each of 1024² bytes.
    public static func mebibytes(_ count: Int) -> Self { Self("\(count)MiB") }

    /// A number of GiB, each of 1024³ bytes.
    public static func gibibytes(_ count: Int) -> Self { Self("\(count)GiB") }
}

extension Capacity: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) { self.init(text) }

    public init(integerLiteral bytes: Int) { self = .bytes(bytes) }

    public var description: String { text }
}
