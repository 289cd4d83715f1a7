//! One parameter as the estimator sees it: a coordinate in the unit interval of the space that is
//! searched (logarithms for `log`, whole numbers widened by half a step), or a choice.

use super::mass::Cell;
use crate::math::{exp, ln};
use crate::spec::{Domain, Value, nearest_int};

/// More whole numbers than this are [`Axis::Fine`].
const MOST_CELLS: u64 = 1 << 40;

/// A parameter with more than one value.
#[derive(Debug, Clone)]
pub(super) enum Axis {
    /// A float.
    Real(Scale, [f64; 2]),
    /// A whole number.
    Whole(Scale, [i64; 2]),
    /// A whole number of so large a range that it is taken for a float and rounded: the cell of one
    /// number would be lost to rounding.
    Fine(Scale, [i64; 2]),
    /// One of so many.
    Choice(u32),
}

/// The map between numbers and the unit interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    log: bool,
    low: f64,
    high: f64,
}

/// Where a density is asked for along one axis.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// At a coordinate.
    At(f64),
    /// The cell of coordinates that stand for one whole number.
    Cell(Cell),
    /// A choice.
    Choice(u32),
}

impl Scale {
    fn new(low: f64, high: f64, log: bool) -> Scale {
        if log { Scale { log, low: ln(low), high: ln(high) } } else { Scale { log, low, high } }
    }

    fn to_unit(self, value: f64) -> f64 {
        let value = if self.log { ln(value) } else { value };
        let width = self.high - self.low;
        let unit = if width.is_finite() {
            (value - self.low) / width
        } else {
            (0.5 * value - 0.5 * self.low) / (0.5 * self.high - 0.5 * self.low)
        };
        unit.clamp(0.0, 1.0)
    }

    fn at_unit(self, unit: f64) -> f64 {
        let value = self.searched(unit);
        if self.log { exp(value) } else { value }
    }

    /// In the unit of the space that is searched.
    pub(super) fn searched(self, unit: f64) -> f64 {
        self.low * (1.0 - unit) + self.high * unit
    }
}

impl Axis {
    /// `None` for a parameter with a single value: nothing can be learnt about it.
    pub(super) fn new(domain: &Domain) -> Option<Axis> {
        if domain.size() == Some(1) {
            return None;
        }
        Some(match *domain {
            Domain::Float { low, high, log } => Axis::Real(Scale::new(low, high, log), [low, high]),
            Domain::Int { low, high, log } => {
                let scale = Scale::new(low as f64 - 0.5, high as f64 + 0.5, log);
                let fine = high.abs_diff(low) > MOST_CELLS;
                if fine { Axis::Fine(scale, [low, high]) } else { Axis::Whole(scale, [low, high]) }
            }
            Domain::Categorical { ref choices } => Axis::Choice(choices.len() as u32),
        })
    }

    /// The coordinate of a value; of a choice, its position.
    pub(super) fn coordinate(&self, value: Value) -> f64 {
        match self {
            Axis::Real(scale, _) | Axis::Whole(scale, _) | Axis::Fine(scale, _) => {
                scale.to_unit(value.as_f64())
            }
            Axis::Choice(_) => value.as_f64(),
        }
    }

    /// The value at a coordinate.
    pub(super) fn value(&self, coordinate: f64) -> Value {
        match *self {
            Axis::Real(scale, [low, high]) => Value::Float(scale.at_unit(coordinate).clamp(low, high)),
            Axis::Whole(scale, [low, high]) | Axis::Fine(scale, [low, high]) => {
                nearest_int(scale.at_unit(coordinate), low, high)
            }
            Axis::Choice(_) => Value::Choice(coordinate as u32),
        }
    }

    /// Where to ask for the density of `value`.
    pub(super) fn place(&self, value: Value) -> Place {
        match (self, value) {
            (Axis::Whole(scale, _), value) => {
                let value = value.as_f64();
                Place::Cell(Cell::new(scale.to_unit(value - 0.5), scale.to_unit(value + 0.5)))
            }
            (Axis::Choice(_), Value::Choice(position)) => Place::Choice(position),
            (axis, value) => Place::At(axis.coordinate(value)),
        }
    }
}
