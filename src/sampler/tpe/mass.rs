//! Masses of normals in the cells of whole numbers. A search among few numbers asks for the same
//! ones again and again, so the last ones are remembered; among many, the cells are narrow and a
//! short series does. What is remembered is a pure function of its key.

use crate::math::ln;
use crate::math::normal::{LN_SQRT_TWO_PI, log_norm_mass};

/// Places to remember a mass in; a power of 2.
const PLACES: usize = 8192;

/// Cells up to so many standard deviations wide are narrow.
const NARROW: f64 = 0.01;

/// The series of a narrow cell is exact while its width times its distance from the centre, both in
/// standard deviations, is below this.
const NEAR: f64 = 0.1;

/// The cell of one whole number: coordinates between which it lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) low: f64,
    pub(super) high: f64,
    middle: f64,
    log_width: f64,
    hash: u64,
}

impl Cell {
    pub(super) fn new(low: f64, high: f64) -> Cell {
        Cell { low, high, middle: 0.5 * (low + high), log_width: ln(high - low), hash: hash(low, high) }
    }

    /// An upper bound of the log mass of a normal, without a transcendental function: a cell that
    /// does not hold the centre has less than the tail beyond its nearer edge, which is below
    /// exp(-z^2 / 2).
    pub(super) fn bound(&self, mu: f64, inverse: f64) -> f64 {
        let distance = (self.low - mu).max(mu - self.high).max(0.0) * inverse;
        -0.5 * distance * distance
    }
}

/// A normal with what its masses need.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Normal {
    pub(super) mu: f64,
    pub(super) inverse: f64,
    log_inverse: f64,
    hash: u64,
}

impl Normal {
    pub(super) fn new(mu: f64, sigma: f64) -> Normal {
        let inverse = 1.0 / sigma;
        Normal { mu, inverse, log_inverse: -ln(sigma), hash: hash(mu, inverse) }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    key: [u64; 4],
    mass: f64,
}

/// Remembers log masses.
#[derive(Debug)]
pub(super) struct Masses(Vec<Entry>);

impl Default for Masses {
    fn default() -> Masses {
        Masses(vec![Entry::default(); PLACES])
    }
}

impl Masses {
    /// Logarithm of the mass of `normal` in `cell`.
    pub(super) fn log_mass(&mut self, cell: &Cell, normal: &Normal) -> f64 {
        let h = (cell.high - cell.low) * normal.inverse;
        let z = (cell.middle - normal.mu) * normal.inverse;
        if h <= NARROW && h * z.abs() <= NEAR {
            let z2 = z * z;
            return cell.log_width + normal.log_inverse - LN_SQRT_TWO_PI - 0.5 * z2
                + narrow_correction(h, z2);
        }
        let key = [cell.low, cell.high, normal.mu, normal.inverse].map(f64::to_bits);
        let entry = &mut self.0[(cell.hash ^ normal.hash) as usize % PLACES];
        // An inverse width is never 0, so an unused entry has no valid key.
        if entry.key != key {
            let mass = log_norm_mass(
                (cell.low - normal.mu) * normal.inverse,
                (cell.high - normal.mu) * normal.inverse,
            );
            *entry = Entry { key, mass };
        }
        entry.mass
    }
}

/// ln of the mean of the density over a narrow cell by the density in its middle: Hermite series to
/// the fourth order, logarithm to the third.
fn narrow_correction(h: f64, z2: f64) -> f64 {
    let h2 = h * h;
    let s = h2 * (z2 - 1.0) * (1.0 / 24.0) + h2 * h2 * ((z2 - 6.0) * z2 + 3.0) * (1.0 / 1920.0);
    s * (1.0 - s * (0.5 - s * (1.0 / 3.0)))
}

fn hash(a: f64, b: f64) -> u64 {
    let mixed = (a.to_bits().wrapping_mul(MULTIPLIER) ^ b.to_bits()).wrapping_mul(MULTIPLIER);
    mixed >> 32
}

/// 2^64 divided by the golden ratio, odd (Knuth, "The art of computer programming", 6.4).
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};

    #[test]
    fn short_cuts_agree_with_the_direct_way_and_the_bound_holds() {
        let mut stream = Stream::new(8, Purpose::Test, 0, 0);
        let mut masses = Masses::default();
        for _ in 0..20_000 {
            let count = [3.0, 40.0, 1000.0, 1e5][stream.below(4) as usize];
            let low = (stream.unit() * count).floor() / count;
            let cell = Cell::new(low, low + 1.0 / count);
            let sigma = if stream.below(2) == 0 { 0.01 } else { 0.01 + 0.99 * stream.unit() };
            let mu = (stream.unit() * 50.0).floor() / 50.0;
            let normal = Normal::new(mu, sigma);
            let found = masses.log_mass(&cell, &normal);
            let expected = log_norm_mass((cell.low - mu) / sigma, (cell.high - mu) / sigma);
            assert!(
                (found - expected).abs() <= 1e-11 * expected.abs(),
                "{cell:?} {normal:?}: {found} {expected}"
            );
            assert!(found <= cell.bound(mu, normal.inverse) + 1e-9, "{cell:?} {normal:?}: {found}");
            assert_eq!(found.to_bits(), Masses::default().log_mass(&cell, &normal).to_bits());
        }
    }
}
