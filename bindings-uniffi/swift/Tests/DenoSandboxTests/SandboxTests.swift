import DenoSandbox
import Foundation
import Testing

/// Sandboxes, their processes and their variables against the emulator the environment points at.
@Suite struct SandboxTests {
    @Test func oneIsFoundConnectedToAndEnded() async throws {
        let client = try Client()
        let label = ["test": uniqueSlug()]
        let sandbox = try await client.sandboxes.create(
            SandboxOptions(region: .ams, memory: .gibibytes(1), timeout: .minutes(5), labels: label))
        #expect(sandbox.region == .ams && sandbox.id.hasPrefix("sbx_ams_"))
        let listed = try #require(try await client.sandboxes.list(labels: label).first)
        #expect(listed.id == sandbox.id && listed.status == .running && listed.labels == label)
        #expect(abs(listed.createdAt.timeIntervalSinceNow) < 60 && listed.stoppedAt == nil)

        let other = try await client.sandboxes.connect(sandbox.id)
        try await other.writeTextFile("from-the-other.txt", "seen")
        #expect(try await sandbox.readTextFile("from-the-other.txt") == "seen")
        let end = try await sandbox.extendTimeout("10m")
        #expect(abs(end.timeIntervalSinceNow - 600) < 30)
        await expectError(.invalidTimeout) { try await sandbox.extendTimeout(.session) }

        try await sandbox.kill()
        #expect(try await other.closed().code != 0 && other.isClosed)
        await expectError(.notFound) { try await client.sandboxes.kill(sandbox.id) }
        await expectError(.notFound) { _ = try await client.sandboxes.connect(sandbox.id) }
    }

    @Test func theScopeClosesItWhateverHappens() async throws {
        struct Unrelated: Error {}
        let client = try Client()
        var left: Sandbox?
        do {
            try await client.withSandbox { sandbox in
                left = sandbox
                throw Unrelated()
            }
        } catch is Unrelated {
        }
        #expect(left?.isClosed == true)
    }

    @Test func variablesTravelAsGiven() async throws {
        let options = SandboxOptions(env: ["camelCase_1": "ä $HOME 'x'"])
        try await Client().withSandbox(options) { sandbox in
            #expect(try await sandbox.env.get("camelCase_1") == "ä $HOME 'x'")
            try await sandbox.env.set("OTHER", "1")
            let all = try await sandbox.env.toDictionary()
            #expect(all["OTHER"] == "1" && all["camelCase_1"] != nil)
            let printed = try await sandbox.spawn(
                "printenv", ["camelCase_1", "OWN"], env: ["OWN": "2"], stdout: .piped)
            #expect(try await printed.output().text() == "ä $HOME 'x'\n2\n")
            try await sandbox.env.delete("OTHER")
            #expect(try await sandbox.env.get("OTHER") == nil)
            await expectError(.invalidEnv) { try await sandbox.env.set("A=B", "") }
        }
    }

    @Test func aProcessIsTalkedTo() async throws {
        try await Client().withSandbox { sandbox in
            let cat = try await sandbox.spawn(
                "sh", ["-c", "cat; echo oops >&2; exit 3"], stdin: .piped, stdout: .piped,
                stderr: .piped)
            let input = try #require(cat.stdin)
            try await input.write("héllo\n")
            try await input.write(Data("wörld".utf8))
            let output = try await cat.output()
            #expect(try output.text() == "héllo\nwörld")
            #expect(try output.stderrText() == "oops\n")
            #expect(output.status.code == 3 && !output.status.success)
            let error = await expectError(.commandFailed) { try output.check() }
            #expect(error?.message.contains("oops") == true)
            await expectError(.invalidState) { try await input.write("more") }
        }
    }

    @Test func outputIsReadAsItComes() async throws {
        try await Client().withSandbox { sandbox in
            let process = try await sandbox.spawnSh("echo one; sleep 0.2; printf 'two\r\nthr\u{e9}e'")
            var lines: [String] = []
            for try await line in try #require(process.stdout).lines {
                lines.append(line)
            }
            #expect(lines == ["one", "two", "thrée"])
            #expect(try await process.status().success)

            // More than the connection keeps waiting: it comes whole because it is read.
            let size = 24 << 20
            let zeros = try await sandbox.spawn("head", ["-c", "\(size)", "/dev/zero"], stdout: .piped)
            var (count, parts) = (0, 0)
            for try await part in try #require(zeros.stdout) {
                (count, parts) = (count + part.count, parts + 1)
            }
            #expect(count == size && parts <= size >> 12)
        }
    }

    @Test func interpolatedValuesStayOneWord() async throws {
        try await Client().withSandbox { sandbox in
            let hostile = "it's $(touch pwned); `id` \\ \"x\"\n*"
            #expect(try await sandbox.sh("printf %s \(hostile)").text() == hostile)
            let names = ["a b", "", "c"]
            #expect(try await sandbox.sh("printf '<%s>' \(names)").text() == "<a b><><c>")
            #expect(try await sandbox.sh("\(raw: "echo a | tr") a b").text() == "b\n")
            #expect(try await sandbox.sh("ls").text() == "")
            await expectError(.commandFailed) { _ = try await sandbox.sh("exit 4") }
            let output = try await sandbox.sh("echo '{\"a\": [1, 2]}'; exit 4", noThrow: true)
            #expect(output.status.code == 4)
            let bytes = try await sandbox.sh(#"printf 'a\377'"#)
            #expect(bytes.stdout == Data([0x61, 0xff]))
            await expectError(.invalidUTF8) { _ = try bytes.text() }
            #expect(try output.json([String: [Int]].self) == ["a": [1, 2]])
        }
    }

    @Test func noProgramNoProcess() async throws {
        try await Client().withSandbox { sandbox in
            await expectError(.fileNotFound) { _ = try await sandbox.spawn("no-such-program") }
            await expectError(.invalidOption) { _ = try await sandbox.spawn("cat", stdin: .inherit) }
        }
    }
}
