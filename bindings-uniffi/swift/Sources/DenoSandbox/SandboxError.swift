import DenoSandboxBindings
import Foundation

/// What went wrong, in one shape for every part of the SDK.
///
/// ``description`` is one line that names what was being done and to what. ``code-swift.property`` is stable and
/// meant for programs.
///
/// ```swift
/// do {
///     _ = try await sandbox.readTextFile("/data/words.txt")
/// } catch let error as SandboxError where error.code == .fileNotFound {
///     print("nothing there yet")
/// }
/// ```
public struct SandboxError: Error, Sendable {
    /// The stable name of what went wrong.
    public let code: Code
    /// One line: what was being done, what went wrong, and the service's own words for it.
    public let description: String
    /// The sentence without the operation.
    public let message: String
    /// What was being done, and to what.
    public let operation: String?
    /// The HTTP status of the answer, where there was one.
    public let status: Int?
    /// The service's own code, like `INVALID_TOKEN` or `ENOENT`, where it sent one.
    public let serviceCode: String?
    /// The class the error had in the sandbox, like `NotFound`, where it told.
    public let className: String?
    /// The code the connection was closed with, where that is what happened: 1005 where the peer gave
    /// none, 1006 where the connection just ended.
    public let closeCode: Int?
    /// The words the connection was closed with, where that is what happened.
    public let closeReason: String?
    /// The id to quote to support, where the service sent one.
    public let traceID: String?
    /// Whether the same call can succeed later without a change by the caller.
    public let isRetryable: Bool

    /// A stable, machine-readable name for each way a call can fail; its raw value is the same in every
    /// language.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The capacity is malformed or out of range.
        case invalidCapacity = "invalid-capacity"
        /// The slug breaks the naming rule.
        case invalidSlug = "invalid-slug"
        /// The text can be neither a slug nor an id.
        case invalidReference = "invalid-reference"
        /// The region is malformed, or differs from that of a mounted volume.
        case invalidRegion = "invalid-region"
        /// The memory is malformed or out of range.
        case invalidMemory = "invalid-memory"
        /// The timeout is malformed or zero.
        case invalidTimeout = "invalid-timeout"
        /// The mount path is not absolute, is `/`, or is used twice.
        case invalidMountPath = "invalid-mount-path"
        /// The sandbox id is malformed.
        case invalidSandboxID = "invalid-sandbox-id"
        /// The labels break a limit.
        case invalidLabels = "invalid-labels"
        /// The name or value of an environment variable is malformed.
        case invalidEnv = "invalid-env"
        /// A secret is malformed.
        case invalidSecret = "invalid-secret"
        /// A pattern of allowed hosts is malformed.
        case invalidAllowNet = "invalid-allow-net"
        /// A path is empty, too long or holds a NUL character.
        case invalidPath = "invalid-path"
        /// An endpoint is not a base URL.
        case invalidEndpoint = "invalid-endpoint"
        /// Another option is malformed.
        case invalidOption = "invalid-option"
        /// No access token was given, neither as an option nor in the environment.
        case missingToken = "missing-token"
        /// A personal token needs an organization beside it.
        case missingOrg = "missing-org"
        /// The token cannot be a token: empty or with characters no header may carry.
        case malformedToken = "malformed-token"
        /// The call is not possible in the object's present state.
        case invalidState = "invalid-state"
        /// The service does not accept the token.
        case invalidToken = "invalid-token"
        /// The token is good but may not do this.
        case forbidden = "forbidden"
        /// The named thing does not exist.
        case notFound = "not-found"
        /// The change conflicts with the present state, like a slug in use or a volume still mounted.
        case conflict = "conflict"
        /// The service refused the request as malformed or out of limits.
        case rejected = "rejected"
        /// Too many requests.
        case rateLimited = "rate-limited"
        /// The service failed or is overloaded.
        case unavailable = "unavailable"
        /// The service answered something outside the protocol.
        case protocolViolation = "protocol-violation"
        /// A list repeated a cursor, so following it would never end.
        case cursorRepeated = "cursor-repeated"
        /// The service could not be reached.
        case connectFailed = "connect-failed"
        /// Connecting took longer than the connect deadline.
        case connectTimeout = "connect-timeout"
        /// The answer took longer than the request deadline.
        case requestTimeout = "request-timeout"
        /// Nothing was heard for longer than the idle deadline.
        case idleTimeout = "idle-timeout"
        /// The connection broke while a request was under way.
        case connectionBroken = "connection-broken"
        /// The sandbox connection is closed.
        case connectionClosed = "connection-closed"
        /// The call was cancelled.
        case cancelled = "cancelled"
        /// A file or folder in the sandbox does not exist.
        case fileNotFound = "file-not-found"
        /// A file or folder in the sandbox exists already.
        case fileExists = "file-exists"
        /// The sandbox's permissions forbid it.
        case permissionDenied = "permission-denied"
        /// A file was meant, and the path is a folder.
        case isADirectory = "is-a-directory"
        /// A folder was meant, and the path is something else.
        case notADirectory = "not-a-directory"
        /// The folder is not empty.
        case directoryNotEmpty = "directory-not-empty"
        /// Too many symbolic links were followed.
        case tooManyLinks = "too-many-links"
        /// The volume or disk is full.
        case storageFull = "storage-full"
        /// The file system is mounted read-only.
        case readOnly = "read-only"
        /// The file is too large for one message; open it and read it in parts.
        case fileTooLarge = "file-too-large"
        /// The process has ended already.
        case processExited = "process-exited"
        /// A command ended with a status other than success.
        case commandFailed = "command-failed"
        /// A stream ended with an error.
        case streamFailed = "stream-failed"
        /// The output is not valid UTF-8.
        case invalidUTF8 = "invalid-utf8"
        /// Anything else the sandbox reported.
        case sandboxFailed = "sandbox-failed"
        /// The sandbox has no such method.
        case unsupportedMethod = "unsupported-method"
        /// A local file could not be read or written.
        case localIO = "local-io"
        /// A path received from the sandbox would leave the destination folder.
        case unsafePath = "unsafe-path"
        /// A defect in this SDK; please report it.
        case `internal` = "internal"
    }
}

extension SandboxError: CustomStringConvertible, LocalizedError {
    public var errorDescription: String? { description }
}

extension SandboxError {
    init(_ error: any Error) {
        switch error {
        case let error as SandboxError:
            self = error
        case Failure.Failed(let details):
            // A code is missing here only when the core is newer than this file, which a test refuses.
            self.init(details, code: Code(rawValue: details.code) ?? .internal)
        default:
            // The core panicked, or this package was put together wrongly.
            let message = "\(error)"
            self.init(
                FailureDetails(
                    code: Code.internal.rawValue, description: message, message: message,
                    operation: nil, status: nil, serviceCode: nil, className: nil, closeCode: nil,
                    closeReason: nil, traceId: nil, retryable: false),
                code: .internal)
        }
    }

    private init(_ details: FailureDetails, code: Code) {
        self.code = code
        description = details.description
        message = details.message
        operation = details.operation
        status = details.status.map(Int.init)
        serviceCode = details.serviceCode
        className = details.className
        closeCode = details.closeCode.map(Int.init)
        closeReason = details.closeReason
        traceID = details.traceId
        isRetryable = details.retryable
    }
}
