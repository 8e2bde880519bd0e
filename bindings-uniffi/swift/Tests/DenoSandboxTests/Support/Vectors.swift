import Foundation
import Testing

/// One golden case of `tests/vectors`, which every language runs.
struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let name: String
    let shows: String
    /// The whole case, as JSON: a dictionary of anything cannot be sent between tasks.
    private let json: Data

    var testDescription: String { "\(file): \(name): \(shows)" }

    /// All the cases of a file; fails when fewer than `least` are left.
    static func all(_ file: String, least: Int) -> [Case] {
        let vectors = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../../../../tests/vectors/\(file).json").standardized
        guard let data = try? Data(contentsOf: vectors),
            let top = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let cases = top["cases"] as? [[String: Any]], cases.count >= least
        else { fatalError("\(vectors.path) holds fewer than \(least) cases") }
        return cases.map { fields in
            guard let name = fields["name"] as? String, let shows = fields["shows"] as? String,
                let json = try? JSONSerialization.data(withJSONObject: fields)
            else { fatalError("a case of \(vectors.path) has no name or does not say what it shows") }
            return Case(file: file, name: name, shows: shows, json: json)
        }
    }

    /// What the case has under this key.
    subscript<Value>(key: String) -> Value? { fields[key] as? Value }

    var input: Any { fields["input"] ?? NSNull() }

    var text: String { self["input"] ?? "" }

    /// The code of the error that must come of it.
    var errorCode: String? { (fields["error"] as? [String: Any])?["code"] as? String }

    /// What the error's message must contain.
    var hint: String { (fields["error"] as? [String: Any])?["hint_contains"] as? String ?? "" }

    private var fields: [String: Any] {
        (try? JSONSerialization.jsonObject(with: json)) as? [String: Any] ?? [:]
    }
}
