//! Standard exponential and normal draws by the ziggurat method (Marsaglia and Tsang, Journal of
//! Statistical Software 5(8), 2000), 256 layers. Layer number and position come from different bits
//! of one 64-bit draw, which the original's 32-bit form did not do (Doornik, "An improved ziggurat
//! method to generate normal random samples", 2005).

use super::tables::{EXP_F, EXP_X, NORMAL_F, NORMAL_X};
use crate::math::{exp, ln};
use crate::rng::Stream;

const UNIT: f64 = 1.0 / (1u64 << 53) as f64;

/// Exponential of mean 1.
#[inline]
pub fn exponential(stream: &mut Stream) -> f64 {
    let bits = stream.next_u64();
    let layer = (bits & 0xff) as usize;
    let x = (bits >> 11) as f64 * UNIT * EXP_X[layer];
    if x < EXP_X[layer + 1] { x } else { exponential_edge(stream, layer, x) }
}

#[cold]
fn exponential_edge(stream: &mut Stream, layer: usize, x: f64) -> f64 {
    if layer == 0 {
        return EXP_X[1] - ln(stream.open_unit());
    }
    let height = EXP_F[layer] + (EXP_F[layer + 1] - EXP_F[layer]) * stream.unit();
    if height < exp(-x) { x } else { exponential(stream) }
}

/// Normal of mean 0 and standard deviation 1.
#[inline]
pub fn standard_normal(stream: &mut Stream) -> f64 {
    let bits = stream.next_u64();
    let layer = (bits & 0xff) as usize;
    // Odd multiples of 2^-53 in (-1, 1): symmetric, never 0.
    let x = (((bits >> 11) as f64 + 0.5) * (2.0 * UNIT) - 1.0) * NORMAL_X[layer];
    if x.abs() < NORMAL_X[layer + 1] { x } else { normal_edge(stream, layer, x) }
}

#[cold]
fn normal_edge(stream: &mut Stream, layer: usize, x: f64) -> f64 {
    if layer == 0 {
        return normal_tail(stream, x < 0.0);
    }
    let height = NORMAL_F[layer] + (NORMAL_F[layer + 1] - NORMAL_F[layer]) * stream.unit();
    if height < exp(-0.5 * x * x) { x } else { standard_normal(stream) }
}

/// Marsaglia's method for the tail beyond the last edge (Technometrics 6, 1964).
fn normal_tail(stream: &mut Stream, negative: bool) -> f64 {
    let edge = NORMAL_X[1];
    loop {
        let beyond = -ln(stream.open_unit()) / edge;
        let y = -ln(stream.open_unit());
        if y + y >= beyond * beyond {
            return if negative { -(edge + beyond) } else { edge + beyond };
        }
    }
}
