//! The store on a thread of its own. Records come in one by one; all that wait are committed as one
//! group, so that a commit costs the same for one record and for a thousand.

use super::inbox::{Alarm, Inbox, WriterNews};
use freerun::driver::{Store, StoreError, ready};
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
/// How long records are retried once the study is over or the user has stopped it.
const RETRY_AT_CLOSE: Duration = Duration::from_secs(30);

/// A running writer.
pub struct Writer<S> {
    records: Option<Sender<(Seq, Record)>>,
    thread: Option<JoinHandle<S>>,
    closing: Arc<AtomicBool>,
}

impl<S: Store + Send + 'static> Writer<S> {
    /// Writes `study`, which this program has claimed under `epoch` and whose journal ends at
    /// `after`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        store: S,
        study: &str,
        epoch: Epoch,
        after: Seq,
        inbox: Inbox,
    ) -> std::io::Result<Writer<S>> {
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
            let _ = ready(writing.store.release(&writing.study, writing.epoch));
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

    /// The user wants to end: a store that takes nothing is no longer waited for without limit.
    pub fn hurry(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Waits until everything is written, ends the lease and gives the store back; `None` if the
    /// writer's thread panicked.
    pub fn close(mut self) -> Option<S> {
        self.records = None;
        self.hurry();
        self.thread.take()?.join().ok()
    }
}

/// Whether to go on.
#[derive(PartialEq)]
enum Flow {
    Go,
    End,
}

struct Writing<S> {
    store: S,
    study: String,
    epoch: Epoch,
    last: Seq,
    renew_at: Instant,
    received: Receiver<(Seq, Record)>,
    is_closing: Arc<AtomicBool>,
    alarm: Alarm,
}

impl<S: Store> Writing<S> {
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
            match ready(self.store.append(&self.study, self.epoch, self.last, &records)) {
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

    /// How long a commit may be retried: for ever, unless the program is to end.
    fn patience(&self) -> Duration {
        if self.is_closing.load(Ordering::Relaxed) { RETRY_AT_CLOSE } else { Duration::MAX }
    }

    fn renew(&mut self) -> Flow {
        if Instant::now() < self.renew_at {
            return Flow::Go;
        }
        match ready(self.store.renew(&self.study, self.epoch, LEASE_US)) {
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

#[cfg(test)]
mod tests {
    use super::super::inbox::News;
    use super::*;
    use crate::testing::{asked, opening};
    use freerun::driver::{Holder, MemoryStore, StudyRow};

    /// A store whose next appends fail in given ways, the last one first.
    struct Flaky {
        inner: MemoryStore,
        /// How, and whether the records are kept all the same.
        failures: Vec<(StoreError, bool)>,
    }

    impl Store for Flaky {
        async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
            self.inner.studies().await
        }

        async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
            self.inner.claim(study, holder, ttl_us).await
        }

        async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
            self.inner.renew(study, epoch, ttl_us).await
        }

        async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
            self.inner.release(study, epoch).await
        }

        async fn append(
            &mut self,
            study: &str,
            epoch: Epoch,
            after: Seq,
            records: &[Record],
        ) -> Result<Seq, StoreError> {
            match self.failures.pop() {
                Some((error, kept)) => {
                    if kept {
                        self.inner.append(study, epoch, after, records).await?;
                    }
                    Err(error)
                }
                None => self.inner.append(study, epoch, after, records).await,
            }
        }

        async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
            self.inner.read(study, after, limit).await
        }

        async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
            self.inner.delete(study).await
        }
    }

    fn records() -> Vec<Record> {
        let mut records = opening("s", Epoch(1));
        records.extend((0..5).map(asked));
        records
    }

    /// Writes [`records`] through a store that fails so; gives the store and the news.
    fn write(failures: Vec<(StoreError, bool)>, others_claim: bool) -> (Flaky, Vec<WriterNews>) {
        let mut store = Flaky { inner: MemoryStore::default(), failures };
        let holder = |id: &str| Holder { id: id.to_owned(), about: id.to_owned() };
        let epoch = ready(store.claim("s", &holder("a"), 1_000)).unwrap();
        if others_claim {
            store.inner.advance(2_000);
            ready(store.claim("s", &holder("b"), LEASE_US)).unwrap();
        }
        let (sender, received) = mpsc::channel();
        let writer = Writer::start(store, "s", epoch, Seq(0), Inbox(sender)).unwrap();
        for (seq, record) in (1u64..).zip(records()) {
            writer.append(Seq(seq), record);
        }
        let store = writer.close().unwrap();
        let news = received.into_iter().map(|news| match news {
            News::Writer(news) => news,
            other => panic!("{other:?}"),
        });
        (store, news.collect())
    }

    /// The durable records in the news, which must be told once each and in order.
    fn durable(news: &[WriterNews]) -> Vec<Record> {
        let mut all = Vec::new();
        for news in news {
            if let WriterNews::Durable { upto, records } = news {
                all.extend(records.iter().cloned());
                assert_eq!(upto.0, all.len() as u64);
            }
        }
        all
    }

    fn busy() -> StoreError {
        StoreError::Busy("the disk is away".to_owned())
    }

    #[test]
    fn a_busy_store_is_tried_again_until_it_works() {
        let (mut store, news) = write(vec![(busy(), false), (busy(), false)], false);
        assert_eq!(durable(&news), records());
        assert!(matches!(&news[0], WriterNews::Failed(reason) if reason == "the disk is away"));
        assert_eq!(ready(store.read("s", Seq(0), 100)).unwrap(), records());
        assert_eq!(ready(store.studies()).unwrap()[0].held_by, None, "the lease is given back");
    }

    #[test]
    fn a_commit_that_worked_though_it_seemed_not_to_is_not_repeated() {
        let (mut store, news) = write(vec![(busy(), true)], false);
        assert_eq!(durable(&news), records());
        assert_eq!(ready(store.read("s", Seq(0), 100)).unwrap(), records());
    }

    #[test]
    fn a_writer_that_was_fenced_writes_nothing_and_says_so() {
        let (mut store, news) = write(Vec::new(), true);
        assert!(matches!(news[..], [WriterNews::Fenced]), "{news:?}");
        assert!(ready(store.read("s", Seq(0), 100)).unwrap().is_empty());
    }

    #[test]
    fn a_broken_store_ends_the_writing() {
        let (_, news) = write(vec![(StoreError::Broken("it burned".to_owned()), false)], false);
        assert!(matches!(&news[..], [WriterNews::Broken(reason)] if reason == "it burned"), "{news:?}");
    }
}
