import com.deno.sandbox.Capacity
import com.deno.sandbox.Client
import com.deno.sandbox.Memory
import com.deno.sandbox.Region
import com.deno.sandbox.SandboxException
import com.deno.sandbox.SandboxOptions
import com.deno.sandbox.Source
import com.deno.sandbox.Timeout
import com.deno.sandbox.formatBytes
import com.fasterxml.jackson.databind.JsonNode
import kotlin.time.Duration.Companion.milliseconds
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.TestFactory

/**
 * The golden cases, through the public API against a scripted service: what is accepted is seen in the request it
 * makes, and what is refused makes none.
 */
class VectorTest {
    @TestFactory
    fun capacity() = cases("capacities", 119).tests { case ->
        check(case, { it.volumes.create("cache", Region.ORD, Capacity(case.text)) }) { request ->
            assertEquals(case["bytes"]?.asLong(), request.json()["capacity"].asLong())
        }
    }

    @TestFactory
    fun slug() = cases("slugs", 38).tests { case ->
        check(case, { it.volumes.create(case.text, Region.ORD, "2GB") }) { request ->
            assertEquals(case["text"], request.json()["slug"])
        }
    }

    @TestFactory
    fun region() = cases("regions", 26).tests { case ->
        check(case, { it.volumes.create("cache", Region(case.text), 2_000_000_000) }) { request ->
            assertEquals(case["text"], request.json()["region"])
        }
    }

    @TestFactory
    fun memory() = cases("memory", 38).tests { case ->
        checkOptions(case, SandboxOptions(memory = Memory(case.text))) { config ->
            assertEquals(case["mib"], config["memory_mb"])
        }
    }

    @TestFactory
    fun timeout() = cases("timeouts", 38).tests { case ->
        val before = System.currentTimeMillis()
        checkOptions(case, SandboxOptions(timeout = Timeout(case.text))) { config ->
            val end = config["stop_at_ms"]
            if (case["session"]?.asBoolean() == true) {
                assertEquals(null, end)
            } else {
                val late = end.asLong() - before - case["seconds"]!!.asLong() * 1000
                assertTrue(late in -100..30_000, "$late ms")
            }
        }
    }

    @TestFactory
    fun allowNet() = cases("allow-net", 62).tests { case ->
        checkOptions(case, SandboxOptions(allowNet = listOf(case.text))) { config ->
            assertEquals(listOf(case["text"]?.asText()), config["allow_net"].texts())
        }
    }

    @TestFactory
    fun mountPath() = cases("mount-paths", 33).tests { case ->
        checkOptions(case, SandboxOptions(volumes = mapOf(case.text to Source("cache")))) { config ->
            val mounted = mapOf("volume" to "cache", "path" to case["text"]?.asText())
            assertEquals(listOf(mounted), config["volumes"].map { it.textsByName() })
        }
    }

    @TestFactory
    fun labels() = cases("labels", 20).tests { case ->
        checkOptions(case, SandboxOptions(labels = case.input.textsByName())) { config ->
            // No labels are not sent.
            assertEquals(case["labels"]!!.textsByName(), config["labels"]?.textsByName().orEmpty())
        }
    }

    @TestFactory
    fun sandboxId() = cases("sandbox-ids", 29).tests { case ->
        check(case, { it.sandboxes.kill(case.text) }) { request ->
            assertEquals("/api/v3/sandbox/${case["text"]?.asText()}", request.target)
        }
    }

    @TestFactory
    fun byteCount() = cases("format-bytes", 26).tests { case ->
        val bytes = case.text.toULong()
        // More than a Long holds is more than any volume has.
        if (bytes <= Long.MAX_VALUE.toULong()) assertEquals(case["text"]?.asText(), formatBytes(bytes.toLong()))
    }

    @TestFactory
    fun linkHeader() = cases("link-headers", 38).tests { case ->
        val headers = case.input["headers"].map { "link" to it.asText() }
        ScriptedService { ScriptedService.Response.json("[]", headers = headers) }.use { service ->
            val client = client(service)
            when (val code = case.errorCode) {
                null -> assertEquals(case["next_cursor"]?.asText(), client.volumes.list().nextCursor)
                else -> expectError(code) { client.volumes.list() }
            }
        }
    }

    @TestFactory
    fun errorBody() = cases("error-bodies", 36).tests { case ->
        val status = case.input["status"].asInt()
        val headers = case.input["headers"].textsByName().toList()
        val body = case.input["body"].asText()
        ScriptedService { ScriptedService.Response(status, headers, body) }.use { service ->
            val client = client(service)
            val error = expectError(case["code"]!!.asText()) {
                // An answer a sandbox's connection cannot begin with.
                if (status < 300) client.sandboxes.connect("sbx_ord_rx2re74hg0h3k2z14bm8")
                else client.volumes.delete("cache")
            }
            assertEquals(case["message"]?.asText(), error.reason)
            assertEquals(case["service_code"]?.asText(), error.serviceCode)
            assertEquals(case["trace_id"]?.asText(), error.traceId)
            assertEquals(case["retryable"]?.asBoolean(), error.retryable)
            assertEquals(status, error.status)
        }
    }

    /**
     * Whether a second attempt is made. How long is waited before it depends on chance and the clock, which the core's
     * own tests have in hand.
     */
    @TestFactory
    fun retryDecision() = cases("retry-decisions", 42).filter { isFirstAnswer(it.input) }.tests { case ->
        val status = case.input["outcome"]["status"].asInt()
        ScriptedService { ScriptedService.Response.json("{}", status) }.use { service ->
            val client = client(service, retryBudget = 300.milliseconds)
            try {
                when (val method = case.input["method"].asText()) {
                    "GET" -> client.volumes.get("cache")
                    "DELETE" -> client.volumes.delete("cache")
                    "POST" -> client.volumes.create("cache", Region.ORD, "2GB")
                    else -> error("no call uses $method")
                }
            } catch (_: SandboxException) {
                // That it fails in the end is not what is looked at.
            }
            assertEquals(case["give_up"]?.asBoolean() ?: false, service.takeRequests().size == 1)
        }
    }

    private fun isFirstAnswer(input: JsonNode) =
        input["outcome"].has("status") && input["attempt"].asInt() == 1 && input["elapsed_ms"].asInt() == 0 &&
            input["retry_after"].isNull

    /** What an error of the case must be, or what is sent where it has none. */
    private suspend fun check(
        case: Case,
        call: suspend (Client) -> Unit,
        sent: (ScriptedService.Request) -> Unit,
    ) = ScriptedService { ScriptedService.Response.json("{}", 400) }.use { service ->
        val client = client(service)
        val code = case.errorCode
        if (code != null) {
            val error = expectError(code) { call(client) }
            assertTrue(case.hint in error.reason, error.reason)
            assertTrue(service.takeRequests().isEmpty())
        } else {
            expectError("rejected") { call(client) }
            sent(service.takeRequests().single())
        }
    }

    private suspend fun checkOptions(case: Case, options: SandboxOptions, accepted: (JsonNode) -> Unit) =
        check(case, { it.sandboxes.create(options) }) { accepted(it.config()) }
}
