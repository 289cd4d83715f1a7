//! An open database: made or brought to this program's layout when it is opened, and given up in time
//! when the browser or another tab wants it closed. It knows no journal.

use super::words;
use crate::driver::StoreError;
use crate::spec::Durability;
use crate::web::executor;
use crate::web::host::Alarm;
use futures_channel::oneshot;
use indexed_db_futures::OpenDbResult;
use indexed_db_futures::database::{Database, VersionChangeEvent};
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionMode, TransactionOptions,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Of the layout below.
const VERSION: u32 = 1;
/// One row for each study, by its name.
pub const STUDIES: &str = "studies";
/// Groups of records, by study and position of the last.
pub const GROUPS: &str = "groups";
/// What lists show of studies, by name: made from the records, and made again when missing.
pub const SUMMARIES: &str = "summaries";
const ALL: [&str; 3] = [STUDIES, GROUPS, SUMMARIES];

/// How long opening may take.
const OPEN_US: u64 = 10_000_000;

/// An open database.
pub struct Connection {
    database: Database,
    /// Why it is closed.
    lost: Rc<RefCell<Option<&'static str>>>,
    _on_close: Closure<dyn FnMut()>,
    _on_version_change: Closure<dyn FnMut(web_sys::IdbVersionChangeEvent)>,
}

impl Connection {
    /// Opens the database called `name`.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where pages may store nothing or a newer program was here;
    /// [`StoreError::Busy`] while another tab or the browser keeps it closed.
    pub async fn open(name: &str) -> Result<Connection, StoreError> {
        let blocked = Rc::new(Cell::new(false));
        let opening = request(name, Rc::clone(&blocked)).map_err(words::of_opening)?;
        let (opened, receive) = oneshot::channel();
        executor::spawn(async move {
            // One that opens when nobody waits any more must not block others.
            if let Err(Ok(late)) = opened.send(opening.await) {
                late.close();
            }
        });
        match Alarm::default().within_us(OPEN_US, receive).await {
            Some(Ok(opened)) => Ok(Connection::watched(opened.map_err(words::of_opening)?)),
            _ if blocked.get() => Err(StoreError::Busy(words::BLOCKED.to_owned())),
            _ => Err(StoreError::Busy(words::SILENT.to_owned())),
        }
    }

    fn watched(database: Database) -> Connection {
        let lost = Rc::new(RefCell::new(None));
        let closed = Rc::clone(&lost);
        let on_close = Closure::<dyn FnMut()>::new(move || {
            closed.borrow_mut().get_or_insert(words::CLOSED);
        });
        let (changed, raw) = (Rc::clone(&lost), database.as_sys().clone());
        let on_version_change = Closure::new(move |event: web_sys::IdbVersionChangeEvent| {
            let why = if event.new_version().is_none() { words::DELETED } else { words::OUTDATED };
            changed.borrow_mut().get_or_insert(why);
            raw.close();
        });
        database.as_sys().set_onclose(Some(on_close.as_ref().unchecked_ref()));
        database.as_sys().set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        Connection { database, lost, _on_close: on_close, _on_version_change: on_version_change }
    }

    /// Why nothing can be read or written any more.
    pub fn lost(&self) -> Option<StoreError> {
        self.lost.borrow().map(|why| StoreError::Broken(why.to_owned()))
    }

    /// A transaction that only reads.
    ///
    /// # Errors
    /// When the database is closed.
    pub fn reading(&self) -> Result<Transaction<'_>, StoreError> {
        self.database.transaction(ALL).build().map_err(words::of)
    }

    /// A transaction that also writes.
    ///
    /// # Errors
    /// When the database is closed.
    pub fn writing(&self, durability: Durability) -> Result<Transaction<'_>, StoreError> {
        let durability = match durability {
            Durability::Full => TransactionDurability::Strict,
            Durability::Relaxed => TransactionDurability::Relaxed,
        };
        let options = TransactionOptions::new().with_durability(durability);
        let transaction = self.database.transaction(ALL).with_mode(TransactionMode::Readwrite);
        transaction.with_options(options).build().map_err(words::of)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let database = self.database.as_sys();
        database.set_onclose(None);
        database.set_onversionchange(None);
        database.close();
    }
}

/// Writes what the transaction has, all of it or nothing.
///
/// # Errors
/// What the browser says; then nothing was written.
pub async fn commit(transaction: Transaction<'_>) -> Result<(), StoreError> {
    let raw: web_sys::IdbTransaction =
        transaction.as_sys().unchecked_ref::<web_sys::IdbTransaction>().clone();
    transaction.commit().await.map_err(|error| words::of_commit(&raw, error))
}

fn request(name: &str, blocked: Rc<Cell<bool>>) -> OpenDbResult<indexed_db_futures::future::OpenDbRequest> {
    Database::open(name)
        .with_version(VERSION)
        .with_on_blocked(move |_| {
            blocked.set(true);
            Ok(())
        })
        .with_on_upgrade_needed(|event, database| upgrade(&event, &database))
        .build()
}

/// Brings the layout from whatever version it has to this one, version by version.
fn upgrade(event: &VersionChangeEvent, database: &Database) -> indexed_db_futures::Result<()> {
    for version in event.old_version() as u32 + 1..=VERSION {
        if version == 1 {
            for store in ALL {
                database.create_object_store(store).build()?;
            }
        }
    }
    Ok(())
}
