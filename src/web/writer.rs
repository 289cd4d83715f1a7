//! Brings a run's records into its store. Records come one by one; all that wait are committed as one
//! group, so that a commit costs the same for one record and for a thousand. It knows no database.

use super::host::{Alarm, now_us, sleep_us};
use super::inbox::{Inbox, News, WriterNews};
use crate::driver::{Store, StoreError};
use crate::ids::{Epoch, Seq};
use crate::scheduler::Record;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use std::cell::Cell;
use std::rc::Rc;

/// How long a lease lasts; it is renewed when a third of that has passed.
pub const LEASE_US: u64 = 30_000_000;
/// How often it is.
pub const RENEW_EVERY_US: u64 = LEASE_US / 3;
/// Most records of one commit.
const GROUP_MAX: usize = 1000;
/// Pause before the first retry; it doubles up to the longest.
const RETRY_FIRST_US: u64 = 50_000;
const RETRY_LONGEST_US: u64 = 5_000_000;
/// How long records are retried once the user has stopped the study.
const RETRY_AT_CLOSE_US: u64 = 30_000_000;

/// The loop's end of a writer.
pub struct Writer {
    records: UnboundedSender<Record>,
    closing: Rc<Cell<bool>>,
}

impl Writer {
    /// Writes `record`, which follows all before it, as soon as possible.
    pub fn append(&self, record: Record) {
        // A writer that ended has told why.
        let _ = self.records.unbounded_send(record);
    }

    /// The user wants to end: a store that takes nothing is no longer waited for without limit.
    pub fn hurry(&self) {
        self.closing.set(true);
    }
}

/// The writer's own end.
pub struct Writing<S> {
    store: S,
    study: String,
    epoch: Epoch,
    last: Seq,
    renew_at_us: u64,
    alarm: Alarm,
    received: UnboundedReceiver<Record>,
    closing: Rc<Cell<bool>>,
    inbox: Inbox,
}

/// Whether to go on.
#[derive(PartialEq)]
enum Flow {
    Go,
    End,
}

/// A writer of `study`, claimed under `epoch`, whose journal ends at `last`.
pub fn writer<S: Store>(
    store: S,
    study: &str,
    epoch: Epoch,
    last: Seq,
    inbox: Inbox,
) -> (Writer, Writing<S>) {
    let (records, received) = unbounded();
    let closing = Rc::new(Cell::new(false));
    let writer = Writer { records, closing: Rc::clone(&closing) };
    let (study, renew_at_us) = (study.to_owned(), now_us() + RENEW_EVERY_US);
    let alarm = Alarm::default();
    (writer, Writing { store, study, epoch, last, renew_at_us, alarm, received, closing, inbox })
}

impl<S: Store> Writing<S> {
    /// Writes until the loop's end is dropped, and gives the study back.
    pub async fn run(mut self) {
        while self.turn().await == Flow::Go {}
        // A lease that cannot be ended now ends by itself.
        let _ = self.store.release(&self.study, self.epoch).await;
    }

    async fn turn(&mut self) -> Flow {
        let pause_us = self.renew_at_us.saturating_sub(now_us());
        match self.alarm.within_us(pause_us, self.received.recv()).await {
            Some(Ok(first)) => {
                let group = self.group(first);
                if self.commit(group).await == Flow::End {
                    return Flow::End;
                }
            }
            Some(Err(_)) => return Flow::End,
            None => {}
        }
        self.renew().await
    }

    fn group(&mut self, first: Record) -> Vec<Record> {
        let mut group = vec![first];
        while group.len() < GROUP_MAX
            && let Ok(record) = self.received.try_recv()
        {
            group.push(record);
        }
        group
    }

    /// Appends until it worked or cannot any more.
    async fn commit(&mut self, records: Vec<Record>) -> Flow {
        let upto = Seq(self.last.0 + records.len() as u64);
        let (mut pause_us, mut waited_us) = (RETRY_FIRST_US, 0);
        loop {
            match self.store.append(&self.study, self.epoch, self.last, &records).await {
                Ok(_) => break,
                // The commit that seemed to fail did not.
                Err(StoreError::Conflict { found, .. }) if found == upto && waited_us > 0 => break,
                Err(StoreError::Busy(reason)) if !self.closing.get() || waited_us < RETRY_AT_CLOSE_US => {
                    self.tell(WriterNews::Failed(reason));
                }
                Err(StoreError::Fenced) => return self.end(WriterNews::Fenced),
                Err(error) => return self.end(WriterNews::Broken(error.to_string())),
            }
            sleep_us(pause_us).await;
            waited_us += pause_us;
            pause_us = (pause_us * 2).min(RETRY_LONGEST_US);
        }
        self.last = upto;
        self.tell(WriterNews::Durable { upto, records });
        Flow::Go
    }

    async fn renew(&mut self) -> Flow {
        if now_us() < self.renew_at_us {
            return Flow::Go;
        }
        let wait_us = match self.store.renew(&self.study, self.epoch, LEASE_US).await {
            Ok(()) => RENEW_EVERY_US,
            Err(StoreError::Fenced) => return self.end(WriterNews::Fenced),
            Err(_) => RETRY_LONGEST_US,
        };
        self.renew_at_us = now_us() + wait_us;
        Flow::Go
    }

    fn tell(&self, news: WriterNews) {
        self.inbox.send(News::Writer(news));
    }

    fn end(&self, news: WriterNews) -> Flow {
        self.tell(news);
        Flow::End
    }
}
