import DenoSandbox
import Foundation
import Testing

/// The golden cases, through the public API against a scripted service: what is accepted is seen in the
/// request it makes, and what is refused makes none.
@Suite(.serialized) struct VectorTests {
    @Test(arguments: Case.all("capacities", least: 119))
    func capacity(_ vector: Case) async throws {
        try await check(vector) { client in
            let capacity = Capacity(vector.text)
            _ = try await client.volumes.create(slug: "cache", region: .ord, capacity: capacity)
        } sent: { request in
            let bytes: Int = try #require(vector["bytes"])
            let body = try request.json()
            #expect(body["capacity"] as? Int == bytes)
        }
    }

    @Test(arguments: Case.all("slugs", least: 38))
    func slug(_ vector: Case) async throws {
        try await check(vector) { client in
            _ = try await client.volumes.create(slug: vector.text, region: .ord, capacity: "2GB")
        } sent: { request in
            let body = try request.json()
            #expect(body["slug"] as? String == vector["text"])
        }
    }

    @Test(arguments: Case.all("regions", least: 26))
    func region(_ vector: Case) async throws {
        try await check(vector) { client in
            let region = Region(vector.text)
            _ = try await client.volumes.create(slug: "cache", region: region, capacity: "2GB")
        } sent: { request in
            let body = try request.json()
            #expect(body["region"] as? String == vector["text"])
        }
    }

    @Test(arguments: Case.all("memory", least: 38))
    func memory(_ vector: Case) async throws {
        try await checkOptions(vector, SandboxOptions(memory: Memory(vector.text))) { config in
            #expect(config["memory_mb"] as? Int == vector["mib"])
        }
    }

    @Test(arguments: Case.all("timeouts", least: 38))
    func timeout(_ vector: Case) async throws {
        let before = Date()
        try await checkOptions(vector, SandboxOptions(timeout: Timeout(vector.text))) { config in
            guard let seconds: Int = vector["seconds"] else {
                #expect(vector["session"] == true && config["stop_at_ms"] == nil)
                return
            }
            let end = try #require(config["stop_at_ms"] as? Int)
            let lived = Double(end) / 1000 - before.timeIntervalSince1970 - Double(seconds)
            #expect((-0.1...30).contains(lived))
        }
    }

    @Test(arguments: Case.all("allow-net", least: 62))
    func allowNet(_ vector: Case) async throws {
        try await checkOptions(vector, SandboxOptions(allowNet: [vector.text])) { config in
            let text: String = try #require(vector["text"])
            #expect(config["allow_net"] as? [String] == [text])
        }
    }

    @Test(arguments: Case.all("mount-paths", least: 33))
    func mountPath(_ vector: Case) async throws {
        try await checkOptions(vector, SandboxOptions(volumes: [vector.text: "cache"])) { config in
            let volumes = try #require(config["volumes"] as? [[String: String]])
            let text: String = try #require(vector["text"])
            #expect(volumes == [["volume": "cache", "path": text]])
        }
    }

    @Test(arguments: Case.all("labels", least: 20))
    func labels(_ vector: Case) async throws {
        let labels = try #require(vector.input as? [String: String])
        try await checkOptions(vector, SandboxOptions(labels: labels)) { config in
            // No labels are not sent.
            #expect(config["labels"] as? [String: String] ?? [:] == vector["labels"])
        }
    }

    @Test(arguments: Case.all("sandbox-ids", least: 29))
    func sandboxID(_ vector: Case) async throws {
        try await check(vector) { client in
            try await client.sandboxes.kill(vector.text)
        } sent: { request in
            let text: String = try #require(vector["text"])
            #expect(request.target == "/api/v3/sandbox/\(text)")
        }
    }

    @Test(arguments: Case.all("format-bytes", least: 26))
    func byteCount(_ vector: Case) throws {
        let bytes = try #require(UInt64(vector.text))
        #expect(formatBytes(bytes) == vector["text"])
    }

