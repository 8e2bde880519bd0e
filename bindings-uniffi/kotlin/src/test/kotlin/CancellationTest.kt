import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import com.deno.sandbox.Sandbox
import com.deno.sandbox.SandboxOptions
import com.deno.sandbox.SandboxStatus
import com.deno.sandbox.Stdio
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.fail

class CancellationTest {
    private val client = Client.fromEnvironment()

    @Test
    fun `a read that is cancelled stops the service`() = runBlocking {
        client.withSandbox { sandbox ->
            // Nothing ever writes to it: the read waits for as long as it is let.
            sandbox.sh("mkfifo pipe")
            val read = async(Dispatchers.Default) { sandbox.readTextFile("pipe") }
            eventually { isOpen("pipe", sandbox) }
            val time = measureTime { read.cancelAndJoin() }
            assertTrue(time < 2.seconds, "$time")
            expectCancelled(read)
            // It is not this side alone that gave up.
            eventually { !isOpen("pipe", sandbox) }
            assertEquals("on\n", sandbox.sh("echo on").text())
        }
    }

    @Test
    fun `a time limit ends a read`() = runBlocking {
        client.withSandbox { sandbox ->
            sandbox.sh("mkfifo pipe")
            try {
                withTimeout(50.milliseconds) { sandbox.readTextFile("pipe") }
                fail("it was read")
            } catch (_: TimeoutCancellationException) {
                eventually { !isOpen("pipe", sandbox) }
            }
        }
    }

    @Test
    fun `a process is waited for no longer and still runs`() = runBlocking {
        client.withSandbox { sandbox ->
            val process = sandbox.spawn("sleep", "60")
            val wait = async { process.status() }
            delay(50.milliseconds)
            wait.cancelAndJoin()
            expectCancelled(wait)
            process.kill("SIGKILL")
            val status = process.status()
            assertEquals("SIGKILL", status.signal)
            assertTrue(!status.success)
            expectError(ErrorCode.PROCESS_EXITED) { process.kill() }
        }
        Unit
    }

    @Test
    fun `output is left in the middle`() = runBlocking {
        client.withSandbox { sandbox ->
            val process = sandbox.spawn("yes", stdout = Stdio.PIPED)
            val read = async(Dispatchers.Default) {
                var count = 0
                process.stdout.chunks.collect { count += it.size }
                count
            }
            delay(50.milliseconds)
            read.cancelAndJoin()
            expectCancelled(read)
            // What came after is there for another reader.
            assertTrue(process.stdout.chunks.first().isNotEmpty())
            process.stdout.close()
            process.kill()
            assertEquals("SIGTERM", process.status().signal)
            assertEquals("on\n", sandbox.sh("echo on").text())
        }
    }

    @Test
    fun `what is cancelled before it begins is not sent`() = runBlocking {
        ScriptedService { ScriptedService.Response.json("[]") }.use { service ->
            val client = client(service)
            val list = async {
                currentCoroutineContext().cancel()
                client.volumes.list()
            }
            expectCancelled(list)
            assertTrue(service.takeRequests().isEmpty())
        }
    }

    @Test
    fun `a sandbox is closed when its coroutine is cancelled`() = runBlocking {
        val labels = mapOf("test" to uniqueSlug())
        val use = launch {
            client.withSandbox(SandboxOptions(labels = labels)) { it.sh("sleep 60") }
        }
        suspend fun runs() = client.sandboxes.list(labels).any { it.status == SandboxStatus.RUNNING }
        eventually { runs() }
        use.cancelAndJoin()
        eventually { !runs() }
    }

    @Test
    fun `calls work on whatever thread`() = runBlocking {
        for (dispatcher in listOf(Dispatchers.Unconfined, Dispatchers.IO, Dispatchers.Default)) {
            withContext(dispatcher) {
                client.withSandbox { sandbox ->
                    sandbox.writeTextFile("a.txt", "a")
                    val reads = List(50) { async { sandbox.readTextFile("a.txt") } }
                    assertTrue(reads.all { it.await() == "a" })
                }
            }
        }
    }

    private suspend fun expectCancelled(call: Deferred<*>) {
        try {
            fail("it gave ${call.await()}")
        } catch (_: CancellationException) {
            // As it should be.
        }
    }

    private suspend fun isOpen(path: String, sandbox: Sandbox) =
        sandbox.sh("ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /$path\$", noThrow = true).status.success
}
