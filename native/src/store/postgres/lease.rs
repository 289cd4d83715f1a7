//! The row of a study: its lease, by the server's clock, and where its journal ends.

use super::session::Transaction;
use crate::store::holder;
use freerun::driver::{Holder, StoreError};
use freerun::ids::{Epoch, Seq};
use postgres::Row;

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
    /// Whether it has not ended.
    lasts: bool,
}

/// Columns in the order in which [`Lease::of`] reads them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT last_seq, trials, epoch, holder, holder_about, lease_until > clock_timestamp(), name FROM freerun_studies",
            $rest
        )
    };
}

impl Lease {
    fn of(row: &Row) -> Lease {
        let number = |column: usize| row.get::<_, i64>(column).unsigned_abs();
        Lease {
            last: Seq(number(0)),
            trials: u32::try_from(number(1)).unwrap_or(u32::MAX),
            epoch: epoch(row, 2),
            holder: row.get(3),
            about: row.get(4),
            lasts: row.get(5),
        }
    }

    /// The row of `study`.
    pub fn find(transaction: &mut Transaction, study: &str) -> Result<Option<Lease>, StoreError> {
        let rows = transaction.query(select!(" WHERE name = $1"), &[&study])?;
        Ok(rows.first().map(Lease::of))
    }

    /// The same, and nobody else may change it until the transaction ends.
    pub fn lock(transaction: &mut Transaction, study: &str) -> Result<Option<Lease>, StoreError> {
        let rows = transaction.query(select!(" WHERE name = $1 FOR UPDATE"), &[&study])?;
        Ok(rows.first().map(Lease::of))
    }

    /// Who writes the study now, if anybody: a lease that has ended, or whose process has died on this
    /// machine, holds nothing.
    pub fn held_by(&self) -> Option<&str> {
        let holder = self.holder.as_deref().filter(|_| self.lasts)?;
        (!holder::is_dead(holder)).then(|| self.about.as_deref().unwrap_or(holder))
    }

    /// The same, but `None` for `holder` itself.
    pub fn held_by_other(&self, holder: &Holder) -> Option<&str> {
        self.held_by().filter(|_| self.holder.as_ref() != Some(&holder.id))
    }
}

/// All studies, by name.
pub fn all(transaction: &mut Transaction) -> Result<Vec<(String, Lease)>, StoreError> {
    let rows = transaction.query(select!(" ORDER BY name COLLATE \"C\""), &[])?;
    Ok(rows.iter().map(|row| (row.get(6), Lease::of(row))).collect())
}

/// Gives `study` to `holder` under the next epoch, and adds its row if there is none.
pub fn give(
    transaction: &mut Transaction,
    study: &str,
    holder: &Holder,
    ttl_us: u64,
) -> Result<Epoch, StoreError> {
    let insert = "INSERT INTO freerun_studies AS old (name, last_seq, trials, epoch, holder, holder_about, lease_until) \
        SELECT $1, 0, 0, epoch_floor + 1, $2, $3, clock_timestamp() + $4::float8 * interval '1 microsecond' FROM freerun_meta \
        ON CONFLICT (name) DO UPDATE SET epoch = old.epoch + 1, holder = excluded.holder, \
        holder_about = excluded.holder_about, lease_until = excluded.lease_until \
        RETURNING epoch";
    let rows = transaction.query(insert, &[&study, &holder.id, &holder.about, &(ttl_us as f64)])?;
    let row = rows.first().ok_or_else(|| StoreError::Broken("freerun's tables are damaged".to_owned()))?;
    Ok(epoch(row, 0))
}

/// Prolongs the lease of `epoch`; false if a newer epoch exists.
pub fn prolong(
    transaction: &mut Transaction,
    study: &str,
    epoch: Epoch,
    ttl_us: u64,
) -> Result<bool, StoreError> {
    let update = "UPDATE freerun_studies SET lease_until = clock_timestamp() + $3::float8 * interval '1 microsecond' \
        WHERE name = $1 AND epoch = $2 AND holder IS NOT NULL";
    Ok(transaction.execute(update, &[&study, &i64::from(epoch.0), &(ttl_us as f64)])? > 0)
}

/// Ends the lease of `epoch`, if it is the newest.
pub fn end(transaction: &mut Transaction, study: &str, epoch: Epoch) -> Result<(), StoreError> {
    let update = "UPDATE freerun_studies SET holder = NULL, holder_about = NULL, lease_until = '-infinity' \
        WHERE name = $1 AND epoch = $2";
    transaction.execute(update, &[&study, &i64::from(epoch.0)])?;
    Ok(())
}

/// Notes where the journal ends now.
pub fn advance(transaction: &mut Transaction, study: &str, last: Seq, trials: u32) -> Result<(), StoreError> {
    let update = "UPDATE freerun_studies SET last_seq = $2, trials = $3 WHERE name = $1";
    transaction.execute(update, &[&study, &signed(last.0), &i64::from(trials)])?;
    Ok(())
}

/// Removes the row, and keeps its epoch for a study of the same name to come.
pub fn remove(transaction: &mut Transaction, study: &str, epoch: Epoch) -> Result<(), StoreError> {
    let update = "UPDATE freerun_meta SET epoch_floor = greatest(epoch_floor, $1)";
    transaction.execute(update, &[&i64::from(epoch.0)])?;
    transaction.execute("DELETE FROM freerun_studies WHERE name = $1", &[&study])?;
    Ok(())
}

fn epoch(row: &Row, column: usize) -> Epoch {
    Epoch(u32::try_from(row.get::<_, i64>(column)).unwrap_or(u32::MAX))
}

/// As the database counts.
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
