import DenoSandboxBindings

/// A command line for `bash` in which every interpolated value is quoted: it stays one word, whatever it
/// contains.
///
/// ```swift
/// let name = "it's a file.txt"
/// let files = ["a.txt", "b c.txt"]
/// let count: ShellScript = "wc -l < \(name)"
/// let remove: ShellScript = "rm -- \(files)"
/// let pipeline: ShellScript = "\(raw: "sort | uniq -c") < \(name)"
/// ```
public struct ShellScript: Sendable, Hashable {
    let text: String

    /// A command line exactly as it stands, nothing quoted.
    public init(raw text: String) {
        self.text = text
    }
}

extension ShellScript: ExpressibleByStringInterpolation, CustomStringConvertible {
    public init(stringLiteral text: String) {
        self.init(raw: text)
    }

    public init(stringInterpolation: StringInterpolation) {
        self.init(raw: stringInterpolation.text)
    }

    public var description: String { text }

    /// Quotes each value as it is put in.
    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// A value as one word.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += quote(value.description)
        }

        /// Each value as a word of its own.
        public mutating func appendInterpolation(_ values: [String]) {
            text += values.map { quote($0) }.joined(separator: " ")
        }

        /// A part of the command line as it stands, not quoted.
        public mutating func appendInterpolation(raw text: String) {
            self.text += text
        }
    }
}

/// Text as one word of a POSIX shell's command line, whatever it contains.
///
/// A NUL character cannot be part of an argument and is left out. A word that starts with a hyphen stays
/// one; put `--` before it where a program would take it for an option.
///
/// ```swift
/// assert(quote("it's $5") == #"'it'\''s $5'"#)
/// ```
public func quote(_ text: String) -> String {
    DenoSandboxBindings.quote(text: text)
}

/// A number of bytes as people read it, like `"2 GB"`.
///
/// ```swift
/// assert(formatBytes(2_000_000_000) == "2 GB")
/// ```
public func formatBytes(_ bytes: UInt64) -> String {
    DenoSandboxBindings.formatBytes(bytes: bytes)
}
