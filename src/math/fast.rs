//! Exponentials of whole slices, a few times faster than one by one: plain arithmetic without
//! branches, which compilers turn into vector instructions, with the same bits everywhere.

use std::f64::consts::LOG2_E;

/// Adding it to a number below 2^51 rounds that to a whole one, which is then in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts, of which the first has trailing zeros: n times it is exact.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// 1/k! for k = 11, ..., 0.
const INVERSE_FACTORIALS: [f64; 12] = [
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

/// Smallest argument of [`exp_all`].
pub const LEAST: f64 = -700.0;

/// Replaces each x, in [`LEAST`]`..=0`, by e^x with a relative error below 2e-14. Other arguments
/// give meaningless numbers.
pub fn exp_all(values: &mut [f64]) {
    for value in values {
        // e^x = 2^n e^r with |r| <= ln(2) / 2, where the Taylor polynomial suffices.
        let shifted = *value * LOG2_E + ROUNDER;
        let n = shifted - ROUNDER;
        let r = (*value - n * LN_2_HIGH) - n * LN_2_LOW;
        let polynomial = INVERSE_FACTORIALS.iter().fold(0.0, |sum, &coefficient| sum * r + coefficient);
        let power = (shifted.to_bits() << 52).wrapping_add(1.0f64.to_bits());
        *value = polynomial * f64::from_bits(power);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};

    #[test]
    fn agrees_with_exp() {
        let mut stream = Stream::new(3, Purpose::Test, 0, 0);
        let mut arguments = vec![0.0, -0.0, LEAST, -1e-300, -0.34, -0.35, -1.0, -40.0];
        arguments.extend((0..10_000).map(|_| -stream.unit() * 50.0));
        arguments.extend((0..10_000).map(|_| LEAST * stream.unit()));
        let mut values = arguments.clone();
        exp_all(&mut values);
        for (x, found) in arguments.into_iter().zip(values) {
            let expected = crate::math::exp(x);
            assert!((found - expected).abs() <= 2e-14 * expected, "{x}: {found}, not {expected}");
        }
    }
}
