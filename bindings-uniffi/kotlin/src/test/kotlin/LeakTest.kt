import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import com.deno.sandbox.Stdio
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS

/** Run in a process of its own with a heap of one size, since memory is counted for all of it. */
@EnabledOnOs(OS.LINUX)
class LeakTest {
    private val client = Client.fromEnvironment()

    @Test
    fun `files made and closed`() = runBlocking {
        client.withSandbox { sandbox ->
            expectNoGrowth {
                sandbox.fs.create("a.txt").use { it.writeAll("x".encodeToByteArray()) }
            }
        }
    }

    @Test
    fun `processes made and ended`() = runBlocking {
        client.withSandbox { sandbox ->
            expectNoGrowth(times = 300) {
                val process = sandbox.spawn("true", stdin = Stdio.PIPED, stdout = Stdio.PIPED)
                assertTrue(process.output().status.success)
            }
        }
    }

    @Test
    fun `clients and errors`() = runBlocking {
        expectNoGrowth {
            Client.fromEnvironment().use { client ->
                expectError(ErrorCode.INVALID_REFERENCE) { client.volumes.get("") }
            }
        }
    }

    @Test
    fun `sandboxes made and closed`() = runBlocking {
        expectNoGrowth(times = 100) {
            client.withSandbox { it.env.get("HOME") }
        }
    }

    /**
     * Makes and closes 1 000 of something, again and again. What leaks does so in every round; the JVM, which compiles
     * what runs often, takes memory now and then. So the round in the middle counts.
     */
    private suspend fun expectNoGrowth(times: Int = 1000, body: suspend () -> Unit) {
        val footprints = List(6) {
            repeat(times) { body() }
            Footprint.now()
        }
        val growth = footprints.zipWithNext { before, after -> after.bytes - before.bytes }.sorted()[2]
        // Less than 256 bytes for each object, which holds at least itself and its buffers; for few, two of the steps
        // the JVM takes.
        assertTrue(growth < maxOf(256 * times, 128 shl 10), "$footprints")
        assertTrue(footprints.last().descriptors <= footprints[1].descriptors, "$footprints")
    }

    /** What this process holds. */
    private data class Footprint(val bytes: Long, val descriptors: Int) {
        companion object {
            fun now(): Footprint {
                // Twice: what is found unreachable first is let go of by another thread.
                repeat(2) {
                    System.gc()
                    Thread.sleep(100)
                }
                val memory = File("/proc/self/smaps_rollup").readLines().first { it.startsWith("Anonymous:") }
                val descriptors = File("/proc/self/fd").list().orEmpty().size
                return Footprint(memory.split(Regex(" +"))[1].toLong() * 1024, descriptors)
            }
        }
    }
}
