package com.deno.sandbox

import com.deno.sandbox.internal.CommandOptions
import com.deno.sandbox.internal.FfiConverterMapStringString
import com.deno.sandbox.internal.FfiConverterOptionalString
import com.deno.sandbox.internal.FfiConverterTimestamp
import com.deno.sandbox.internal.ShOptions
import java.time.Instant
import kotlin.time.Duration
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import com.deno.sandbox.internal.Sandbox as CoreSandbox

/**
 * A running sandbox and the connection to it.
 *
 * A sandbox without a timeout ends when the connection that created it closes.
 *
 * ```kotlin
 * client.sandboxes.create().use { sandbox ->
 *     sandbox.writeTextFile("hello.txt", "Hello")
 *     println(sandbox.sh("cat hello.txt").text())
 * }
 * ```
 */
public class Sandbox internal constructor(private val core: CoreSandbox) : AutoCloseable {
    /** Its id, to connect to it again. */
    public val id: String = core.id()

    /** The region it runs in. */
    public val region: Region = Region(core.region())

    /** The id to quote to support about this connection, where the service sent one. */
    public val traceId: String? = core.traceId()

    /** Its files. */
    public val fs: FileSystem = FileSystem(core.fs())

    /** Its environment variables. */
    public val env: Environment = Environment(core)

    /**
     * Starts a process. Arguments reach the program exactly as given; no shell is involved.
     *
     * ```kotlin
     * val process = sandbox.spawn("wc", "-c", stdin = Stdio.PIPED, stdout = Stdio.PIPED)
     * process.stdin.write("hello")
     * val count = process.output().text()
     * ```
     *
     * @param program The program, by name or path.
     * @param arguments Its arguments.
     * @param env Environment variables for it alone.
     * @param clearEnv Whether it starts without the sandbox's variables.
     * @param cwd The folder it starts in; the sandbox's home folder unless told.
     * @param stdin Where its input comes from: [Stdio.NULL] unless told; [Stdio.INHERIT] is refused.
     * @param stdout Where its output goes: to this program's own unless told.
     * @param stderr Where its errors go: to this program's own unless told.
     * @throws SandboxException with `invalid-env` or `invalid-option` before anything is sent; `file-not-found` when
     *   there is no such program.
     */
    public suspend fun spawn(
        program: String,
        vararg arguments: String,
        env: Map<String, String> = emptyMap(),
        clearEnv: Boolean = false,
        cwd: String? = null,
        stdin: Stdio? = null,
        stdout: Stdio? = null,
        stderr: Stdio? = null,
    ): Process {
        val command = CommandOptions(
            program, arguments.asList(), env, clearEnv, cwd, stdin?.core, stdout?.core, stderr?.core,
        )
        return Process(call { core.spawn(command, it) })
    }

    /**
     * Runs a command line in `bash`, after `$HOME/.bashrc`, and collects its output. Put values in with [quote].
     *
     * ```kotlin
     * val name = "it's a file.txt"
     * val lines = sandbox.sh("wc -l < ${quote(name)}", cwd = "/data").text()
     * ```
     *
     * @param script The command line.
     * @param cwd The folder it starts in; the sandbox's home folder unless told.
     * @param env Environment variables for it alone.
     * @param sudo Whether its first command runs as root.
     * @param noThrow Whether any status is an answer instead of an exception.
     * @throws SandboxException with `command-failed` for a status other than success, with the end of what it wrote
     *   to standard error.
     */
    public suspend fun sh(
        script: String,
        cwd: String? = null,
        env: Map<String, String> = emptyMap(),
        sudo: Boolean = false,
        noThrow: Boolean = false,
    ): CommandOutput {
        val options = ShOptions(cwd, env, sudo, noThrow, null, null, null)
        return CommandOutput(call { core.sh(script, options, it) })
    }

    /**
     * Starts a command line in `bash`, to read its output as it comes.
     *
     * ```kotlin
     * val build = sandbox.spawnSh("make -j2 2>&1")
     * build.stdout.lines.collect { println(it) }
     * ```
     *
     * @param script The command line; put values in with [quote].
     * @param cwd The folder it starts in; the sandbox's home folder unless told.
     * @param env Environment variables for it alone.
     * @param sudo Whether its first command runs as root.
     * @param stdin Where its input comes from: [Stdio.NULL] unless told; [Stdio.INHERIT] is refused.
     * @param stdout Where its output goes: [Stdio.PIPED] unless told.
     * @param stderr Where its errors go: [Stdio.PIPED] unless told.
     * @throws SandboxException as [spawn].
     */
    public suspend fun spawnSh(
        script: String,
        cwd: String? = null,
        env: Map<String, String> = emptyMap(),
        sudo: Boolean = false,
        stdin: Stdio? = null,
        stdout: Stdio? = null,
        stderr: Stdio? = null,
    ): Process {
        val options = ShOptions(cwd, env, sudo, false, stdin?.core, stdout?.core, stderr?.core)
        return Process(call { core.spawnSh(script, options, it) })
    }

