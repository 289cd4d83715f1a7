//! The records of a study: rows of `freerun_journal`.

use super::{broken, busy_or_broken};
use freerun::driver::StoreError;
use freerun::ids::Seq;
use freerun::journal;
use freerun::scheduler::Record;
use rusqlite::Connection;

/// Adds `records` after the record `after`; gives the new last position.
pub fn insert(
    connection: &Connection,
    study: &str,
    after: Seq,
    records: &[Record],
) -> Result<Seq, StoreError> {
    let insert = "INSERT INTO freerun_journal (study, seq, record) VALUES (?1, ?2, ?3)";
    let mut insert = connection.prepare_cached(insert).map_err(busy_or_broken)?;
    let mut last = after;
    for record in records {
        last = last.next();
        insert.execute((study, last.0, journal::encode(record))).map_err(busy_or_broken)?;
    }
    Ok(last)
}

/// Up to `limit` records after `after`, in order.
pub fn page(
    connection: &Connection,
    study: &str,
    after: Seq,
    limit: usize,
) -> Result<Vec<Record>, StoreError> {
    let select =
        "SELECT seq, record FROM freerun_journal WHERE study = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    let mut statement = connection.prepare_cached(select).map_err(busy_or_broken)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((study, after.0, limit)).map_err(busy_or_broken)?;
    let mut records = Vec::new();
    let mut expected = after;
    while let Some(row) = rows.next().map_err(busy_or_broken)? {
        expected = expected.next();
        let seq: u64 = row.get(0).map_err(broken)?;
        if seq != expected.0 {
            return Err(StoreError::Broken(format!("record {} of study `{study}` is missing", expected.0)));
        }
        let text = row.get_ref(1).and_then(|value| Ok(value.as_str()?)).map_err(broken)?;
        records.push(journal::decode(seq, text).map_err(|error| StoreError::Broken(error.to_string()))?);
    }
    Ok(records)
}

/// Removes all records of `study`.
pub fn remove(connection: &Connection, study: &str) -> Result<(), StoreError> {
    connection.execute("DELETE FROM freerun_journal WHERE study = ?1", [study]).map_err(busy_or_broken)?;
    Ok(())
}
