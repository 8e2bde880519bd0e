import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import com.deno.sandbox.Stdio
import com.sun.jna.NativeLibrary
import com.sun.jna.Structure
import java.io.File
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS

/** Run in a process of its own, since memory is counted for all of it. */
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
            expectNoGrowth {
                val process = sandbox.spawn("true", stdin = Stdio.PIPED, stdout = Stdio.PIPED)
                assertTrue(process.output().status.success)
            }
        }
    }

    @Test
    fun `calls cancelled`() = runBlocking {
        client.withSandbox { sandbox ->
            // Nothing ever writes to it.
            sandbox.sh("mkfifo pipe")
            expectNoGrowth(times = 300) {
                async(start = CoroutineStart.UNDISPATCHED) { sandbox.readTextFile("pipe") }.cancelAndJoin()
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
        expectNoGrowth(times = 200) {
            client.withSandbox { it.env.get("HOME") }
        }
    }

    /**
     * Makes and closes some of something, again and again. What leaks does so in every round; the JVM takes and gives
     * back memory now and then. So both have to tell of growth: the round in the middle, and the least that is held
     * in the first half and in the second.
     */
    private suspend fun expectNoGrowth(times: Int = 1000, body: suspend () -> Unit) {
        val footprints = List(6) {
            repeat(times) { body() }
            Footprint.now()
        }
        // Less than what one object takes by itself, for each; and what the JVM does in the meantime.
        val limit = 100L * times + (64 shl 10)
        for (bytes in listOf(Footprint::heap, Footprint::native)) {
            val held = footprints.map(bytes)
            val inTheMiddle = held.zipWithNext { before, after -> after - before }.sorted()[2]
            val growth = minOf(inTheMiddle, (held.drop(3).min() - held.take(3).min()) / 3)
            assertTrue(growth < limit, "${bytes.name} grew by $growth: $footprints")
        }
        assertTrue(footprints.last().descriptors <= footprints[1].descriptors, "$footprints")
    }

    /** What this process holds: in the JVM's heap, and of what native code takes from the C library. */
    private data class Footprint(val heap: Long, val native: Long, val descriptors: Int) {
        companion object {
            fun now(): Footprint {
                // Twice: what is found unreachable first is let go of by another thread.
                repeat(2) {
                    System.gc()
                    Thread.sleep(100)
                }
                val heap = Runtime.getRuntime().run { totalMemory() - freeMemory() }
                val native = mallinfo2.invoke(MallInfo::class.java, emptyArray<Any>()) as MallInfo
                return Footprint(heap, native.uordblks + native.hblkhd, File("/proc/self/fd").list().orEmpty().size)
            }

            private val mallinfo2 = NativeLibrary.getProcess().getFunction("mallinfo2")
        }
    }

    /** What glibc tells of its memory: in the heaps it keeps, and for each large piece by itself. */
    @Suppress("unused")
    @Structure.FieldOrder("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    class MallInfo : Structure(), Structure.ByValue {
        @JvmField var arena = 0L
        @JvmField var ordblks = 0L
        @JvmField var smblks = 0L
        @JvmField var hblks = 0L
        @JvmField var hblkhd = 0L
        @JvmField var usmblks = 0L
        @JvmField var fsmblks = 0L
        @JvmField var uordblks = 0L
        @JvmField var fordblks = 0L
        @JvmField var keepcost = 0L
    }
}
