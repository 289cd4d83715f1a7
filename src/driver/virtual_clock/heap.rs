//! What will happen, by time; ties in the order in which they were put in.

use crate::ids::Tick;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

struct Entry<T> {
    at: Tick,
    tie: u64,
    what: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Entry<T>) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Entry<T>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    /// The earliest is the greatest, as a `BinaryHeap` gives its greatest first.
    fn cmp(&self, other: &Entry<T>) -> Ordering {
        (other.at, other.tie).cmp(&(self.at, self.tie))
    }
}

/// A queue ordered by time.
pub(super) struct Agenda<T> {
    heap: BinaryHeap<Entry<T>>,
    ties: u64,
}

impl<T> Agenda<T> {
    pub fn new() -> Agenda<T> {
        Agenda { heap: BinaryHeap::new(), ties: 0 }
    }

    pub fn put(&mut self, at: Tick, what: T) {
        self.ties += 1;
        self.heap.push(Entry { at, tie: self.ties, what });
    }

    pub fn next_at(&self) -> Option<Tick> {
        self.heap.peek().map(|entry| entry.at)
    }

    pub fn take(&mut self) -> Option<(Tick, T)> {
        self.heap.pop().map(|entry| (entry.at, entry.what))
    }
}
