// Bytes on their way to the core and from it.

import DenoSandboxBindings
import Foundation

/// Large data in parts: one is copied to the core while those before it are sent, and the core takes no more
/// than 2 GiB at once.
struct Slices: AsyncSequence, AsyncIteratorProtocol {
    static let size = 1 << 20

    private var data: Data

    init(_ data: Data) {
        self.data = data
    }

    func makeAsyncIterator() -> Self { self }

    mutating func next() async -> Data? {
        guard !data.isEmpty else { return nil }
        defer { data = data.dropFirst(Self.size) }
        return data.prefix(Self.size)
    }
}

extension Data {
    /// The core's own memory, given back with the last copy of this.
    init(_ content: FileContent) {
        guard let address = UnsafeMutableRawPointer(bitPattern: UInt(content.address())) else {
            self.init()
            return
        }
        self.init(
            bytesNoCopy: address, count: Int(content.size()),
            deallocator: .custom { _, _ in withExtendedLifetime(content) {} })
    }
}
