import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import com.deno.sandbox.Region
import com.deno.sandbox.SandboxException
import com.deno.sandbox.SandboxOptions
import com.deno.sandbox.Secret
import com.deno.sandbox.internal.errorCodes
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** An exception of each kind, and what each tells. */
class ErrorTest {
    private val client = Client.fromEnvironment()

    @Test
    fun `the codes and kinds are the core's`() {
        assertEquals(errorCodes().map { it.code }, ErrorCode.entries.map { it.value })
        val kinds = SandboxException::class.java.permittedOrNested().map { it.lowercase() }.toSet()
        assertEquals(errorCodes().map { it.`class` }.toSet(), kinds)
    }

    /** The subclasses of a sealed class, by their simple names. */
    private fun Class<*>.permittedOrNested() = declaredClasses.filter { superOf(it) }.map { it.simpleName }

    private fun Class<*>.superOf(other: Class<*>) = isAssignableFrom(other)

    @Test
    fun `the caller's mistake is found before anything is sent`() = runBlocking {
        ScriptedService().use { service ->
            val error = expectError(ErrorCode.INVALID_CAPACITY) {
                client(service).volumes.create("cache", Region.ORD, "2gb")
            }
            assertInstanceOf(SandboxException.Usage::class.java, error)
            assertTrue(service.takeRequests().isEmpty())
            assertEquals("create volume \"cache\"", error.operation)
            assertTrue("did you mean \"2GB\"" in error.reason, error.reason)
            assertTrue(error.message!!.startsWith("could not create volume \"cache\": "), error.message)
            assertNull(error.status)
            assertFalse(error.retryable)
        }
    }

    @Test
    fun `the service's refusal is told with its own code`() = runBlocking {
        val slug = uniqueSlug()
        client.volumes.create(slug, Region.ORD, "300MB")
        val error = expectError(ErrorCode.CONFLICT) { client.volumes.create(slug, Region.ORD, "300MB") }
        assertInstanceOf(SandboxException.Service::class.java, error)
        assertEquals(409, error.status)
        assertNotNull(error.serviceCode)
        assertNotNull(error.traceId)
        client.volumes.delete(slug)
        expectError(ErrorCode.NOT_FOUND) { client.volumes.delete(slug) }
        expectError(ErrorCode.INVALID_TOKEN) { Client(token = "ddo_wrong").volumes.list() }
        Unit
    }

    @Test
    fun `a service that cannot be reached may be reached later`() = runBlocking {
        val nowhere = Client("ddo_test", endpoint = "http://127.0.0.1:9", retryBudget = Duration.ZERO)
        val error = expectError(ErrorCode.CONNECT_FAILED) { nowhere.volumes.list() }
        assertInstanceOf(SandboxException.Connection::class.java, error)
        assertTrue(error.retryable)
    }

    @Test
    fun `an answer that takes too long is given up`() = runBlocking {
        val late = ScriptedService {
            Thread.sleep(1000)
            ScriptedService.Response.json("[]")
        }
        late.use { service ->
            val client = Client(
                "ddo_test", endpoint = service.url, requestTimeout = 50.milliseconds, retryBudget = Duration.ZERO,
            )
            expectError(ErrorCode.REQUEST_TIMEOUT) { client.volumes.list() }
        }
        Unit
    }

    @Test
    fun `the sandbox's error names the file`() = runBlocking {
        client.withSandbox { sandbox ->
            val error = expectError(ErrorCode.FILE_NOT_FOUND) { sandbox.readTextFile("/nowhere/a.txt") }
            assertInstanceOf(SandboxException.Sandbox::class.java, error)
            assertEquals("ENOENT", error.serviceCode)
            assertTrue("/nowhere/a.txt" in error.message!!, error.message)
        }
    }

    @Test
    fun `this machine's error names the file`() = runBlocking {
        client.withSandbox { sandbox ->
            val error = expectError(ErrorCode.LOCAL_IO) { sandbox.fs.upload("/nowhere/here", "there") }
            assertInstanceOf(SandboxException.Local::class.java, error)
            assertTrue("/nowhere/here" in error.message!!, error.message)
        }
    }

    @Test
    fun `a closed connection says so`() = runBlocking {
        val sandbox = client.sandboxes.create()
        assertFalse(sandbox.isClosed)
        sandbox.close()
        sandbox.close()
        assertTrue(sandbox.isClosed)
        val error = expectError(ErrorCode.CONNECTION_CLOSED) { sandbox.readTextFile("a.txt") }
        assertInstanceOf(SandboxException.Connection::class.java, error)
        val closed = Client(token = "ddo_test")
        closed.close()
        closed.close()
        expectError(ErrorCode.INVALID_STATE) { closed.volumes.list() }
        Unit
    }

    @Test
    fun `options are checked`() = runBlocking {
        expectError(ErrorCode.MALFORMED_TOKEN) { Client(token = "a\nb") }
        expectError(ErrorCode.MISSING_ORG) { Client(token = "ddp_personal") }
        expectError(ErrorCode.INVALID_ENDPOINT) { Client(token = "ddo_a", endpoint = "nowhere") }
        Unit
    }

    @Test
    fun `secrets do not show`() {
        val client = Client(token = "ddo_t0psecret", endpoint = "http://127.0.0.1:9")
        val options = SandboxOptions(
            secrets = mapOf("KEY" to Secret(listOf("example.com"), "t0psecret")),
            env = mapOf("NAME" to "t0psecret"),
        )
        for (value in listOf(client, client.volumes, options, options.secrets)) {
            assertFalse("t0psecret" in "$value", "${value::class}")
        }
        assertTrue("127.0.0.1:9" in "$client", "$client")
        assertTrue("NAME" in "$options", "$options")
    }
}
