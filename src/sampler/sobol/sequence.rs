//! One dimension of the Sobol sequence with nested uniform scrambling (Owen, "Randomly permuted
//! (t,m,s)-nets and (t,s)-sequences", 1995): a random bit for every node of the binary tree of
//! intervals says whether its halves are swapped. The bits come from a hash of the node, so a point
//! costs no memory and no order of evaluation.

use super::directions::DIRECTIONS;

/// Bits of a coordinate: as many as a uniform double in `[0, 1)` has.
const BITS: u32 = 53;

/// One coordinate of the sequence.
#[derive(Debug, Clone)]
pub(super) struct Dimension {
    /// Direction numbers with 32 bits, `None` beyond the table: such a dimension is random.
    directions: Option<[u32; 32]>,
    key: u64,
}

impl Dimension {
    /// The dimension of this rank, from 0, scrambled by `key`. The table has 128; the coordinates of
    /// further ones are independent uniform draws.
    pub(super) fn new(rank: usize, key: u64) -> Dimension {
        Dimension { directions: directions(rank), key }
    }

    /// Coordinate of the point `index`: in `[0, 1)`, a multiple of 2^-53.
    pub(super) fn unit(&self, index: u32) -> f64 {
        let bits = match &self.directions {
            Some(directions) => scramble(u64::from(digits(directions, index)) << (BITS - 32), self.key),
            None => mix(self.key ^ mix(u64::from(index))) >> (64 - BITS),
        };
        bits as f64 * (1.0 / (1u64 << BITS) as f64)
    }
}

/// The direction numbers v_1 ... v_32 of a dimension by the recurrence of its primitive polynomial
/// (Bratley and Fox, "Algorithm 659", 1988).
fn directions(rank: usize) -> Option<[u32; 32]> {
    let mut numbers = [0u32; 32];
    if rank == 0 {
        for (bit, number) in numbers.iter_mut().enumerate() {
            *number = 1 << (31 - bit);
        }
        return Some(numbers);
    }
    let &(polynomial, first) = DIRECTIONS.get(rank - 1)?;
    let degree = first.len();
    for bit in 0..32 {
        numbers[bit] = match first.get(bit) {
            Some(&number) => u32::from(number) << (31 - bit),
            None => (1..degree)
                .filter(|back| polynomial >> (degree - back) & 1 == 1)
                .fold(numbers[bit - degree] ^ (numbers[bit - degree] >> degree), |sum, back| {
                    sum ^ numbers[bit - back]
                }),
        };
    }
    Some(numbers)
}

/// The unscrambled coordinate of the point `index`, times 2^32.
fn digits(directions: &[u32; 32], index: u32) -> u32 {
    let chosen = directions.iter().enumerate().filter(|(bit, _)| index >> bit & 1 == 1);
    chosen.fold(0, |sum, (_, direction)| sum ^ direction)
}

/// Nested uniform scrambling of a coordinate with [`BITS`] bits.
fn scramble(coordinate: u64, key: u64) -> u64 {
    let mut scrambled = 0;
    for depth in 0..BITS {
        // The bits above say which interval is halved here, the leading 1 how deep it is.
        let node = (1 << depth) | (coordinate >> (BITS - depth));
        let swapped = mix(key ^ mix(node)) >> 63;
        let bit = coordinate >> (BITS - 1 - depth) & 1;
        scrambled = (scrambled << 1) | (bit ^ swapped);
    }
    scrambled
}

/// A 64-bit hash: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
fn mix(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Expected {
        index: u32,
        bits: Vec<u32>,
    }

    /// See `tests/oracles/sobol.py`.
    #[test]
    fn unscrambled_points_are_those_of_scipy_in_all_dimensions_of_the_table() {
        let expected: Vec<Expected> =
            serde_json::from_str(include_str!("../../../tests/oracles/sobol.json")).unwrap();
        for point in expected {
            let found: Vec<u32> =
                (0..128).map(|rank| digits(&directions(rank).unwrap(), point.index)).collect();
            assert_eq!(found, point.bits, "point {}", point.index);
        }
    }

    fn coordinates(rank: usize, key: u64, count: u32) -> Vec<f64> {
        let dimension = Dimension::new(rank, key);
        (0..count).map(|index| dimension.unit(index)).collect()
    }

    #[test]
    fn every_power_of_two_of_points_has_one_in_each_interval_of_each_dimension() {
        for rank in 0..128 {
            for log_count in [1, 4, 8] {
                let count = 1u32 << log_count;
                let mut cells: Vec<u32> =
                    coordinates(rank, 99, count).iter().map(|u| (u * f64::from(count)) as u32).collect();
                cells.sort_unstable();
                assert!(cells.iter().copied().eq(0..count), "dimension {rank}, {count} points");
            }
        }
    }

    /// The first two dimensions are a (0, m, 2)-net, and scrambling keeps it one.
    #[test]
    fn elementary_rectangles_hold_one_point_each() {
        let (first, second) = (coordinates(0, 1, 256), coordinates(1, 2, 256));
        for wide in 0..=8 {
            let (columns, rows) = (f64::from(1 << wide), f64::from(1 << (8 - wide)));
            let mut cells: Vec<u32> = first
                .iter()
                .zip(&second)
                .map(|(x, y)| (x * columns) as u32 * rows as u32 + (y * rows) as u32)
                .collect();
            cells.sort_unstable();
            assert!(cells.iter().copied().eq(0..256), "{columns} by {rows}");
        }
    }

    #[test]
    fn another_key_is_another_sequence_and_scrambling_reaches_the_last_bit() {
        assert_ne!(coordinates(3, 1, 4), coordinates(3, 2, 4));
        let last_bit = |key| (Dimension::new(0, key).unit(0) * (1u64 << BITS) as f64) as u64 & 1;
        let odd = (0..1000).filter(|&key| last_bit(key) == 1).count();
        assert!((400..600).contains(&odd), "{odd} of 1000 end in a 1");
    }

    #[test]
    fn dimensions_beyond_the_table_are_uniform_draws() {
        let sum: f64 = coordinates(500, 7, 10_000).iter().sum();
        assert!((sum / 1e4 - 0.5).abs() < 0.02, "{sum}");
    }
}
