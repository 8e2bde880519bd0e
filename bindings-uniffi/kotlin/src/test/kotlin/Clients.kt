import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import com.deno.sandbox.SandboxException
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import java.util.Base64
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.coroutines.delay
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue

/** A client of a scripted service that sends everything once unless told. */
fun client(
    service: ScriptedService,
    token: String = "ddo_test",
    org: String? = null,
    path: String = "",
    retryBudget: Duration = Duration.ZERO,
) = Client(
    token = token,
    org = org,
    endpoint = service.url + path,
    sandboxEndpoint = service.url,
    retryBudget = retryBudget,
)

/** Checks that this fails with a [SandboxException] of this code, and gives it. */
suspend fun expectError(code: String, body: suspend () -> Unit): SandboxException {
    try {
        body()
    } catch (error: SandboxException) {
        assertEquals(code, error.code.value, error.toString())
        return error
    }
    throw AssertionError("nothing was thrown, not $code")
}

suspend fun expectError(code: ErrorCode, body: suspend () -> Unit): SandboxException = expectError(code.value, body)

/** A name no other test uses. */
fun uniqueSlug(prefix: String = "t") = "$prefix-${Random.nextInt(1, Int.MAX_VALUE).toString(36)}"

/** Waits for something that takes an unknown, short time. */
suspend fun eventually(condition: suspend () -> Boolean) {
    val deadline = TimeSource.Monotonic.markNow() + 10.seconds
    while (!condition()) {
        assertTrue(deadline.hasNotPassedNow(), "it did not come to that within 10 s")
        delay(20.milliseconds)
    }
}

val json = ObjectMapper()

/** The body. */
fun ScriptedService.Request.json(): JsonNode = json.readTree(body)

/** What a sandbox is to be. */
fun ScriptedService.Request.config(): JsonNode =
    json.readTree(Base64.getDecoder().decode(headers.getValue("x-deno-sandbox-config")))
