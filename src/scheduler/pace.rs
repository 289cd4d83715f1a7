//! Measured run times and delays, from which follow how many replicates are kept in reserve and how
//! many tiny ones are launched together. It decides when to ask, never what.

use crate::ids::Tick;

/// A launch should keep its slot busy for about this long, so that handing it over costs little.
const GROUP_US: f64 = 200.0;
/// Most replicates of one launch.
const GROUP_MAX: u32 = 32;
/// The reserve is at most so many replicates for each slot: more would make asks staler than the
/// idle time it saves is worth.
const RESERVE_PER_SLOT_MAX: u32 = 4;
/// Weight of the newest measurement.
const NEWEST: f64 = 0.1;

/// Moving averages.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    run_us: Option<f64>,
    ask_us: Option<f64>,
}

impl Pace {
    /// A replicate ran so long.
    pub fn ran(&mut self, run_us: u64) {
        self.run_us = Some(average(self.run_us, run_us as f64));
    }

    /// From deciding to ask until the trial could be launched.
    pub fn asked(&mut self, since: Tick, now: Tick) {
        self.ask_us = Some(average(self.ask_us, now.since_us(since) as f64));
    }

    /// Whether replicates last so much longer than asks and commits that one more commit before an
    /// ask idles no slot.
    pub fn can_wait(&self, slots: u32) -> bool {
        self.ended_meanwhile(slots).is_some_and(|ended| ended < 0.5)
    }

    fn ended_meanwhile(&self, slots: u32) -> Option<f64> {
        Some(f64::from(slots) * self.ask_us? / self.run_us?.max(1.0))
    }

    /// Replicates to keep launchable beyond those that idle slots take at once: as many as end
    /// while one ask and its commit are under way, with two standard deviations of a Poisson count
    /// for bursts; at least one.
    pub fn reserve(&self, slots: u32) -> u64 {
        let Some(ended_meanwhile) = self.ended_meanwhile(slots) else { return 1 };
        let most = slots.saturating_mul(RESERVE_PER_SLOT_MAX).max(1);
        let with_bursts = ended_meanwhile + 2.0 * ended_meanwhile.sqrt();
        (with_bursts.min(f64::from(most)) as u64 + 1).min(u64::from(most))
    }

    /// Replicates of one launch when `launchable` of them wait for `slots` slots.
    pub fn group(&self, launchable: u64, slots: u32) -> u32 {
        let Some(run_us) = self.run_us else { return 1 };
        let by_time = (GROUP_US / run_us.max(1.0)) as u32;
        let fair = launchable / u64::from(slots.max(1));
        by_time.min(fair.min(u64::from(GROUP_MAX)) as u32).max(1)
    }
}

fn average(old: Option<f64>, new: f64) -> f64 {
    old.map_or(new, |old| old + NEWEST * (new - old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_follows_the_delay_and_is_bounded() {
        let mut pace = Pace::default();
        assert_eq!(pace.reserve(16), 1);
        pace.ran(1_000_000);
        pace.asked(Tick(0), Tick(1_000));
        assert_eq!(pace.reserve(16), 1);
        pace.asked(Tick(0), Tick(5_000_000));
        assert_eq!(pace.reserve(16), 14);
        for _ in 0..100 {
            pace.ran(1);
        }
        assert_eq!(pace.reserve(16), 64);
    }

    #[test]
    fn groups_shrink_to_one_as_run_times_grow_and_leave_work_for_every_slot() {
        let mut pace = Pace::default();
        pace.ran(10);
        assert_eq!(pace.group(1_000, 4), 20);
        assert_eq!(pace.group(9, 4), 2);
        assert_eq!(pace.group(3, 4), 1);
        for _ in 0..100 {
            pace.ran(1_000);
        }
        assert_eq!(pace.group(1_000, 4), 1);
    }
}
