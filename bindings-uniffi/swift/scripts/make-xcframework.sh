#!/bin/sh
# Makes deno_sandboxFFI.xcframework and the generated Swift code: what the package needs on Apple's platforms.
# Runs on macOS with Xcode; needs Rust. The targets are added by rustup.
set -eu

if [ "$(uname)" != Darwin ]; then
    echo "error: an XCFramework is made by Xcode's own tools, so this runs on macOS only" >&2
    exit 1
fi

package=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$package/../.." && pwd)
build="$root/target/xcframework"
library=libdeno_sandbox_uniffi.a
cd "$root"

# The oldest systems that the package's manifest names.
export MACOSX_DEPLOYMENT_TARGET=13.0
export IPHONEOS_DEPLOYMENT_TARGET=16.0

targets="aarch64-apple-darwin x86_64-apple-darwin aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios"
for target in $targets; do
    rustup target add "$target"
    cargo build --release --package deno-sandbox-uniffi --target "$target"
done

rm -rf "$build" "$package/deno_sandboxFFI.xcframework"
mkdir -p "$build/headers/deno_sandboxFFI" "$build/macos" "$build/simulator" "$package/Sources/DenoSandboxBindings"

# Any of the libraries describes itself; this one runs where the script does.
cargo run --quiet --package uniffi-bindgen -- generate --language swift --no-format --out-dir "$build/generated" \
    "target/aarch64-apple-darwin/release/libdeno_sandbox_uniffi.dylib"
cp "$build/generated/deno_sandbox.swift" "$package/Sources/DenoSandboxBindings/"
cp "$build/generated/deno_sandboxFFI.h" "$package/Sources/deno_sandboxFFI/module.modulemap" "$build/headers/deno_sandboxFFI/"

# One library for each platform, with every architecture of it.
lipo -create -output "$build/macos/$library" \
    "target/aarch64-apple-darwin/release/$library" "target/x86_64-apple-darwin/release/$library"
lipo -create -output "$build/simulator/$library" \
    "target/aarch64-apple-ios-sim/release/$library" "target/x86_64-apple-ios/release/$library"
xcodebuild -create-xcframework \
    -library "$build/macos/$library" -headers "$build/headers" \
    -library "target/aarch64-apple-ios/release/$library" -headers "$build/headers" \
    -library "$build/simulator/$library" -headers "$build/headers" \
    -output "$package/deno_sandboxFFI.xcframework"
echo "$package/deno_sandboxFFI.xcframework"
