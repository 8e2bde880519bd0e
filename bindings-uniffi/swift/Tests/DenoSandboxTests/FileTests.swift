import DenoSandbox
import Foundation
import Testing

/// Files of a sandbox against the emulator the environment points at.
@Suite struct FileTests {
    @Test func wholeFiles() async throws {
        try await Client().withSandbox { sandbox in
            let fs = sandbox.fs
            let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            try await sandbox.writeFile("a.bin", bytes)
            #expect(try await sandbox.readFile("a.bin") == bytes)
            try await fs.writeTextFile("a.txt", "grüße")
            try await fs.writeTextFile("a.txt", "!", append: true)
            #expect(try await fs.readTextFile("a.txt") == "grüße!")
            await expectError(.fileExists) { try await fs.writeTextFile("a.txt", "", createNew: true) }
            await expectError(.fileNotFound) { try await fs.writeTextFile("b.txt", "", create: false) }
            await expectError(.invalidPath) { _ = try await fs.readFile("") }
            try await fs.writeFile("run.sh", Data(), mode: 0o700)
            #expect(try await fs.stat("run.sh").mode & 0o777 == 0o700)
        }
    }

    @Test func largeFiles() async throws {
        try await Client().withSandbox { sandbox in
            let bytes = Data((0..<(3 << 20) + 1).map { UInt8(truncatingIfNeeded: $0 >> 3) })
            try await sandbox.writeFile("a.bin", bytes)
            var read = try await sandbox.readFile("a.bin")
            #expect(read == bytes)
            // What was read is a value like any other.
            let copy = read
            read[0] = 0xff
            read.append(0)
            #expect(copy == bytes && read[0] == 0xff && read.count == bytes.count + 1)

            let file = try await sandbox.fs.create("b.bin")
            let written = try await file.write(bytes)
            #expect(0 < written && written <= 1 << 20)
            try await file.writeAll(bytes.dropFirst(written))
            try await file.close()
            #expect(try await sandbox.readFile("b.bin") == bytes)

            let cat = try await sandbox.spawn("cat", stdin: .piped, stdout: .piped)
            async let output = cat.stdout?.data()
            try await cat.stdin?.write(bytes)
            await cat.stdin?.close()
            #expect(try await output == bytes)

            let text = String(repeating: "grüße\n", count: 1 << 18)
            try await sandbox.writeTextFile("a.txt", text)
            #expect(try await sandbox.readTextFile("a.txt") == text)
        }
    }

