package com.deno.sandbox

import com.deno.sandbox.internal.Cancellation
import com.deno.sandbox.internal.Entries
import com.deno.sandbox.internal.ExpandGlobOptions
import com.deno.sandbox.internal.FfiConverterOptionalByteArray
import com.deno.sandbox.internal.FfiConverterOptionalTypeWalkEntry
import com.deno.sandbox.internal.FfiConverterSequenceTypeDirEntry
import com.deno.sandbox.internal.FfiConverterString
import com.deno.sandbox.internal.FfiConverterTypeFileInfo
import com.deno.sandbox.internal.FfiConverterUInt
import com.deno.sandbox.internal.MakeTempOptions
import com.deno.sandbox.internal.MkdirOptions
import com.deno.sandbox.internal.OpenOptions
import com.deno.sandbox.internal.Regex
import com.deno.sandbox.internal.RemoveOptions
import com.deno.sandbox.internal.WalkOptions
import com.deno.sandbox.internal.WriteOptions
import com.deno.sandbox.internal.take
import java.time.Instant
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import com.deno.sandbox.internal.Fs as CoreFs

/**
 * Files of a sandbox.
 *
 * Paths are POSIX paths in the sandbox: absolute, or relative to its home folder. An empty path, or one with a NUL
 * character or more than 4096 bytes, is `invalid-path` before anything is sent. Among the errors of every method are
 * `file-not-found`, `permission-denied` and those of the connection.
 *
 * Permissions are numbers; as octal digits they are read with `"755".toInt(8)`.
 *
 * ```kotlin
 * sandbox.fs.mkdir("work/out", recursive = true)
 * sandbox.fs.writeTextFile("work/out/a.txt", "α")
 * val size = sandbox.fs.stat("work/out/a.txt").size
 * sandbox.fs.walk("work").collect { println(it.path) }
 * ```
 */
public class FileSystem internal constructor(private val core: CoreFs) {
    /**
     * Reads a whole file, in one round trip where it fits one message of the service. For files that should not be in
     * memory as a whole see [readStream].
     *
     * @throws SandboxException with `is-a-directory` among others.
     */
    public suspend fun readFile(path: String): ByteArray = call { core.readContent(path, it) }.take()

    /**
     * Reads a whole file as UTF-8 text, as it is.
     *
     * @throws SandboxException with `invalid-utf8` among others.
     */
    public suspend fun readTextFile(path: String): String =
        ask(FfiConverterString) { core.beginReadTextFile(text(path), mailbox) }

    /**
     * A file in parts of up to 1 MiB; one is fetched while the one before is used, so memory stays flat. The file is
     * opened for each collector, and closed after it.
     *
     * ```kotlin
     * var size = 0L
     * sandbox.fs.readStream("/data/big.bin").collect { size += it.size }
     * ```
     */
    public fun readStream(path: String): Flow<ByteArray> =
        flowFrom({ call { core.readStream(path, it) } }, { ask(FfiConverterOptionalByteArray) { beginNext(mailbox) } })

    /**
     * Writes a whole file, replaced where there is one.
     *
     * @param path The file.
     * @param data Its content.
     * @param append Add to what is there.
     * @param create Make it where there is none.
     * @param createNew Fail where there is one.
     * @param mode Permissions of a new file.
     * @throws SandboxException with `storage-full` among others; a part of the content may be there then.
     */
    public suspend fun writeFile(
        path: String,
        data: ByteArray,
        append: Boolean = false,
        create: Boolean = true,
        createNew: Boolean = false,
        mode: Int? = null,
    ) {
        val options = writeOptions(append, create, createNew, mode)
        call { core.writeFile(path, data, options, it) }
    }

    /** Writes a whole file of text; see [writeFile]. */
    public suspend fun writeTextFile(
        path: String,
        text: String,
        append: Boolean = false,
        create: Boolean = true,
        createNew: Boolean = false,
        mode: Int? = null,
    ) {
        val options = writeOptions(append, create, createNew, mode)
        ask { core.beginWriteTextFile(text(path), text, options, mailbox) }
    }

