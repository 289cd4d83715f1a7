//! What must have the same bits on every target, as one digest a line. It is compiled twice: into
//! the native test `golden`, and into a WebAssembly module that Node runs. It must not know which.

mod asks;
mod draws;
mod functions;
mod losses;
mod models;
mod study;

/// FNV-1a, 64 bits (Fowler, Noll and Vo): small, and good enough to tell two lists of numbers
/// apart.
pub struct Digest(u64);

impl Digest {
    fn new() -> Digest {
        Digest(0xcbf2_9ce4_8422_2325)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn u64(&mut self, value: u64) {
        self.bytes(&value.to_le_bytes());
    }

    /// The bits of `value`; every NaN counts alike, since its payload is the processor's affair.
    fn f64(&mut self, value: f64) {
        self.u64(if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() });
    }
}

/// The lines so far.
#[derive(Default)]
pub struct Digests(String);

impl Digests {
    /// Adds the digest of what `fill` puts into it.
    fn add(&mut self, name: &str, fill: impl FnOnce(&mut Digest)) {
        let mut digest = Digest::new();
        fill(&mut digest);
        self.0.push_str(&format!("{name} {:016x}\n", digest.0));
    }
}

/// All digests: lines of `name hex`, in a fixed order.
pub fn text() -> String {
    let mut digests = Digests::default();
    draws::add(&mut digests);
    functions::add(&mut digests);
    losses::add(&mut digests);
    models::add(&mut digests);
    asks::add(&mut digests);
    study::add(&mut digests);
    digests.0
}
