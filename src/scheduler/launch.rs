//! Which replicates run next, and where: the oldest trial's first, tiny ones in groups. A launch
//! waits for the record of its ask to be durable.

use super::{Effect, HeldLaunch, Rejected, Scheduler, What};
use crate::ids::{Attempt, Seq, TrialId};
use crate::model::ReplicateRequest;
use crate::rng::replicate_seed;

impl Scheduler {
    /// There are now `capacity` slots.
    pub(super) fn resize(&mut self, capacity: u32) -> Result<(), Rejected> {
        if capacity == self.slots.capacity() {
            return Ok(());
        }
        self.slots.resize(capacity);
        self.append(What::Slots { capacity })?;
        // A launch that has not happened yet must not happen on a slot that is gone.
        let gone = self.held.iter().filter(|launch| launch.slot.0 >= capacity);
        let gone: Vec<Attempt> = gone.flat_map(|launch| &launch.group).map(|&(attempt, _)| attempt).collect();
        gone.into_iter().try_for_each(|attempt| self.cancel(attempt))
    }

    /// Lets happen what waited for the records up to `upto`.
    pub(super) fn became_durable(&mut self, upto: Seq) {
        self.durable = self.durable.max(upto.min(self.state.last));
        while let Some(&(seq, trial, since)) = self.undurable.front() {
            if seq > self.durable {
                break;
            }
            self.undurable.pop_front();
            self.pace.asked(since, self.now);
            self.make_ready(trial);
        }
        while self.held.front().is_some_and(|launch| launch.seq <= self.durable) {
            let Some(HeldLaunch { slot, group, .. }) = self.held.pop_front() else { break };
            if let Some(&(first, _)) = group.first() {
                self.slots.started(slot, first, self.now);
                self.begin_timing(first);
            }
            self.effects.push_back(Effect::Launch { slot, group });
        }
    }

    /// Lets `trial` be launched from now on, if it has anything to launch.
    pub(super) fn make_ready(&mut self, trial: TrialId) {
        if self.state.trials[trial.index()].waiting > 0 {
            self.ready.insert(trial);
        }
    }

    /// Fills idle slots with what is ready.
    pub(super) fn launch_more(&mut self) -> Result<(), Rejected> {
        while self.slots.idle() > 0 && !self.paused && !self.stopping && self.alone.is_none() {
            let most = self.pace.group(self.state.waiting, self.slots.usable());
            let Some(group) = self.next_group(most) else { break };
            self.launch_group(&group)?;
        }
        Ok(())
    }

    /// Up to `most` replicates to launch together; `None` if nothing can be launched.
    fn next_group(&mut self, most: u32) -> Option<Vec<Attempt>> {
        let rules = self.state.study.attempts;
        let epoch = self.state.epoch;
        let mut group = Vec::with_capacity(most as usize);
        // Only while the group is put together are replicates looked at beyond the first waiting
        // one, so a plain scan by trial is enough.
        for &trial in &self.ready {
            let entry = &mut self.state.trials[trial.index()];
            let Some(first) = entry.next_waiting() else { continue };
            if entry.replicates[first as usize].must_run_alone(&rules) {
                return self.launch_alone(trial, first, group);
            }
            for replicate in first..entry.limit as u32 {
                let candidate = &entry.replicates[replicate as usize];
                if !candidate.waits() || candidate.must_run_alone(&rules) {
                    continue;
                }
                group.push(Attempt { epoch, trial, replicate, number: candidate.next_number });
                if group.len() == most as usize {
                    return Some(group);
                }
            }
        }
        (!group.is_empty()).then_some(group)
    }

    /// A replicate that must run alone waits until nothing else runs, and nothing is launched
    /// before it.
    fn launch_alone(&mut self, trial: TrialId, replicate: u32, before: Vec<Attempt>) -> Option<Vec<Attempt>> {
        if !before.is_empty() {
            return Some(before);
        }
        if self.slots.busy() > 0 || !self.held.is_empty() {
            return None;
        }
        let number = self.state.trials[trial.index()].replicates[replicate as usize].next_number;
        let attempt = Attempt { epoch: self.state.epoch, trial, replicate, number };
        self.alone = Some(attempt);
        Some(vec![attempt])
    }

    fn launch_group(&mut self, group: &[Attempt]) -> Result<(), Rejected> {
        let Some(slot) = self.slots.launch(group, self.now) else { return Ok(()) };
        let cautious = group.iter().any(|attempt| self.state.trials[attempt.trial.index()].cautious);
        let seq = self.append(What::Launched { slot, attempts: group.to_vec() })?;
        let mut requests = Vec::with_capacity(group.len());
        for &attempt in group {
            if self.state.trials[attempt.trial.index()].waiting == 0 {
                self.ready.remove(&attempt.trial);
            }
            requests.push((attempt, self.request(attempt)));
        }
        if cautious && seq > self.durable {
            self.held.push_back(HeldLaunch { seq, slot, group: requests });
        } else {
            self.begin_timing(group[0]);
            self.effects.push_back(Effect::Launch { slot, group: requests });
        }
        Ok(())
    }

    fn request(&self, attempt: Attempt) -> ReplicateRequest {
        let Attempt { trial, replicate, .. } = attempt;
        let study = &self.state.study;
        ReplicateRequest {
            trial,
            replicate,
            seed: replicate_seed(study.seed, trial, replicate, study.common_random_numbers),
            point: self.state.trials[trial.index()].point.clone(),
        }
    }
}
