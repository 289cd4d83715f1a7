//! Journals in a SQLite database, with Optuna's tables written beside them in the same transaction.
//! Write-ahead logging with full synchronisation: what `append` returns from is on the disk.

mod journal;
mod lease;
mod schema;
mod tables;

use crate::store::optuna::{Mirror, Tables};
use freerun::driver::{Holder, Store, StoreError, StudyRow};
use freerun::ids::{Epoch, Seq};
use freerun::scheduler::Record;
use lease::Lease;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use tables::SqliteTables;

/// A store in one database file.
pub struct SqliteStore {
    connection: Connection,
    /// Optuna's side of the studies written here.
    mirrors: BTreeMap<String, Mirror>,
    /// Time, microseconds since 1970-01-01 UTC.
    clock: fn() -> i64,
}

impl SqliteStore {
    /// Opens the database at `path` and makes what is missing in it.
    ///
    /// # Errors
    /// [`StoreError::Broken`] for a file that is no database, or of a newer version.
    pub fn create(path: &Path) -> Result<SqliteStore, StoreError> {
        let mut store = SqliteStore::with(Connection::open(path).map_err(busy_or_broken)?)?;
        schema::create(&mut store.connection)?;
        Ok(store)
    }

    /// Opens the database at `path`; `None` if there is no file, or no study of ours has ever been in it.
    ///
    /// # Errors
    /// As for [`SqliteStore::create`].
    pub fn open_existing(path: &Path) -> Result<Option<SqliteStore>, StoreError> {
        if !path.exists() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(busy_or_broken)?;
        if !schema::exists(&connection)? {
            return Ok(None);
        }
        SqliteStore::with(connection).map(Some)
    }

    fn with(connection: Connection) -> Result<SqliteStore, StoreError> {
        schema::configure(&connection).map_err(busy_or_broken)?;
        Ok(SqliteStore { connection, mirrors: BTreeMap::new(), clock: utc_now_us })
    }

    /// Makes the rows of `study` in Optuna's tables again, from its journal.
    ///
    /// # Errors
    /// [`StoreError::Held`] while somebody writes the study; else as for [`Store::read`].
    pub fn rebuild_projection(&mut self, study: &str) -> Result<(), StoreError> {
        let now = (self.clock)();
        self.mirrors.remove(study);
        let transaction = immediate(&mut self.connection)?;
        unheld(&transaction, study, now)?;
        Mirror::rebuild(&mut SqliteTables(&transaction), study)?;
        transaction.commit().map_err(busy_or_broken)
    }
}

impl Store for SqliteStore {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        let select = "SELECT name FROM freerun_studies ORDER BY name";
        let mut statement = self.connection.prepare_cached(select).map_err(busy_or_broken)?;
        let names = statement.query_map([], |row| row.get(0)).map_err(busy_or_broken)?;
        let names: Vec<String> = names.collect::<Result<_, _>>().map_err(busy_or_broken)?;
        let now = (self.clock)();
        let mut rows = Vec::new();
        for name in names {
            // It may have been deleted in between.
            let Some(lease) = Lease::find(&self.connection, &name)? else { continue };
            let held_by = lease.held_by(now).map(str::to_owned);
            rows.push(StudyRow { name, last: lease.last, held_by });
        }
        Ok(rows)
    }

    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        let now = (self.clock)();
        self.mirrors.remove(study);
        let transaction = immediate(&mut self.connection)?;
        let lease = Lease::find(&transaction, study)?;
        if let Some(by) = lease.as_ref().and_then(|lease| lease.held_by_other(holder, now)) {
            return Err(StoreError::Held { study: study.to_owned(), by: by.to_owned() });
        }
        let (last, trials) = lease.map_or((Seq(0), 0), |lease| (lease.last, lease.trials));
        Mirror::check(&mut SqliteTables(&transaction), study, last, trials)?;
        let epoch = lease::give(&transaction, study, holder, until(now, ttl_us))?;
        transaction.commit().map_err(busy_or_broken)?;
        Ok(epoch)
    }

    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        let until = until((self.clock)(), ttl_us);
        match lease::prolong(&self.connection, study, epoch, until)? {
            true => Ok(()),
            false => Err(StoreError::Fenced),
        }
    }

    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        lease::end(&self.connection, study, epoch)
    }

    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        // A failure leaves the fold ahead of the database: it is made again at the next append.
        let mirror = self.mirrors.remove(study);
        let transaction = immediate(&mut self.connection)?;
        let lease = Lease::find(&transaction, study)?.ok_or(StoreError::Fenced)?;
        if lease.epoch != epoch {
            return Err(StoreError::Fenced);
        }
        if lease.last != after {
            return Err(StoreError::Conflict { expected: after, found: lease.last });
        }
        let mut mirror = match mirror.filter(|mirror| mirror.at() == after) {
            Some(mirror) => mirror,
            None => Mirror::catch_up(&mut SqliteTables(&transaction), study, after, lease.trials)?,
        };
        let last = journal::insert(&transaction, study, after, records)?;
        mirror.write(&mut SqliteTables(&transaction), study, records)?;
        lease::advance(&transaction, study, last, mirror.trials())?;
        transaction.commit().map_err(busy_or_broken)?;
        self.mirrors.insert(study.to_owned(), mirror);
        Ok(last)
    }

    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        if Lease::find(&self.connection, study)?.is_none() {
            return Err(StoreError::NotFound(study.to_owned()));
        }
        journal::page(&self.connection, study, after, limit)
    }

    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        let now = (self.clock)();
        self.mirrors.remove(study);
        let transaction = immediate(&mut self.connection)?;
        let lease = unheld(&transaction, study, now)?;
        journal::remove(&transaction, study)?;
        SqliteTables(&transaction).remove(study)?;
        lease::remove(&transaction, study, lease.epoch)?;
        transaction.commit().map_err(busy_or_broken)
    }
}

/// The row of a study that nobody writes now.
fn unheld(connection: &Connection, study: &str, now_utc_us: i64) -> Result<Lease, StoreError> {
    let lease = Lease::find(connection, study)?.ok_or_else(|| StoreError::NotFound(study.to_owned()))?;
    match lease.held_by(now_utc_us) {
        Some(by) => Err(StoreError::Held { study: study.to_owned(), by: by.to_owned() }),
        None => Ok(lease),
    }
}

fn immediate(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(busy_or_broken)
}

fn until(now_utc_us: i64, ttl_us: u64) -> i64 {
    now_utc_us.saturating_add(i64::try_from(ttl_us).unwrap_or(i64::MAX))
}

fn utc_now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// An error that time may cure: others use the file, the disk is full or away.
fn busy_or_broken(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen,
        ) => StoreError::Busy(format!("the database cannot be used: {error}")),
        _ => broken(error),
    }
}

fn broken(error: rusqlite::Error) -> StoreError {
    StoreError::Broken(format!("the database cannot be used: {error}"))
}

#[cfg(test)]
mod tests;