    /** Reads a whole file; see [FileSystem.readFile]. */
    public suspend fun readFile(path: String): ByteArray = fs.readFile(path)

    /** Reads a whole file as UTF-8 text; see [FileSystem.readTextFile]. */
    public suspend fun readTextFile(path: String): String = fs.readTextFile(path)

    /** Writes a whole file; see [FileSystem.writeFile]. */
    public suspend fun writeFile(path: String, data: ByteArray): Unit = fs.writeFile(path, data)

    /** Writes a whole file of text; see [FileSystem.writeTextFile]. */
    public suspend fun writeTextFile(path: String, text: String): Unit = fs.writeTextFile(path, text)

    /**
     * Has it end this long from now instead of when it would have; gives when it ends now, which the service may
     * have put earlier than asked for.
     *
     * ```kotlin
     * val end = sandbox.extendTimeout(10.minutes)
     * ```
     *
     * @throws SandboxException with `invalid-timeout` before anything is sent, also for [Timeout.SESSION].
     */
    public suspend fun extendTimeout(timeout: Timeout): Instant =
        ask(FfiConverterTimestamp) { core.beginExtendTimeout(text(timeout.text), mailbox) }

    /** Has it end this long from now; see [Timeout]. */
    public suspend fun extendTimeout(timeout: Duration): Instant = extendTimeout(Timeout(timeout))

    /**
     * Ends the sandbox and its connection. One that has ended already is fine.
     *
     * @throws SandboxException with what the service answers.
     */
    public suspend fun kill(): Unit = call { core.kill(it) }

    /**
     * Closes the connection, for `use {}`: calls under way fail with `connection-closed` at once.
     *
     * The closing handshake is waited for, at most 5 seconds, so that what the sandbox had is free afterwards. In a
     * coroutine [closeAndJoin] waits without holding up the thread. A sandbox without a timeout ends if this is the
     * connection that created it. Closing twice is fine.
     */
    override fun close(): Unit = runBlocking { closeAndJoin() }

    /** Closes the connection, also in a coroutine that is cancelled; see [close]. */
    public suspend fun closeAndJoin() {
        // The core's own limit ends the wait.
        withContext(NonCancellable) { call { core.closeConnection(it) } }
    }

    /** Whether the connection is closed, by either side. */
    public val isClosed: Boolean get() = core.isClosed()

    /** Waits until the connection is closed, by either side. */
    public suspend fun closed(): CloseReason = CloseReason(call { core.closed(it) })

    /** Its id. */
    override fun toString(): String = "Sandbox($id)"
}

/**
 * Environment variables of a sandbox, as processes started from now on see them.
 *
 * Names and values travel exactly as given.
 *
 * ```kotlin
 * sandbox.env.set("LOG_LEVEL", "debug")
 * val home = sandbox.env.get("HOME")
 * ```
 */
public class Environment internal constructor(private val core: CoreSandbox) {
    /**
     * Reads a variable; `null` when it is not set.
     *
     * @throws SandboxException with `invalid-env` for a malformed name, before anything is sent.
     */
    public suspend fun get(name: String): String? =
        ask(FfiConverterOptionalString) { core.beginEnvGet(text(name), mailbox) }

    /**
     * Sets a variable.
     *
     * @throws SandboxException with `invalid-env` for a malformed name or value, before anything is sent.
     */
    public suspend fun set(name: String, value: String): Unit =
        ask { core.beginEnvSet(text(name), text(value), mailbox) }

    /**
     * Removes a variable; one that is not set is fine.
     *
     * @throws SandboxException with `invalid-env` for a malformed name, before anything is sent.
     */
    public suspend fun delete(name: String): Unit = ask { core.beginEnvDelete(text(name), mailbox) }

    /** Reads all variables. */
    public suspend fun toMap(): Map<String, String> = ask(FfiConverterMapStringString) { core.beginEnvToMap(mailbox) }
}
