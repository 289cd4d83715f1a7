//! The native platform: the threads behind one inbox, and the real clock.

use super::asker::AskerThread;
use super::inbox::{Broken, News, WriterNews};
use super::threads::Threads;
use super::writer::Writer;
use crate::store::AnyStore;
use freerun::driver;
use freerun::ids::{Seq, Tick};
use freerun::scheduler::{Command, Effect, Event, Record, Rejected};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Who looks on: the terminal, mostly.
pub trait Watch {
    /// The records of earlier sessions.
    fn recovered(&mut self, records: &[Record]);
    /// Records that have become durable, from `first` on.
    fn records(&mut self, first: Seq, records: &[Record]);
    /// Time passes; called about ten times a second.
    fn tick(&mut self, now: Tick);
    /// Something that a person should know, such as a store that is busy.
    fn note(&mut self, message: &str);
    /// An event that the scheduler would not take.
    fn rejected(&mut self, why: &Rejected);
}

/// How often onlookers are told the time.
const TICK_EVERY: Duration = Duration::from_millis(100);

/// The machine that a study runs on.
pub struct Platform<'a> {
    /// News of all threads.
    pub inbox: Receiver<News>,
    /// The slots.
    pub threads: Threads,
    /// The store.
    pub writer: Writer<AnyStore>,
    /// The sampler.
    pub asker: AskerThread,
    /// Who looks on.
    pub watch: &'a mut dyn Watch,
    /// Run time at `begun`.
    pub from: Tick,
    /// When the session began.
    pub begun: Instant,
    /// When onlookers are told the time next.
    pub tick_at: Instant,
    /// Why the loop had to end, if it had.
    pub broken: Option<Broken>,
}

impl Platform<'_> {
    fn now(&self) -> Tick {
        self.from.plus_us(self.begun.elapsed().as_micros() as u64)
    }

    fn tick(&mut self) {
        let now = Instant::now();
        if now >= self.tick_at {
            self.tick_at = now + TICK_EVERY;
            self.watch.tick(self.now());
        }
    }

    /// The event in the news; `None` if there is none, or if the loop must end.
    fn take(&mut self, news: News) -> Option<Event> {
        match news {
            News::Event(event) => {
                if matches!(event, Event::Command(Command::Stop | Command::Abandon)) {
                    self.writer.hurry();
                }
                Some(event)
            }
            News::Writer(WriterNews::Durable { upto, records }) => {
                self.watch.records(Seq(upto.0 + 1 - records.len() as u64), &records);
                Some(Event::Durable { upto })
            }
            News::Writer(WriterNews::Failed(reason)) => {
                self.watch.note(&format!("{reason}; trying again"));
                Some(Event::StoreFailed(reason))
            }
            News::Writer(WriterNews::Fenced) => Some(Event::Fenced),
            News::Writer(WriterNews::Broken(reason)) => {
                self.broken = Some(Broken::Store(reason));
                None
            }
            News::Note(message) => {
                self.watch.note(message);
                None
            }
            News::Died(thread) => {
                self.broken = Some(Broken::Thread(thread));
                None
            }
        }
    }
}

impl driver::Platform for Platform<'_> {
    async fn next(&mut self, deadline: Option<Tick>) -> Option<(Tick, Event)> {
        loop {
            self.tick();
            if self.broken.is_some() {
                return None;
            }
            let now = self.now();
            let left = deadline.map(|deadline| Duration::from_micros(deadline.since_us(now)));
            if left == Some(Duration::ZERO) {
                return Some((now, Event::Clock));
            }
            let to_tick = self.tick_at.saturating_duration_since(Instant::now());
            match self.inbox.recv_timeout(left.map_or(to_tick, |left| left.min(to_tick))) {
                Ok(news) => {
                    if let Some(event) = self.take(news) {
                        return Some((self.now(), event));
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Observe(observation) => self.asker.observe(observation),
            Effect::Propose { trial, .. } => self.asker.propose(trial),
            Effect::Append { seq, record } => self.writer.append(seq, record),
            Effect::Launch { slot, group } => self.threads.launch(slot, group),
            Effect::Cancel { attempt } => self.threads.cancel(attempt),
            Effect::Done(_) => {}
        }
    }

    fn rejected(&mut self, why: &Rejected) {
        self.watch.rejected(why);
    }
}
