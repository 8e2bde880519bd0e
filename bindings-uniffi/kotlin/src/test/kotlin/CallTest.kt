import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** What a call is made with is used again by the next one, whatever became of it. */
class CallTest {
    private val client = Client.fromEnvironment()

    @Test
    fun `short texts after long ones`() = runBlocking {
        client.withSandbox { sandbox ->
            for (length in listOf(1, 1000, 1024, 1025, 50_000, 2, 0)) {
                val value = "α".repeat(length)
                sandbox.env.set("LENGTH_$length", value)
                assertEquals(value, sandbox.env.get("LENGTH_$length"))
            }
            sandbox.writeTextFile("long.txt", "β".repeat(1 shl 20))
            assertEquals(1 shl 20, sandbox.readTextFile("long.txt").length)
            sandbox.writeTextFile("short.txt", "")
            assertEquals("", sandbox.readTextFile("short.txt"))
        }
    }

    @Test
    fun `calls after ones that failed`() = runBlocking {
        client.withSandbox { sandbox ->
            val file = sandbox.fs.create("a.txt")
            file.close()
            repeat(3) {
                expectError(ErrorCode.INVALID_PATH) { sandbox.fs.stat("a".repeat(5000)) }
                expectError(ErrorCode.FILE_NOT_FOUND) { sandbox.fs.stat("b.txt") }
                expectError(ErrorCode.INVALID_STATE) { file.stat() }
                assertEquals(0L, sandbox.fs.stat("a.txt").size)
            }
        }
    }

    @Test
    fun `every call gets its own answer`() = runBlocking {
        client.withSandbox { sandbox ->
            val names = List(200) { "NAME_$it" }
            names.map { async(Dispatchers.IO) { sandbox.env.set(it, "$it is set") } }.awaitAll()
            repeat(5) {
                val values = names.map { async(Dispatchers.IO) { sandbox.env.get(it) } }.awaitAll()
                assertEquals(names.map { "$it is set" }, values)
            }
        }
    }
}
