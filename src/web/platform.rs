//! The platform of JavaScript hosts: one inbox for all news, the host's clock, and the engine. It
//! notices slots that will never answer again, fails what ran there, brings the rest to an orderly
//! end and then stops the loop, so that a new module can go on from the store.

use super::engine::Engine;
use super::host::{Alarm, Clock, now_us, turn};
use super::inbox::{News, WriterNews};
use super::running::Running;
use super::watch::Watch;
use super::writer::Writer;
use crate::driver;
use crate::driver::Asker;
use crate::ids::{Attempt, Seq, SlotId, Tick};
use crate::model::{ModelFailure, ReplicateRequest};
use crate::scheduler::{Command, Effect, Event, LostReason, Outcome, Record, Rejected};
use futures_channel::mpsc::UnboundedReceiver;
use std::collections::VecDeque;

/// How often the loop looks around, whatever the news.
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
    running: Running,
    /// The last record appended, and the last that is durable.
    appended: Seq,
    durable: Seq,
    /// Records wait because the store did not take them.
    store_failing: bool,
    /// Wakes the loop when there is no news.
    alarm: Alarm,
    /// When the host last had a turn.
    turn_us: u64,
    /// When the loop last looked around.
    looked_us: u64,
    /// Why the module is to be left, if it cannot be trusted any more.
    retiring: Option<String>,
    /// Why the store takes nothing more.
    pub broken: Option<String>,
}

impl State {
    /// At the end of a journal, with so many slots.
    pub fn new(last: Seq, slots: u32) -> State {
        State { running: Running::on(slots), appended: last, durable: last, ..State::default() }
    }

    /// Why the module must be made anew, if it must.
    pub fn retired(self) -> Option<String> {
        self.retiring
    }

    fn give_up(&mut self, attempt: Attempt, outcome: Outcome) {
        self.running.end(attempt);
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
                    Event::Ended { attempt, .. } => self.state.running.end(*attempt),
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
                if std::mem::take(&mut self.state.store_failing) {
                    self.watch.note("the store takes records again");
                }
                self.watch.records(Seq(upto.0 + 1 - records.len() as u64), &records);
                Some(Event::Durable { upto })
            }
            WriterNews::Failed(reason) => {
                self.state.store_failing = true;
                let waiting = self.state.appended.0 - self.state.durable.0;
                self.watch.note(&format!("{reason}; {waiting} records wait in memory and are tried again"));
                Some(Event::StoreFailed(reason))
            }
            WriterNews::Fenced => Some(Event::Fenced),
            WriterNews::Broken(reason) => {
                self.state.broken = Some(reason);
                None
            }
        }
    }

    /// What ran on the slot has failed; the rest of its group never began. Once the memory cannot be
    /// trusted, a slot that dies says nothing about what ran on it.
    fn slot_died(&mut self, slot: SlotId, reason: String) {
        let group = self.state.running.take(slot);
        let first_death = self.state.retiring.is_none();
        self.retire(&reason);
        for (position, attempt) in group.into_iter().enumerate() {
            let outcome = match position == 0 && first_death {
                true => Outcome::Failed(ModelFailure::Crashed(reason.clone())),
                false => Outcome::Lost(LostReason::Cancelled),
            };
            self.state.give_up(attempt, outcome);
        }
    }

    /// Takes all slots away and has what runs on them end.
    fn retire(&mut self, why: &str) {
        if self.state.retiring.is_some() {
            return;
        }
        self.state.retiring = Some(why.to_owned());
        self.watch.note(&format!("a worker was lost, all are being replaced: {why}"));
        // Before anything else, or what has ended would make room for something new.
        self.state.queued.push_front(Event::Slots(0));
        for attempt in self.state.running.all() {
            self.cancel(attempt);
        }
    }

    /// Notices what has been waited for too long.
    fn look_around(&mut self) {
        let now_us = now_us();
        if now_us.saturating_sub(self.state.looked_us) < LOOK_EVERY_US {
            return;
        }
        self.state.looked_us = now_us;
        // Its time counts from when it begins, not from when its worker is being made.
        self.state.queued.extend(self.engine.not_begun().into_iter().map(Event::Started));
        let stuck = self.state.running.stuck();
        if !stuck.is_empty() {
            self.retire("a simulation did not stop when it was told to");
        }
        for attempt in stuck {
            self.state.give_up(attempt, Outcome::Lost(LostReason::Cancelled));
        }
    }

    /// Whether the module can be left: nothing runs, and everything is durable.
    fn may_leave(&self) -> bool {
        let state = &self.state;
        state.retiring.is_some()
            && state.queued.is_empty()
            && state.running.is_empty()
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
            Effect::Launch { slot, group } => self.launch(slot, group),
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
        if now_us().saturating_sub(self.state.turn_us) > TURN_US {
            turn().await;
            self.state.turn_us = now_us();
        }
        if let Ok(news) = self.inbox.try_recv() {
            return Some(news);
        }
        self.state.alarm.within_us(us, self.inbox.recv()).await?.ok()
    }

    fn append(&mut self, seq: Seq, record: Record) {
        self.state.appended = seq;
        self.writer.append(record);
    }

    fn launch(&mut self, slot: SlotId, group: Vec<(Attempt, ReplicateRequest)>) {
        if self.state.retiring.is_some() {
            // Decided upon before the slots were taken away.
            for (attempt, _) in group {
                self.state.give_up(attempt, Outcome::Lost(LostReason::Cancelled));
            }
            return;
        }
        self.state.running.launch(slot, group.iter().map(|&(attempt, _)| attempt));
        self.engine.launch(slot, group);
    }

    fn cancel(&mut self, attempt: Attempt) {
        if let Some(slot) = self.state.running.stop(attempt) {
            self.engine.cancel(slot, attempt);
        }
    }
}