    @Test func streams() async throws {
        struct Unrelated: Error {}
        try await Client().withSandbox { sandbox in
            let part = Data(repeating: 7, count: 1 << 20)
            let parts = AsyncStream { continuation in
                for _ in 0..<5 { continuation.yield(part) }
                continuation.finish()
            }
            try await sandbox.fs.writeStream("big.bin", parts)
            var (size, largest) = (0, 0)
            for try await read in try await sandbox.fs.readStream("big.bin") {
                (size, largest) = (size + read.count, max(largest, read.count))
                #expect(read.allSatisfy { $0 == 7 })
            }
            #expect(size == 5 << 20 && largest <= 1 << 20)
            let broken = AsyncThrowingStream<Data, any Error> { continuation in
                continuation.yield(part)
                continuation.finish(throwing: Unrelated())
            }
            await #expect(throws: Unrelated.self) {
                try await sandbox.fs.writeStream("broken.bin", broken)
            }
            await expectError(.fileNotFound) {
                try await sandbox.fs.writeStream("nowhere/big.bin", AsyncStream { $0.yield(part) })
            }
        }
    }

    @Test func foldersAndLinks() async throws {
        try await Client().withSandbox { sandbox in
            let fs = sandbox.fs
            try await fs.mkdir("d/e", recursive: true)
            await expectError(.fileExists) { try await fs.mkdir("d") }
            try await fs.writeTextFile("d/e/a.txt", "a")
            try await fs.copyFile("d/e/a.txt", to: "d/b.log")
            try await fs.symlink("e/a.txt", at: "d/link")
            try await fs.link("d/b.log", at: "d/hard")
            #expect(try await fs.readLink("d/link") == "e/a.txt")
            #expect(try await fs.realPath("d/link").hasSuffix("/d/e/a.txt"))
            #expect(try await fs.lstat("d/link").isSymlink)
            #expect(try await fs.stat("d/hard").nlink == 2)
            #expect(try await fs.readDir("d").map(\.name).sorted() == ["b.log", "e", "hard", "link"])
            var found: [String] = []
            for try await entry in try await fs.walk("d", includeDirs: false, includeSymlinks: false) {
                found.append(entry.name)
            }
            #expect(found.sorted() == ["a.txt", "b.log", "hard"])
            found = []
            let logs = try await fs.walk("d", matching: [PathRegex(source: "\\.LOG$", flags: "i")])
            for try await entry in logs { found.append(entry.name) }
            #expect(found == ["b.log"])
            found = []
            for try await entry in try await fs.expandGlob("d/**/*.txt") { found.append(entry.name) }
            #expect(found == ["a.txt"])
            try await fs.rename("d/b.log", to: "d/c.log")
            try await fs.chmod("d/c.log", 0o640)
            let time = Date(timeIntervalSince1970: 1_700_000_000.25)
            try await fs.utime("d/c.log", atime: time, mtime: time)
            let info = try await fs.stat("d/c.log")
            #expect(info.mode & 0o777 == 0o640 && abs(info.mtime.timeIntervalSince(time)) < 0.001)
            try await fs.truncate("d/c.log", 0)
            #expect(try await fs.stat("d/c.log").size == 0)
            await expectError(.directoryNotEmpty) { try await fs.remove("d") }
            try await fs.remove("d", recursive: true)
            await expectError(.fileNotFound) { _ = try await fs.stat("d") }
            let folder = try await fs.makeTempDir(prefix: "swift-")
            let file = try await fs.makeTempFile(dir: folder, suffix: ".tmp")
            #expect(file.hasPrefix(folder + "/") && file.hasSuffix(".tmp"))
            let mask = try await fs.umask(0o077)
            #expect(try await fs.umask(mask) == 0o077)
        }
    }

    @Test func anOpenFile() async throws {
        try await Client().withSandbox { sandbox in
            let file = try await sandbox.fs.create("a.txt")
            try await file.writeAll(Data("0123456789".utf8))
            #expect(try await file.seek(-4, from: .end) == 6)
            #expect(try await file.read(100) == Data("6789".utf8))
            #expect(try await file.read(1) == nil)
            try await file.truncate(3)
            #expect(try await file.stat().size == 3)
            try await file.sync()
            try await file.lock(exclusive: true)
            try await file.unlock()
            try await file.close()
            let reader = try await sandbox.fs.open("a.txt")
            await expectError(.sandboxFailed) { _ = try await reader.write(Data("x".utf8)) }
            #expect(try await reader.read(10) == Data("012".utf8))
        }
    }

    @Test func treesGoUpAndComeDown() async throws {
        let local = FileManager.default.temporaryDirectory.appendingPathComponent(uniqueSlug())
        defer { try? FileManager.default.removeItem(at: local) }
        let up = local.appendingPathComponent("up/sub")
        try FileManager.default.createDirectory(at: up, withIntermediateDirectories: true)
        try Data("hello".utf8).write(to: up.appendingPathComponent("a.txt"))
        try await Client().withSandbox { sandbox in
            let told = Told()
            try await sandbox.fs.upload(local.appendingPathComponent("up").path, to: "tree") { progress in
                told.add(progress)
            }
            let last = try #require(told.all.last)
            #expect(last.filesDone == 1 && last.bytesDone == 5 && last.bytesTotal == 5)
            #expect(try await sandbox.readTextFile("tree/sub/a.txt") == "hello")
            let down = local.appendingPathComponent("down")
            try await sandbox.fs.download("tree", to: down.path)
            #expect(
                try String(contentsOf: down.appendingPathComponent("sub/a.txt"), encoding: .utf8) == "hello")
            try await sandbox.fs.symlink("/etc/passwd", at: "tree/evil")
            let refused = local.appendingPathComponent("refused").path
            await expectError(.unsafePath) { try await sandbox.fs.download("tree", to: refused) }
            #expect(!FileManager.default.fileExists(atPath: refused))
        }
    }

    @Test func aFullVolumeSaysSo() async throws {
        let client = try Client()
        let volume = try await client.volumes.create(slug: uniqueSlug(), region: .ord, capacity: "300MB")
        let options = SandboxOptions(volumes: ["/v": .volume(volume)])
        try await client.withSandbox(options) { sandbox in
            let part = Data(repeating: 1, count: 1 << 20)
            let parts = AsyncStream { continuation in
                for _ in 0..<400 { continuation.yield(part) }
                continuation.finish()
            }
            await expectError(.storageFull) { try await sandbox.fs.writeStream("/v/full", parts) }
        }
        try await client.volumes.delete(volume.id)
    }
}

/// What was told so far.
private final class Told: @unchecked Sendable {
    private let lock = NSLock()
    private var progress: [TransferProgress] = []

    var all: [TransferProgress] { lock.withLock { progress } }

    func add(_ now: TransferProgress) {
        lock.withLock { progress.append(now) }
    }
}
