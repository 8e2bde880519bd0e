// The Swift SDK beside the Rust SDK, turn by turn, on the emulator the environment points at. Given the path
// of `deno-sandbox-bench-calls`; `cargo xtask bench swift` builds all three for speed and runs this.

import DenoSandbox
import Foundation

/// As in `benches/src/calls.rs`.
let callsInARow = 1000
let size = 32 << 20

@main
struct Compare {
    static func main() async throws {
        let rust = try Rust(program: CommandLine.arguments[1])
        let sandbox = try await Client().sandboxes.create()
        let content = Data(repeating: 0x5a, count: size)
        var (swiftTimes, rustTimes) = (Times(), Times())
        for round in 0...9 {
            for what in Measurement.allCases {
                let swift = try await measure(what, sandbox, content)
                let rust = try rust.measure(what)
                // The first finds nothing warm.
                guard round > 0 else { continue }
                swiftTimes[what, default: []].append(swift)
                rustTimes[what, default: []].append(rust)
            }
        }
        await sandbox.close()
        print("| median of 9, turn by turn | Swift | Rust | ratio | aimed at |\n|---|---|---|---|---|")
        for what in Measurement.allCases {
            let (swift, rust) = (median(swiftTimes[what]), median(rustTimes[what]))
            print(what.row(swift: swift, rust: rust))
        }
    }

    static func measure(
        _ what: Measurement, _ sandbox: Sandbox, _ content: Data
    ) async throws -> Double {
        let start = ContinuousClock.now
        switch what {
        case .calls:
            for _ in 0..<callsInARow {
                _ = try await sandbox.env.get("HOME")
            }
        case .write: try await sandbox.writeFile("big", content)
        case .read:
            let read = try await sandbox.readFile("big")
            precondition(read == content, "the file changed")
        }
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    static func median(_ times: [Double]?) -> Double {
        let sorted = (times ?? []).sorted()
        return sorted[sorted.count / 2]
    }
}

typealias Times = [Measurement: [Double]]

enum Measurement: String, CaseIterable {
    case calls, write, read

    func row(swift: Double, rust: Double) -> String {
        if self == .calls {
            let each = { (time: Double) in String(format: "%.0f µs", time / Double(callsInARow) * 1e6) }
            let ratio = String(format: "%.2f", swift / rust)
            return "| small RPC, round trip | \(each(swift)) | \(each(rust)) | \(ratio) | ≤ 1.3 |"
        }
        let speed = { (time: Double) in String(format: "%.0f MB/s", Double(size) / 1e6 / time) }
        let ratio = String(format: "%.0f %%", rust / swift * 100)
        return "| \(rawValue) of a 32 MiB file | \(speed(swift)) | \(speed(rust)) | \(ratio) | ≥ 60 % |"
    }
}

/// The Rust SDK's side, in a process of its own.
struct Rust {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(program: String) throws {
        process.executableURL = URL(fileURLWithPath: program)
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func measure(_ what: Measurement) throws -> Double {
        try input.fileHandleForWriting.write(contentsOf: Data("\(what.rawValue)\n".utf8))
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw POSIXError(.EPIPE) }
            line.append(more)
        }
        let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let seconds = Double(text) else { throw POSIXError(.EILSEQ) }
        return seconds
    }
}
