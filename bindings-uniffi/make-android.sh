#!/bin/sh
# Makes the core's libraries for Android, one folder for each ABI, as an app's `jniLibs` takes them:
#   bindings-uniffi/make-android.sh [FOLDER]        (default: target/android/jniLibs)
# Needs Android's NDK, found through ANDROID_NDK_HOME, and Rust. The targets are added by rustup.
set -eu

api=24 # the oldest Android it runs on: 7.0

if [ ! -d "${ANDROID_NDK_HOME:-}/toolchains/llvm/prebuilt" ]; then
    echo "error: set ANDROID_NDK_HOME to the folder of Android's NDK" >&2
    exit 1
fi

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
out=${1:-target/android/jniLibs}
# One folder, named after the machine the NDK is for.
tools=$(echo "$ANDROID_NDK_HOME"/toolchains/llvm/prebuilt/*/bin)

while read -r target abi compiler; do
    rustup target add "$target"
    name=$(echo "$target" | tr a-z- A-Z_)
    # The linker, and the compiler of the C that dependencies hold.
    env "CARGO_TARGET_${name}_LINKER=$tools/$compiler$api-clang" \
        "CC_$(echo "$target" | tr - _)=$tools/$compiler$api-clang" \
        "AR_$(echo "$target" | tr - _)=$tools/llvm-ar" \
        cargo build --release --package deno-sandbox-uniffi --target "$target"
    mkdir -p "$out/$abi"
    cp "target/$target/release/libdeno_sandbox_uniffi.so" "$out/$abi/"
done <<TARGETS
aarch64-linux-android arm64-v8a aarch64-linux-android
armv7-linux-androideabi armeabi-v7a armv7a-linux-androideabi
x86_64-linux-android x86_64 x86_64-linux-android
TARGETS
echo "$out"