    @Test(arguments: Case.all("link-headers", least: 38))
    func linkHeader(_ vector: Case) async throws {
        let input = try #require(vector.input as? [String: [String]])
        let headers = try #require(input["headers"])
        let service = try ScriptedService { _ in
            var response = ScriptedService.Response.json("[]")
            response.headers += headers.map { ("link", $0) }
            return response
        }
        let client = try client(service)
        if let code = vector.errorCode {
            await expectError(code) { _ = try await client.volumes.list() }
        } else {
            #expect(try await client.volumes.list().nextCursor == vector["next_cursor"])
        }
    }

    @Test(arguments: Case.all("error-bodies", least: 36))
    func errorBody(_ vector: Case) async throws {
        let input = try #require(vector.input as? [String: Any])
        let status = try #require(input["status"] as? Int)
        let headers = try #require(input["headers"] as? [String: String])
        let body = try #require(input["body"] as? String)
        let service = try ScriptedService { _ in
            .init(status: status, headers: headers.map { ($0, $1) }, body: Data(body.utf8))
        }
        let client = try client(service)
        do {
            if status < 300 {
                // An answer a sandbox's connection cannot begin with.
                _ = try await client.sandboxes.connect("sbx_ord_rx2re74hg0h3k2z14bm8")
            } else {
                try await client.volumes.delete("cache")
            }
            Issue.record("nothing was thrown")
        } catch let error as SandboxError {
            #expect(error.code.rawValue == vector["code"])
            #expect(error.message == vector["message"])
            #expect(error.serviceCode == vector["service_code"])
            #expect(error.traceID == vector["trace_id"])
            #expect(error.isRetryable == vector["retryable"])
            #expect(error.status == status)
        }
    }

    /// Whether a second attempt is made. How long is waited before it depends on chance and the clock, which
    /// the core's own tests have in hand.
    @Test(arguments: firstAnswers)
    func retryDecision(_ vector: Case) async throws {
        let input = try #require(vector.input as? [String: Any])
        let outcome = try #require(input["outcome"] as? [String: Int])
        let status = try #require(outcome["status"])
        let service = try ScriptedService { _ in .json("{}", status: status) }
        let client = try client(service, retryBudget: .milliseconds(300))
        switch input["method"] as? String {
        case "GET": _ = try? await client.volumes.get("cache")
        case "DELETE": try? await client.volumes.delete("cache")
        case "POST": _ = try? await client.volumes.create(slug: "cache", region: .ord, capacity: "2GB")
        case let method: Issue.record("no call uses \(method ?? "no method")")
        }
        let gaveUp: Bool? = vector["give_up"]
        #expect((service.takeRequests().count == 1) == (gaveUp ?? false))
    }

    private static let firstAnswers = Case.all("retry-decisions", least: 42).filter { vector in
        guard let input = vector.input as? [String: Any] else { return false }
        return input["outcome"] is [String: Int] && input["attempt"] as? Int == 1
            && input["elapsed_ms"] as? Int == 0 && input["retry_after"] is NSNull
    }
}

extension VectorTests {
    /// What an error of the case must be, or what is sent where it has none.
    private func check(
        _ vector: Case,
        _ body: (Client) async throws -> Void,
        sent: (ScriptedService.Request) throws -> Void
    ) async throws {
        let service = try ScriptedService { _ in .json("{}", status: 400) }
        let client = try client(service)
        if let code = vector.errorCode {
            let error = await expectError(code) { try await body(client) }
            #expect(error?.message.contains(vector.hint) == true || vector.hint.isEmpty)
            #expect(service.takeRequests().isEmpty)
        } else {
            await expectError("rejected") { try await body(client) }
            let requests = service.takeRequests()
            #expect(requests.count == 1)
            try sent(try #require(requests.first))
        }
    }

    private func checkOptions(
        _ vector: Case, _ options: SandboxOptions, accepted: ([String: Any]) throws -> Void
    ) async throws {
        try await check(vector) { client in
            _ = try await client.sandboxes.create(options)
        } sent: { request in
            try accepted(try request.config())
        }
    }
}
