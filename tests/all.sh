#!/usr/bin/env bash
# Every test of Freerun. Needs a Rust toolchain and Debian's package manager; as root it installs
# the rest, otherwise it says with one line what to install. Stops at the first step that fails.
set -euo pipefail
cd "$(dirname "$0")/.."

target=wasm32-unknown-unknown
cache=${XDG_CACHE_HOME:-$HOME/.cache}/freerun-tests
python=$cache/venv/bin/python

# Runs a step, and tells how long it took or that it failed. Inside it `set -e` is off: steps that
# are functions chain their commands.
step() {
    local name=$1 begun=$SECONDS
    shift
    printf '== %s\n' "$name"
    if ! "$@"; then
        printf 'FAILED: %s, after %s s\n' "$name" $((SECONDS - begun)) >&2
        exit 1
    fi
    printf '== %s: ok, %s s\n' "$name" $((SECONDS - begun))
}

missing_packages() {
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    [ -n "$(compgen -c chromium)" ] || echo chromium
    [ -n "$(compgen -c firefox)" ] || echo firefox-esr
    local rustlib
    rustlib=$(rustc --print sysroot)/lib/rustlib
    if [ ! -d "$rustlib/$target/lib" ] || [ ! -d "$rustlib/src/rust/library" ]; then
        [ -x /usr/bin/cargo ] || echo cargo-web
        [ -x /usr/bin/rustc ] || echo rustc-web
        [ -d "$(/usr/bin/rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library" ] || echo rust-web-src
        [ -n "$(compgen -c wasm-ld-)" ] || echo lld-22
    fi
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

install_packages() {
    local packages
    mapfile -t packages < <(missing_packages)
    [ ${#packages[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "missing; run: sudo apt-get install -y ${packages[*]}" >&2
        return 1
    fi
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}"
}

install_optuna() {
    { [ -x "$python" ] || python3 -m venv "$cache/venv"; } &&
        "$python" -m pip install --quiet --disable-pip-version-check 'optuna==5.*' optuna-dashboard
}

golden() {
    local module
    module=$(node tests/golden/build-wasm.mjs) && node tests/golden/node.mjs "$module"
}

features_alone() {
    local package feature
    cargo metadata --no-deps --format-version 1 | node -e '
        for (const { name, features } of JSON.parse(require("fs").readFileSync(0, "utf8")).packages)
            for (const feature of Object.keys(features))
                if (feature !== "default") console.log(name, feature)' |
        while read -r package feature; do
            echo "$package with $feature alone"
            cargo check --quiet --package "$package" --no-default-features --features "$feature" || return 1
        done
}

# The tool that glues and checks modules is a workspace of its own.
tool() {
    local command=$1
    shift
    cargo "$command" --manifest-path www/wasm/Cargo.toml "$@"
}

page() {
    local dir=${CARGO_TARGET_DIR:-target}/wasm/tool
    node --test www/wasm && tool fmt --check && tool clippy --quiet --all-targets --target-dir "$dir" -- -D warnings &&
        tool test --quiet --target-dir "$dir" && npm run --silent --prefix www build -- --checks
}

step 'Debian packages' install_packages
step 'format' cargo fmt --all --check
step 'lints' cargo clippy --workspace --all-targets -- -D warnings
step 'tests' cargo test --workspace
step 'documentation' env RUSTDOCFLAGS='-D warnings' cargo doc --package freerun --no-deps
step 'each feature alone' features_alone
step 'the same bits in WebAssembly' golden
step 'npm packages' npm ci --silent --prefix www
step 'the modules and the page, built and checked' page
step "the browser's store" node www/tests/store.mjs
step 'tabs that are killed, refused and watched' node www/tests/tabs.mjs
step 'the engines in browsers' node www/tests/engine.mjs
step 'the same bits in browsers' node www/tests/bits.mjs
step 'isolation on hosts of all kinds' node www/tests/isolate.mjs
step 'the page as a person uses it' node www/tests/page.mjs
step 'the edge package' node www/edge/tests/run.mjs
step 'Optuna, installed' install_optuna
step 'Optuna reads what Freerun wrote' "$python" native/tests/optuna_reads.py
step 'optuna-dashboard shows what Freerun writes' "$python" native/tests/optuna_dashboard.py
echo 'all steps passed'
