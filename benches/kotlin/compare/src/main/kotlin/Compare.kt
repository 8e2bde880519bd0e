// The Kotlin SDK beside the Rust SDK, turn by turn, on the emulator the environment points at. Given the path of
// `deno-sandbox-bench-calls`; `cargo xtask bench kotlin` builds all three for speed and runs this.

import com.deno.sandbox.Client
import com.deno.sandbox.Sandbox
import kotlin.time.DurationUnit
import kotlin.time.measureTime
import kotlinx.coroutines.runBlocking

// As in `benches/src/calls.rs`.
private const val CALLS_IN_A_ROW = 1000
private const val SIZE = 32 shl 20

private const val ROUNDS = 9

/** The first rounds find nothing warm: the JVM compiles what runs often while it runs. */
private const val WARM_UP = 20

fun main(arguments: Array<String>): Unit = runBlocking {
    val rust = Rust(arguments[0])
    val content = ByteArray(SIZE) { 0x5a }
    println("| median of $ROUNDS, turn by turn | Kotlin | Rust | ratio | aimed at |\n|---|---|---|---|---|")
    Client.fromEnvironment().withSandbox { sandbox ->
        // One after the other: large arrays keep the garbage collector at work while what comes next is measured.
        for (what in Measurement.entries) {
            val rounds = List(WARM_UP + ROUNDS) { measure(what, sandbox, content) to rust.measure(what) }.drop(WARM_UP)
            println(what.row(median(rounds.map { it.first }), median(rounds.map { it.second })))
        }
    }
    rust.end()
}

private suspend fun measure(what: Measurement, sandbox: Sandbox, content: ByteArray): Double {
    val time = measureTime {
        when (what) {
            Measurement.CALLS -> repeat(CALLS_IN_A_ROW) { sandbox.env.get("HOME") }
            Measurement.WRITE -> sandbox.writeFile("big", content)
            Measurement.READ -> check(sandbox.readFile("big").contentEquals(content)) { "the file changed" }
        }
    }
    return time.toDouble(DurationUnit.SECONDS)
}

private fun median(times: List<Double>) = times.sorted()[times.size / 2]

private enum class Measurement {
    CALLS,
    WRITE,
    READ;

    fun row(kotlin: Double, rust: Double): String {
        if (this == CALLS) {
            fun each(time: Double) = "%.0f µs".format(time / CALLS_IN_A_ROW * 1e6)
            return "| small RPC, round trip | ${each(kotlin)} | ${each(rust)} | %.2f | ≤ 1.3 |".format(kotlin / rust)
        }
        fun speed(time: Double) = "%.0f MB/s".format(SIZE / 1e6 / time)
        val ratio = "%.0f %%".format(rust / kotlin * 100)
        return "| ${name.lowercase()} of a 32 MiB file | ${speed(kotlin)} | ${speed(rust)} | $ratio | ≥ 60 % |"
    }
}

/** The Rust SDK's side, in a process of its own. */
private class Rust(program: String) {
    private val process = ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val input = process.outputStream.bufferedWriter()
    private val output = process.inputStream.bufferedReader()

    fun measure(what: Measurement): Double {
        input.write("${what.name.lowercase()}\n")
        input.flush()
        return output.readLine().toDouble()
    }

    fun end() = input.close()
}
