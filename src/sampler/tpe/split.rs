//! Which finished trials are good: the best ones by loss. It knows no points.

use crate::ids::TrialId;
use crate::spec::TpePlan;
use std::collections::BTreeSet;

/// A loss as an integer in the same order, and the trial, which breaks ties.
type Rank = (u64, TrialId);

/// The complete trials in order of loss, cut in two.
#[derive(Debug)]
pub(super) struct Split {
    share: f64,
    most: usize,
    /// Finished trials, failed ones included.
    finished: usize,
    good: BTreeSet<Rank>,
    rest: BTreeSet<Rank>,
}

/// A trial changes sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    ToGood(TrialId),
    ToRest(TrialId),
}

impl Split {
    pub(super) fn new(plan: &TpePlan) -> Split {
        Split {
            share: plan.good_share,
            most: plan.good_max as usize,
            finished: 0,
            good: BTreeSet::new(),
            rest: BTreeSet::new(),
        }
    }

    /// Trials told with a loss.
    pub(super) fn complete(&self) -> usize {
        self.good.len() + self.rest.len()
    }

    /// Takes a finished trial in (`None`: it failed) and tells who changes sides. A trial starts
    /// among the rest.
    pub(super) fn finish(&mut self, trial: TrialId, loss: Option<f64>) -> Vec<Move> {
        self.finished += 1;
        if let Some(loss) = loss {
            self.rest.insert((ordered_bits(loss), trial));
        }
        let mut moves = Vec::new();
        let size = ((self.share * self.finished as f64).ceil() as usize).min(self.most);
        while self.good.len() < size
            && let Some(best) = self.rest.pop_first()
        {
            self.good.insert(best);
            moves.push(Move::ToGood(best.1));
        }
        if let (Some(&best), Some(&worst)) = (self.rest.first(), self.good.last())
            && best < worst
        {
            self.rest.remove(&best);
            self.good.remove(&worst);
            self.rest.insert(worst);
            self.good.insert(best);
            moves.push(Move::ToRest(worst.1));
            moves.push(Move::ToGood(best.1));
        }
        moves
    }
}

/// Integers in the order of the numbers; 0.0 and -0.0 are equal.
fn ordered_bits(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good_of(told: &[(u32, Option<f64>)]) -> Vec<u32> {
        let mut split = Split::new(&TpePlan { good_share: 0.3, good_max: 3, ..TpePlan::default() });
        let mut good = BTreeSet::new();
        for &(trial, loss) in told {
            for change in split.finish(TrialId(trial), loss) {
                match change {
                    Move::ToGood(trial) => assert!(good.insert(trial.0)),
                    Move::ToRest(trial) => assert!(good.remove(&trial.0)),
                }
            }
        }
        good.into_iter().collect()
    }

    #[test]
    fn the_best_share_is_good_in_any_order_of_tells() {
        let mut told: Vec<(u32, Option<f64>)> = [5.0, -1e308, 0.0, -0.0, 7.0, 1e308, 3.0]
            .iter()
            .map(|&loss| Some(loss))
            .zip(0..)
            .map(|(l, t)| (t, l))
            .collect();
        told.push((7, None));
        // 8 finished: ceil(2.4) = 3 good; trial 2 and 3 tie at zero.
        assert_eq!(good_of(&told), [1, 2, 3]);
        told.reverse();
        assert_eq!(good_of(&told), [1, 2, 3]);
        told.rotate_left(3);
        assert_eq!(good_of(&told), [1, 2, 3]);
    }

    #[test]
    fn ties_go_to_the_earlier_trial_and_the_number_is_capped() {
        let told: Vec<_> = (0..20).rev().map(|trial| (trial, Some(1.5))).collect();
        assert_eq!(good_of(&told), [0, 1, 2]);
    }

    #[test]
    fn failures_count_as_finished_but_are_never_good() {
        assert_eq!(good_of(&[(0, None), (1, None), (2, None), (3, None)]), [0u32; 0]);
        assert_eq!(good_of(&[(0, None), (1, Some(2.0)), (2, None), (3, None), (4, Some(1.0))]), [1, 4]);
    }
}
