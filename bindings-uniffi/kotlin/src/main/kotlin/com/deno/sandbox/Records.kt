package com.deno.sandbox

import java.time.Instant
import com.deno.sandbox.internal.CloseReason as CoreCloseReason
import com.deno.sandbox.internal.DirEntry as CoreDirEntry
import com.deno.sandbox.internal.FileInfo as CoreFileInfo
import com.deno.sandbox.internal.ProcessStatus as CoreProcessStatus
import com.deno.sandbox.internal.SandboxInfo as CoreSandboxInfo
import com.deno.sandbox.internal.SandboxStatus as CoreSandboxStatus
import com.deno.sandbox.internal.Snapshot as CoreSnapshot
import com.deno.sandbox.internal.Source as CoreSource
import com.deno.sandbox.internal.TransferProgress as CoreTransferProgress
import com.deno.sandbox.internal.Volume as CoreVolume
import com.deno.sandbox.internal.VolumeRef as CoreVolumeRef
import com.deno.sandbox.internal.WalkEntry as CoreWalkEntry

// The core's records with the JVM's numbers and times in place of unsigned ones; a test compares their fields.

/**
 * A volume or snapshot to mount or to boot from: by slug or id, or as the record itself, whose region is then
 * compared with the sandbox's before anything is sent.
 *
 * ```kotlin
 * val volume = client.volumes.get("training-cache") ?: error("no such volume")
 * val options = SandboxOptions(volumes = mapOf("/data" to volume, "/logs" to Source("training-logs")))
 * ```
 */
public sealed interface Source {
    /** By slug or id. */
    public data class Reference(
        /** The slug or id. */
        public val reference: String,
    ) : Source
}

/** A volume or snapshot by slug or id. */
public fun Source(reference: String): Source = Source.Reference(reference)

internal fun Source.core(): CoreSource =
    when (this) {
        is Source.Reference -> CoreSource.Reference(reference)
        is Volume -> CoreSource.Volume(core())
        is Snapshot -> CoreSource.Snapshot(core())
    }

/** A volume: regional block storage that outlives the sandboxes it is mounted into. */
public data class Volume(
    /** The service's own name for it; never used again. */
    public val id: String,
    /** The user's name for it, free for another volume once this one is deleted. */
    public val slug: String,
    /** Where it is stored. */
    public val region: Region,
    /** Its size in bytes. */
    public val capacity: Long,
    /**
     * Bytes in use: the service's own figure where it sends one, else the flattened estimate. May lag by minutes.
     */
    public val used: Long,
    /** An estimate of the bytes this volume alone takes up, without what it shares with a snapshot. */
    public val estimatedAllocatedSize: Long,
    /** An estimate of the bytes it would take up on its own. */
    public val estimatedFlattenedSize: Long,
    /** Whether a sandbox can boot from it. */
    public val isBootable: Boolean,
    /** The snapshot it was created from. */
    public val baseSnapshot: VolumeRef?,
) : Source {
    internal constructor(core: CoreVolume) : this(
        core.id, core.slug, Region(core.region), core.capacity.toLong(), core.used.toLong(),
        core.estimatedAllocatedSize.toLong(), core.estimatedFlattenedSize.toLong(), core.isBootable,
        core.baseSnapshot?.let(::VolumeRef),
    )

    internal fun core() =
        CoreVolume(
            id, slug, region.text, capacity.toULong(), used.toULong(), estimatedAllocatedSize.toULong(),
            estimatedFlattenedSize.toULong(), isBootable, baseSnapshot?.core(),
        )
}

/** A snapshot: a read-only image of a volume, to boot from or to create volumes from. */
public data class Snapshot(
    /** The service's own name for it; never used again. */
    public val id: String,
    /** The user's name for it. */
    public val slug: String,
    /** Where it is stored. */
    public val region: Region,
    /** Bytes it alone takes up. */
    public val allocatedSize: Long,
    /** Bytes it would take up on its own. */
    public val flattenedSize: Long,
    /** Whether a sandbox can boot from it. */
    public val isBootable: Boolean,
    /** The volume it was taken of. */
    public val volume: VolumeRef,
) : Source {
    internal constructor(core: CoreSnapshot) : this(
        core.id, core.slug, Region(core.region), core.allocatedSize.toLong(), core.flattenedSize.toLong(),
        core.isBootable, VolumeRef(core.volume),
    )

    internal fun core() =
        CoreSnapshot(
            id, slug, region.text, allocatedSize.toULong(), flattenedSize.toULong(), isBootable, volume.core(),
        )
}

/** A volume or snapshot named inside another record. */
public data class VolumeRef(
    /** Its id. */
    public val id: String,
    /** Its slug. */
    public val slug: String,
) {
    internal constructor(core: CoreVolumeRef) : this(core.id, core.slug)

    internal fun core() = CoreVolumeRef(id, slug)
}

/** A sandbox as lists show it. */
public data class SandboxInfo(
    /** Its id. */
    public val id: String,
    /** When it was created. */
    public val createdAt: Instant,
    /** When it stopped, once it has. */
    public val stoppedAt: Instant?,
    /** Where it runs. */
    public val region: Region,
    /** Whether it runs. */
    public val status: SandboxStatus,
    /** Its labels, as given at creation. */
    public val labels: Map<String, String>,
) {
    internal constructor(core: CoreSandboxInfo) : this(
        core.id, core.createdAt, core.stoppedAt, Region(core.region), SandboxStatus.of(core.status), core.labels,
    )
}

