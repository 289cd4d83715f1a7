//! Journals on a PostgreSQL server, with Optuna's tables written beside them in the same transaction.
//! Leases run by the server's clock. A connection that is lost is made again at the next call; what
//! was under way then was kept whole or not at all.

mod connect;
mod encryption;
mod journal;
mod lease;
mod passfile;
mod schema;
mod session;
mod tables;

pub use connect::redacted;

use crate::store::optuna::{Mirror, Tables};
use connect::Server;
use freerun::driver::{Holder, Store, StoreError, StudyRow};
use freerun::ids::{Epoch, Seq};
use freerun::scheduler::Record;
use lease::Lease;
use postgres::error::SqlState;
use session::{Session, Transaction};
use std::collections::BTreeMap;
use tables::PostgresTables;

/// A store on a server.
pub struct PostgresStore {
    server: Server,
    session: Option<Session>,
    /// Optuna's side of the studies written here.
    mirrors: BTreeMap<String, Mirror>,
}

impl PostgresStore {
    /// Connects to the server of a `postgres://` URL and makes the tables that are missing.
    ///
    /// # Errors
    /// [`StoreError::Broken`] for a URL that is none, a server that refuses, or tables of a newer
    /// version; [`StoreError::Busy`] for a server that does not answer.
    pub fn create(url: &str) -> Result<PostgresStore, StoreError> {
        let mut store = PostgresStore::at(url)?;
        schema::create(store.session()?)?;
        Ok(store)
    }

    /// The same, but `None` if the database has no tables of ours.
    ///
    /// # Errors
    /// As for [`PostgresStore::create`].
    pub fn open_existing(url: &str) -> Result<Option<PostgresStore>, StoreError> {
        let mut store = PostgresStore::at(url)?;
        Ok(schema::exists(store.session()?)?.then_some(store))
    }

    fn at(url: &str) -> Result<PostgresStore, StoreError> {
        let server = Server::at(url).map_err(StoreError::Broken)?;
        Ok(PostgresStore { server, session: None, mirrors: BTreeMap::new() })
    }

    fn session(&mut self) -> Result<&mut Session, StoreError> {
        if self.session.as_ref().is_none_or(Session::is_lost) {
            // What was folded in may not be what was kept.
            self.mirrors.clear();
            self.session = None;
        }
        match &mut self.session {
            Some(session) => Ok(session),
            empty => Ok(empty.insert(Session::new(self.server.connect()?))),
        }
    }

    /// Makes the rows of `study` in Optuna's tables again, from its journal.
    ///
    /// # Errors
    /// [`StoreError::Held`] while somebody writes the study; else as for [`Store::read`].
    pub fn rebuild_projection(&mut self, study: &str) -> Result<(), StoreError> {
        self.mirrors.remove(study);
        let mut transaction = self.session()?.begin()?;
        unheld(&mut transaction, study)?;
        Mirror::rebuild(&mut PostgresTables(&mut transaction), study)?;
        transaction.commit()
    }

    fn append_to(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        self.session()?;
        // A failure leaves the fold ahead of the database: it is made again at the next append.
        let mirror = self.mirrors.remove(study);
        let mut transaction = self.session()?.begin()?;
        let lease = Lease::lock(&mut transaction, study)?.ok_or(StoreError::Fenced)?;
        if lease.epoch != epoch {
            return Err(StoreError::Fenced);
        }
        if lease.last != after {
            return Err(StoreError::Conflict { expected: after, found: lease.last });
        }
        let mut tables = PostgresTables(&mut transaction);
        let mut mirror = match mirror.filter(|mirror| mirror.at() == after) {
            Some(mirror) => mirror,
            None => Mirror::catch_up(&mut tables, study, after, lease.trials)?,
        };
        mirror.write(&mut tables, study, records)?;
        let last = journal::insert(&mut transaction, study, after, records)?;
        lease::advance(&mut transaction, study, last, mirror.trials())?;
        transaction.commit()?;
        self.mirrors.insert(study.to_owned(), mirror);
        Ok(last)
    }
}

impl Store for PostgresStore {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        let mut transaction = self.session()?.begin()?;
        let rows = lease::all(&mut transaction)?;
        let row = |(name, lease): (String, Lease)| StudyRow {
            name,
            last: lease.last,
            held_by: lease.held_by().map(str::to_owned),
        };
        Ok(rows.into_iter().map(row).collect())
    }

    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        self.mirrors.remove(study);
        let mut transaction = self.session()?.begin()?;
        let lease = Lease::lock(&mut transaction, study)?;
        if let Some(by) = lease.as_ref().and_then(|lease| lease.held_by_other(holder)) {
            return Err(StoreError::Held { study: study.to_owned(), by: by.to_owned() });
        }
        let (last, trials) = lease.map_or((Seq(0), 0), |lease| (lease.last, lease.trials));
        Mirror::check(&mut PostgresTables(&mut transaction), study, last, trials)?;
        let epoch = lease::give(&mut transaction, study, holder, ttl_us)?;
        transaction.commit()?;
        Ok(epoch)
    }

    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        let mut transaction = self.session()?.begin()?;
        let prolonged = lease::prolong(&mut transaction, study, epoch, ttl_us)?;
        transaction.commit()?;
        if prolonged { Ok(()) } else { Err(StoreError::Fenced) }
    }

    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        let mut transaction = self.session()?.begin()?;
        lease::end(&mut transaction, study, epoch)?;
        transaction.commit()
    }

    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        self.append_to(study, epoch, after, records)
    }

    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        let mut transaction = self.session()?.begin()?;
        if Lease::find(&mut transaction, study)?.is_none() {
            return Err(StoreError::NotFound(study.to_owned()));
        }
        journal::page(&mut transaction, study, after, limit)
    }

    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        self.mirrors.remove(study);
        let mut transaction = self.session()?.begin()?;
        let lease = unheld(&mut transaction, study)?;
        journal::remove(&mut transaction, study)?;
        PostgresTables(&mut transaction).remove(study)?;
        lease::remove(&mut transaction, study, lease.epoch)?;
        transaction.commit()
    }
}

/// The row of a study that nobody writes now, locked.
fn unheld(transaction: &mut Transaction, study: &str) -> Result<Lease, StoreError> {
    let lease = Lease::lock(transaction, study)?.ok_or_else(|| StoreError::NotFound(study.to_owned()))?;
    match lease.held_by() {
        Some(by) => Err(StoreError::Held { study: study.to_owned(), by: by.to_owned() }),
        None => Ok(lease),
    }
}

/// An error that time may cure: the server or the way to it is away, full, or busy with others.
fn busy_or_broken(error: &postgres::Error) -> StoreError {
    let message = format!("the database cannot be used: {}", connect::words(error));
    let cured = match error.code() {
        Some(code) => may_pass(code),
        // The connection itself: refused, cut, silent.
        None => {
            std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>())
                || error.is_closed()
        }
    };
    if cured { StoreError::Busy(message) } else { StoreError::Broken(message) }
}

/// Whether what `code` says may pass by itself, by its class (PostgreSQL documentation, appendix A):
/// connection exceptions, transaction rollbacks, insufficient resources, operator interventions,
/// system errors, and locks that were not to be had.
fn may_pass(code: &SqlState) -> bool {
    let classes = ["08", "40", "53", "57", "58"];
    let codes = [
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::READ_ONLY_SQL_TRANSACTION,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    ];
    classes.iter().any(|class| code.code().starts_with(class)) || codes.contains(code)
}

#[cfg(all(test, feature = "server-tests"))]
mod tests;
