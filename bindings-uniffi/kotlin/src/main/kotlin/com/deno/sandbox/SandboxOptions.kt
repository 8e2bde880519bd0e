package com.deno.sandbox

import com.deno.sandbox.internal.SandboxOptions as CoreOptions
import com.deno.sandbox.internal.Secret as CoreSecret

/**
 * What a new sandbox is to be; what is left out has the default said beside it.
 *
 * The first malformed value is reported by [Sandboxes.create] before anything is sent. No value of a secret or of an
 * environment variable shows when options are printed.
 *
 * ```kotlin
 * val options = SandboxOptions(
 *     region = Region.ORD,
 *     memory = Memory("2GiB"),
 *     timeout = Timeout(5.minutes),
 *     labels = mapOf("job" to "prepare"),
 *     volumes = mapOf("/data/dataset" to Source("training-cache")),
 *     allowNet = listOf("example.com", "*.example.com:443"),
 *     env = mapOf("LOG_LEVEL" to "info"),
 * )
 * ```
 */
public data class SandboxOptions(
    /** Where it runs: [Region.ORD] unless told. Volumes must be of the same region. */
    public val region: Region? = null,
    /** Its memory: 1280 MiB unless told. */
    public val memory: Memory? = null,
    /** How long it lives: [Timeout.SESSION] unless told. */
    public val timeout: Timeout? = null,
    /** Labels to find it by; at most 5, keys of 1 to 64 bytes, values of at most 128. */
    public val labels: Map<String, String> = emptyMap(),
    /** A bootable volume or snapshot to boot from, in place of the service's own image. */
    public val root: Source? = null,
    /** Volumes by the absolute path each is mounted at. A volume is used once. */
    public val volumes: Map<String, Source> = emptyMap(),
    /**
     * The hosts it may reach: `host`, `*.host`, an IPv4 address or `[IPv6]`, each with or without `:port`. An empty
     * list is no host; `null` is any.
     */
    public val allowNet: List<String>? = null,
    /** Secrets by the name of the variable in which the sandbox sees a placeholder for each. */
    public val secrets: Map<String, Secret> = emptyMap(),
    /** Environment variables for everything that runs in it. */
    public val env: Map<String, String> = emptyMap(),
) {
    /** All but the values of variables and secrets. */
    override fun toString(): String =
        "SandboxOptions(region=$region, memory=$memory, timeout=$timeout, labels=$labels, root=$root, " +
            "volumes=$volumes, allowNet=$allowNet, secrets=$secrets, env=${env.mapValues { "…" }})"

    internal fun core() =
        CoreOptions(
            region?.text, memory?.text, timeout?.text, labels, root?.core(), volumes.mapValues { it.value.core() },
            allowNet, secrets.mapValues { CoreSecret(it.value.hosts, it.value.value) }, env,
        )
}

/**
 * A secret: the service puts its value into requests to its hosts, and the sandbox sees only a placeholder.
 *
 * Its value does not show when it is printed.
 *
 * ```kotlin
 * val options = SandboxOptions(secrets = mapOf("API_KEY" to Secret(listOf("api.example.com"), "s3cret")))
 * ```
 */
public data class Secret(
    /** The hosts that may receive it. */
    public val hosts: List<String>,
    /** What they receive. */
    public val value: String,
) {
    /** The hosts alone. */
    override fun toString(): String = "Secret(hosts=$hosts)"
}