/** Whether a sandbox runs. */
public enum class SandboxStatus {
    /** It runs. */
    RUNNING,

    /** It has ended. */
    STOPPED,

    /** Something this version of the SDK does not know. */
    UNKNOWN;

    internal companion object {
        fun of(core: CoreSandboxStatus): SandboxStatus =
            when (core) {
                CoreSandboxStatus.RUNNING -> RUNNING
                CoreSandboxStatus.STOPPED -> STOPPED
                CoreSandboxStatus.UNKNOWN -> UNKNOWN
            }
    }
}

/** Why a connection is closed. */
public data class CloseReason(
    /** The close code; 1005 where the peer gave none, 1006 where the connection just ended. */
    public val code: Int,
    /** The peer's own words. */
    public val reason: String,
) {
    internal constructor(core: CoreCloseReason) : this(core.code.toInt(), core.reason)
}

/** How a process ended. */
public data class ProcessStatus(
    /** Whether the code is 0 and no signal ended it. */
    public val success: Boolean,
    /** The exit code; 128 and the signal's number where a signal ended it. */
    public val code: Int,
    /** The signal that ended it, like `SIGTERM`. */
    public val signal: String?,
    /** How sure it is that memory ran out. */
    public val oom: String?,
) {
    internal constructor(core: CoreProcessStatus) : this(core.success, core.code, core.signal, core.oom)
}

/** How far an upload or download is. */
public data class TransferProgress(
    /** Files that are complete. */
    public val filesDone: Long,
    /** Bytes of files that were copied. */
    public val bytesDone: Long,
    /** Bytes of all files, as they were at the start; absent until they are counted. */
    public val bytesTotal: Long?,
    /** The file that was last worked on, relative to the tree. */
    public val path: String,
) {
    internal constructor(core: CoreTransferProgress) : this(
        core.filesDone.toLong(), core.bytesDone.toLong(), core.bytesTotal?.toLong(), core.path,
    )
}

/** What is known of a file. */
public data class FileInfo(
    /** Whether it is a regular file. */
    public val isFile: Boolean,
    /** Whether it is a folder. */
    public val isDirectory: Boolean,
    /** Whether it is a symbolic link. */
    public val isSymlink: Boolean,
    /** Its size in bytes. */
    public val size: Long,
    /** When its content changed last. */
    public val mtime: Instant,
    /** When it was read last. */
    public val atime: Instant,
    /** When it was made. */
    public val birthtime: Instant,
    /** When anything of it changed last. */
    public val ctime: Instant,
    /** The number of its device. */
    public val dev: Long,
    /** Its number on the device. */
    public val ino: Long,
    /** Its kind and permissions. */
    public val mode: Int,
    /** How many names it has. */
    public val nlink: Long,
    /** The number of its owner. */
    public val uid: Int,
    /** The number of its group. */
    public val gid: Int,
    /** The device it stands for. */
    public val rdev: Long,
    /** The best size of a read or write, in bytes. */
    public val blksize: Long,
    /** The 512-byte blocks it takes up. */
    public val blocks: Long,
    /** Whether it is a block device. */
    public val isBlockDevice: Boolean,
    /** Whether it is a character device. */
    public val isCharDevice: Boolean,
    /** Whether it is a named pipe. */
    public val isFifo: Boolean,
    /** Whether it is a socket. */
    public val isSocket: Boolean,
) {
    internal constructor(core: CoreFileInfo) : this(
        core.isFile, core.isDirectory, core.isSymlink, core.size.toLong(), core.mtime, core.atime, core.birthtime,
        core.ctime, core.dev.toLong(), core.ino.toLong(), core.mode.toInt(), core.nlink.toLong(), core.uid.toInt(),
        core.gid.toInt(), core.rdev.toLong(), core.blksize.toLong(), core.blocks.toLong(), core.isBlockDevice,
        core.isCharDevice, core.isFifo, core.isSocket,
    )
}

/** What is in a folder. */
public data class DirEntry(
    /** Its name. */
    public val name: String,
    /** Whether it is a regular file. */
    public val isFile: Boolean,
    /** Whether it is a folder. */
    public val isDirectory: Boolean,
    /** Whether it is a symbolic link. */
    public val isSymlink: Boolean,
) {
    internal constructor(core: CoreDirEntry) : this(core.name, core.isFile, core.isDirectory, core.isSymlink)
}

/** What a walk or a glob found. */
public data class WalkEntry(
    /** The path, starting as the walk's root was given. */
    public val path: String,
    /** The name without its folder. */
    public val name: String,
    /** Whether it is a regular file. */
    public val isFile: Boolean,
    /** Whether it is a folder. */
    public val isDirectory: Boolean,
    /** Whether it is a symbolic link. */
    public val isSymlink: Boolean,
) {
    internal constructor(core: CoreWalkEntry) : this(
        core.path, core.name, core.isFile, core.isDirectory, core.isSymlink,
    )
}
