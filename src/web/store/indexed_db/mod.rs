//! The store in a browser: journals in IndexedDB, one writer for each. A group of records is one value
//! and one transaction; the same transaction checks the writer's epoch and the journal's end. Who
//! writes holds a lock of the browser, or, where there are none, a lease. It knows no page.

mod connection;
mod rows;
mod words;

use super::locks::{Asked, Lock, Locks};
use super::nudge::Nudger;
use crate::driver::{Holder, Store, StoreError, StudyRow};
use crate::ids::{Epoch, Seq};
use crate::scheduler::Record;
use crate::spec::Durability;
use connection::{Connection, GROUPS, STUDIES, SUMMARIES, commit};
use indexed_db_futures::KeyRange;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::Transaction;
use rows::{Group, Row, from_object, group_key, to_object};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

/// Groups read at a time.
const PAGE: u32 = 256;
/// Of a holder that has taken the lock and not written its name yet.
const SOMEBODY: &str = "another tab of this browser";

/// A connection to a database, opened when it is first needed.
pub struct IndexedDb {
    name: String,
    locks: Locks,
    durability: Durability,
    connection: Option<Connection>,
    nudger: Option<Nudger>,
}

/// A study as lists show it.
pub struct ListedStudy<T> {
    /// Its name.
    pub name: String,
    /// Its last record.
    pub last: Seq,
    /// Who writes it now, if anybody.
    pub held_by: Option<String>,
    /// Length of its records.
    pub bytes: u64,
    /// When records were last added, milliseconds since 1970-01-01 UTC.
    pub changed_ms: Option<f64>,
    /// What was last kept for it by [`IndexedDb::keep_summary`].
    pub summary: Option<T>,
}

/// Whether pages of this host know such databases at all; one of them may still not be allowed any.
pub fn indexed_db_exists() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &"indexedDB".into()).unwrap_or(false)
}

impl IndexedDb {
    /// The database called `name`, whose writers hold `locks`.
    pub fn new(name: &str, locks: Locks) -> IndexedDb {
        let durability = Durability::Full;
        IndexedDb { name: name.to_owned(), locks, durability, connection: None, nudger: None }
    }

    /// What appends wait for from now on: the disk, or no more than the browser.
    pub fn set_durability(&mut self, durability: Durability) {
        self.durability = durability;
    }

    /// All studies, by name, each with its summary if one of that form was kept.
    ///
    /// # Errors
    /// As for every call.
    pub async fn list<T: DeserializeOwned>(&mut self) -> Result<Vec<ListedStudy<T>>, StoreError> {
        let result = self.try_list().await;
        self.explained(result)
    }

    /// Keeps something to be shown with `study` in lists.
    ///
    /// # Errors
    /// As for every call.
    pub async fn keep_summary(&mut self, study: &str, summary: &impl Serialize) -> Result<(), StoreError> {
        let result = self.try_keep_summary(study, summary).await;
        self.explained(result)
    }

    async fn try_list<T: DeserializeOwned>(&mut self) -> Result<Vec<ListedStudy<T>>, StoreError> {
        let held = self.locks.all_held().await?;
        let lock_of = |study: &str| lock_name(&self.name, study);
        let transaction = connected(&mut self.connection, &self.name).await?.reading()?;
        let rows = all(&transaction, STUDIES).await?;
        let mut summaries: BTreeMap<_, _> = all(&transaction, SUMMARIES).await?.into_iter().collect();
        let mut listed = Vec::new();
        for (name, row) in rows {
            let row: Row = from_object("the list of studies", row)?;
            let writer = match &held {
                Some(held) => row.holder.as_ref().filter(|_| held.contains(&lock_of(&name))),
                None => row.leased_by(js_sys::Date::now()),
            };
            let summary = summaries.remove(&name).and_then(|kept| from_object("a summary", kept).ok());
            listed.push(ListedStudy {
                last: Seq(row.last),
                held_by: writer.map(|holder| holder.about.clone()),
                bytes: row.bytes,
                changed_ms: row.changed_ms,
                summary,
                name,
            });
        }
        Ok(listed)
    }

    async fn try_keep_summary(&mut self, study: &str, summary: &impl Serialize) -> Result<(), StoreError> {
        let connection = connected(&mut self.connection, &self.name).await?;
        let transaction = connection.writing(Durability::Relaxed)?;
        if row_of(&transaction, study).await?.is_some() {
            put(&transaction, SUMMARIES, study.into(), to_object(summary)?)?;
        }
        commit(transaction).await
    }

