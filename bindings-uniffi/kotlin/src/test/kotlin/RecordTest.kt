import com.deno.sandbox.CloseReason
import com.deno.sandbox.DirEntry
import com.deno.sandbox.FileInfo
import com.deno.sandbox.ProcessStatus
import com.deno.sandbox.SandboxInfo
import com.deno.sandbox.Snapshot
import com.deno.sandbox.TransferProgress
import com.deno.sandbox.Volume
import com.deno.sandbox.VolumeRef
import com.deno.sandbox.WalkEntry
import java.lang.reflect.Constructor
import java.time.Instant
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import com.deno.sandbox.internal.CloseReason as CoreCloseReason
import com.deno.sandbox.internal.DirEntry as CoreDirEntry
import com.deno.sandbox.internal.FileInfo as CoreFileInfo
import com.deno.sandbox.internal.ProcessStatus as CoreProcessStatus
import com.deno.sandbox.internal.SandboxInfo as CoreSandboxInfo
import com.deno.sandbox.internal.SandboxStatus as CoreSandboxStatus
import com.deno.sandbox.internal.Snapshot as CoreSnapshot
import com.deno.sandbox.internal.TransferProgress as CoreProgress
import com.deno.sandbox.internal.Volume as CoreVolume
import com.deno.sandbox.internal.VolumeRef as CoreVolumeRef
import com.deno.sandbox.internal.WalkEntry as CoreWalkEntry

/**
 * Records have the fields of the core's, each with its value: both print alike, except that nothing else than the
 * numbers' types differs.
 */
class RecordTest {
    @TestFactory
    fun `a record is the core's`() = listOf(
        compare(::Volume, CoreVolume::class.java),
        compare(::Snapshot, CoreSnapshot::class.java),
        compare(::VolumeRef, CoreVolumeRef::class.java),
        compare(::SandboxInfo, CoreSandboxInfo::class.java),
        compare(::CloseReason, CoreCloseReason::class.java),
        compare(::ProcessStatus, CoreProcessStatus::class.java),
        compare(::TransferProgress, CoreProgress::class.java),
        compare(::FileInfo, CoreFileInfo::class.java),
        compare(::DirEntry, CoreDirEntry::class.java),
        compare(::WalkEntry, CoreWalkEntry::class.java),
    )

    private fun <C : Any> compare(convert: (C) -> Any, type: Class<C>): DynamicTest =
        DynamicTest.dynamicTest(type.simpleName) {
            // Each yes and no stands alone once, so that no two can be mistaken for each other.
            for (yes in 1..22) {
                val core = Filler(yes).make(type)
                assertEquals("$core", "${convert(core)}")
            }
        }
}

/** Fills a record with values of which no two are equal. */
private class Filler(private val yes: Int) {
    private var count = 0

    fun <T : Any> make(type: Class<T>): T = type.cast(construct(type))

    private fun construct(type: Class<*>): Any {
        // The one that takes every field and no flags for defaults; it is hidden where a field is unsigned.
        val all = type.declaredConstructors.filterNot { hasMarker(it) || it.parameterCount == 0 }
        val constructor = all.maxBy { it.parameterCount }
        constructor.isAccessible = true
        return constructor.newInstance(*constructor.parameterTypes.map(::value).toTypedArray())
    }

    private fun hasMarker(constructor: Constructor<*>) =
        constructor.parameterTypes.any { it.simpleName == "DefaultConstructorMarker" }

    private fun value(type: Class<*>): Any {
        count += 1
        return when (type) {
            Boolean::class.java -> count == yes
            Short::class.java -> count.toShort()
            Int::class.java -> 100 + count
            Long::class.java -> 1000L + count
            String::class.java -> "text $count"
            Instant::class.java -> Instant.ofEpochSecond(1_700_000_000L + count)
            Map::class.java -> mapOf("key" to "value $count")
            CoreSandboxStatus::class.java -> CoreSandboxStatus.STOPPED
            else -> if (type == ULong::class.java) (1000 + count).toULong() else construct(type)
        }
    }
}