    /**
     * Writes a whole file from parts, of which only what is under way is in memory: some 5 MiB. What [parts] throws is
     * thrown; the file is not complete then.
     *
     * ```kotlin
     * val parts = flowOf("a", "b").map { it.encodeToByteArray() }
     * sandbox.fs.writeStream("/data/ab.txt", parts)
     * ```
     *
     * The other parameters are those of [writeFile].
     */
    public suspend fun writeStream(
        path: String,
        parts: Flow<ByteArray>,
        append: Boolean = false,
        create: Boolean = true,
        createNew: Boolean = false,
        mode: Int? = null,
    ) {
        val options = writeOptions(append, create, createNew, mode)
        sending(parts) { content, cancellation -> core.writeStream(path, content, options, cancellation) }
    }

    /**
     * Lists a folder, in no order.
     *
     * @throws SandboxException with `not-a-directory` among others.
     */
    public suspend fun readDir(path: String): List<DirEntry> =
        ask(FfiConverterSequenceTypeDirEntry) { core.beginReadDir(text(path), mailbox) }.map(::DirEntry)

    /**
     * Makes a folder.
     *
     * @param path The folder.
     * @param recursive Make those above it too; one that exists is fine then.
     * @param mode Permissions.
     * @throws SandboxException with `file-exists` among others.
     */
    public suspend fun mkdir(path: String, recursive: Boolean = false, mode: Int? = null) {
        val options = MkdirOptions(recursive.ifOn(), mode?.unsigned("mode"))
        ask { core.beginMkdir(text(path), options, mailbox) }
    }

    /**
     * Removes a file, a link or an empty folder; with [recursive] a folder and all in it.
     *
     * @throws SandboxException with `directory-not-empty` among others.
     */
    public suspend fun remove(path: String, recursive: Boolean = false): Unit =
        ask { core.beginRemove(text(path), RemoveOptions(recursive.ifOn()), mailbox) }

    /** Renames or moves within one file system; what is at the new path is replaced. */
    public suspend fun rename(from: String, to: String): Unit = ask { core.beginRename(text(from), text(to), mailbox) }

    /** What is known of a file, following links. */
    public suspend fun stat(path: String): FileInfo =
        FileInfo(ask(FfiConverterTypeFileInfo) { core.beginStat(text(path), mailbox) })

    /** What is known of a file, or of the link itself. */
    public suspend fun lstat(path: String): FileInfo =
        FileInfo(ask(FfiConverterTypeFileInfo) { core.beginLstat(text(path), mailbox) })

    /** Sets permissions. */
    public suspend fun chmod(path: String, mode: Int) {
        val permissions = mode.unsigned("mode")
        ask { core.beginChmod(text(path), permissions, mailbox) }
    }

    /** Sets the owner and the group; what is not given stays. */
    public suspend fun chown(path: String, uid: Int? = null, gid: Int? = null) {
        val (owner, group) = uid?.unsigned("uid") to gid?.unsigned("gid")
        ask { core.beginChown(text(path), owner, group, mailbox) }
    }

    /**
     * Copies a file within the sandbox; what is at the new path is replaced.
     *
     * @throws SandboxException with `storage-full` among others.
     */
    public suspend fun copyFile(from: String, to: String): Unit =
        ask { core.beginCopyFile(text(from), text(to), mailbox) }

    /**
     * Makes a hard link at [path] to the file at [target].
     *
     * @throws SandboxException with `file-exists` among others.
     */
    public suspend fun link(target: String, path: String): Unit =
        ask { core.beginLink(text(target), text(path), mailbox) }

    /**
     * Makes a symbolic link at [path] to [target], which need not exist.
     *
     * @throws SandboxException with `file-exists` among others.
     */
    public suspend fun symlink(target: String, path: String): Unit =
        ask { core.beginSymlink(text(target), text(path), mailbox) }

