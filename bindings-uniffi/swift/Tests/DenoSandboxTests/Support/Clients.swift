import DenoSandbox
import Foundation
import Testing

/// A client of a scripted service that sends everything once unless told.
func client(
    _ service: ScriptedService, token: String = "ddo_test", org: String? = nil, path: String = "",
    retryBudget: Duration = .zero
) throws -> Client {
    try Client(
        token: token, org: org, endpoint: service.url + path, sandboxEndpoint: service.url,
        retryBudget: retryBudget)
}

/// Checks that this fails with a ``SandboxError`` of this code, and gives the error.
@discardableResult
func expectError(
    _ code: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> SandboxError? {
    do {
        try await body()
        Issue.record("nothing was thrown, not \(code)", sourceLocation: sourceLocation)
    } catch let error as SandboxError {
        #expect(error.code.rawValue == code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("\(type(of: error)) was thrown: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

@discardableResult
func expectError(
    _ code: SandboxError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> SandboxError? {
    await expectError(code.rawValue, sourceLocation: sourceLocation, body)
}

/// A name no other test uses.
func uniqueSlug(_ prefix: String = "t") -> String {
    "\(prefix)-\(String(UInt32.random(in: 1 ... .max), radix: 36))"
}

extension ScriptedService.Request {
    /// The body.
    func json() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: body)
        return try #require(object as? [String: Any])
    }

    /// What a sandbox is to be.
    func config() throws -> [String: Any] {
        let header = try #require(headers["x-deno-sandbox-config"])
        let data = try #require(Data(base64Encoded: header))
        let object = try JSONSerialization.jsonObject(with: data)
        return try #require(object as? [String: Any])
    }
}
