package com.deno.sandbox

import com.deno.sandbox.internal.FfiConverterTypeProcessStatus
import com.deno.sandbox.internal.Output as CoreOutput
import com.deno.sandbox.internal.Process as CoreProcess
import com.deno.sandbox.internal.ProcessInput as CoreInput
import com.deno.sandbox.internal.Stdio as CoreStdio

/** What happens with a process's standard input, output or error. */
public enum class Stdio(internal val core: CoreStdio) {
    /** It is a stream. */
    PIPED(CoreStdio.PIPED),

    /** It appears on this program's own. Not for input. */
    INHERIT(CoreStdio.INHERIT),

    /** Nothing comes in, and what goes out is dropped. */
    NULL(CoreStdio.NULL),
}

/**
 * A process in a sandbox. It goes on when this is closed or gone.
 *
 * ```kotlin
 * val process = sandbox.spawn("ping", "-c", "3", "example.com", stdout = Stdio.PIPED)
 * process.stdout.lines.collect { println(it) }
 * val status = process.status()
 * ```
 */
public class Process internal constructor(private val core: CoreProcess) : AutoCloseable {
    private val input: ProcessInput? = core.takeStdin()?.let(::ProcessInput)
    private val output: ByteStream? = core.stdout()?.let(::ByteStream)
    private val errors: ByteStream? = core.stderr()?.let(::ByteStream)

    /** Its number in the sandbox. */
    public val pid: Int = core.pid().toInt()

    /**
     * Its standard input. Until it is closed the process waits for more.
     *
     * @throws SandboxException with `invalid-state` where it is not piped.
     */
    public val stdin: ProcessInput get() = input ?: throw notPiped("stdin")

    /**
     * Its standard output. What is piped has to be read: see [ByteStream].
     *
     * @throws SandboxException with `invalid-state` where it is not piped.
     */
    public val stdout: ByteStream get() = output ?: throw notPiped("stdout")

    /**
     * Its standard error.
     *
     * @throws SandboxException with `invalid-state` where it is not piped.
     */
    public val stderr: ByteStream get() = errors ?: throw notPiped("stderr")

    /**
     * Waits until it has ended, and tells how. May be asked any number of times, and cancelled.
     *
     * A process that writes more than is read of its piped output waits for the reader, and so does this: read
     * [stdout] and [stderr] meanwhile, close them, or use [output].
     *
     * @throws SandboxException of the connection: how the process ended is not known then.
     */
    public suspend fun status(): ProcessStatus =
        ProcessStatus(ask(FfiConverterTypeProcessStatus) { core.beginStatus(mailbox) })

    /**
     * Waits until it has ended and its piped output, as far as it was not read before, is read to the end. A piped
     * input is closed first.
     *
     * @throws SandboxException of the connection or a stream: output that is cut short is never taken for all of it.
     */
    public suspend fun output(): CommandOutput {
        input?.closeAndJoin()
        return CommandOutput(call { core.output(it) })
    }

    /**
     * Sends it a signal: `SIGTERM` unless told.
     *
     * @throws SandboxException with `process-exited` when it has ended already.
     */
    public suspend fun kill(signal: String = "SIGTERM"): Unit = ask { core.beginKill(text(signal), mailbox) }

    /** Closes its streams, for `use {}`; the process goes on. Closing twice is fine. */
    override fun close() {
        input?.close()
        output?.close()
        errors?.close()
    }

    /** Its number. */
    override fun toString(): String = "Process($pid)"
}

private fun notPiped(stream: String) =
    SandboxException.usage(
        "invalid-state",
        "the process's $stream is not piped: start it with $stream = Stdio.PIPED",
    )

/**
 * How a process ended and what it wrote.
 *
 * ```kotlin
 * val output = sandbox.sh("grep -c error log.txt", noThrow = true)
 * if (output.status.success) println(output.text())
 * ```
 */
public class CommandOutput internal constructor(private val core: CoreOutput) {
    /** How it ended. */
    public val status: ProcessStatus = ProcessStatus(core.status())

    /** All of its piped output; empty where that was not piped. */
    public val stdout: ByteArray by lazy { core.stdout() }

    /** All of its piped errors; empty where those were not piped. */
    public val stderr: ByteArray by lazy { core.stderr() }

    /**
     * Its output as text, as it was written.
     *
     * @throws SandboxException with `invalid-utf8`.
     */
    public fun text(): String = translated { core.text() }

    /**
     * What it wrote to standard error, as text.
     *
     * @throws SandboxException with `invalid-utf8`.
     */
    public fun stderrText(): String = translated { core.stderrText() }

    /**
     * Fails when the command did not succeed.
     *
     * @throws SandboxException with `command-failed` and the end of what it wrote to standard error.
     */
    public fun check(): Unit = translated { core.check() }

    /** How it ended. */
    override fun toString(): String = "CommandOutput($status)"
}

/** A process's standard input. */
public class ProcessInput internal constructor(private val core: CoreInput) : AutoCloseable {
    /**
     * Writes all of [data], waiting while too much is under way.
     *
     * @throws SandboxException with `stream-failed` when the process reads no more.
     */
    public suspend fun write(data: ByteArray): Unit = ask { core.beginWrite(data, mailbox) }

    /** Writes text as UTF-8; see the other [write]. */
    public suspend fun write(text: String): Unit = write(text.encodeToByteArray())

    /** Ends the input: the process reads its end. Never waits; closing twice is fine. */
    override fun close(): Unit = inBackground { core.end() }

    /** Ends the input once what is being written is. */
    internal suspend fun closeAndJoin(): Unit = core.end()
}
