//! What the threads of a run tell its loop, and where. It knows none of them.

use freerun::ids::Seq;
use freerun::scheduler::{Event, Record};
use std::sync::mpsc::Sender;

/// What threads tell the loop.
#[derive(Debug)]
pub enum News {
    /// For the scheduler.
    Event(Event),
    /// From the store.
    Writer(WriterNews),
    /// For people.
    Note(&'static str),
    /// A thread panicked.
    Died(&'static str),
}

/// Where they tell it. Sending never fails visibly: a loop that ended wants no news.
#[derive(Clone)]
pub struct Inbox(pub Sender<News>);

impl Inbox {
    /// Sends an event to the scheduler.
    pub fn event(&self, event: Event) {
        let _ = self.0.send(News::Event(event));
    }

    /// Has people told something.
    pub fn note(&self, message: &'static str) {
        let _ = self.0.send(News::Note(message));
    }

    /// Sends news of the store.
    pub fn writer(&self, news: WriterNews) {
        let _ = self.0.send(News::Writer(news));
    }
}

/// Tells the loop if its thread panics.
pub struct Alarm {
    /// What the thread is.
    pub thread: &'static str,
    /// Where to tell it.
    pub inbox: Inbox,
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.inbox.0.send(News::Died(self.thread));
        }
    }
}

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

/// Why the loop had to end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The store takes nothing more.
    #[error("{0}")]
    Store(String),
    /// A thread of the program panicked.
    #[error("the {0} stopped working")]
    Thread(&'static str),
}
