package com.deno.sandbox.internal

import com.sun.jna.CallbackThreadInitializer
import com.sun.jna.Native

/** Keeps the core's threads attached to the JVM once they have called it: attaching them again for each answer costs more than the call. */
public fun keepThreadsAttached() {
    val attached = CallbackThreadInitializer(true, false, "deno-sandbox")
    for (callback in listOf(uniffiRustFutureContinuationCallbackImpl, Recipient.Arrival)) {
        Native.setCallbackThreadInitializer(callback, attached)
    }
}
