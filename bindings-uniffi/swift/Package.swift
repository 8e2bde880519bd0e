// swift-tools-version: 6.0

import PackageDescription

#if os(Linux) || os(Android)
    // The core as a static library, in `lib/`.
    let core = Target.systemLibrary(name: "deno_sandboxFFI")
    let linking: [LinkerSetting] = [
        .unsafeFlags(["-L\(Context.packageDirectory)/lib"]),
        .linkedLibrary("deno_sandbox_uniffi"),
    ]
#else
    // The core for every Apple platform; `scripts/make-xcframework.sh` builds it.
    let core = Target.binaryTarget(name: "deno_sandboxFFI", path: "deno_sandboxFFI.xcframework")
    // Where the system's certificates are.
    let linking: [LinkerSetting] = [
        .linkedFramework("CoreFoundation"), .linkedFramework("Security"),
    ]
#endif

let package = Package(
    name: "DenoSandbox",
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [.library(name: "DenoSandbox", targets: ["DenoSandbox"])],
    targets: [
        core,
        // Made from the core by a generator whose output is not ready for the Swift 6 language mode.
        .target(
            name: "DenoSandboxBindings",
            dependencies: ["deno_sandboxFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: linking
        ),
        .target(name: "DenoSandbox", dependencies: ["DenoSandboxBindings"]),
        .testTarget(name: "DenoSandboxTests", dependencies: ["DenoSandbox", "DenoSandboxBindings"]),
    ],
    swiftLanguageModes: [.v6]
)
