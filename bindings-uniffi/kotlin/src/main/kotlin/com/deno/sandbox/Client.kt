package com.deno.sandbox

import com.deno.sandbox.internal.ClientOptions
import com.deno.sandbox.internal.Language
import com.deno.sandbox.internal.keepThreadsAttached
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import com.deno.sandbox.internal.Client as CoreClient

/**
 * The way to the service for one account.
 *
 * What is not given comes from the environment, else it has a default:
 *
 * | option | variable | default |
 * |---|---|---|
 * | `token` | `DENO_DEPLOY_TOKEN` | none, must be there |
 * | `org` | `DENO_DEPLOY_ORG` | none; a personal token (`ddp_…`) needs it |
 * | `endpoint` | `DENO_DEPLOY_ENDPOINT` | `https://console.deno.com` |
 * | `sandboxEndpoint` | `DENO_SANDBOX_ENDPOINT` | none |
 * | `sandboxBaseDomain` | `DENO_SANDBOX_BASE_DOMAIN` | `sandbox-api.deno.net` |
 *
 * A variable that is set to nothing counts as not set. On a phone there is no such environment; give the options.
 *
 * ```kotlin
 * val client = Client(token = "ddo_example", requestTimeout = 20.seconds)
 * client.volumes.listAll().collect { println("${it.slug} in ${it.region}") }
 * ```
 *
 * @param token The access token: `ddo_…` of an organization, or `ddp_…` of a person.
 * @param org The organization to act for.
 * @param endpoint The base URL where volumes and snapshots are managed.
 * @param sandboxEndpoint The base URL where sandboxes are reached, whatever their region.
 * @param sandboxBaseDomain The host name which, with a region and a dot before it, is where that region's sandboxes
 *   are reached. Not used with a `sandboxEndpoint`.
 * @param connectTimeout How long connecting may take: 10 seconds unless told.
 * @param requestTimeout How long the whole answer to a request may take, each attempt for itself: 60 seconds unless
 *   told.
 * @param idleTimeout How long a sandbox connection may stay silent before it counts as dead: 30 seconds unless told.
 * @param retryBudget How long after its start a failed request may be repeated, where that is safe: 30 seconds unless
 *   told; zero never repeats.
 * @throws SandboxException for an option that is missing or malformed. Nothing is sent.
 */
public class Client(
    token: String? = null,
    org: String? = null,
    endpoint: String? = null,
    sandboxEndpoint: String? = null,
    sandboxBaseDomain: String? = null,
    connectTimeout: Duration? = null,
    requestTimeout: Duration? = null,
    idleTimeout: Duration? = null,
    retryBudget: Duration? = null,
) : AutoCloseable {
    private val core: CoreClient = translated {
        keepThreadsAttached()
        CoreClient(
            ClientOptions(
                Language.KOTLIN, token, org, endpoint, sandboxEndpoint, sandboxBaseDomain, connectTimeout?.known(),
                requestTimeout?.known(), idleTimeout?.known(), retryBudget?.known(),
            ),
        )
    }

    /** Volumes: storage that outlives sandboxes. */
    public val volumes: Volumes = Volumes(core)

    /** Snapshots: read-only images of volumes. */
    public val snapshots: Snapshots = Snapshots(core)

    /** Sandboxes: machines to run commands in. */
    public val sandboxes: Sandboxes = Sandboxes(core)

    /**
     * Creates a sandbox for the time of [block]: closed when that returns, throws or is cancelled.
     *
     * ```kotlin
     * val greeting = client.withSandbox { sandbox -> sandbox.sh("echo Hello").text() }
     * ```
     *
     * @throws SandboxException as [Sandboxes.create]; what [block] throws is thrown.
     */
    public suspend fun <T> withSandbox(
        options: SandboxOptions = SandboxOptions(),
        block: suspend (Sandbox) -> T,
    ): T {
        val sandbox = sandboxes.create(options)
        try {
            return block(sandbox)
        } finally {
            sandbox.closeAndJoin()
        }
    }

    /** Lets go of the client; sandboxes opened through it stay open. Closing twice is fine. */
    override fun close(): Unit = core.destroy()

    /** Where requests go, never the token. */
    override fun toString(): String = translated { core.description() }

    /** Clients made in other ways. */
    public companion object {
        /**
         * A client with all its options from the environment.
         *
         * @throws SandboxException for a variable that is missing or malformed. Nothing is sent.
         */
        public fun fromEnvironment(): Client = Client()
    }
}

/** A time below zero counts as none: the core knows no others. */
private fun Duration.known() = coerceAtLeast(Duration.ZERO).toJavaDuration()
