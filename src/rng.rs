//! Counter-based random streams: every draw is a pure function of (seed, purpose, two numbers,
//! position). No global state, nothing from the machine; the same bits on every target.
//!
//! The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
//! easy as 1, 2, 3", SC'11), checked against the known answers of Random123.

use crate::ids::TrialId;

/// What a stream is for. Streams of different purposes never share a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// The sampler's proposal of a trial.
    Ask = 1,
    /// The seed of a replicate.
    ReplicateSeed = 2,
    /// A model's own draws, from its replicate seed.
    Model = 3,
    /// Scrambling of a low-discrepancy sequence.
    Scramble = 4,
    /// Worlds of the virtual clock.
    World = 5,
    /// Tests.
    Test = 6,
}

/// Version of the streams: a change of any draw changes it.
pub const VERSION: u32 = 1;

/// A stream of random numbers, 2^58 draws of 32 bits long.
#[derive(Debug, Clone)]
pub struct Stream {
    key: [u32; 2],
    /// `[block, block high bits and purpose, a, b]`
    counter: [u32; 4],
    buffer: [u32; BUFFERED],
    used: u8,
}

/// Blocks made at a time: they do not depend on one another, so that the processor works on all.
const BLOCKS: usize = 4;
const BUFFERED: usize = 4 * BLOCKS;

/// Highest part of the block number that fits beside the purpose.
const BLOCK_HIGH_MASK: u32 = 0x00ff_ffff;

impl Stream {
    /// The stream of `seed` for `purpose`, told apart from others of its kind by `a` and `b`.
    pub fn new(seed: u64, purpose: Purpose, a: u32, b: u32) -> Stream {
        Stream {
            key: [seed as u32, (seed >> 32) as u32],
            counter: [0, u32::from(purpose as u8) << 24, a, b],
            buffer: [0; BUFFERED],
            used: BUFFERED as u8,
        }
    }

    /// The next 32 random bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if usize::from(self.used) == BUFFERED {
            self.refill();
        }
        let value = self.buffer[usize::from(self.used)];
        self.used += 1;
        value
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        u64::from(self.next_u32()) | (u64::from(self.next_u32()) << 32)
    }

    /// Uniform in `[0, 1)`, a multiple of 2^-53.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in the open interval `(0, 1)`: odd multiples of 2^-54.
    #[inline]
    pub fn open_unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in `0..n`, without bias; 0 for `n` of 0 or 1. Lemire's method ("Fast random integer
    /// generation in an interval", 2019).
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        if n <= 1 {
            return 0;
        }
        let mut product = u64::from(self.next_u32()) * u64::from(n);
        if (product as u32) < n {
            let threshold = n.wrapping_neg() % n;
            while (product as u32) < threshold {
                product = u64::from(self.next_u32()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }

    #[inline(never)]
    fn refill(&mut self) {
        let blocks = philox4x32_10([(); BLOCKS].map(|()| self.next_counter()), self.key);
        self.buffer.copy_from_slice(blocks.as_flattened());
        self.used = 0;
    }

    fn next_counter(&mut self) -> [u32; 4] {
        let counter = self.counter;
        let (low, carry) = counter[0].overflowing_add(1);
        self.counter[0] = low;
        if carry {
            let high = (counter[1] & BLOCK_HIGH_MASK).wrapping_add(1) & BLOCK_HIGH_MASK;
            self.counter[1] = (counter[1] & !BLOCK_HIGH_MASK) | high;
        }
        counter
    }
}

/// The seed of one replicate: a function of the study seed, the trial and the replicate, or, under
/// common random numbers, of the study seed and the replicate alone.
pub fn replicate_seed(study_seed: u64, trial: TrialId, replicate: u32, common: bool) -> u64 {
    let row = if common { u32::MAX } else { trial.0 };
    Stream::new(study_seed, Purpose::ReplicateSeed, row, replicate).next_u64()
}

#[inline]
fn philox4x32_10<const N: usize>(mut counters: [[u32; 4]; N], mut key: [u32; 2]) -> [[u32; 4]; N] {
    for _ in 0..10 {
        for counter in &mut counters {
            let product0 = u64::from(counter[0]) * 0xD251_1F53;
            let product1 = u64::from(counter[2]) * 0xCD9E_8D57;
            *counter = [
                (product1 >> 32) as u32 ^ counter[1] ^ key[0],
                product1 as u32,
                (product0 >> 32) as u32 ^ counter[3] ^ key[1],
                product0 as u32,
            ];
        }
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counters
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of Random123 1.14 (`kat_vectors`, philox4x32 10).
    #[test]
    fn philox_gives_the_known_answers() {
        let check = |counter, key, answer| assert_eq!(philox4x32_10([counter], key), [answer]);
        check([0; 4], [0; 2], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
        check([u32::MAX; 4], [u32::MAX; 2], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
        check(
            [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
            [0xa4093822, 0x299f31d0],
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
        );
    }

    /// Blocks come in the order of their counters, also where the low part overflows.
    #[test]
    fn a_stream_is_its_blocks_in_order() {
        let mut stream = Stream::new(42 | (7 << 32), Purpose::Test, 3, 4);
        stream.counter[0] = u32::MAX - 5;
        let tag = u32::from(Purpose::Test as u8) << 24;
        for block in (u64::from(u32::MAX) - 5)..(u64::from(u32::MAX) + 8) {
            let counter = [block as u32, tag | (block >> 32) as u32, 3, 4];
            let [answer] = philox4x32_10([counter], [42, 7]);
            assert_eq!(answer.map(|_| stream.next_u32()), answer);
        }
    }

    #[test]
    fn below_stays_below_and_reaches_every_value() {
        let mut stream = Stream::new(7, Purpose::Test, 0, 0);
        let mut counts = [0u32; 6];
        for _ in 0..60_000 {
            counts[stream.below(6) as usize] += 1;
        }
        assert!(counts.iter().all(|&count| (9_600..10_400).contains(&count)), "{counts:?}");
    }

    #[test]
    fn streams_of_different_names_differ() {
        let mut first = Vec::new();
        for (purpose, a, b) in
            [(Purpose::Ask, 0, 0), (Purpose::Model, 0, 0), (Purpose::Ask, 1, 0), (Purpose::Ask, 0, 1)]
        {
            first.push(Stream::new(1, purpose, a, b).next_u64());
        }
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 4);
    }

    #[test]
    fn a_replicate_seed_ignores_the_trial_only_under_common_random_numbers() {
        let seed = |trial, common| replicate_seed(9, TrialId(trial), 3, common);
        assert_ne!(seed(0, false), seed(1, false));
        assert_eq!(seed(0, true), seed(1, true));
    }
}
