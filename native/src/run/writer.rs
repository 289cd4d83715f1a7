//! The store on a thread of its own. Records come in one by one; all that wait are committed as one
//! group, so that a commit costs the same for one record and for a thousand.

use super::platform::{Alarm, Inbox};
use crate::store::{AnyStore, block_on};
use freerun::driver::{Store, StoreError};
use freerun::ids::{Epoch, Seq};
use freerun::scheduler::Record;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a lease lasts; it is renewed when a third of that has passed.
pub const LEASE_US: u64 = 30_000_000;
const RENEW_EVERY: Duration = Duration::from_micros(LEASE_US / 3);
/// Most records of one commit.
const GROUP_MAX: usize = 4096;
/// Pause before the first retry; it doubles up to the longest.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LONGEST: Duration = Duration::from_secs(5);
/// How long the last records are retried once the study is over.
const RETRY_AT_CLOSE: Duration = Duration::from_secs(30);

/// What the writer reports.
#[derive(Debug)]
pub enum WriterNews {
    /// These records, the last of them at `upto`, are durable.
    Durable {
        /// Position of the last.
        upto: Seq,
        /// The records.
        records: Vec<Record>,
    },
    /// The store did not take records; it is being retried.
    Failed(String),
    /// Another writer has the study.
    Fenced,
    /// The store will take nothing more.
    Broken(String),
}

/// A running writer.
pub struct Writer {
    records: Option<Sender<(Seq, Record)>>,
    thread: Option<JoinHandle<AnyStore>>,
    closing: Arc<AtomicBool>,
}

impl Writer {
    /// Writes `study`, which this program has claimed under `epoch` and whose journal ends at
    /// `after`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        store: AnyStore,
        study: &str,
        epoch: Epoch,
        after: Seq,
        inbox: Inbox,
    ) -> std::io::Result<Writer> {
        let (records, received) = mpsc::channel();
        let study = study.to_owned();
        let closing = Arc::new(AtomicBool::new(false));
        let is_closing = Arc::clone(&closing);
        let body = move || {
            let renew_at = Instant::now() + RENEW_EVERY;
            let alarm = Alarm { thread: "store", inbox };
            let mut writing =
                Writing { store, study, epoch, last: after, renew_at, received, is_closing, alarm };
            writing.run();
            // A lease that cannot be ended now ends by itself.
            let _ = block_on(writing.store.release(&writing.study, writing.epoch));
            writing.store
        };
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(body)?;
        Ok(Writer { records: Some(records), thread: Some(thread), closing })
    }

    /// Writes `record`, which stands at `seq`, as soon as possible.
    pub fn append(&self, seq: Seq, record: Record) {
        if let Some(records) = &self.records {
            // A writer that ended has told why.
            let _ = records.send((seq, record));
        }
    }

    /// Waits until everything is written, ends the lease and gives the store back; `None` if the
    /// writer's thread panicked.
    pub fn close(mut self) -> Option<AnyStore> {
        self.records = None;
        self.closing.store(true, Ordering::Relaxed);
        self.thread.take()?.join().ok()
    }
}

/// Whether to go on.
#[derive(PartialEq)]
enum Flow {
    Go,
    End,
}

struct Writing {
    store: AnyStore,
    study: String,
    epoch: Epoch,
    last: Seq,
    renew_at: Instant,
    received: Receiver<(Seq, Record)>,
    is_closing: Arc<AtomicBool>,
    alarm: Alarm,
}

impl Writing {
    fn run(&mut self) {
        loop {
            let pause = self.renew_at.saturating_duration_since(Instant::now());
            match self.received.recv_timeout(pause) {
                Ok(first) => {
                    let group = self.group(first);
                    if self.commit(group) == Flow::End {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.renew() == Flow::End {
                return;
            }
        }
    }

    fn group(&mut self, first: (Seq, Record)) -> Vec<Record> {
        debug_assert_eq!(first.0, self.last.next());
        let waiting = self.received.try_iter().take(GROUP_MAX - 1).map(|(_, record)| record);
        std::iter::once(first.1).chain(waiting).collect()
    }

    /// Appends until it worked or cannot any more.
    fn commit(&mut self, records: Vec<Record>) -> Flow {
        let upto = Seq(self.last.0 + records.len() as u64);
        let mut pause = RETRY_FIRST;
        let mut waited = Duration::ZERO;
        loop {
            match block_on(self.store.append(&self.study, self.epoch, self.last, &records)) {
                Ok(_) => break,
                // The commit that seemed to fail did not.
                Err(StoreError::Conflict { found, .. }) if found == upto && !waited.is_zero() => break,
                Err(StoreError::Busy(reason)) if waited < self.patience() => {
                    self.alarm.inbox.writer(WriterNews::Failed(reason));
                }
                Err(StoreError::Fenced) => return self.end(WriterNews::Fenced),
                Err(error) => return self.end(WriterNews::Broken(error.to_string())),
            }
            std::thread::sleep(pause);
            waited += pause;
            pause = (pause * 2).min(RETRY_LONGEST);
        }
        self.last = upto;
        self.alarm.inbox.writer(WriterNews::Durable { upto, records });
        Flow::Go
    }

    /// How long a commit may be retried: for ever, unless the program waits to end.
    fn patience(&self) -> Duration {
        if self.is_closing.load(Ordering::Relaxed) { RETRY_AT_CLOSE } else { Duration::MAX }
    }

    fn renew(&mut self) -> Flow {
        if Instant::now() < self.renew_at {
            return Flow::Go;
        }
        match block_on(self.store.renew(&self.study, self.epoch, LEASE_US)) {
            Ok(()) => self.renew_at = Instant::now() + RENEW_EVERY,
            Err(StoreError::Fenced) => return self.end(WriterNews::Fenced),
            Err(_) => self.renew_at = Instant::now() + RETRY_LONGEST,
        }
        Flow::Go
    }

    fn end(&mut self, news: WriterNews) -> Flow {
        self.alarm.inbox.writer(news);
        Flow::End
    }
}
