import com.fasterxml.jackson.databind.JsonNode
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest

/** One golden case of `tests/vectors`, which every language runs. */
class Case(private val file: String, private val fields: JsonNode) {
    val name: String = fields["name"].asText()
    private val shows: String = fields["shows"].asText()

    /** What the case has under this key; absent where that is nothing. */
    operator fun get(key: String): JsonNode? = fields[key]?.takeUnless { it.isNull }

    val input: JsonNode get() = fields["input"]

    val text: String get() = input.asText()

    /** The code of the error that must come of it. */
    val errorCode: String? get() = this["error"]?.get("code")?.asText()

    /** What the error's message must contain. */
    val hint: String get() = this["error"]?.get("hint_contains")?.asText().orEmpty()

    override fun toString() = "$file: $name: $shows"
}

/** All the cases of a file; fails when fewer than [least] are left. */
fun cases(file: String, least: Int): List<Case> {
    val cases = json.readTree(File("../../tests/vectors/$file.json"))["cases"].map { Case(file, it) }
    check(cases.size >= least) { "$file.json holds ${cases.size} cases, fewer than $least" }
    return cases
}

/** A test for each case. */
fun List<Case>.tests(test: suspend (Case) -> Unit): List<DynamicTest> =
    map { case -> DynamicTest.dynamicTest("$case") { runBlocking { test(case) } } }

/** The texts of a list. */
fun JsonNode.texts(): List<String> = map { it.asText() }

/** The texts of an object. */
fun JsonNode.textsByName(): Map<String, String> = properties().associate { (name, value) -> name to value.asText() }
