import com.deno.sandbox.Client
import com.deno.sandbox.ErrorCode
import com.deno.sandbox.PathRegex
import com.deno.sandbox.Region
import com.deno.sandbox.SandboxOptions
import com.deno.sandbox.TransferProgress
import com.deno.sandbox.Whence
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.io.path.createDirectories
import kotlin.io.path.exists
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.math.max
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Files of a sandbox against the emulator the environment points at. */
class FileTest {
    private val client = Client.fromEnvironment()

    @Test
    fun `whole files`() = runBlocking {
        client.withSandbox { sandbox ->
            val fs = sandbox.fs
            val bytes = ByteArray(300_000) { (it * 31).toByte() }
            sandbox.writeFile("a.bin", bytes)
            assertArrayEquals(bytes, sandbox.readFile("a.bin"))
            fs.writeTextFile("a.txt", "grüße")
            fs.writeTextFile("a.txt", "!", append = true)
            assertEquals("grüße!", fs.readTextFile("a.txt"))
            expectError(ErrorCode.FILE_EXISTS) { fs.writeTextFile("a.txt", "", createNew = true) }
            expectError(ErrorCode.FILE_NOT_FOUND) { fs.writeTextFile("b.txt", "", create = false) }
            expectError(ErrorCode.INVALID_PATH) { fs.readFile("") }
            fs.writeFile("run.sh", ByteArray(0), mode = "700".toInt(8))
            assertEquals("700".toInt(8), fs.stat("run.sh").mode and "777".toInt(8))
            expectError(ErrorCode.INVALID_OPTION) { fs.chmod("run.sh", -1) }
            expectError(ErrorCode.INVALID_OPTION) { fs.truncate("run.sh", -1) }
        }
        Unit
    }

    @Test
    fun streams() = runBlocking {
        class Unrelated : Exception()
        client.withSandbox { sandbox ->
            val part = ByteArray(1 shl 20) { 7 }
            fun parts(count: Int): Flow<ByteArray> = flow { repeat(count) { emit(part) } }
            sandbox.fs.writeStream("big.bin", parts(5))
            var (size, largest) = 0 to 0
            sandbox.fs.readStream("big.bin").collect { read ->
                size += read.size
                largest = max(largest, read.size)
                assertTrue(read.all { it == 7.toByte() })
            }
            assertEquals(5 shl 20, size)
            assertTrue(largest <= 1 shl 20, "$largest")
            val broken = flow {
                emit(part)
                throw Unrelated()
            }
            val thrown = runCatching { sandbox.fs.writeStream("broken.bin", broken) }.exceptionOrNull()
            assertTrue(thrown is Unrelated, "$thrown")
            expectError(ErrorCode.FILE_NOT_FOUND) { sandbox.fs.writeStream("nowhere/big.bin", parts(9)) }
        }
        Unit
    }

    @Test
    fun `folders and links`() = runBlocking {
        client.withSandbox { sandbox ->
            val fs = sandbox.fs
            fs.mkdir("d/e", recursive = true)
            expectError(ErrorCode.FILE_EXISTS) { fs.mkdir("d") }
            fs.writeTextFile("d/e/a.txt", "a")
            fs.copyFile("d/e/a.txt", "d/b.log")
            fs.symlink("e/a.txt", "d/link")
            fs.link("d/b.log", "d/hard")
            assertEquals("e/a.txt", fs.readLink("d/link"))
            assertTrue(fs.realPath("d/link").endsWith("/d/e/a.txt"))
            assertTrue(fs.lstat("d/link").isSymlink)
            assertEquals(2, fs.stat("d/hard").nlink)
            assertEquals(listOf("b.log", "e", "hard", "link"), fs.readDir("d").map { it.name }.sorted())
            val files = fs.walk("d", includeDirs = false, includeSymlinks = false).map { it.name }.toList()
            assertEquals(listOf("a.txt", "b.log", "hard"), files.sorted())
            val logs = fs.walk("d", matching = listOf(PathRegex("\\.LOG$", flags = "i")))
            assertEquals(listOf("b.log"), logs.map { it.name }.toList())
            assertEquals(listOf("a.txt"), fs.expandGlob("d/**/*.txt").map { it.name }.toList())
            expectError(ErrorCode.FILE_NOT_FOUND) { fs.walk("nowhere").toList() }
            fs.rename("d/b.log", "d/c.log")
            fs.chmod("d/c.log", "640".toInt(8))
            val time = Instant.ofEpochMilli(1_700_000_000_250)
            fs.utime("d/c.log", time, time)
            val info = fs.stat("d/c.log")
            assertEquals("640".toInt(8), info.mode and "777".toInt(8))
            assertEquals(time, info.mtime)
            fs.truncate("d/c.log", 0)
            assertEquals(0, fs.stat("d/c.log").size)
            expectError(ErrorCode.DIRECTORY_NOT_EMPTY) { fs.remove("d") }
            fs.remove("d", recursive = true)
            expectError(ErrorCode.FILE_NOT_FOUND) { fs.stat("d") }
            val folder = fs.makeTempDir(prefix = "kotlin-")
            val file = fs.makeTempFile(dir = folder, suffix = ".tmp")
            assertTrue(file.startsWith("$folder/") && file.endsWith(".tmp"), file)
            val mask = fs.umask("77".toInt(8))
            assertEquals("77".toInt(8), fs.umask(mask))
        }
    }

