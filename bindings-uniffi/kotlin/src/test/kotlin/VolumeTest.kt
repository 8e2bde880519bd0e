import com.deno.sandbox.Capacity
import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import com.deno.sandbox.Region
import com.deno.sandbox.SandboxOptions
import com.deno.sandbox.Source
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Volumes and snapshots against the emulator the environment points at. */
class VolumeTest {
    private val client = Client.fromEnvironment()

    @Test
    fun `a volume outlives the sandboxes it is mounted into`() = runBlocking {
        val volume = client.volumes.create(uniqueSlug("story"), Region.ORD, Capacity.gigabytes(2))
        assertEquals(2_000_000_000, volume.capacity)
        assertEquals(0, volume.used)
        assertEquals(Region.ORD, volume.region)
        client.withSandbox(SandboxOptions(volumes = mapOf("/data/dataset" to volume))) { first ->
            first.writeTextFile("/data/dataset/words.txt", "state outlives sandboxes")
            expectError(ErrorCode.CONFLICT) { client.volumes.delete(volume.slug) }
        }
        val again = SandboxOptions(volumes = mapOf("/data/dataset" to Source(volume.id)))
        val words = client.sandboxes.create(again).use { it.sh("cat /data/dataset/words.txt").text() }
        assertEquals("state outlives sandboxes", words)
        // What `use` closed has let go of it.
        client.volumes.delete(volume.slug)
        assertNull(client.volumes.get(volume.id))
    }

    @Test
    fun `lists go on across pages`() = runBlocking {
        val prefix = uniqueSlug("page")
        val slugs = (0..<5).map { "$prefix-$it" }.toSet()
        for (slug in slugs) client.volumes.create(slug, Region.ORD, "300MB")
        val all = client.volumes.listAll(limit = 2, search = prefix)
        val found = all.map { it.slug }.toList()
        assertEquals(5, found.size)
        assertEquals(slugs, found.toSet())
        // Each collector reads from the start.
        assertEquals(found, all.map { it.slug }.toList())

        val first = client.volumes.list(limit = 2, search = prefix)
        assertEquals(2, first.items.size)
        assertTrue(first.hasMore)
        val second = first.nextPage()!!
        assertEquals(client.volumes.list(2, first.nextCursor, prefix).items, second.items)
        val last = second.nextPage()!!
        assertEquals(1, last.items.size)
        assertNull(last.nextCursor)
        assertNull(last.nextPage())
        // The rest of a list that is left early is not read.
        client.volumes.delete(client.volumes.listAll(limit = 1, search = prefix).first().slug)
        assertEquals(4, client.volumes.list(search = prefix).items.size)
        expectError(ErrorCode.INVALID_OPTION) { client.volumes.list(limit = 0) }
        expectError(ErrorCode.INVALID_OPTION) { client.volumes.list(limit = -1) }
        Unit
    }

    @Test
    fun `a list that would never end fails`() = runBlocking {
        val next = "link" to "</api/v2/volumes?cursor=A>; rel=\"next\""
        ScriptedService { ScriptedService.Response.json("[]", headers = listOf(next)) }.use { service ->
            expectError(ErrorCode.CURSOR_REPEATED) { client(service).volumes.listAll().toList() }
        }
        Unit
    }

    @Test
    fun `a snapshot keeps what the volume held`() = runBlocking {
        val slug = uniqueSlug("snap")
        val volume = client.volumes.create(slug, Region.ORD, "300MB")
        client.withSandbox(SandboxOptions(volumes = mapOf("/v" to volume))) { it.writeTextFile("/v/a.txt", "before") }
        val snapshot = client.volumes.snapshot(slug, "$slug-1")
        assertEquals(volume.id, snapshot.volume.id)
        assertEquals(snapshot, client.snapshots.get(snapshot.slug))
        assertEquals(listOf(snapshot), client.snapshots.list(search = slug).items)
        assertEquals(listOf(snapshot), client.snapshots.listAll(search = slug).toList())
        val copy = client.volumes.create("$slug-2", Region.ORD, "300MB", from = snapshot.slug)
        val text = client.withSandbox(SandboxOptions(volumes = mapOf("/v" to copy))) { it.readTextFile("/v/a.txt") }
        assertEquals("before", text)
        client.snapshots.delete(snapshot.id)
        assertNull(client.snapshots.get(snapshot.id))
        for (created in listOf(volume, copy)) client.volumes.delete(created.slug)
    }

    @Test
    fun `a region that differs is refused before anything is sent`() = runBlocking {
        val volume = client.volumes.create(uniqueSlug(), Region.AMS, "300MB")
        ScriptedService().use { service ->
            val elsewhere = SandboxOptions(region = Region.ORD, volumes = mapOf("/v" to volume))
            val error = expectError(ErrorCode.INVALID_REGION) { client(service).sandboxes.create(elsewhere) }
            assertTrue("ams" in error.reason, error.reason)
            assertTrue(service.takeRequests().isEmpty())
        }
        client.volumes.delete(volume.id)
    }
}
