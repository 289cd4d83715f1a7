//! What every slot did when: a bar for each attempt, and the gaps in which a slot was there and ran
//! nothing. For drawing.

use super::Fold;
use crate::ids::{Attempt, Seq, SlotId, Tick};
use crate::model::ModelFailure;
use crate::scheduler::{LostReason, Outcome, Record, What};
use serde::Serialize;
use std::collections::BTreeMap;

/// Fold of what every slot did when.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    lanes: BTreeMap<SlotId, Lane>,
    last_at: Tick,
}

#[derive(Debug, Clone, Default)]
struct Lane {
    bars: Vec<Bar>,
    /// When the slot was there: intervals, the last one open if it is there now.
    present: Vec<(Tick, Option<Tick>)>,
    running: Option<(Tick, Vec<Attempt>)>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BarKind {
    /// The model answered.
    Completed,
    /// The model refused, crashed or gave an answer that cannot be used.
    Failed,
    /// It ran over its time.
    TimedOut,
    /// Its slot vanished or its program ended.
    Lost,
    /// It was told to stop.
    Cancelled,
    /// It is under way.
    Running,
}

/// One attempt on its slot. Times are run time: they exclude the pauses between sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// Which attempt.
    pub attempt: Attempt,
    /// When it began to run; for one under way, when it can have begun.
    pub started_at_us: Tick,
    /// When it ended.
    pub ended_at_us: Tick,
    /// How it ended.
    pub kind: BarKind,
}

/// A time in which a slot was there and ran nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// When it began.
    pub from_us: Tick,
    /// When it ended.
    pub to_us: Tick,
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotLane {
    /// Which.
    pub slot: SlotId,
    /// Its attempts that began to run, by start.
    pub bars: Vec<Bar>,
    /// Its idle gaps, by start.
    pub gaps: Vec<Gap>,
}

/// All slots.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimelineSummary {
    /// The slots, by number.
    pub slots: Vec<SlotLane>,
    /// Sum of all gaps.
    pub idle_slot_seconds: f64,
    /// End of the timeline.
    pub until_us: Tick,
}

/// More slots than anybody has; a damaged journal may tell of any number.
const LANES_MAX: u32 = 100_000;

impl Timeline {
    /// The timeline up to `now`, or up to the last record if that is later.
    pub fn summary(&self, now: Tick) -> TimelineSummary {
        let now = now.max(self.last_at);
        let slots: Vec<SlotLane> = self.lanes.iter().map(|(&slot, lane)| lane.present(slot, now)).collect();
        let gaps = slots.iter().flat_map(|lane| &lane.gaps);
        let idle_us: u64 = gaps.map(|gap| gap.to_us.since_us(gap.from_us)).fold(0, u64::saturating_add);
        TimelineSummary { slots, idle_slot_seconds: idle_us as f64 / 1e6, until_us: now }
    }

    /// When the last record was written: the `now` of a journal that nobody writes.
    pub fn last_at(&self) -> Tick {
        self.last_at
    }

    fn capacity(&mut self, at: Tick, capacity: u32) {
        for slot in (0..capacity.min(LANES_MAX)).map(SlotId) {
            let present = &mut self.lanes.entry(slot).or_default().present;
            if present.last().is_none_or(|(_, end)| end.is_some()) {
                present.push((at, None));
            }
        }
        for (_, lane) in self.lanes.range_mut(SlotId(capacity)..) {
            if let Some((_, end @ None)) = lane.present.last_mut() {
                *end = Some(at);
            }
        }
    }

    /// Nothing runs on from the session before: what did, did until its last record, `before`. The
    /// new session has no slots until it tells of them.
    fn session(&mut self, before: Tick) {
        for lane in self.lanes.values_mut() {
            lane.bars.extend(lane.under_way(before).map(|bar| Bar { kind: BarKind::Lost, ..bar }));
            lane.running = None;
        }
        self.capacity(before, 0);
    }

    fn ended(&mut self, at: Tick, slot: SlotId, bar: Bar) {
        let lane = self.lanes.entry(slot).or_default();
        if let Some((since, group)) = &mut lane.running {
            group.retain(|other| *other != bar.attempt);
            *since = at;
        }
        lane.running.take_if(|(_, group)| group.is_empty());
        let ran = bar.ended_at_us > bar.started_at_us;
        if ran || !matches!(bar.kind, BarKind::Lost | BarKind::Cancelled) {
            lane.bars.push(bar);
        }
    }
}

impl Lane {
    fn under_way(&self, now: Tick) -> Option<Bar> {
        let (since, group) = self.running.as_ref()?;
        let attempt = *group.first()?;
        Some(Bar { attempt, started_at_us: *since, ended_at_us: now, kind: BarKind::Running })
    }

    fn present(&self, slot: SlotId, now: Tick) -> SlotLane {
        let mut bars = self.bars.clone();
        bars.extend(self.under_way(now));
        bars.sort_by_key(|bar| bar.started_at_us);
        let intervals = self.present.iter().map(|&(from, to)| (from, to.unwrap_or(now)));
        let gaps = intervals.flat_map(|interval| gaps(&bars, interval)).collect();
        SlotLane { slot, bars, gaps }
    }
}

