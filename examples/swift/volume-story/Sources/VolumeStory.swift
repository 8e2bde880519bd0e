// The life of a volume: created, found, filled by one sandbox, read by another, deleted.

import DenoSandbox

@main
struct VolumeStory {
    static func main() async throws {
        let client = try Client()
        var steps = Steps()

        steps.begin("Create a volume")
        let volume = try await client.volumes.create(
            slug: "training-cache", region: .ord, capacity: .gigabytes(2))
        print("\(volume.slug) (\(volume.id)): \(formatBytes(volume.capacity)) in \(volume.region)")
        let logs = try await client.volumes.create(slug: "training-logs", region: .ord, capacity: "300MB")
        print("\(logs.slug) (\(logs.id)): \(formatBytes(logs.capacity)) in \(logs.region)")

        steps.begin("List all volumes, whatever the number of pages")
        for try await volume in client.volumes.listAll() {
            print("\(volume.slug): \(formatBytes(volume.used)) of \(formatBytes(volume.capacity))")
        }

        steps.begin("Search, page by page")
        var page: Page<Volume>? = try await client.volumes.list(limit: 1, search: "training")
        while let found = page {
            print("\(found.items.map(\.slug)), more: \(found.hasMore)")
            page = try await found.nextPage()
        }

        steps.begin("Get one by its slug, and by its id")
        let bySlug = try await client.volumes.get("training-cache")
        let byID = try await client.volumes.get(volume.id)
        print("the same: \(bySlug == byID && byID != nil)")

        steps.begin("A first sandbox writes to the volume")
        let options = SandboxOptions(
            region: .ord, labels: ["job": "prepare"], volumes: ["/data/dataset": .volume(volume)])
        try await client.withSandbox(options) { first in
            try await first.writeTextFile("/data/dataset/words.txt", "state\noutlives\nsandboxes\n")
            let program = "#!/bin/sh\necho \"$(wc -l < /data/dataset/words.txt) words, read by $0\"\n"
            try await first.fs.writeTextFile("/data/dataset/count.sh", program, mode: 0o755)
            let files = try await first.sh("ls /data/dataset").text()
            print("\(first.id): \(files.split(separator: "\n"))")
        }

        steps.begin("A second sandbox mounts it by id, reads, and runs what it finds")
        let again = SandboxOptions(region: .ord, volumes: ["/data/dataset": Source(volume.id)])
        let words = try await client.withSandbox(again) { second in
            let words = try await second.readTextFile("/data/dataset/words.txt")
            print("\(second.id): \(words.debugDescription)")
            let count = try await second.spawn("/data/dataset/count.sh", stdout: .piped)
            print(try await count.output().text(), terminator: "")
            return words
        }

        steps.begin("Delete the volumes")
        try await client.volumes.delete(volume.slug)
        try await client.volumes.delete(logs.slug)
        print("gone: \(try await client.volumes.get("training-cache") == nil)")
        let other = try await client.volumes.create(
            slug: "training-cache", region: .ord, capacity: "1GiB")
        print("the slug is free for another: \(other.slug) (\(other.id))")
        try await client.volumes.delete(other.id)

        steps.begin("What the second sandbox read")
        print(words, terminator: "")
    }
}

/// Headings, numbered.
struct Steps {
    private var count = 0

    mutating func begin(_ title: String) {
        count += 1
        print("\n\(count). \(title)")
    }
}
