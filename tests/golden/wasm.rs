//! The digests as a WebAssembly module without imports: `digests()` gives the place of the text in
//! its memory and `digests_len()` its length in bytes.

mod digests;

use std::sync::OnceLock;

static TEXT: OnceLock<String> = OnceLock::new();

fn text() -> &'static str {
    TEXT.get_or_init(digests::text)
}

/// Where the text begins.
// The names are this module's own and no other library is linked into it: no symbol can clash.
#[unsafe(no_mangle)]
pub extern "C" fn digests() -> *const u8 {
    text().as_ptr()
}

/// How long it is.
#[unsafe(no_mangle)]
pub extern "C" fn digests_len() -> usize {
    text().len()
}