/// The parts of an interval that no bar covers; `bars` are sorted by start.
fn gaps(bars: &[Bar], (from, to): (Tick, Tick)) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut free = from;
    for bar in bars {
        let busy = bar.started_at_us.min(to);
        if busy > free {
            gaps.push(Gap { from_us: free, to_us: busy });
        }
        free = free.max(bar.ended_at_us);
    }
    if to > free {
        gaps.push(Gap { from_us: free, to_us: to });
    }
    gaps
}

impl Fold for Timeline {
    fn observe(&mut self, _seq: Seq, record: &Record) {
        let before = self.last_at;
        self.last_at = self.last_at.max(record.at);
        match &record.what {
            What::Session { .. } => self.session(before),
            What::Slots { capacity } => self.capacity(record.at, *capacity),
            What::Launched { slot, attempts } => {
                self.lanes.entry(*slot).or_default().running = Some((record.at, attempts.clone()));
            }
            What::Ended { attempt, slot, started, run_us, outcome } => {
                let (started_at_us, ended_at_us) = (*started, started.plus_us(*run_us));
                let bar = Bar { attempt: *attempt, started_at_us, ended_at_us, kind: kind(outcome) };
                self.ended(record.at, *slot, bar);
            }
            _ => {}
        }
    }
}

fn kind(outcome: &Outcome) -> BarKind {
    match outcome {
        Outcome::Completed(_) => BarKind::Completed,
        Outcome::Failed(ModelFailure::TimedOut) => BarKind::TimedOut,
        Outcome::Failed(_) => BarKind::Failed,
        Outcome::Lost(LostReason::Cancelled) => BarKind::Cancelled,
        Outcome::Lost(_) => BarKind::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Progress, TimelineSummary};
    use super::*;

    fn gaps_of(summary: &TimelineSummary, slot: usize) -> Vec<(u64, u64)> {
        summary.slots[slot].gaps.iter().map(|gap| (gap.from_us.0, gap.to_us.0)).collect()
    }

    #[test]
    fn bars_and_gaps_fill_the_time_that_a_slot_is_there() {
        let summary = Timeline::of(&two_trials_on_two_slots()).summary(Tick(0));
        assert_eq!(summary.until_us, Tick(4_000_000));
        let kinds: Vec<_> = summary.slots[0].bars.iter().map(|bar| (bar.started_at_us.0, bar.kind)).collect();
        assert_eq!(
            kinds,
            [(0, BarKind::Completed), (1_000_000, BarKind::Completed), (3_000_000, BarKind::Running)]
        );
        assert_eq!(gaps_of(&summary, 0), []);
        assert_eq!(summary.slots[1].bars[0].kind, BarKind::TimedOut);
        assert_eq!(gaps_of(&summary, 1), [(3_000_000, 4_000_000)]);
        assert_eq!(summary.idle_slot_seconds, 1.0);
    }

    #[test]
    fn idle_time_is_the_one_that_progress_tells() {
        let records = two_trials_on_two_slots();
        for length in 3..=records.len() {
            let (timeline, progress) = (Timeline::of(&records[..length]), Progress::of(&records[..length]));
            let now = timeline.last_at();
            let idle = (timeline.summary(now).idle_slot_seconds, progress.summary(now).idle_slot_seconds);
            assert_eq!(idle.0, idle.1, "after {length} records");
        }
    }

    #[test]
    fn a_slot_is_idle_only_while_it_is_there() {
        let records = [opened(study()), slots(10, 2), slots(20, 1), slots(30, 2), slots(40, 2)];
        let summary = Timeline::of(&records).summary(Tick(50));
        assert_eq!(gaps_of(&summary, 0), [(10, 50)]);
        assert_eq!(gaps_of(&summary, 1), [(10, 20), (30, 50)]);
    }

    #[test]
    fn a_bar_longer_than_its_slot_makes_no_gap() {
        let records = [
            opened(study()),
            slots(0, 1),
            launched(0, 0, &[attempt(0, 0, 0)]),
            slots(5, 0),
            ended(9, attempt(0, 0, 0), 0, 2, 7, done()),
            slots(12, 1),
        ];
        let summary = Timeline::of(&records).summary(Tick(12));
        assert_eq!(gaps_of(&summary, 0), [(0, 2)]);
    }

    #[test]
    fn a_crash_ends_what_ran_and_takes_the_slots_away() {
        let mut records = two_trials_on_two_slots();
        records.push(session(4_000_000));
        records.push(ended(4_000_000, attempt(2, 0, 0), 0, 4_000_000, 0, lost(LostReason::ProgramEnded)));
        records.push(slots(5_000_000, 1));
        let summary = Timeline::of(&records).summary(Tick(6_000_000));
        let last = summary.slots[0].bars.last().unwrap();
        assert_eq!(
            (last.started_at_us, last.ended_at_us, last.kind),
            (Tick(3_000_000), Tick(4_000_000), BarKind::Lost)
        );
        assert_eq!(summary.slots[0].bars.len(), 3);
        assert_eq!(gaps_of(&summary, 0), [(5_000_000, 6_000_000)]);
        assert_eq!(gaps_of(&summary, 1), [(3_000_000, 4_000_000)]);
    }

    #[test]
    fn the_outcome_gives_the_kind_of_a_bar() {
        assert_eq!(kind(&lost(LostReason::Cancelled)), BarKind::Cancelled);
        assert_eq!(kind(&lost(LostReason::ProgramEnded)), BarKind::Lost);
        assert_eq!(kind(&Outcome::Failed(ModelFailure::Refused("x".into()))), BarKind::Failed);
    }
}
