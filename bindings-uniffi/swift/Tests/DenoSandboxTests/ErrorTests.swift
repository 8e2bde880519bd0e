import DenoSandbox
import Foundation
import Testing

import func DenoSandboxBindings.errorCodes

@Suite struct ErrorTests {
    @Test func theCodesAreTheCores() {
        let core = errorCodes()
        #expect(core.map(\.code) == SandboxError.Code.allCases.map(\.rawValue))
    }

    @Test func theCallersMistakeIsFoundBeforeAnythingIsSent() async throws {
        let service = try ScriptedService()
        let client = try client(service)
        let error = await expectError(.invalidCapacity) {
            _ = try await client.volumes.create(slug: "cache", region: .ord, capacity: "2gb")
        }
        #expect(service.takeRequests().isEmpty)
        #expect(error?.operation == "create volume \"cache\"")
        #expect(error?.message.contains("did you mean \"2GB\"") == true)
        #expect(error?.description.hasPrefix("could not create volume \"cache\": ") == true)
        #expect(error?.status == nil && error?.isRetryable == false)
        #expect(error?.localizedDescription == error?.description)
    }

    @Test func theServicesRefusalIsToldWithItsOwnCode() async throws {
        let client = try Client()
        let slug = uniqueSlug()
        _ = try await client.volumes.create(slug: slug, region: .ord, capacity: "300MB")
        let error = await expectError(.conflict) {
            _ = try await client.volumes.create(slug: slug, region: .ord, capacity: "300MB")
        }
        #expect(error?.status == 409 && error?.serviceCode != nil && error?.traceID != nil)
        try await client.volumes.delete(slug)
        await expectError(.notFound) { try await client.volumes.delete(slug) }
        let stranger = try Client(token: "ddo_wrong")
        await expectError(.invalidToken) { _ = try await stranger.volumes.list() }
    }

    @Test func aServiceThatCannotBeReachedMayBeReachedLater() async throws {
        let nowhere = try Client(token: "ddo_test", endpoint: "http://127.0.0.1:9", retryBudget: .zero)
        let error = await expectError(.connectFailed) { _ = try await nowhere.volumes.list() }
        #expect(error?.isRetryable == true)
    }

    @Test func anAnswerThatTakesTooLongIsGivenUp() async throws {
        let service = try ScriptedService { _ in
            Thread.sleep(forTimeInterval: 1)
            return .json("[]")
        }
        let client = try Client(
            token: "ddo_test", endpoint: service.url, requestTimeout: .milliseconds(50),
            retryBudget: .zero)
        await expectError(.requestTimeout) { _ = try await client.volumes.list() }
    }

    @Test func theSandboxsErrorNamesTheFile() async throws {
        try await Client().withSandbox { sandbox in
            let error = await expectError(.fileNotFound) {
                _ = try await sandbox.readTextFile("/nowhere/a.txt")
            }
            #expect(error?.serviceCode == "ENOENT")
            #expect(error?.description.contains("/nowhere/a.txt") == true)
        }
    }

    @Test func thisMachinesErrorNamesTheFile() async throws {
        try await Client().withSandbox { sandbox in
            let error = await expectError(.localIO) {
                try await sandbox.fs.upload("/nowhere/here", to: "there")
            }
            #expect(error?.description.contains("/nowhere/here") == true)
        }
    }

    @Test func aClosedConnectionSaysSo() async throws {
        let sandbox = try await Client().sandboxes.create()
        #expect(!sandbox.isClosed)
        await sandbox.close()
        await sandbox.close()
        #expect(sandbox.isClosed)
        await expectError(.connectionClosed) { _ = try await sandbox.readTextFile("a.txt") }
    }

    @Test func optionsAreChecked() async throws {
        await expectError(.malformedToken) { _ = try Client(token: "a\nb") }
        await expectError(.missingOrg) { _ = try Client(token: "ddp_personal") }
        await expectError(.invalidEndpoint) { _ = try Client(token: "ddo_a", endpoint: "nowhere") }
    }

    @Test func secretsDoNotShow() throws {
        let client = try Client(token: "ddo_t0psecret", endpoint: "http://127.0.0.1:9")
        let options = SandboxOptions(
            secrets: ["KEY": Secret(hosts: ["example.com"], value: "t0psecret")],
            env: ["NAME": "t0psecret"])
        for value: Any in [client, client.volumes, options, options.secrets] {
            var dumped = ""
            dump(value, to: &dumped)
            let shown = "\(value)" + String(reflecting: value) + dumped
            #expect(!shown.contains("t0psecret"), "\(type(of: value))")
        }
        #expect("\(client)".contains("127.0.0.1:9"))
        #expect("\(options)".contains("NAME"))
    }
}
