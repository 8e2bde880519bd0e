import DenoSandbox
import Foundation
import Testing

/// Volumes and snapshots against the emulator the environment points at.
@Suite struct VolumeTests {
    @Test func aVolumeOutlivesTheSandboxesItIsMountedInto() async throws {
        let client = try Client()
        let volume = try await client.volumes.create(
            slug: uniqueSlug("story"), region: .ord, capacity: .gigabytes(2))
        #expect(volume.capacity == 2_000_000_000 && volume.used == 0 && volume.region == "ord")
        let mounted = SandboxOptions(volumes: ["/data/dataset": .volume(volume)])
        try await client.withSandbox(mounted) { first in
            try await first.writeTextFile("/data/dataset/words.txt", "state outlives sandboxes")
            await expectError(.conflict) { try await client.volumes.delete(volume.slug) }
        }
        let words = try await client.withSandbox(
            SandboxOptions(volumes: ["/data/dataset": Source(volume.id)])
        ) { second in
            try await second.sh("cat /data/dataset/words.txt").text()
        }
        #expect(words == "state outlives sandboxes")
        try await client.volumes.delete(volume.slug)
        #expect(try await client.volumes.get(volume.id) == nil)
    }

    @Test func listsGoOnAcrossPages() async throws {
        let client = try Client()
        let prefix = uniqueSlug("page")
        var slugs: Set<String> = []
        for number in 0..<5 {
            let slug = "\(prefix)-\(number)"
            slugs.insert(slug)
            _ = try await client.volumes.create(slug: slug, region: .ord, capacity: "300MB")
        }
        var found: [String] = []
        for try await volume in client.volumes.listAll(limit: 2, search: prefix) {
            found.append(volume.slug)
        }
        #expect(found.count == 5 && Set(found) == slugs)

        let first = try await client.volumes.list(limit: 2, search: prefix)
        #expect(first.items.count == 2 && first.hasMore)
        let second = try #require(try await first.nextPage())
        let again = try await client.volumes.list(
            limit: 2, cursor: try #require(first.nextCursor), search: prefix)
        #expect(second.items == again.items)
        let last = try #require(try await second.nextPage())
        #expect(last.items.count == 1 && last.nextCursor == nil)
        #expect(try await last.nextPage() == nil)
        // The rest of a list that is left early is not read.
        for try await volume in client.volumes.listAll(limit: 1, search: prefix) {
            try await client.volumes.delete(volume.slug)
            break
        }
        #expect(try await client.volumes.list(search: prefix).items.count == 4)
        await expectError(.invalidOption) { _ = try await client.volumes.list(limit: 0) }
        await expectError(.invalidOption) { _ = try await client.volumes.list(limit: -1) }
    }

    @Test func aListThatWouldNeverEndFails() async throws {
        let service = try ScriptedService { request in
            var response = ScriptedService.Response.json("[]")
            response.headers.append(("link", "</api/v2/volumes?cursor=A>; rel=\"next\""))
            return response
        }
        let client = try client(service)
        await expectError(.cursorRepeated) {
            for try await _ in client.volumes.listAll() {}
        }
    }

    @Test func aSnapshotKeepsWhatTheVolumeHeld() async throws {
        let client = try Client()
        let slug = uniqueSlug("snap")
        let volume = try await client.volumes.create(slug: slug, region: .ord, capacity: "300MB")
        try await client.withSandbox(SandboxOptions(volumes: ["/v": .volume(volume)])) { sandbox in
            try await sandbox.writeTextFile("/v/a.txt", "before")
        }
        let snapshot = try await client.volumes.snapshot(slug, slug: "\(slug)-1")
        #expect(snapshot.volume.id == volume.id)
        #expect(try await client.snapshots.get(snapshot.slug) == snapshot)
        #expect(try await client.snapshots.list(search: slug).items == [snapshot])
        var all: [Snapshot] = []
        for try await snapshot in client.snapshots.listAll(search: slug) {
            all.append(snapshot)
        }
        #expect(all == [snapshot])
        let copy = try await client.volumes.create(
            slug: "\(slug)-2", region: .ord, capacity: "300MB", from: snapshot.slug)
        let text = try await client.withSandbox(
            SandboxOptions(volumes: ["/v": .volume(copy)])
        ) { try await $0.readTextFile("/v/a.txt") }
        #expect(text == "before")
        try await client.snapshots.delete(snapshot.id)
        #expect(try await client.snapshots.get(snapshot.id) == nil)
        for slug in [slug, copy.slug] {
            try await client.volumes.delete(slug)
        }
    }

    @Test func aRegionThatDiffersIsRefusedBeforeAnythingIsSent() async throws {
        let service = try ScriptedService()
        let client = try Client()
        let volume = try await client.volumes.create(slug: uniqueSlug(), region: .ams, capacity: "300MB")
        let elsewhere = SandboxOptions(region: .ord, volumes: ["/v": .volume(volume)])
        let offline = try DenoSandboxTests.client(service)
        let error = await expectError(.invalidRegion) { _ = try await offline.sandboxes.create(elsewhere) }
        #expect(error?.message.contains("ams") == true)
        #expect(service.takeRequests().isEmpty)
        try await client.volumes.delete(volume.id)
    }
}
