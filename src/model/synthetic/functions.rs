//! The test functions, whose optima are known.
//!
//! Functions and optima: Surjanovic and Bingham, "Virtual Library of Simulation Experiments: Test
//! Functions and Datasets", sfu.ca/~ssurjano.

use crate::math::{cos, exp};
use std::f64::consts::{E, PI};

/// Most dimensions of any of them.
pub(super) const MAX_DIMS: usize = 32;

/// A function of the coordinates.
pub(super) type Function = fn(&[f64]) -> f64;

/// A function, and how many dimensions it allows.
pub(super) struct TestFunction {
    pub name: &'static str,
    pub function: Function,
    pub least_dims: usize,
    pub most_dims: usize,
}

pub(super) const FUNCTIONS: [TestFunction; 7] = [
    TestFunction { name: "sphere", function: sphere, least_dims: 1, most_dims: MAX_DIMS },
    TestFunction { name: "rosenbrock", function: rosenbrock, least_dims: 2, most_dims: MAX_DIMS },
    TestFunction { name: "ackley", function: ackley, least_dims: 1, most_dims: MAX_DIMS },
    TestFunction { name: "rastrigin", function: rastrigin, least_dims: 1, most_dims: MAX_DIMS },
    TestFunction { name: "styblinski_tang", function: styblinski_tang, least_dims: 1, most_dims: MAX_DIMS },
    TestFunction { name: "branin", function: branin, least_dims: 2, most_dims: 2 },
    TestFunction { name: "hartmann6", function: hartmann6, least_dims: 6, most_dims: 6 },
];

pub(super) const FUNCTION_ABOUT: &str = "sphere: 0 at 0; rosenbrock: 0 at (1, ..., 1); ackley: 0 at 0; rastrigin: 0 at 0; \
    styblinski_tang: -39.16617 per dimension at -2.903534; branin (2 dimensions, x0 in [-5, 10], x1 in [0, 15]): \
    0.397887 at (pi, 2.275); hartmann6 (6 dimensions, [0, 1]): -3.32237";

/// Sum of squares.
fn sphere(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

/// A curved valley.
fn rosenbrock(x: &[f64]) -> f64 {
    let term = |pair: &[f64]| {
        let (valley, slope) = (pair[1] - pair[0] * pair[0], pair[0] - 1.0);
        100.0 * valley * valley + slope * slope
    };
    x.windows(2).map(term).sum()
}

/// Many small local minima in a funnel.
fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let radius = (sphere(x) / n).sqrt();
    let waves = x.iter().map(|x| cos(2.0 * PI * x)).sum::<f64>() / n;
    20.0 + E - 20.0 * exp(-0.2 * radius) - exp(waves)
}

/// Many regular local minima in a bowl.
fn rastrigin(x: &[f64]) -> f64 {
    x.iter().map(|x| 10.0 + x * x - 10.0 * cos(2.0 * PI * x)).sum()
}

/// Two minima in each dimension.
fn styblinski_tang(x: &[f64]) -> f64 {
    x.iter().map(|x| 0.5 * (x * x * x * x - 16.0 * x * x + 5.0 * x)).sum()
}

/// Three global minima.
fn branin(x: &[f64]) -> f64 {
    let valley = x[1] - 5.1 / (4.0 * PI * PI) * x[0] * x[0] + 5.0 / PI * x[0] - 6.0;
    valley * valley + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * cos(x[0]) + 10.0
}

/// Six local minima.
fn hartmann6(x: &[f64]) -> f64 {
    const WEIGHTS: [f64; 4] = [1.0, 1.2, 3.0, 3.2];
    const SCALES: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const CENTRES: [[f64; 6]; 4] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];
    let bump = |row: usize| {
        let distance =
            |dim: usize| SCALES[row][dim] * (x[dim] - CENTRES[row][dim]) * (x[dim] - CENTRES[row][dim]);
        WEIGHTS[row] * exp(-(0..6).map(distance).sum::<f64>())
    };
    -(0..4).map(bump).sum::<f64>()
}
