//! The portable loop: one event in, all effects out; and what every platform begins it with, the
//! versions of a study's records and its sampler. It knows no platform.

use crate::ids::Tick;
use crate::journal;
use crate::rng::{self, Purpose, Stream};
use crate::sampler::{self, Observation, Sampler};
use crate::scheduler::{CorruptJournal, Effect, Event, Rejected, Scheduler, StopReason, Versions};
use crate::spec::Study;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Where a study runs: threads and a clock, web workers, or a virtual world. It linearises all news
/// into one sequence of events.
#[allow(async_fn_in_trait)]
pub trait Platform {
    /// Waits for the next event, but not beyond `deadline`: then the event is [`Event::Clock`].
    /// Gives the time with it; `None` if nothing can ever come any more. Where threads may block, the
    /// future is ready at its first poll; in a browser it must not block.
    async fn next(&mut self, deadline: Option<Tick>) -> Option<(Tick, Event)>;

    /// Does what the scheduler decided. Must not block: what takes time answers with an event.
    fn carry_out(&mut self, effect: Effect);

    /// Hears of an event that could not be, such as the late report of an attempt given up.
    fn rejected(&mut self, why: &Rejected);
}

/// Why the loop ended without the scheduler saying so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A defect of this program: a record would not have followed the others.
    #[error(transparent)]
    Corrupt(#[from] CorruptJournal),
    /// The platform has no more news and the study is not over.
    #[error("the study stopped in the middle: nothing more can happen")]
    Stalled,
}

/// Runs the study until its scheduler is done.
///
/// # Errors
/// See [`RunError`]; what is durable then can be recovered.
pub async fn run(scheduler: &mut Scheduler, platform: &mut impl Platform) -> Result<StopReason, RunError> {
    loop {
        while let Some(effect) = scheduler.poll() {
            if let Effect::Done(reason) = effect {
                return Ok(reason);
            }
            platform.carry_out(effect);
        }
        let (now, event) = platform.next(scheduler.deadline()).await.ok_or(RunError::Stalled)?;
        match scheduler.handle(now, event) {
            Ok(()) => {}
            Err(Rejected::Corrupt(corrupt)) => return Err(corrupt.into()),
            Err(why) => platform.rejected(&why),
        }
    }
}

/// The value of a future that never waits, such as [`run`] on a platform that blocks, or a call of a
/// native store.
///
/// # Panics
/// If it waits.
pub fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a future that must not wait waited"),
    }
}

/// What this program makes the records of `study` with, whose model gives results of this version.
pub fn versions(study: &Study, model_version: u32) -> Versions {
    let sampler = sampler::build(&study.sampler, study.space(), study.seed);
    Versions {
        journal: journal::VERSION,
        streams: rng::VERSION,
        sampler: sampler.version().to_owned(),
        model: format!("{}/{model_version}", study.model.model),
    }
}

/// A sampler as the driver keeps it: it takes the scheduler's observations and asks in order,
/// wherever it runs.
pub struct Asker {
    sampler: Box<dyn Sampler>,
    study_seed: u64,
}

impl Asker {
    /// The sampler of `study`, which has observed nothing yet.
    pub fn of(study: &Study) -> Asker {
        let sampler = sampler::build(&study.sampler, study.space(), study.seed);
        Asker { sampler, study_seed: study.seed }
    }

    /// For [`Effect::Observe`].
    pub fn observe(&mut self, observation: &Observation) {
        self.sampler.observe(observation);
    }

    /// For [`Effect::Propose`]: the answer.
    pub fn propose(&mut self, trial: crate::ids::TrialId) -> Event {
        let stream = Stream::new(self.study_seed, Purpose::Ask, trial.0, 0);
        Event::Proposed { trial, point: self.sampler.propose(trial, stream) }
    }
}
