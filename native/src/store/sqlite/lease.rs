//! The row of a study: its lease and where its journal ends.

use super::{broken, busy_or_broken};
use crate::store::holder;
use freerun::driver::{Holder, StoreError};
use freerun::ids::{Epoch, Seq};
use rusqlite::{Connection, OptionalExtension};

/// A row of `freerun_studies`.
#[derive(Debug, Clone)]
pub struct Lease {
    /// The last record.
    pub last: Seq,
    /// Trials in the journal.
    pub trials: u32,
    /// Of the newest claim.
    pub epoch: Epoch,
    holder: Option<String>,
    about: Option<String>,
    until_utc_us: i64,
}

impl Lease {
    /// The row of `study`.
    pub fn find(connection: &Connection, study: &str) -> Result<Option<Lease>, StoreError> {
        let select = "SELECT last_seq, trials, epoch, holder, holder_about, lease_until_utc_us FROM freerun_studies WHERE name = ?1";
        let mut statement = connection.prepare_cached(select).map_err(busy_or_broken)?;
        let row = statement.query_row([study], |row| {
            Ok(Lease {
                last: Seq(row.get(0)?),
                trials: row.get(1)?,
                epoch: Epoch(row.get(2)?),
                holder: row.get(3)?,
                about: row.get(4)?,
                until_utc_us: row.get(5)?,
            })
        });
        row.optional().map_err(busy_or_broken)
    }

    /// Who writes the study at this time, if anybody: a lease that has ended, or whose process has
    /// died on this machine, holds nothing.
    pub fn held_by(&self, now_utc_us: i64) -> Option<&str> {
        let holder = self.holder.as_deref().filter(|_| self.until_utc_us > now_utc_us)?;
        (!holder::is_dead(holder)).then(|| self.about.as_deref().unwrap_or(holder))
    }

    /// The same, but `None` for `holder` itself.
    pub fn held_by_other(&self, holder: &Holder, now_utc_us: i64) -> Option<&str> {
        self.held_by(now_utc_us).filter(|_| self.holder.as_ref() != Some(&holder.id))
    }
}

/// Gives `study` to `holder` under the next epoch, and adds its row if there is none.
pub fn give(
    connection: &Connection,
    study: &str,
    holder: &Holder,
    until_utc_us: i64,
) -> Result<Epoch, StoreError> {
    let insert = "INSERT INTO freerun_studies (name, last_seq, trials, epoch, holder, holder_about, lease_until_utc_us) \
        SELECT ?1, 0, 0, epoch_floor + 1, ?2, ?3, ?4 FROM freerun_meta WHERE true \
        ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1, holder = ?2, holder_about = ?3, lease_until_utc_us = ?4 \
        RETURNING epoch";
    let values = (study, &holder.id, &holder.about, until_utc_us);
    connection.query_row(insert, values, |row| row.get(0)).map(Epoch).map_err(busy_or_broken)
}

/// Prolongs the lease of `epoch`; false if a newer epoch exists.
pub fn prolong(
    connection: &Connection,
    study: &str,
    epoch: Epoch,
    until_utc_us: i64,
) -> Result<bool, StoreError> {
    let update = "UPDATE freerun_studies SET lease_until_utc_us = ?3 WHERE name = ?1 AND epoch = ?2 AND holder IS NOT NULL";
    let changed = connection.execute(update, (study, epoch.0, until_utc_us)).map_err(busy_or_broken)?;
    Ok(changed > 0)
}

/// Ends the lease of `epoch`, if it is the newest.
pub fn end(connection: &Connection, study: &str, epoch: Epoch) -> Result<(), StoreError> {
    let update = "UPDATE freerun_studies SET holder = NULL, holder_about = NULL, lease_until_utc_us = 0 WHERE name = ?1 AND epoch = ?2";
    connection.execute(update, (study, epoch.0)).map_err(busy_or_broken)?;
    Ok(())
}

/// Notes where the journal ends now.
pub fn advance(connection: &Connection, study: &str, last: Seq, trials: u32) -> Result<(), StoreError> {
    let update = "UPDATE freerun_studies SET last_seq = ?2, trials = ?3 WHERE name = ?1";
    let mut update = connection.prepare_cached(update).map_err(busy_or_broken)?;
    update.execute((study, last.0, trials)).map_err(busy_or_broken)?;
    Ok(())
}

/// Removes the row, and keeps its epoch for a study of the same name to come.
pub fn remove(connection: &Connection, study: &str, epoch: Epoch) -> Result<(), StoreError> {
    let update = "UPDATE freerun_meta SET epoch_floor = max(epoch_floor, ?1)";
    connection.execute(update, [epoch.0]).map_err(broken)?;
    connection.execute("DELETE FROM freerun_studies WHERE name = ?1", [study]).map_err(broken)?;
    Ok(())
}
