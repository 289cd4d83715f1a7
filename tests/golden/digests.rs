//! What must have the same bits on every target, as one digest a line. It is compiled twice: into
//! the native test `golden`, and into a WebAssembly module that Node runs. It must not know which.

use freerun::ids::TrialId;
use freerun::rng::{Purpose, Stream, replicate_seed};

/// FNV-1a, 64 bits (Fowler, Noll and Vo): small, and good enough to tell two lists of numbers
/// apart.
struct Digest(u64);

impl Digest {
    fn new() -> Digest {
        Digest(0xcbf2_9ce4_8422_2325)
    }

    fn u64(&mut self, value: u64) {
        for byte in value.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// The bits of `value`; every NaN counts alike, since its payload is the processor's affair.
    fn f64(&mut self, value: f64) {
        self.u64(if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() });
    }
}

/// All digests: lines of `name hex`, in a fixed order.
pub fn text() -> String {
    let mut lines = String::new();
    for (name, digest) in streams() {
        lines.push_str(&format!("{name} {:016x}\n", digest.0));
    }
    lines
}

fn of(fill: impl FnOnce(&mut Digest)) -> Digest {
    let mut digest = Digest::new();
    fill(&mut digest);
    digest
}

fn streams() -> Vec<(&'static str, Digest)> {
    let stream = || Stream::new(0x0123_4567_89ab_cdef, Purpose::Test, 3, 5);
    vec![
        ("rng/bits", of(|digest| repeat(stream(), 10_000, |stream| digest.u64(stream.next_u64())))),
        ("rng/unit", of(|digest| repeat(stream(), 10_000, |stream| digest.f64(stream.unit())))),
        ("rng/open_unit", of(|digest| repeat(stream(), 10_000, |stream| digest.f64(stream.open_unit())))),
        (
            "rng/below",
            of(|digest| repeat(stream(), 10_000, |stream| digest.u64(stream.below(1_000_003).into()))),
        ),
        ("rng/replicate_seed", of(replicate_seeds)),
    ]
}

fn repeat(mut stream: Stream, times: u32, mut each: impl FnMut(&mut Stream)) {
    for _ in 0..times {
        each(&mut stream);
    }
}

fn replicate_seeds(digest: &mut Digest) {
    for trial in 0..100 {
        for replicate in 0..10 {
            digest.u64(replicate_seed(42, TrialId(trial), replicate, false));
            digest.u64(replicate_seed(42, TrialId(trial), replicate, true));
        }
    }
}
