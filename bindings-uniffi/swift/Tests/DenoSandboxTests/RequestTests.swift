import DenoSandbox
import Foundation
import Testing

/// What each call sends, by the golden cases. A scripted service stands at every endpoint, so of the URLs
/// the path and the query are compared.
@Suite struct RequestTests {
    @Test(arguments: cases)
    func request(_ vector: Case) async throws {
        let service = try ScriptedService { _ in .json("{}", status: 400) }
        let input = try #require(vector.input as? [String: Any])
        let settings = try #require(input["client"] as? [String: String])
        let endpoint = settings["endpoint"].flatMap(URL.init(string:))
        let client = try client(
            service, token: settings["token"] ?? "", org: settings["org"], path: endpoint?.path ?? "")
        let arguments = try #require(input["args"] as? [String: Any])
        let call = try #require(input["call"] as? String)
        await expectError(.rejected) { try await make(call, arguments, on: client) }
        let request = try #require(service.takeRequests().first)
        #expect(request.method == vector["method"])
        let expected: String = try #require(vector["url"])
        let url = try #require(URLComponents(string: expected))
        let query = url.percentEncodedQuery.map { "?" + $0 } ?? ""
        #expect(request.target == url.percentEncodedPath + query)
        let headers: [String: String] = try #require(vector["headers"])
        for (name, value) in headers where name != "x-deno-sandbox-config" {
            #expect(request.headers[name] == value, "\(name)")
        }
        #expect(request.headers["user-agent"] == "deno-sandbox-swift/0.1.0")
        if let body: NSDictionary = vector["body"] {
            let sent = try request.json()
            #expect(sent as NSDictionary == body)
        }
        if var config: [String: Any] = vector["config"] {
            var sent = try request.config()
            // The golden time is in the past of this test's clock.
            let end = config.removeValue(forKey: "stop_at_ms")
            #expect((sent.removeValue(forKey: "stop_at_ms") == nil) == (end == nil))
            #expect(sent as NSDictionary == config as NSDictionary)
        }
    }

    /// All but those of a method of a sandbox that is connected.
    private static let cases = Case.all("requests", least: 31).filter { vector in
        (vector.input as? [String: Any])?["call"] as? String != "sandboxes.extend_timeout"
    }

    private func make(_ call: String, _ arguments: [String: Any], on client: Client) async throws {
        func text(_ key: String) -> String { arguments[key] as? String ?? "" }
        let limit = arguments["limit"] as? Int
        let (cursor, search) = (arguments["cursor"] as? String, arguments["search"] as? String)
        switch call {
        case "volumes.create":
            let capacity = (arguments["capacity"] as? Int).map(Capacity.bytes) ?? Capacity(text("capacity"))
            _ = try await client.volumes.create(
                slug: text("slug"), region: Region(text("region")), capacity: capacity,
                from: arguments["from"] as? String)
        case "volumes.get": _ = try await client.volumes.get(text("volume"))
        case "volumes.delete": try await client.volumes.delete(text("volume"))
        case "volumes.list":
            _ = try await client.volumes.list(limit: limit, cursor: cursor, search: search)
        case "volumes.snapshot":
            _ = try await client.volumes.snapshot(text("volume"), slug: text("slug"))
        case "snapshots.get": _ = try await client.snapshots.get(text("snapshot"))
        case "snapshots.delete": try await client.snapshots.delete(text("snapshot"))
        case "snapshots.list":
            _ = try await client.snapshots.list(limit: limit, cursor: cursor, search: search)
        case "sandboxes.list":
            let labels = arguments["labels"] as? [String: String] ?? [:]
            _ = try await client.sandboxes.list(labels: labels)
        case "sandboxes.kill": try await client.sandboxes.kill(text("id"))
        case "sandboxes.connect": _ = try await client.sandboxes.connect(text("id"))
        case "sandboxes.create":
            _ = try await client.sandboxes.create(try options(arguments))
        default: Issue.record("no call is called \(call)")
        }
    }

    private func options(_ arguments: [String: Any]) throws -> SandboxOptions {
        var options = SandboxOptions()
        options.region = (arguments["region"] as? String).map { Region($0) }
        options.memory = (arguments["memory"] as? String).map { Memory($0) }
        options.timeout = arguments["stop_at_ms"] == nil ? nil : "5m"
        options.labels = arguments["labels"] as? [String: String] ?? [:]
        options.root = (arguments["root"] as? String).map { Source($0) }
        options.allowNet = arguments["allow_net"] as? [String]
        for (path, volume) in arguments["volumes"] as? [String: String] ?? [:] {
            options.volumes[path] = Source(volume)
        }
        for (name, secret) in arguments["secrets"] as? [String: [String: Any]] ?? [:] {
            let hosts = try #require(secret["hosts"] as? [String])
            options.secrets[name] = Secret(hosts: hosts, value: try #require(secret["value"] as? String))
        }
        return options
    }
}
