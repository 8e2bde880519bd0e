// The life of a volume: created, found, filled by one sandbox, read by another, deleted.

import com.deno.sandbox.Capacity
import com.deno.sandbox.Client
import com.deno.sandbox.Page
import com.deno.sandbox.Region
import com.deno.sandbox.SandboxOptions
import com.deno.sandbox.Source
import com.deno.sandbox.Stdio
import com.deno.sandbox.Volume
import com.deno.sandbox.formatBytes
import kotlinx.coroutines.runBlocking

fun main(): Unit = runBlocking {
    val client = Client.fromEnvironment()
    val steps = Steps()

    steps.begin("Create a volume")
    val volume = client.volumes.create("training-cache", Region.ORD, Capacity.gigabytes(2))
    println("${volume.slug} (${volume.id}): ${formatBytes(volume.capacity)} in ${volume.region}")
    val logs = client.volumes.create("training-logs", Region.ORD, "300MB")
    println("${logs.slug} (${logs.id}): ${formatBytes(logs.capacity)} in ${logs.region}")

    steps.begin("List all volumes, whatever the number of pages")
    client.volumes.listAll().collect {
        println("${it.slug}: ${formatBytes(it.used)} of ${formatBytes(it.capacity)}")
    }

    steps.begin("Search, page by page")
    var page: Page<Volume>? = client.volumes.list(limit = 1, search = "training")
    while (page != null) {
        println("${page.items.map { it.slug }}, more: ${page.hasMore}")
        page = page.nextPage()
    }

    steps.begin("Get one by its slug, and by its id")
    val bySlug = client.volumes.get("training-cache")
    val byId = client.volumes.get(volume.id)
    println("the same: ${bySlug == byId && byId != null}")

    steps.begin("A first sandbox writes to the volume")
    val options = SandboxOptions(
        region = Region.ORD,
        labels = mapOf("job" to "prepare"),
        volumes = mapOf("/data/dataset" to volume),
    )
    client.withSandbox(options) { first ->
        first.writeTextFile("/data/dataset/words.txt", "state\noutlives\nsandboxes\n")
        val program = "#!/bin/sh\necho \"$(wc -l < /data/dataset/words.txt) words, read by $0\"\n"
        first.fs.writeTextFile("/data/dataset/count.sh", program, mode = "755".toInt(8))
        val files = first.sh("ls /data/dataset").text()
        println("${first.id}: ${files.lines().filter { it.isNotEmpty() }}")
    }

    steps.begin("A second sandbox mounts it by id, reads, and runs what it finds")
    val again = SandboxOptions(region = Region.ORD, volumes = mapOf("/data/dataset" to Source(volume.id)))
    val words = client.sandboxes.create(again).use { second ->
        val words = second.readTextFile("/data/dataset/words.txt")
        println("${second.id}: ${words.lines()}")
        val count = second.spawn("/data/dataset/count.sh", stdout = Stdio.PIPED)
        print(count.output().text())
        words
    }

    steps.begin("Delete the volumes")
    client.volumes.delete(volume.slug)
    client.volumes.delete(logs.slug)
    println("gone: ${client.volumes.get("training-cache") == null}")
    val other = client.volumes.create("training-cache", Region.ORD, "1GiB")
    println("the slug is free for another: ${other.slug} (${other.id})")
    client.volumes.delete(other.id)

    steps.begin("What the second sandbox read")
    print(words)
}

/** Headings, numbered. */
private class Steps {
    private var count = 0

    fun begin(title: String) {
        count += 1
        println("\n$count. $title")
    }
}
