import DenoSandbox
import Foundation
import Testing

@Suite struct CancellationTests {
    @Test func aReadThatIsCancelledStopsTheService() async throws {
        try await Client().withSandbox { sandbox in
            // Nothing ever writes to it: the read waits for as long as it is let.
            _ = try await sandbox.sh("mkfifo pipe")
            let read = Task { try await sandbox.readTextFile("pipe") }
            try await eventually { try await isOpen("pipe", in: sandbox) }
            let start = ContinuousClock.now
            read.cancel()
            await expectError(.cancelled) { _ = try await read.value }
            #expect(ContinuousClock.now - start < .seconds(2))
            // It is not this side alone that gave up.
            try await eventually { try await !isOpen("pipe", in: sandbox) }
            #expect(try await sandbox.sh("echo on").text() == "on\n")
        }
    }

    @Test func aProcessIsWaitedForNoLongerAndStillRuns() async throws {
        try await Client().withSandbox { sandbox in
            let process = try await sandbox.spawn("sleep", ["60"])
            let wait = Task { try await process.status() }
            try await Task.sleep(for: .milliseconds(50))
            wait.cancel()
            await expectError(.cancelled) { _ = try await wait.value }
            try await process.kill("SIGKILL")
            let status = try await process.status()
            #expect(status.signal == "SIGKILL" && !status.success)
            await expectError(.processExited) { try await process.kill() }
        }
    }

    @Test func outputIsLeftInTheMiddle() async throws {
        try await Client().withSandbox { sandbox in
            let process = try await sandbox.spawn("yes", stdout: .piped)
            let output = try #require(process.stdout)
            let read = Task {
                var count = 0
                for try await chunk in output {
                    count += chunk.count
                }
                return count
            }
            try await Task.sleep(for: .milliseconds(50))
            read.cancel()
            await expectError(.cancelled) { _ = try await read.value }
            // What came after is there for another reader.
            var iterator = output.makeAsyncIterator()
            #expect(try await iterator.next()?.isEmpty == false)
            await output.close()
            try await process.kill()
            #expect(try await process.status().signal == "SIGTERM")
            #expect(try await sandbox.sh("echo on").text() == "on\n")
        }
    }

    @Test func whatIsCancelledBeforeItBeginsIsNotSent() async throws {
        let service = try ScriptedService { _ in .json("[]") }
        let client = try client(service)
        let list = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.volumes.list()
        }
        await expectError(.cancelled) { _ = try await list.value }
        #expect(service.takeRequests().isEmpty)
    }

    @Test func aSandboxIsClosedWhenItsTaskIsCancelled() async throws {
        let client = try Client()
        let label = uniqueSlug()
        let task = Task {
            try await client.withSandbox(SandboxOptions(labels: ["test": label])) { sandbox in
                _ = try await sandbox.sh("sleep 60")
            }
        }
        let running: @Sendable () async throws -> Bool = {
            try await client.sandboxes.list(labels: ["test": label]).contains { $0.status == .running }
        }
        try await eventually { try await running() }
        task.cancel()
        await expectError(.cancelled) { try await task.value }
        try await eventually { try await !running() }
    }

    private func isOpen(_ path: String, in sandbox: Sandbox) async throws -> Bool {
        try await sandbox.sh("ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q \("/" + path)$", noThrow: true)
            .status.success
    }
}

/// Waits for something that takes an unknown, short time.
func eventually(
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        try #require(
            ContinuousClock.now < deadline, "it did not come to that within 10 s",
            sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(20))
    }
}
