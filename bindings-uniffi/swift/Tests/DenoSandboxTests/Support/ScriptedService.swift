import DenoSandbox
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A service that answers as a test tells it, to see what the SDK sends and what it makes of answers no
/// healthy service gives. Requests are kept until they are taken.
final class ScriptedService: @unchecked Sendable {
    struct Request {
        let method: String
        /// Path and query.
        let target: String
        /// Names in lower case.
        let headers: [String: String]
        let body: Data
    }

    struct Response {
        var status = 200
        var headers: [(String, String)] = []
        var body = Data()

        static func json(_ text: String, status: Int = 200) -> Self {
            Self(status: status, headers: [("content-type", "application/json")], body: Data(text.utf8))
        }
    }

    private let listener: Int32
    private let port: UInt16
    // All that changes is guarded by it.
    private let lock = NSLock()
    private var requests: [Request] = []
    private var answer: @Sendable (Request) -> Response

    init(answer: @escaping @Sendable (Request) -> Response = { _ in .json("{}") }) throws {
        self.answer = answer
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, stream, 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self, listener] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Not before: its number could be another service's by now.
                    close(listener)
                    return
                }
                self?.serve(connection)
                close(connection)
            }
        }
    }

    deinit {
        // Wakes the thread that accepts.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Where it listens.
    var url: String { "http://127.0.0.1:\(port)" }

    /// Answers otherwise from now on.
    func answer(_ answer: @escaping @Sendable (Request) -> Response) {
        lock.withLock { self.answer = answer }
    }

    /// What arrived since this was asked last.
    func takeRequests() -> [Request] {
        lock.withLock {
            defer { requests = [] }
            return requests
        }
    }

    private func serve(_ connection: Int32) {
        guard let request = receive(connection) else { return }
        let answer = lock.withLock {
            requests.append(request)
            return self.answer
        }
        let response = answer(request)
        var head = "HTTP/1.1 \(response.status) Scripted\r\n"
        for (name, value) in response.headers {
            head += "\(name): \(value)\r\n"
        }
        head += "content-length: \(response.body.count)\r\nconnection: close\r\n\r\n"
        let bytes = [UInt8](head.utf8) + [UInt8](response.body)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { rest in
                send(connection, rest.baseAddress, rest.count, noSignal)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private func receive(_ connection: Int32) -> Request? {
        var received = Data()
        let end = Data("\r\n\r\n".utf8)
        while received.range(of: end) == nil {
            guard receiveMore(connection, into: &received) else { return nil }
        }
        guard let blank = received.range(of: end) else { return nil }
        let head = String(decoding: received[..<blank.lowerBound], as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ")
        guard first.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        let bodyEnd = blank.upperBound + (headers["content-length"].flatMap(Int.init) ?? 0)
        while received.count < bodyEnd {
            guard receiveMore(connection, into: &received) else { return nil }
        }
        return Request(
            method: String(first[0]),
            target: String(first[1]),
            headers: headers,
            body: received[blank.upperBound..<bodyEnd]
        )
    }

    private func receiveMore(_ connection: Int32, into received: inout Data) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received.append(contentsOf: buffer[..<count])
        return true
    }
}

#if canImport(Glibc)
    private let noSignal = Int32(MSG_NOSIGNAL)
#else
    private let noSignal: Int32 = 0
#endif
