// swift-tools-version: 6.0

import PackageDescription

let package = Package(
    name: "Compare",
    platforms: [.macOS(.v13)],
    dependencies: [.package(path: "../../../bindings-uniffi/swift")],
    targets: [
        .executableTarget(
            name: "Compare",
            // A package in a folder is called by the folder's name.
            dependencies: [.product(name: "DenoSandbox", package: "swift")],
            path: "Sources"
        )
    ],
    swiftLanguageModes: [.v6]
)
