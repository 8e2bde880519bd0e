import java.io.InputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.concurrent.thread

/**
 * A service that answers as a test tells it, to see what the SDK sends and what it makes of answers no healthy service
 * gives. Requests are kept until they are taken.
 */
class ScriptedService(private val answer: (Request) -> Response = { Response.json("{}") }) : AutoCloseable {
    class Request(
        val method: String,
        /** Path and query. */
        val target: String,
        /** Names in lower case. */
        val headers: Map<String, String>,
        val body: ByteArray,
    )

    class Response(
        val status: Int = 200,
        val headers: List<Pair<String, String>> = emptyList(),
        val body: String = "",
    ) {
        companion object {
            fun json(text: String, status: Int = 200, headers: List<Pair<String, String>> = emptyList()) =
                Response(status, headers + ("content-type" to "application/json"), text)
        }
    }

    private val listener = ServerSocket(0, 64, InetAddress.getLoopbackAddress())
    private val requests = ConcurrentLinkedQueue<Request>()

    init {
        thread(isDaemon = true) {
            while (!listener.isClosed) {
                val connection = runCatching { listener.accept() }.getOrNull() ?: break
                thread(isDaemon = true) { connection.use { runCatching { serve(it) } } }
            }
        }
    }

    /** Where it listens. */
    val url: String get() = "http://127.0.0.1:${listener.localPort}"

    /** What arrived since this was asked last. */
    fun takeRequests(): List<Request> = generateSequence { requests.poll() }.toList()

    override fun close() = listener.close()

    private fun serve(connection: Socket) {
        val request = receive(connection.getInputStream().buffered()) ?: return
        requests.add(request)
        val response = answer(request)
        val body = response.body.encodeToByteArray()
        val head = buildString {
            append("HTTP/1.1 ${response.status} Scripted\r\n")
            for ((name, value) in response.headers) append("$name: $value\r\n")
            append("content-length: ${body.size}\r\nconnection: close\r\n\r\n")
        }
        connection.getOutputStream().run {
            write(head.encodeToByteArray() + body)
            flush()
        }
    }

    private fun receive(input: InputStream): Request? {
        val (method, target) = line(input).split(' ').takeIf { it.size == 3 } ?: return null
        val headers = generateSequence { line(input).takeIf { it.isNotEmpty() } }.associate {
            it.substringBefore(':').lowercase() to it.substringAfter(':').trim()
        }
        val body = input.readNBytes(headers["content-length"]?.toInt() ?: 0)
        return Request(method, target, headers, body)
    }

    private fun line(input: InputStream): String {
        val bytes = generateSequence { input.read().takeIf { it >= 0 && it != '\n'.code } }
        return bytes.map { it.toByte() }.toList().toByteArray().decodeToString().trimEnd('\r')
    }
}
