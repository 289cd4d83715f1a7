//! Opening a database: what it must be, and the tables made in it.

use super::broken;
use crate::store::optuna::schema::{HEAD, LIBRARY, VERSION as OPTUNA, other_version};
use freerun::driver::StoreError;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

/// Version of our tables.
const VERSION: i64 = 1;

/// Sets the connection up. Foreign keys are off as in Optuna itself: rows that somebody removed from
/// Optuna's tables must not stop a study, whose journal is the truth.
pub fn configure(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Makes the tables that are missing.
pub fn create(connection: &mut Connection) -> Result<(), StoreError> {
    if version(connection)? == Some(VERSION) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
    transaction.execute_batch(include_str!("freerun.sql")).map_err(broken)?;
    if version(&transaction)?.is_none() {
        transaction.execute("INSERT INTO freerun_meta VALUES (?1, 0)", [VERSION]).map_err(broken)?;
    }
    transaction.execute_batch(include_str!("optuna.sql")).map_err(broken)?;
    check_optuna(&transaction)?;
    transaction.commit().map_err(broken)
}

/// Whether the database has our tables.
///
/// # Errors
/// When a newer program made them.
pub fn exists(connection: &Connection) -> Result<bool, StoreError> {
    Ok(version(connection)?.is_some())
}

fn version(connection: &Connection) -> Result<Option<i64>, StoreError> {
    let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'freerun_meta'";
    if connection.query_row(table, [], |_| Ok(())).optional().map_err(broken)?.is_none() {
        return Ok(None);
    }
    let select = "SELECT version FROM freerun_meta";
    let found: Option<i64> = connection.query_row(select, [], |row| row.get(0)).optional().map_err(broken)?;
    match found {
        Some(found) if found > VERSION => Err(StoreError::Broken(format!(
            "a newer version of freerun made this database (its tables have version {found}, this program knows {VERSION}): update freerun"
        ))),
        found => Ok(found),
    }
}

fn check_optuna(connection: &Connection) -> Result<(), StoreError> {
    let insert = "INSERT INTO version_info SELECT 1, ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM version_info)";
    connection.execute(insert, (OPTUNA, LIBRARY)).map_err(broken)?;
    let insert = "INSERT INTO alembic_version SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM alembic_version)";
    connection.execute(insert, [HEAD]).map_err(broken)?;
    let select = "SELECT schema_version, version_num FROM version_info, alembic_version";
    let found: (i64, String) =
        connection.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(broken)?;
    if found == (i64::from(OPTUNA), HEAD.to_owned()) { Ok(()) } else { Err(other_version(found.0, &found.1)) }
}
