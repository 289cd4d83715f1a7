//! What the parts of a run tell its loop, and where. It knows none of them.

use super::engine::Told;
use crate::ids::{Seq, SlotId};
use crate::scheduler::{Event, Record};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};

/// What the loop is told.
#[derive(Debug)]
pub enum News {
    /// For the scheduler.
    Event(Event),
    /// From the store.
    Writer(WriterNews),
    /// From a worker that is sent messages.
    Worker {
        /// Its slot.
        slot: SlotId,
        /// What it told.
        told: Told,
    },
    /// What runs `slot` will never answer again, and all that shares memory with it may be damaged.
    SlotDied {
        /// The slot.
        slot: SlotId,
        /// Why.
        reason: String,
    },
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

/// Where the loop is told, from any thread. Sending never fails visibly: a loop that ended wants no
/// news.
#[derive(Clone)]
pub struct Inbox(UnboundedSender<News>);

impl Inbox {
    /// An inbox and what comes out of it.
    pub fn new() -> (Inbox, UnboundedReceiver<News>) {
        let (sender, receiver) = unbounded();
        (Inbox(sender), receiver)
    }

    /// Tells the loop.
    pub fn send(&self, news: News) {
        let _ = self.0.unbounded_send(news);
    }

    /// Tells the scheduler.
    pub fn event(&self, event: Event) {
        self.send(News::Event(event));
    }
}
