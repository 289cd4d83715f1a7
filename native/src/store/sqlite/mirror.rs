//! Optuna's side of a study that is written here.

use super::lease::Lease;
use super::tables::{self, Found, Rows};
use super::{busy_or_broken, journal};
use crate::store::optuna::{Change, Projection};
use freerun::driver::StoreError;
use freerun::ids::Seq;
use freerun::scheduler::Record;
use rusqlite::Connection;

/// Records read from the journal at a time.
const PAGE: usize = 1024;

/// Optuna's side of a study: the fold so far and where its rows are.
pub struct Mirror {
    projection: Projection,
    rows: Rows,
}

impl Mirror {
    /// Finds the rows of `study` in Optuna's tables, and makes them again where some are missing.
    ///
    /// # Errors
    /// When another program wrote rows of its own there.
    pub fn check(connection: &Connection, study: &str, last: Seq, trials: u32) -> Result<(), StoreError> {
        match Rows::find(connection, study, last > Seq(0), trials).map_err(busy_or_broken)? {
            Found::Whole(_) => Ok(()),
            Found::Damaged => Mirror::rebuild(connection, study).map(|_| ()),
            Found::Foreign => Err(foreign(study, last)),
        }
    }

    /// The last record folded in.
    pub fn at(&self) -> Seq {
        self.projection.at()
    }

    /// How many trials there are.
    pub fn trials(&self) -> u32 {
        self.projection.trials()
    }

    /// Folds `records` in and writes what they change.
    pub fn write(
        &mut self,
        connection: &Connection,
        study: &str,
        records: &[Record],
    ) -> Result<(), StoreError> {
        let mut changes = Vec::new();
        for record in records {
            self.projection.apply(record, &mut changes);
        }
        self.write_changes(connection, study, &changes).map_err(busy_or_broken)
    }

    fn write_changes(
        &mut self,
        connection: &Connection,
        study: &str,
        changes: &[Change],
    ) -> rusqlite::Result<()> {
        let columns = self.projection.columns();
        changes.iter().try_for_each(|change| self.rows.write(connection, study, columns, change))
    }

    /// The mirror of a study as its journal and rows stand.
    pub fn catch_up(connection: &Connection, study: &str, lease: &Lease) -> Result<Mirror, StoreError> {
        let begun = lease.last > Seq(0);
        let rows = match Rows::find(connection, study, begun, lease.trials).map_err(busy_or_broken)? {
            Found::Whole(rows) => rows,
            Found::Damaged => return Mirror::rebuild(connection, study),
            Found::Foreign => return Err(foreign(study, lease.last)),
        };
        let mut projection = Projection::default();
        while projection.at() < lease.last {
            let records = journal::page(connection, study, projection.at(), PAGE)?;
            if records.is_empty() {
                return Err(StoreError::Broken(format!("records of study `{study}` are missing")));
            }
            records.iter().for_each(|record| projection.pass(record));
        }
        Ok(Mirror { projection, rows })
    }

    /// Makes the rows of `study` in Optuna's tables again.
    pub fn rebuild(connection: &Connection, study: &str) -> Result<Mirror, StoreError> {
        tables::remove(connection, study).map_err(busy_or_broken)?;
        let mut mirror = Mirror { projection: Projection::default(), rows: Rows::default() };
        loop {
            let records = journal::page(connection, study, mirror.projection.at(), PAGE)?;
            if records.is_empty() {
                return Ok(mirror);
            }
            mirror.write(connection, study, &records)?;
        }
    }
}

fn foreign(study: &str, last: Seq) -> StoreError {
    StoreError::Broken(if last == Seq(0) {
        format!("the database has a study `{study}` that Optuna made: choose another name for yours")
    } else {
        format!(
            "another program added trials to study `{study}` in Optuna's tables: remove them, or go on under another name"
        )
    })
}
