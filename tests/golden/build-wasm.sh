#!/usr/bin/env bash
# Builds the golden digests for wasm32-unknown-unknown and prints the path of the module.
# Takes rustup's target where it is installed, else Debian's compiler for the web, which builds the
# standard library from source.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=wasm32-unknown-unknown
dir=${CARGO_TARGET_DIR:-$PWD/target}/golden
build=(build --quiet --release --package freerun --example golden --target "$target" --target-dir "$dir")

if [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; then
    cargo "${build[@]}"
elif linker=$(compgen -c wasm-ld- | sort -V | tail -1) && [ -n "$linker" ] &&
    [ -d "$(/usr/bin/rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library" ]; then
    export RUSTC_BOOTSTRAP=1 PATH=/usr/bin:$PATH RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C linker=$linker"
    unset RUSTUP_TOOLCHAIN
    /usr/bin/cargo "${build[@]}" -Z build-std=panic_abort,std
else
    echo "no compiler for $target: run  rustup target add $target" \
        " or  apt-get install rustc-web cargo-web rust-web-src lld-22" >&2
    exit 1
fi
echo "$dir/$target/release/examples/golden.wasm"