    /** Where a symbolic link points, as it was made. */
    public suspend fun readLink(path: String): String =
        ask(FfiConverterString) { core.beginReadLink(text(path), mailbox) }

    /** The absolute path without any links. */
    public suspend fun realPath(path: String): String =
        ask(FfiConverterString) { core.beginRealPath(text(path), mailbox) }

    /** Makes a new folder for temporary use; gives its path. */
    public suspend fun makeTempDir(dir: String? = null, prefix: String? = null, suffix: String? = null): String =
        ask(FfiConverterString) { core.beginMakeTempDir(MakeTempOptions(dir, prefix, suffix), mailbox) }

    /** Makes a new, empty file for temporary use; gives its path. */
    public suspend fun makeTempFile(dir: String? = null, prefix: String? = null, suffix: String? = null): String =
        ask(FfiConverterString) { core.beginMakeTempFile(MakeTempOptions(dir, prefix, suffix), mailbox) }

    /** Cuts a file to [length] bytes, or extends it with zeros. */
    public suspend fun truncate(path: String, length: Long) {
        val wanted = length.unsigned("length")
        ask { core.beginTruncate(text(path), wanted, mailbox) }
    }

    /** Sets the mask of permissions that new files do not get, where one is given; gives the one before. */
    public suspend fun umask(mask: Int? = null): Int {
        val wanted = mask?.unsigned("mask")
        return ask(FfiConverterUInt) { core.beginUmask(wanted, mailbox) }.toInt()
    }

    /** Sets the times of last access and last change. */
    public suspend fun utime(path: String, atime: Instant, mtime: Instant): Unit =
        ask { core.beginUtime(text(path), atime, mtime, mailbox) }

    /**
     * Opens a file; without any option for reading.
     *
     * @param path The file.
     * @param read For reading.
     * @param write For writing.
     * @param append For adding at its end.
     * @param truncate Empty it.
     * @param create Make it where there is none.
     * @param createNew Make it, and fail where there is one.
     * @param mode Permissions of a new file.
     */
    public suspend fun open(
        path: String,
        read: Boolean = false,
        write: Boolean = false,
        append: Boolean = false,
        truncate: Boolean = false,
        create: Boolean = false,
        createNew: Boolean = false,
        mode: Int? = null,
    ): SandboxFile {
        val options = OpenOptions(
            read.ifOn(), write.ifOn(), append.ifOn(), truncate.ifOn(), create.ifOn(), createNew.ifOn(),
            mode?.unsigned("mode"),
        )
        return SandboxFile(call { core.open(path, options, it) })
    }

    /** Creates or empties a file and opens it for reading and writing. */
    public suspend fun create(path: String): SandboxFile = SandboxFile(call { core.create(path, it) })

    /**
     * Lists a tree, for each collector anew: the folder itself and everything in it, as far as the options ask for.
     *
     * Fails with `not-a-directory` among others.
     *
     * @param path The folder.
     * @param maxDepth How deep to go; the folder itself is 0; no limit unless told.
     * @param includeFiles Give files.
     * @param includeDirs Give folders.
     * @param includeSymlinks Give symbolic links.
     * @param followSymlinks Go where links point.
     * @param canonicalize With [followSymlinks], give the resolved path.
     * @param exts Give only files whose name ends in one of these.
     * @param matching Give only paths that match one of these.
     * @param skip Neither give nor enter paths that match one of these.
     */
    public fun walk(
        path: String,
        maxDepth: Int? = null,
        includeFiles: Boolean = true,
        includeDirs: Boolean = true,
        includeSymlinks: Boolean = true,
        followSymlinks: Boolean = false,
        canonicalize: Boolean = true,
        exts: List<String>? = null,
        matching: List<PathRegex>? = null,
        skip: List<PathRegex>? = null,
    ): Flow<WalkEntry> {
        val options = WalkOptions(
            maxDepth?.toDouble(), includeFiles.ifOff(), includeDirs.ifOff(), includeSymlinks.ifOff(),
            followSymlinks.ifOn(), canonicalize.ifOff(), exts, matching?.map { it.core() }, skip?.map { it.core() },
        )
        return entries { core.walk(path, options, it) }
    }

