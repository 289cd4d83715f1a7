//! The committed digests against what this machine computes. `BLESS=1 cargo test --test it golden`
//! writes them anew; a changed line means that results of earlier versions are not reproduced any
//! more, and that a version number has to change.

#[path = "../golden/digests/mod.rs"]
mod digests;

use std::path::PathBuf;

#[test]
fn native_digests_are_the_committed_ones() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/digests.txt");
    let found = digests::text();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    let wanted: Vec<&str> = committed.lines().collect();
    let found: Vec<&str> = found.lines().collect();
    assert_eq!(wanted, found, "digests differ from {}", path.display());
}
