import com.deno.sandbox.Capacity
import com.deno.sandbox.Client
import com.deno.sandbox.Memory
import com.deno.sandbox.Region
import com.deno.sandbox.SandboxOptions
import com.deno.sandbox.Secret
import com.deno.sandbox.Source
import com.deno.sandbox.Timeout
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import java.net.URI
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.TestFactory

/**
 * What each call sends, by the golden cases. A scripted service stands at every endpoint, so of the URLs the path and
 * the query are compared.
 */
class RequestTest {
    @TestFactory
    fun request() = cases("requests", 31)
        // That is a method of a sandbox that is connected.
        .filter { it.input["call"].asText() != "sandboxes.extend_timeout" }
        .tests { case ->
            ScriptedService { ScriptedService.Response.json("{}", 400) }.use { service ->
                val settings = case.input["client"].textsByName()
                val path = settings["endpoint"]?.let { URI(it).rawPath }.orEmpty()
                val client = client(service, settings["token"].orEmpty(), settings["org"], path)
                expectError("rejected") { make(case.input["call"].asText(), case.input["args"], client) }
                compare(case, service.takeRequests().first())
            }
        }

    private fun compare(case: Case, request: ScriptedService.Request) {
        assertEquals(case["method"]?.asText(), request.method)
        val url = URI(case["url"]!!.asText())
        assertEquals(url.rawPath + url.rawQuery?.let { "?$it" }.orEmpty(), request.target)
        for ((name, value) in case["headers"]!!.textsByName()) {
            if (name != "x-deno-sandbox-config") assertEquals(value, request.headers[name], name)
        }
        assertEquals("deno-sandbox-kotlin/0.1.0", request.headers["user-agent"])
        case["body"]?.let { assertEquals(it, request.json()) }
        case["config"]?.let { golden ->
            val sent = request.config() as ObjectNode
            // The golden time is in the past of this test's clock.
            assertEquals(golden.has("stop_at_ms"), sent.has("stop_at_ms"))
            assertEquals(golden.deepCopy<ObjectNode>().without<ObjectNode>("stop_at_ms"), sent.without("stop_at_ms"))
        }
    }

    private suspend fun make(call: String, arguments: JsonNode, client: Client) {
        fun optional(key: String) = arguments[key]?.takeUnless { it.isNull }
        fun text(key: String) = arguments[key].asText()
        val limit = optional("limit")?.asInt()
        val (cursor, search) = optional("cursor")?.asText() to optional("search")?.asText()
        when (call) {
            "volumes.create" -> {
                val given = arguments["capacity"]
                val capacity = if (given.isNumber) Capacity(given.asLong()) else Capacity(given.asText())
                client.volumes.create(text("slug"), Region(text("region")), capacity, optional("from")?.asText())
            }
            "volumes.get" -> client.volumes.get(text("volume"))
            "volumes.delete" -> client.volumes.delete(text("volume"))
            "volumes.list" -> client.volumes.list(limit, cursor, search)
            "volumes.snapshot" -> client.volumes.snapshot(text("volume"), text("slug"))
            "snapshots.get" -> client.snapshots.get(text("snapshot"))
            "snapshots.delete" -> client.snapshots.delete(text("snapshot"))
            "snapshots.list" -> client.snapshots.list(limit, cursor, search)
            "sandboxes.list" -> client.sandboxes.list(optional("labels")?.textsByName().orEmpty())
            "sandboxes.kill" -> client.sandboxes.kill(text("id"))
            "sandboxes.connect" -> client.sandboxes.connect(text("id"))
            "sandboxes.create" -> client.sandboxes.create(options(arguments))
            else -> error("no call is called $call")
        }
    }

    private fun options(arguments: JsonNode): SandboxOptions {
        fun optional(key: String) = arguments[key]?.takeUnless { it.isNull }
        return SandboxOptions(
            region = optional("region")?.let { Region(it.asText()) },
            memory = optional("memory")?.let { Memory(it.asText()) },
            timeout = optional("stop_at_ms")?.let { Timeout("5m") },
            labels = optional("labels")?.textsByName().orEmpty(),
            root = optional("root")?.let { Source(it.asText()) },
            volumes = optional("volumes")?.textsByName().orEmpty().mapValues { Source(it.value) },
            allowNet = optional("allow_net")?.texts(),
            secrets = optional("secrets")?.properties().orEmpty().associate { (name, secret) ->
                name to Secret(secret["hosts"].texts(), secret["value"].asText())
            },
        )
    }
}
