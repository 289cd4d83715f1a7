//! The points asked so far, and how to find one that was not. Shared by all samplers; it knows no
//! losses.

use crate::rng::Stream;
use crate::spec::{Domain, Point, Space, Value};
use std::collections::BTreeSet;

/// Draws tried before the neighbourhood is searched.
const DRAWS: usize = 16;

/// Largest step along one parameter in the search of a neighbourhood.
const REACH: u32 = 64;

/// The points asked so far in a space.
#[derive(Debug)]
pub(super) struct AskedPoints {
    space: Space,
    /// Positions of the parameters in order of their names.
    order: Vec<usize>,
    /// How many points there are, if finite; saturates.
    size: Option<u64>,
    /// Ordered by a hash first: comparing long keys in a large set would cost more than the draw.
    seen: BTreeSet<(u64, Vec<u64>)>,
}

impl AskedPoints {
    pub(super) fn new(space: &Space) -> AskedPoints {
        let mut order: Vec<usize> = (0..space.len()).collect();
        order.sort_by(|&a, &b| space.0[a].name.cmp(&space.0[b].name));
        let mut sizes = space.0.iter().map(|parameter| parameter.domain.size());
        let size = sizes.try_fold(1u64, |product, size| Some(product.saturating_mul(size?)));
        AskedPoints { space: space.clone(), order, size, seen: BTreeSet::new() }
    }

    pub(super) fn space(&self) -> &Space {
        &self.space
    }

    /// Positions of the parameters in order of their names: the order of all draws.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Takes note of a point; one that is not of the space does not count.
    pub(super) fn insert(&mut self, point: &Point) {
        if self.space.contains(point) {
            self.seen.insert(key(point));
        }
    }

    pub(super) fn contains(&self, point: &Point) -> bool {
        self.seen.contains(&key(point))
    }

    /// Whether the space has no other points: only then may one be asked again.
    pub(super) fn exhausted(&self) -> bool {
        self.size.is_some_and(|size| self.seen.len() as u64 >= size)
    }

    /// A point drawn from the priors.
    pub(super) fn draw(&self, stream: &mut Stream) -> Point {
        self.at(|_| stream.unit())
    }

    /// The point whose parameters have these quantiles, asked for in order of their names; the
    /// argument is the rank in that order.
    pub(super) fn at(&self, mut unit: impl FnMut(usize) -> f64) -> Point {
        let mut point = Point(vec![Value::Int(0); self.space.len()]);
        for (rank, &position) in self.order.iter().enumerate() {
            point.0[position] = self.space.0[position].from_unit(unit(rank));
        }
        point
    }

    /// `first` if it was not asked, else the first of a few draws from the priors that was not,
    /// else one near the last of them.
    pub(super) fn fresh(&self, first: Point, stream: &mut Stream) -> Point {
        if self.exhausted() {
            return first;
        }
        let mut point = first;
        for _ in 0..DRAWS {
            if !self.contains(&point) {
                return point;
            }
            point = self.draw(stream);
        }
        self.unasked_near(point)
    }

    /// `point` or one that differs from it little, and that was not asked: first by steps along one
    /// parameter, then by counting through the space. `point` itself if there is none.
    pub(super) fn unasked_near(&self, point: Point) -> Point {
        if self.exhausted() || !self.contains(&point) {
            return point;
        }
        (1..=REACH)
            .find_map(|distance| self.unasked_at(&point, distance))
            .or_else(|| self.next_unasked(&point))
            .unwrap_or(point)
    }

    fn unasked_at(&self, point: &Point, distance: u32) -> Option<Point> {
        let mut near = point.clone();
        for &position in &self.order {
            let domain = &self.space.0[position].domain;
            for up in [true, false] {
                near.0[position] = step(point.0[position], distance, up);
                if domain.contains(near.0[position]) && !self.contains(&near) {
                    return Some(near);
                }
            }
            near.0[position] = point.0[position];
        }
        None
    }

    fn next_unasked(&self, point: &Point) -> Option<Point> {
        let mut next = point.clone();
        for _ in 0..self.seen.len() {
            self.count_on(&mut next);
            if !self.contains(&next) {
                return Some(next);
            }
        }
        None
    }

    /// The next point of the space, as on an odometer whose last wheel is the last name.
    fn count_on(&self, point: &mut Point) {
        for &position in self.order.iter().rev() {
            let domain = &self.space.0[position].domain;
            let next = step(point.0[position], 1, true);
            if domain.contains(next) {
                point.0[position] = next;
                return;
            }
            point.0[position] = first_of(domain);
        }
    }
}

/// What tells points apart: 0.0 and -0.0 are one value.
fn key(point: &Point) -> (u64, Vec<u64>) {
    let bits = |value: &Value| match *value {
        Value::Float(value) => (value + 0.0).to_bits(),
        Value::Int(value) => value as u64,
        Value::Choice(position) => u64::from(position),
    };
    let bits: Vec<u64> = point.0.iter().map(bits).collect();
    let mix = |hash: u64, &bits: &u64| (hash ^ bits).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    (bits.iter().fold(0, mix), bits)
}

/// So many values up or down from `value`; it may be out of its domain.
fn step(value: Value, distance: u32, up: bool) -> Value {
    match value {
        Value::Float(value) => {
            let next = if up { f64::next_up } else { f64::next_down };
            Value::Float((0..distance).fold(value, |value, _| next(value)))
        }
        Value::Int(value) => {
            let distance = i64::from(distance);
            Value::Int(if up { value.saturating_add(distance) } else { value.saturating_sub(distance) })
        }
        Value::Choice(position) if up => Value::Choice(position.saturating_add(distance)),
        Value::Choice(position) => Value::Choice(position.checked_sub(distance).unwrap_or(u32::MAX)),
    }
}

fn first_of(domain: &Domain) -> Value {
    match *domain {
        Domain::Float { low, .. } => Value::Float(low),
        Domain::Int { low, .. } => Value::Int(low),
        Domain::Categorical { .. } => Value::Choice(0),
    }
}
