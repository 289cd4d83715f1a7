//! What the sampler sees, and when the next trial may be asked: the three modes in one place. The
//! same code serves a live study, its recovery and its audit.

use crate::ids::{Seq, TrialId};
use crate::sampler::Observation;
use crate::spec::Mode;

#[derive(Debug, Clone, Copy)]
struct Tell {
    seq: Seq,
    trial: TrialId,
    loss: Option<f64>,
}

/// Whether a trial may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// Its sampler has observed all it must.
    Open,
    /// It must observe this trial first.
    Waits(TrialId),
}

/// Tells on their way to the sampler, in the order of the study's mode.
#[derive(Debug, Clone)]
pub(super) struct Feed {
    mode: Mode,
    /// In the order of the journal.
    tells: Vec<Tell>,
    /// By trial: position in `tells`.
    of_trial: Vec<Option<u32>>,
    /// Tells observed: a count of `tells` in parallel mode, of trials in the others.
    observed: usize,
    saw: Seq,
    best: Option<f64>,
}

impl Feed {
    pub fn new(mode: Mode) -> Feed {
        Feed { mode, tells: Vec::new(), of_trial: Vec::new(), observed: 0, saw: Seq(0), best: None }
    }

    /// Takes a tell from the journal.
    pub fn told(&mut self, seq: Seq, trial: TrialId, loss: Option<f64>) {
        if self.of_trial.len() <= trial.index() {
            self.of_trial.resize(trial.index() + 1, None);
        }
        self.of_trial[trial.index()] = Some(self.tells.len() as u32);
        self.tells.push(Tell { seq, trial, loss });
    }

    /// Whether `trial` may be asked when the records up to `visible` may be seen. Adds to `news` the
    /// tells that the sampler must observe before it.
    pub fn open(&mut self, trial: TrialId, visible: Seq, news: &mut impl Extend<Observation>) -> Gate {
        let needed = match self.mode {
            Mode::Parallel { .. } => {
                while let Some(&tell) = self.tells.get(self.observed).filter(|tell| tell.seq <= visible) {
                    self.observe(tell, news);
                }
                return Gate::Open;
            }
            Mode::Batched { batch_size } => trial.0 - trial.0 % batch_size,
            Mode::Windowed { lag } => trial.0.saturating_add(1).saturating_sub(lag),
        };
        while self.observed < needed as usize {
            let position = self.of_trial.get(self.observed).copied().flatten();
            match position.map(|position| self.tells[position as usize]).filter(|tell| tell.seq <= visible) {
                Some(tell) => self.observe(tell, news),
                None => return Gate::Waits(TrialId(self.observed as u32)),
            }
        }
        Gate::Open
    }

    fn observe(&mut self, tell: Tell, news: &mut impl Extend<Observation>) {
        self.observed += 1;
        self.saw = self.saw.max(tell.seq);
        if let Some(loss) = tell.loss {
            self.best = Some(self.best.map_or(loss, |best| best.min(loss)));
        }
        news.extend([Observation::Told { trial: tell.trial, loss: tell.loss }]);
    }

    /// The newest tell, observed or not.
    pub fn newest(&self) -> Seq {
        self.tells.last().map_or(Seq(0), |tell| tell.seq)
    }

    /// The last record that the sampler has observed.
    pub fn saw(&self) -> Seq {
        self.saw
    }

    /// The lowest loss that the sampler has observed.
    pub fn best(&self) -> Option<f64> {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trials(news: &[Observation]) -> Vec<u32> {
        let told = news.iter().map(|observation| match observation {
            Observation::Told { trial, .. } => trial.0,
            Observation::Asked { .. } => panic!("a feed only tells"),
        });
        told.collect()
    }

    fn feed_with(mode: Mode, tells: &[(u64, u32)]) -> Feed {
        let mut feed = Feed::new(mode);
        for &(seq, trial) in tells {
            feed.told(Seq(seq), TrialId(trial), Some(f64::from(trial)));
        }
        feed
    }

    #[test]
    fn parallel_sees_what_is_visible_in_the_order_of_the_journal() {
        let mut feed = feed_with(Mode::Parallel { in_flight: None }, &[(5, 2), (7, 0), (9, 1)]);
        let mut news = Vec::new();
        assert_eq!(feed.open(TrialId(3), Seq(8), &mut news), Gate::Open);
        assert_eq!((trials(&news), feed.saw()), (vec![2, 0], Seq(7)));
    }

    #[test]
    fn windowed_sees_exactly_the_trials_up_to_the_lag() {
        let mut feed = feed_with(Mode::Windowed { lag: 2 }, &[(5, 2), (7, 0)]);
        let mut news = Vec::new();
        assert_eq!(feed.open(TrialId(1), Seq(9), &mut news), Gate::Open);
        assert!(news.is_empty());
        assert_eq!(feed.open(TrialId(2), Seq(6), &mut news), Gate::Waits(TrialId(0)));
        assert_eq!(feed.open(TrialId(2), Seq(9), &mut news), Gate::Open);
        assert_eq!(trials(&news), vec![0]);
        assert_eq!(feed.open(TrialId(3), Seq(9), &mut news), Gate::Waits(TrialId(1)));
    }

    #[test]
    fn batched_waits_for_the_whole_batch_and_sees_it_in_trial_order() {
        let mut feed = feed_with(Mode::Batched { batch_size: 2 }, &[(5, 1)]);
        let mut news = Vec::new();
        assert_eq!(feed.open(TrialId(1), Seq(9), &mut news), Gate::Open);
        assert_eq!(feed.open(TrialId(2), Seq(9), &mut news), Gate::Waits(TrialId(0)));
        feed.told(Seq(8), TrialId(0), None);
        assert_eq!(feed.open(TrialId(2), Seq(9), &mut news), Gate::Open);
        assert_eq!((trials(&news), feed.saw(), feed.best()), (vec![0, 1], Seq(8), Some(1.0)));
    }
}
