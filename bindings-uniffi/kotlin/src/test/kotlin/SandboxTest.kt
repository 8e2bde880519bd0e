import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import com.deno.sandbox.Memory
import com.deno.sandbox.Region
import com.deno.sandbox.Sandbox
import com.deno.sandbox.SandboxOptions
import com.deno.sandbox.SandboxStatus
import com.deno.sandbox.Stdio
import com.deno.sandbox.Timeout
import com.deno.sandbox.quote
import java.time.Instant
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Sandboxes, their processes and their variables against the emulator the environment points at. */
class SandboxTest {
    private val client = Client.fromEnvironment()

    @Test
    fun `one is found, connected to and ended`() = runBlocking {
        val labels = mapOf("test" to uniqueSlug())
        val sandbox = client.sandboxes.create(
            SandboxOptions(Region.AMS, Memory.gibibytes(1), Timeout(5.minutes), labels),
        )
        assertEquals(Region.AMS, sandbox.region)
        assertTrue(sandbox.id.startsWith("sbx_ams_"))
        val listed = client.sandboxes.list(labels).single()
        assertEquals(sandbox.id, listed.id)
        assertEquals(SandboxStatus.RUNNING, listed.status)
        assertEquals(labels, listed.labels)
        assertTrue(listed.createdAt in Instant.now().minusSeconds(60)..Instant.now().plusSeconds(60))
        assertNull(listed.stoppedAt)

        val other = client.sandboxes.connect(sandbox.id)
        other.writeTextFile("from-the-other.txt", "seen")
        assertEquals("seen", sandbox.readTextFile("from-the-other.txt"))
        val end = sandbox.extendTimeout(10.minutes)
        assertTrue(end in Instant.now().plusSeconds(570)..Instant.now().plusSeconds(630), "$end")
        expectError(ErrorCode.INVALID_TIMEOUT) { sandbox.extendTimeout(Timeout.SESSION) }

        sandbox.kill()
        assertNotEquals(0, other.closed().code)
        assertTrue(other.isClosed)
        expectError(ErrorCode.NOT_FOUND) { client.sandboxes.kill(sandbox.id) }
        expectError(ErrorCode.NOT_FOUND) { client.sandboxes.connect(sandbox.id) }
        Unit
    }

    @Test
    fun `the scope closes it whatever happens`() {
        class Unrelated : Exception()
        var left: Sandbox? = null
        assertThrows(Unrelated::class.java) {
            runBlocking {
                client.withSandbox { sandbox ->
                    left = sandbox
                    throw Unrelated()
                }
            }
        }
        assertTrue(left!!.isClosed)
    }

    @Test
    fun `variables travel as given`() = runBlocking {
        client.withSandbox(SandboxOptions(env = mapOf("camelCase_1" to "ä \$HOME 'x'"))) { sandbox ->
            assertEquals("ä \$HOME 'x'", sandbox.env.get("camelCase_1"))
            sandbox.env.set("OTHER", "1")
            val all = sandbox.env.toMap()
            assertEquals("1", all["OTHER"])
            assertTrue("camelCase_1" in all)
            val printed = sandbox.spawn(
                "printenv", "camelCase_1", "OWN", env = mapOf("OWN" to "2"), stdout = Stdio.PIPED,
            )
            assertEquals("ä \$HOME 'x'\n2\n", printed.output().text())
            sandbox.env.delete("OTHER")
            assertNull(sandbox.env.get("OTHER"))
            expectError(ErrorCode.INVALID_ENV) { sandbox.env.set("A=B", "") }
        }
        Unit
    }

    @Test
    fun `a process is talked to`() = runBlocking {
        client.withSandbox { sandbox ->
            val script = "cat; echo oops >&2; exit 3"
            val cat = sandbox.spawn(
                "sh", "-c", script, stdin = Stdio.PIPED, stdout = Stdio.PIPED, stderr = Stdio.PIPED,
            )
            cat.stdin.write("héllo\n")
            cat.stdin.write("wörld".encodeToByteArray())
            val output = cat.output()
            assertEquals("héllo\nwörld", output.text())
            assertEquals("oops\n", output.stderrText())
            assertEquals(3, output.status.code)
            assertFalse(output.status.success)
            val error = expectError(ErrorCode.COMMAND_FAILED) { output.check() }
            assertTrue("oops" in error.reason, error.reason)
            expectError(ErrorCode.INVALID_STATE) { cat.stdin.write("more") }
        }
        Unit
    }

    @Test
    fun `a live process answers line by line`() = runBlocking {
        client.withSandbox { sandbox ->
            val cat = sandbox.spawn("cat", stdin = Stdio.PIPED, stdout = Stdio.PIPED)
            cat.use {
                for (number in 1..3) {
                    cat.stdin.write("$number\n")
                    assertEquals("$number\n", cat.stdout.chunks.first().decodeToString())
                }
            }
            // What `use` closed has read the end of its input.
            assertTrue(cat.status().success)
            expectError(ErrorCode.INVALID_STATE) { cat.stdin.write("more") }
            assertEquals(0, cat.stdout.bytes().size)
        }
        Unit
    }

    @Test
    fun `output is read as it comes`() = runBlocking {
        client.withSandbox { sandbox ->
            val process = sandbox.spawnSh("echo one; sleep 0.2; printf 'two\r\nthrée'")
            assertEquals(listOf("one", "two", "thrée"), process.stdout.lines.toList())
            assertTrue(process.status().success)

            // More than the connection keeps waiting: it comes whole because it is read.
            val size = 24 shl 20
            val zeros = sandbox.spawn("head", "-c", "$size", "/dev/zero", stdout = Stdio.PIPED)
            var (count, parts) = 0 to 0
            zeros.stdout.chunks.collect {
                count += it.size
                parts += 1
            }
            assertEquals(size, count)
            assertTrue(parts <= size shr 12, "$parts parts")
        }
    }

    @Test
    fun `what is not piped says so`() = runBlocking {
        client.withSandbox { sandbox ->
            val process = sandbox.spawn("true", stdout = Stdio.NULL)
            val error = expectError(ErrorCode.INVALID_STATE) { process.stdout.bytes() }
            assertTrue("stdout = Stdio.PIPED" in error.message!!, error.message)
            expectError(ErrorCode.INVALID_STATE) { process.stdin.write("") }
        }
        Unit
    }

    @Test
    fun `quoted values stay one word`() = runBlocking {
        client.withSandbox { sandbox ->
            val hostile = "it's $(touch pwned); `id` \\ \"x\"\n*"
            assertEquals(hostile, sandbox.sh("printf %s ${quote(hostile)}").text())
            val names = listOf("a b", "", "c")
            assertEquals("<a b><><c>", sandbox.sh("printf '<%s>' ${quote(names)}").text())
            assertEquals("", sandbox.sh("ls").text())
            expectError(ErrorCode.COMMAND_FAILED) { sandbox.sh("exit 4") }
            assertEquals(4, sandbox.sh("exit 4", noThrow = true).status.code)
            val bytes = sandbox.sh("printf 'a\\377'")
            assertArrayEquals(byteArrayOf(0x61, -1), bytes.stdout)
            expectError(ErrorCode.INVALID_UTF8) { bytes.text() }
        }
        Unit
    }

    @Test
    fun `no program, no process`() = runBlocking {
        client.withSandbox { sandbox ->
            expectError(ErrorCode.FILE_NOT_FOUND) { sandbox.spawn("no-such-program") }
            expectError(ErrorCode.INVALID_OPTION) { sandbox.spawn("cat", stdin = Stdio.INHERIT) }
        }
        Unit
    }
}