    async fn try_claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        let lock = lock_name(&self.name, study);
        let asked = self.locks.ask(&lock).await?;
        let transaction = connected(&mut self.connection, &self.name).await?.writing(Durability::Full)?;
        let mut row = row_of(&transaction, study).await?.unwrap_or_default();
        let now_ms = js_sys::Date::now();
        refuse_if_held(study, &row, &asked, now_ms, Some(&holder.id))?;
        let epoch = row.claim(holder, now_ms, ttl_us);
        put(&transaction, STUDIES, study.into(), to_object(&row)?)?;
        commit(transaction).await?;
        match asked {
            Asked::Taken(taken) => self.locks.hold(lock, epoch, taken),
            Asked::Ours => self.locks.pass_on(&lock, epoch),
            Asked::Others | Asked::NoLocks => {}
        }
        Ok(epoch)
    }

    async fn try_renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        let connection = connected(&mut self.connection, &self.name).await?;
        let transaction = connection.writing(Durability::Relaxed)?;
        let mut row = row_for_writer(&transaction, study, epoch).await?;
        row.lease_until_ms = js_sys::Date::now() + ttl_us as f64 / 1e3;
        put(&transaction, STUDIES, study.into(), to_object(&row)?)?;
        commit(transaction).await
    }

    async fn try_release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        // All that was appended before is on the disk then as well.
        let transaction = connected(&mut self.connection, &self.name).await?.writing(Durability::Full)?;
        let mut row = match row_for_writer(&transaction, study, epoch).await {
            Err(StoreError::Fenced) => return Ok(()),
            row => row?,
        };
        row.holder = None;
        put(&transaction, STUDIES, study.into(), to_object(&row)?)?;
        commit(transaction).await
    }

    async fn try_append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        let group = Group::new(after, records);
        let transaction = connected(&mut self.connection, &self.name).await?.writing(self.durability)?;
        let mut row = row_for_writer(&transaction, study, epoch).await?;
        if row.last != after.0 {
            return Err(StoreError::Conflict { expected: after, found: Seq(row.last) });
        }
        if records.is_empty() {
            return Ok(after);
        }
        row.last += records.len() as u64;
        row.bytes += group.bytes();
        row.changed_ms = Some(js_sys::Date::now());
        put(&transaction, GROUPS, group_key(study, row.last as f64), group.to_object())?;
        put(&transaction, STUDIES, study.into(), to_object(&row)?)?;
        commit(transaction).await?;
        self.nudger.get_or_insert_with(|| Nudger::new(&self.name)).tell(study);
        Ok(Seq(row.last))
    }

    async fn try_read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        let transaction = connected(&mut self.connection, &self.name).await?.reading()?;
        let row = row_of(&transaction, study).await?.ok_or_else(|| missing(study))?;
        let groups = transaction.object_store(GROUPS).map_err(words::of)?;
        let wanted = row.last.saturating_sub(after.0).min(limit as u64) as usize;
        let mut records: Vec<Record> = Vec::new();
        while records.len() < wanted {
            let last = Seq(after.0 + records.len() as u64);
            let found = page(&groups, study, last, wanted - records.len()).await?;
            if found.is_empty() {
                let reason = format!("record {} of study `{study}` is missing", last.next().0);
                return Err(StoreError::Broken(reason));
            }
            records.extend(found);
        }
        Ok(records)
    }

    async fn try_delete(&mut self, study: &str) -> Result<(), StoreError> {
        let asked = self.locks.ask(&lock_name(&self.name, study)).await?;
        let transaction = connected(&mut self.connection, &self.name).await?.writing(Durability::Full)?;
        let row = row_of(&transaction, study).await?.ok_or_else(|| missing(study))?;
        refuse_if_held(study, &row, &asked, js_sys::Date::now(), None)?;
        let groups = KeyRange::Bound(group_key(study, 0.0), false, group_key(study, f64::INFINITY), false);
        remove(&transaction, GROUPS, groups)?;
        remove(&transaction, SUMMARIES, KeyRange::Only(study.into()))?;
        remove(&transaction, STUDIES, KeyRange::Only(study.into()))?;
        commit(transaction).await
    }

    /// A closed database says why, whatever a call made of it.
    fn explained<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        let lost = self.connection.as_ref().and_then(Connection::lost);
        match (result, lost) {
            (Err(StoreError::Busy(_) | StoreError::Broken(_)), Some(why)) => Err(why),
            (result, _) => result,
        }
    }
}

impl Store for IndexedDb {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        let listed = self.list::<serde::de::IgnoredAny>().await?;
        let row =
            |study: ListedStudy<_>| StudyRow { name: study.name, last: study.last, held_by: study.held_by };
        Ok(listed.into_iter().map(row).collect())
    }

    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        let result = self.try_claim(study, holder, ttl_us).await;
        self.explained(result)
    }

    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        let result = self.try_renew(study, epoch, ttl_us).await;
        self.explained(result)
    }

    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        let result = self.try_release(study, epoch).await;
        // Also when the database failed: the lock alone says that somebody writes.
        self.locks.give_back(&lock_name(&self.name, study), epoch);
        self.explained(result)
    }

    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        let result = self.try_append(study, epoch, after, records).await;
        self.explained(result)
    }

    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        let result = self.try_read(study, after, limit).await;
        self.explained(result)
    }

    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        let result = self.try_delete(study).await;
        self.explained(result)
    }
}

