package com.deno.sandbox

import com.deno.sandbox.internal.Client as CoreClient

/**
 * Sandboxes of the account.
 *
 * ```kotlin
 * for (info in client.sandboxes.list(mapOf("job" to "prepare"))) {
 *     if (info.status == SandboxStatus.RUNNING) client.sandboxes.kill(info.id)
 * }
 * ```
 */
public class Sandboxes internal constructor(private val core: CoreClient) {
    /**
     * Creates a sandbox and connects to it. [Client.withSandbox] closes it, too.
     *
     * Sent once: it is repeated only where the service was not reached at all. When a later step fails, or the
     * coroutine is cancelled meanwhile, the sandbox is ended again.
     *
     * ```kotlin
     * client.sandboxes.create().use { sandbox -> println(sandbox.sh("uname").text()) }
     * ```
     *
     * @throws SandboxException for the first malformed option, before anything is sent; what the service answers,
     *   like `not-found` for a volume that does not exist.
     */
    public suspend fun create(options: SandboxOptions = SandboxOptions()): Sandbox =
        Sandbox(call { core.createSandbox(options.core(), it) })

    /**
     * Connects to a sandbox that runs already. Its region is told by its id.
     *
     * @throws SandboxException with `invalid-sandbox-id` before anything is sent; `not-found` when it does not run.
     */
    public suspend fun connect(id: String): Sandbox = Sandbox(call { core.connectSandbox(id, it) })

    /**
     * Lists the sandboxes that have all of these labels; with none, every sandbox.
     *
     * @throws SandboxException with `invalid-labels` before anything is sent.
     */
    public suspend fun list(labels: Map<String, String> = emptyMap()): List<SandboxInfo> =
        call { core.listSandboxes(labels, it) }.map(::SandboxInfo)

    /**
     * Ends a sandbox at once, whoever is connected to it.
     *
     * @throws SandboxException with `invalid-sandbox-id` before anything is sent; `not-found` when it has ended
     *   already.
     */
    public suspend fun kill(id: String): Unit = call { core.killSandbox(id, it) }
}
