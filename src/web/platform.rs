//! The platform of JavaScript hosts: one inbox for all news, the host's clock, and the engine. It
//! notices slots that will never answer again, fails what ran there, brings the rest to an orderly
//! end and then stops the loop, so that a new module can go on from the store.

use super::engine::Engine;
use super::host::{Clock, now_us, turn, within_us};
use super::inbox::{News, WriterNews};
use super::watch::Watch;
use super::writer::Writer;
use crate::driver;
use crate::driver::Asker;
use crate::ids::{Attempt, Seq, SlotId, Tick};
use crate::model::ModelFailure;
use crate::scheduler::{Command, Effect, Event, LostReason, Outcome, Record, Rejected};
use futures_channel::mpsc::UnboundedReceiver;
use std::collections::VecDeque;

/// How long a cancelled attempt may go on before its slot counts as stuck.
const STOP_GRACE_US: u64 = 2_000_000;
/// How long the loop waits for news before it looks around.
const LOOK_EVERY_US: u64 = 100_000;
/// How long news may follow each other before the host gets a turn: commits and commands come in it.
const TURN_US: u64 = 20_000;

/// The host that a study runs in.
pub struct Platform<'a> {
    /// News of all parts.
    pub inbox: UnboundedReceiver<News>,
    /// The slots.
    pub engine: Engine,
    /// The store.
    pub writer: Writer,
    /// The sampler.
    pub asker: Asker,
    /// Who looks on.
    pub watch: &'a mut Watch,
    /// The study's time. How long to wait for something is the host's.
    pub clock: Clock,
    /// Run time when the session began.
    pub from: Tick,
    /// The clock when the session began.
    pub begun_us: u64,
    /// The rest is the platform's own.
    pub state: State,
}

/// What the platform remembers of a run.
#[derive(Default)]
pub struct State {
    /// Events that come before the inbox.
    queued: VecDeque<Event>,
    /// What each slot was handed and has not reported as ended.
    running: Vec<VecDeque<Attempt>>,
    /// Cancelled attempts with the moment from which their slots count as stuck.
    cancelled: Vec<(u64, Attempt)>,
    /// The last record appended, and the last that is durable.
    appended: Seq,
    durable: Seq,
    /// When the host last had a turn.
    turn_us: u64,
    retiring: Option<Retiring>,
    /// Why the store takes nothing more.
    pub broken: Option<String>,
}

/// The end of a module that cannot be trusted any more.
struct Retiring {
    why: String,
    until_us: u64,
}

impl State {
    /// At the end of a journal, with so many slots.
    pub fn new(last: Seq, slots: u32) -> State {
        let running = (0..slots).map(|_| VecDeque::new()).collect();
        State { running, appended: last, durable: last, ..State::default() }
    }

    /// Why the module must be made anew, if it must.
    pub fn retired(self) -> Option<String> {
        self.retiring.map(|retiring| retiring.why)
    }

    fn slot_of(&self, attempt: Attempt) -> Option<usize> {
        self.running.iter().position(|running| running.contains(&attempt))
    }

    /// Forgets an attempt that ended.
    fn end(&mut self, attempt: Attempt) {
        self.cancelled.retain(|(_, other)| *other != attempt);
        if let Some(slot) = self.slot_of(attempt) {
            self.running[slot].retain(|other| *other != attempt);
        }
    }

    fn give_up(&mut self, attempt: Attempt, outcome: Outcome) {
        self.end(attempt);
        self.queued.push_back(Event::Ended { attempt, outcome, run_us: 0 });
    }
}