fn lock_name(database: &str, study: &str) -> String {
    format!("freerun/{database}/{study}")
}

fn missing(study: &str) -> StoreError {
    StoreError::NotFound(study.to_owned())
}

async fn connected<'a>(
    connection: &'a mut Option<Connection>,
    name: &str,
) -> Result<&'a Connection, StoreError> {
    let open = match connection.take() {
        Some(open) => open,
        None => Connection::open(name).await?,
    };
    Ok(connection.insert(open))
}

/// Who asks for `study` may have it: nobody else writes it.
fn refuse_if_held(
    study: &str,
    row: &Row,
    asked: &Asked,
    now_ms: f64,
    by: Option<&str>,
) -> Result<(), StoreError> {
    let writer = match asked {
        Asked::Taken(Lock { .. }) => None,
        Asked::Others => Some(row.holder.as_ref().map_or(SOMEBODY, |holder| &holder.about)),
        Asked::Ours => {
            row.holder.as_ref().filter(|holder| Some(&*holder.id) != by).map(|holder| &*holder.about)
        }
        Asked::NoLocks => {
            row.leased_by(now_ms).filter(|holder| Some(&*holder.id) != by).map(|holder| &*holder.about)
        }
    };
    match writer {
        Some(by) => Err(StoreError::Held { study: study.to_owned(), by: by.to_owned() }),
        None => Ok(()),
    }
}

/// All values of an object store by their keys, in order.
async fn all(transaction: &Transaction<'_>, store: &str) -> Result<Vec<(String, JsValue)>, StoreError> {
    let store = transaction.object_store(store).map_err(words::of)?;
    let keys = store.get_all_keys::<String>().primitive().map_err(words::of)?;
    let values = store.get_all::<JsValue>().primitive().map_err(words::of)?;
    let keys = keys.await.map_err(words::of)?.collect::<Result<Vec<_>, _>>().map_err(words::of)?;
    let values = values.await.map_err(words::of)?.collect::<Result<Vec<_>, _>>().map_err(words::of)?;
    Ok(keys.into_iter().zip(values).collect())
}

async fn row_of(transaction: &Transaction<'_>, study: &str) -> Result<Option<Row>, StoreError> {
    let store = transaction.object_store(STUDIES).map_err(words::of)?;
    let request = store.get::<JsValue, _, _>(study).primitive().map_err(words::of)?;
    request.await.map_err(words::of)?.map(|row| from_object("a study", row)).transpose()
}

/// The row, for the writer of `epoch`.
async fn row_for_writer(transaction: &Transaction<'_>, study: &str, epoch: Epoch) -> Result<Row, StoreError> {
    let row = row_of(transaction, study).await?.ok_or_else(|| missing(study))?;
    if row.epoch == epoch.0 { Ok(row) } else { Err(StoreError::Fenced) }
}

/// Writes with the transaction, which tells whether it worked.
fn put(transaction: &Transaction<'_>, store: &str, key: JsValue, value: JsValue) -> Result<(), StoreError> {
    let store = transaction.object_store(store).map_err(words::of)?;
    store.put(value).with_key(key).without_key_type().primitive().map_err(words::of)?;
    Ok(())
}

/// Deletes with the transaction, which tells whether it worked.
fn remove(transaction: &Transaction<'_>, store: &str, keys: KeyRange<JsValue>) -> Result<(), StoreError> {
    let store = transaction.object_store(store).map_err(words::of)?;
    store.delete::<JsValue, _>(keys).primitive().map_err(words::of)?;
    Ok(())
}

/// Some of the records after `after`, in order, no more than `limit`.
async fn page(
    groups: &ObjectStore<'_>,
    study: &str,
    after: Seq,
    limit: usize,
) -> Result<Vec<Record>, StoreError> {
    let range =
        KeyRange::Bound(group_key(study, after.0 as f64), true, group_key(study, f64::INFINITY), false);
    let count = PAGE.min(u32::try_from(limit).unwrap_or(PAGE));
    let found = groups.get_all::<JsValue>().with_query::<JsValue, _>(range).with_limit(count).primitive();
    let mut records: Vec<Record> = Vec::new();
    for group in found.map_err(words::of)?.await.map_err(words::of)? {
        let group = Group::from_object(&group.map_err(words::of)?)?;
        let last = Seq(after.0 + records.len() as u64);
        if group.first > last.next() {
            break;
        }
        records.extend(group.records(last, limit - records.len())?);
    }
    Ok(records)
}
