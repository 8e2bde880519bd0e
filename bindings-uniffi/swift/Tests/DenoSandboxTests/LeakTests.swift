import DenoSandbox
import Foundation
import Testing

#if os(Linux)
    /// Run in a process of its own, since memory is counted for all of it.
    @Suite(.serialized) struct LeakTests {
        @Test func filesMadeAndClosed() async throws {
            try await Client().withSandbox { sandbox in
                try await expectNoGrowth {
                    let file = try await sandbox.fs.create("a.txt")
                    try await file.writeAll(Data("x".utf8))
                    try await file.close()
                }
            }
        }

        @Test func filesRead() async throws {
            try await Client().withSandbox { sandbox in
                try await sandbox.writeFile("a.bin", Data(repeating: 7, count: 100_000))
                try await expectNoGrowth {
                    let read = try await sandbox.readFile("a.bin")
                    #expect(read.count == 100_000)
                }
            }
        }

        @Test func processesMadeAndEnded() async throws {
            try await Client().withSandbox { sandbox in
                try await expectNoGrowth(times: 300) {
                    let process = try await sandbox.spawn("true", stdin: .piped, stdout: .piped)
                    #expect(try await process.output().status.success)
                }
            }
        }

        @Test func clientsAndErrors() async throws {
            try await expectNoGrowth {
                let client = try Client()
                await expectError(.invalidReference) { _ = try await client.volumes.get("") }
            }
        }

        @Test func sandboxesMadeAndClosed() async throws {
            let client = try Client()
            try await expectNoGrowth(times: 100) {
                try await client.withSandbox { sandbox in
                    _ = try await sandbox.env.get("HOME")
                }
            }
        }

        /// Makes and closes 1 000 of something three times; what the last two rounds add is what leaks.
        private func expectNoGrowth(
            times: Int = 1000, sourceLocation: SourceLocation = #_sourceLocation,
            _ body: () async throws -> Void
        ) async throws {
            var footprints: [Footprint] = []
            for _ in 0..<3 {
                for _ in 0..<times {
                    try await body()
                }
                footprints.append(try Footprint())
            }
            let (warm, end) = (footprints[0], footprints[2])
            // Less than 256 bytes for each object, which holds at least itself and its buffers; for few, some of the steps
            // in which an allocator takes memory.
            let growth = end.bytes - warm.bytes
            #expect(growth < max(512 * times, 256 << 10), "\(footprints)", sourceLocation: sourceLocation)
            #expect(end.descriptors <= warm.descriptors, sourceLocation: sourceLocation)
        }
    }

    /// What this process holds.
    private struct Footprint {
        let bytes: Int
        let descriptors: Int

        init() throws {
            let status = try String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Anonymous:") })
            bytes = try #require(Int(line.split(separator: " ")[1])) * 1024
            descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
    }
#endif
