//! Distances between an observed `x` and a simulated `s`, the losses of starsim's and calabaria's
//! kind. Zero at equality; they carry no probability.

/// (x - s)^2.
pub fn squared(x: f64, s: f64) -> f64 {
    (x - s) * (x - s)
}

/// |x - s|.
pub fn absolute(x: f64, s: f64) -> f64 {
    (x - s).abs()
}

/// |x - s| / |x|, for x other than 0.
pub fn relative(x: f64, s: f64) -> f64 {
    (x - s).abs() / x.abs()
}