impl Platform<'_> {
    fn now(&self) -> Tick {
        self.from.plus_us(self.clock.now_us().saturating_sub(self.begun_us))
    }

    /// The event in the news, if there is one.
    fn take(&mut self, news: News) -> Option<Event> {
        match news {
            News::Event(event) => {
                match &event {
                    Event::Ended { attempt, .. } => self.state.end(*attempt),
                    Event::Command(Command::Stop | Command::Abandon) => self.writer.hurry(),
                    _ => {}
                }
                Some(event)
            }
            News::Writer(news) => self.take_from_writer(news),
            News::Worker { slot, told } => {
                if let Engine::Messages(engine) = &mut self.engine {
                    engine.hear(slot, told);
                }
                None
            }
            News::SlotDied { slot, reason } => {
                self.slot_died(slot, reason);
                None
            }
        }
    }

    fn take_from_writer(&mut self, news: WriterNews) -> Option<Event> {
        match news {
            WriterNews::Durable { upto, records } => {
                self.state.durable = upto;
                self.watch.records(Seq(upto.0 + 1 - records.len() as u64), &records);
                Some(Event::Durable { upto })
            }
            WriterNews::Failed(reason) => {
                self.watch.note(&reason);
                Some(Event::StoreFailed(reason))
            }
            WriterNews::Fenced => Some(Event::Fenced),
            WriterNews::Broken(reason) => {
                self.state.broken = Some(reason);
                None
            }
        }
    }

    /// What ran on the slot has failed; the rest of its group never began.
    fn slot_died(&mut self, slot: SlotId, reason: String) {
        let Some(running) = self.state.running.get_mut(slot.index()) else { return };
        let mut group = std::mem::take(running).into_iter();
        let failed = group.next();
        let rest: Vec<Attempt> = group.collect();
        if let Some(attempt) = failed {
            let crashed = ModelFailure::Crashed(reason.clone());
            self.state.give_up(attempt, Outcome::Failed(crashed));
        }
        for attempt in rest {
            self.state.give_up(attempt, Outcome::Lost(LostReason::Cancelled));
        }
        self.retire(reason);
    }

    /// Takes all slots away and has what runs on them end.
    fn retire(&mut self, why: String) {
        if self.state.retiring.is_some() {
            return;
        }
        self.watch.note(&format!("a worker was lost ({why}); all are being replaced"));
        self.state.queued.push_back(Event::Slots(0));
        let until_us = now_us() + STOP_GRACE_US;
        self.state.retiring = Some(Retiring { why, until_us });
        for (slot, running) in self.state.running.iter().enumerate() {
            for &attempt in running {
                self.engine.cancel(SlotId(slot as u32), attempt);
            }
        }
    }

    /// Notices what has been waited for too long.
    fn look_around(&mut self) {
        let now_us = now_us();
        let stuck = self.state.cancelled.iter().find(|(until_us, _)| *until_us <= now_us);
        if stuck.is_some() {
            self.retire("a simulation ignored that it was to stop".to_owned());
        }
        if self.state.retiring.as_ref().is_some_and(|retiring| retiring.until_us <= now_us) {
            let left: Vec<Attempt> = self.state.running.iter().flatten().copied().collect();
            for attempt in left {
                let reason = "it ignored that it was to stop".to_owned();
                self.state.give_up(attempt, Outcome::Lost(LostReason::SlotVanished(reason)));
            }
        }
    }

    /// Whether the module can be left: nothing runs, and everything is durable.
    fn may_leave(&self) -> bool {
        let state = &self.state;
        state.retiring.is_some()
            && state.queued.is_empty()
            && state.running.iter().all(VecDeque::is_empty)
            && state.durable == state.appended
    }
}

impl driver::Platform for Platform<'_> {
    async fn next(&mut self, deadline: Option<Tick>) -> Option<(Tick, Event)> {
        loop {
            self.look_around();
            if let Some(event) = self.state.queued.pop_front() {
                return Some((self.now(), event));
            }
            if self.state.broken.is_some() || self.may_leave() {
                return None;
            }
            let now = self.now();
            self.watch.show(now, now_us());
            let left_us = deadline.map_or(LOOK_EVERY_US, |deadline| deadline.since_us(now));
            if left_us == 0 {
                return Some((now, Event::Clock));
            }
            if let Some(news) = self.news_within(left_us.min(LOOK_EVERY_US)).await
                && let Some(event) = self.take(news)
            {
                return Some((self.now(), event));
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Observe(observation) => self.asker.observe(&observation),
            Effect::Propose { trial, .. } => {
                let answer = self.asker.propose(trial);
                self.state.queued.push_back(answer);
            }
            Effect::Append { seq, record } => self.append(seq, record),
            Effect::Launch { slot, group } => {
                if let Some(running) = self.state.running.get_mut(slot.index()) {
                    running.extend(group.iter().map(|&(attempt, _)| attempt));
                }
                self.engine.launch(slot, group);
            }
            Effect::Cancel { attempt } => self.cancel(attempt),
            Effect::Done(_) => {}
        }
    }

    fn rejected(&mut self, _why: &Rejected) {
        // The late report of an attempt given up: it is over already.
    }
}

impl Platform<'_> {
    /// The platform holds an end of the inbox itself through its engine: it is never closed.
    async fn news_within(&mut self, us: u64) -> Option<News> {
        if let Ok(news) = self.inbox.try_recv() {
            if now_us().saturating_sub(self.state.turn_us) > TURN_US {
                turn().await;
                self.state.turn_us = now_us();
            }
            return Some(news);
        }
        let news = within_us(us, self.inbox.recv()).await;
        self.state.turn_us = now_us();
        news?.ok()
    }

    fn append(&mut self, seq: Seq, record: Record) {
        self.state.appended = seq;
        self.writer.append(record);
    }

    fn cancel(&mut self, attempt: Attempt) {
        if let Some(slot) = self.state.slot_of(attempt) {
            self.state.cancelled.push((now_us() + STOP_GRACE_US, attempt));
            self.engine.cancel(SlotId(slot as u32), attempt);
        }
    }
}