    /**
     * Lists what matches a pattern like `src/a*.kt`, for each collector anew.
     *
     * @param pattern The pattern.
     * @param root The folder relative patterns start in; the sandbox's home unless told.
     * @param exclude Patterns of what to leave out.
     * @param includeDirs Give folders.
     * @param followSymlinks Go where links point.
     * @param canonicalize With [followSymlinks], give the resolved path.
     * @param extended Accept `@(a|b)`, `+(…)`, `?(…)`, `*(…)` and `!(…)`.
     * @param globstar Let two stars stand for any number of folders.
     * @param caseInsensitive Ignore case.
     */
    public fun expandGlob(
        pattern: String,
        root: String? = null,
        exclude: List<String>? = null,
        includeDirs: Boolean = true,
        followSymlinks: Boolean = false,
        canonicalize: Boolean = true,
        extended: Boolean = true,
        globstar: Boolean = true,
        caseInsensitive: Boolean = false,
    ): Flow<WalkEntry> {
        val options = ExpandGlobOptions(
            extended.ifOff(), globstar.ifOff(), caseInsensitive.ifOn(), root, exclude, includeDirs.ifOff(),
            followSymlinks.ifOn(), canonicalize.ifOff(),
        )
        return entries { core.expandGlob(pattern, options, it) }
    }

    /**
     * Copies a local file or tree to exactly [remote].
     *
     * A file becomes the file [remote], in a folder that exists. A folder becomes the folder [remote], made where it
     * does not exist with those above it; what is there already stays, unless a file of the tree replaces it. Links in
     * a tree are made again with the same target. Permissions are kept. A file appears under its name only when it is
     * complete.
     *
     * ```kotlin
     * sandbox.fs.upload("./dataset", "/data/dataset") { progress ->
     *     println("${progress.filesDone} files, ${formatBytes(progress.bytesDone)}")
     * }
     * ```
     *
     * @param onProgress Told how far it is, on a thread of the SDK; what it throws ends the upload and is thrown.
     * @throws SandboxException with `local-io` for this machine's files among others.
     */
    public suspend fun upload(local: String, remote: String, onProgress: ((TransferProgress) -> Unit)? = null): Unit =
        telling(onProgress) { progress, cancellation -> core.upload(local, remote, progress, cancellation) }

    /**
     * Copies a file or tree of the sandbox to exactly [local].
     *
     * As [upload], the other way. The sandbox is not trusted: nothing is ever written outside [local], and a tree that
     * could lead elsewhere is refused before anything is written.
     *
     * ```kotlin
     * sandbox.fs.download("/data/results", "./results")
     * ```
     *
     * @param onProgress Told how far it is, on a thread of the SDK; what it throws ends the download and is thrown.
     * @throws SandboxException with `unsafe-path`, or `local-io` for this machine's files among others.
     */
    public suspend fun download(
        remote: String,
        local: String,
        onProgress: ((TransferProgress) -> Unit)? = null,
    ): Unit = telling(onProgress) { progress, cancellation -> core.download(remote, local, progress, cancellation) }
}

/** A regular expression as JavaScript writes it, like `PathRegex("\\.log$", flags = "i")`. */
public data class PathRegex(
    /** The expression. */
    public val source: String,
    /** Its flags, like `i`. */
    public val flags: String = "",
) {
    internal fun core() = Regex(source, flags)
}

private fun entries(open: suspend (Cancellation) -> Entries): Flow<WalkEntry> =
    flowFrom({ call(body = open) }, { ask(FfiConverterOptionalTypeWalkEntry) { beginNext(mailbox) } }).map(::WalkEntry)

private fun writeOptions(append: Boolean, create: Boolean, createNew: Boolean, mode: Int?) =
    WriteOptions(append.ifOn(), create.ifOff(), createNew.ifOn(), mode?.unsigned("mode"))
