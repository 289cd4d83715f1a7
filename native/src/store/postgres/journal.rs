//! The records of a study: rows of `freerun_journal`.

use super::lease::signed;
use super::session::Transaction;
use freerun::driver::StoreError;
use freerun::ids::Seq;
use freerun::journal;
use freerun::scheduler::Record;

/// Adds `records` after the record `after`; gives the new last position.
pub fn insert(
    transaction: &mut Transaction,
    study: &str,
    after: Seq,
    records: &[Record],
) -> Result<Seq, StoreError> {
    let lines: Vec<String> = records.iter().map(journal::encode).collect();
    let insert = "INSERT INTO freerun_journal (study, seq, record) \
        SELECT $1, $2 + place, line FROM unnest($3::text[]) WITH ORDINALITY AS lines (line, place)";
    transaction.execute(insert, &[&study, &signed(after.0), &lines])?;
    Ok(Seq(after.0 + records.len() as u64))
}

/// Up to `limit` records after `after`, in order.
pub fn page(
    transaction: &mut Transaction,
    study: &str,
    after: Seq,
    limit: usize,
) -> Result<Vec<Record>, StoreError> {
    let select =
        "SELECT seq, record FROM freerun_journal WHERE study = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = transaction.query(select, &[&study, &signed(after.0), &limit])?;
    let mut expected = after;
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        expected = expected.next();
        if row.get::<_, i64>(0) != signed(expected.0) {
            return Err(StoreError::Broken(format!("record {} of study `{study}` is missing", expected.0)));
        }
        let record = journal::decode(expected.0, row.get(1));
        records.push(record.map_err(|error| StoreError::Broken(error.to_string()))?);
    }
    Ok(records)
}

/// Removes all records of `study`.
pub fn remove(transaction: &mut Transaction, study: &str) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM freerun_journal WHERE study = $1", &[&study])?;
    Ok(())
}