    @Test
    fun `an open file`() = runBlocking {
        client.withSandbox { sandbox ->
            sandbox.fs.create("a.txt").use { file ->
                file.writeAll("0123456789".encodeToByteArray())
                assertEquals(6, file.seek(-4, Whence.END))
                assertEquals("6789", file.read(100)?.decodeToString())
                assertNull(file.read(1))
                file.truncate(3)
                assertEquals(3, file.stat().size)
                file.sync()
                file.lock(exclusive = true)
                file.unlock()
                file.closeAndJoin()
                file.closeAndJoin()
                val error = expectError(ErrorCode.INVALID_STATE) { file.read(1) }
                assertEquals("it is closed", error.message)
            }
            val reader = sandbox.fs.open("a.txt")
            expectError(ErrorCode.SANDBOX_FAILED) { reader.write("x".encodeToByteArray()) }
            assertEquals("012", reader.read(10)?.decodeToString())
            reader.close()
        }
    }

    @Test
    fun `trees go up and come down`(@TempDir local: Path) = runBlocking {
        val up = local.resolve("up")
        up.resolve("sub").createDirectories()
        up.resolve("sub/a.txt").writeText("hello")
        client.withSandbox { sandbox ->
            val told = ConcurrentLinkedQueue<TransferProgress>()
            sandbox.fs.upload("$up", "tree") { told.add(it) }
            val last = told.last()
            assertEquals(listOf<Any?>(1L, 5L, 5L), listOf(last.filesDone, last.bytesDone, last.bytesTotal))
            assertEquals("hello", sandbox.readTextFile("tree/sub/a.txt"))
            val down = local.resolve("down")
            sandbox.fs.download("tree", "$down")
            assertEquals("hello", down.resolve("sub/a.txt").readText())
            sandbox.fs.symlink("/etc/passwd", "tree/evil")
            val refused = local.resolve("refused")
            expectError(ErrorCode.UNSAFE_PATH) { sandbox.fs.download("tree", "$refused") }
            assertFalse(refused.exists())
        }
    }

    @Test
    fun `what a progress callback throws ends the transfer`(@TempDir local: Path) = runBlocking {
        class Enough : Exception()
        Files.write(local.resolve("a.bin"), ByteArray(8 shl 20))
        client.withSandbox { sandbox ->
            val thrown = runCatching { sandbox.fs.upload("$local", "tree") { throw Enough() } }.exceptionOrNull()
            assertTrue(thrown is Enough, "$thrown")
            assertEquals("on\n", sandbox.sh("echo on").text())
        }
    }

    @Test
    fun `a full volume says so`() = runBlocking {
        val volume = client.volumes.create(uniqueSlug(), Region.ORD, "300MB")
        client.withSandbox(SandboxOptions(volumes = mapOf("/v" to volume))) { sandbox ->
            val part = ByteArray(1 shl 20) { 1 }
            val parts = flow { repeat(400) { emit(part) } }
            expectError(ErrorCode.STORAGE_FULL) { sandbox.fs.writeStream("/v/full", parts) }
        }
        client.volumes.delete(volume.id)
    }
}
