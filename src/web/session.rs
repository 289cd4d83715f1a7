//! One session of a study: from its claim to the moment when it is done, stopped, or must go on with
//! a new module. It knows no engine and no store by name.

use super::engine::Engine;
use super::executor;
use super::host::Clock;
use super::inbox::{Inbox, News};
use super::platform::{Platform, State};
use super::store::AnyStore;
use super::watch::Watch;
use super::writer::writer;
use crate::driver::{self, Asker, Claimed};
use crate::ids::Seq;
use crate::scheduler::{Amendment, Event, Scheduler, StopReason};
use futures_channel::mpsc::UnboundedReceiver;
use futures_channel::oneshot;

/// How a session ended.
#[derive(Debug, PartialEq)]
pub enum Ended {
    /// As the scheduler says.
    Done(StopReason),
    /// The module cannot be trusted any more; the study goes on with a new one.
    Restart(String),
}

/// A session about to begin.
pub struct Session {
    /// The study, with its store.
    pub claimed: Claimed<AnyStore>,
    /// Its scheduler.
    pub scheduler: Scheduler,
    /// What has changed since the last session.
    pub amendment: Option<Amendment>,
    /// Where simulations run.
    pub engine: Engine,
    /// How many slots the engine has.
    pub slots: u32,
    /// News of all parts.
    pub inbox: (Inbox, UnboundedReceiver<News>),
    /// Time.
    pub clock: Clock,
}

impl Session {
    /// Runs it.
    ///
    /// # Errors
    /// When the store takes nothing more, or the loop ended in the middle: a sentence.
    pub async fn run(self, watch: &mut Watch) -> Result<Ended, String> {
        let Session { claimed, mut scheduler, amendment, engine, slots, inbox, clock } = self;
        let (inbox, received) = inbox;
        let last = Seq(claimed.records.len() as u64);
        watch.records(Seq(1), &claimed.records);
        let (writer, writing) = writer(claimed.store, &claimed.name, claimed.epoch, last, inbox.clone());
        let (wrote, written) = oneshot::channel();
        executor::spawn(async move {
            writing.run().await;
            let _ = wrote.send(());
        });
        if let Some(amendment) = amendment {
            inbox.event(Event::Amend(amendment));
        }
        inbox.event(Event::Slots(slots));
        let mut platform = Platform {
            inbox: received,
            engine,
            writer,
            asker: Asker::of(scheduler.study()),
            watch,
            from: scheduler.now(),
            begun_us: clock.now_us(),
            clock,
            state: State::new(last, slots),
        };
        let result = driver::run(&mut scheduler, &mut platform).await;
        platform.watch.show_now(scheduler.now());
        let Platform { writer, mut state, .. } = platform;
        drop(writer);
        // The lease is given back by then.
        let _ = written.await;
        if let Some(broken) = state.broken.take() {
            return Err(broken);
        }
        match (state.retired(), result) {
            (_, Ok(done @ (StopReason::TrialsDone | StopReason::WallTime | StopReason::TargetLoss))) => {
                Ok(Ended::Done(done))
            }
            (_, Ok(done @ (StopReason::Stopped | StopReason::Fenced))) => Ok(Ended::Done(done)),
            (Some(why), _) => Ok(Ended::Restart(why)),
            (None, Ok(done)) => Ok(Ended::Done(done)),
            (None, Err(error)) => Err(error.to_string()),
        }
    }
}
