//! The tables of a database: what they must be, and making them.

use super::session::{Session, Transaction};
use crate::store::optuna::schema::{HEAD, LIBRARY, VERSION as OPTUNA, other_version};
use freerun::driver::StoreError;

/// Version of our tables.
const VERSION: i32 = 1;
/// Any number of ours: programs that make tables at the same time take turns by it.
const LOCK: i64 = 0x66_72_65_65_72_75_6e;

/// Makes the tables that are missing.
pub fn create(session: &mut Session) -> Result<(), StoreError> {
    let mut transaction = session.begin()?;
    transaction.query("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    if version(&mut transaction)? == Some(VERSION) {
        return Ok(());
    }
    transaction.batch(include_str!("freerun.sql"))?;
    transaction.execute("INSERT INTO freerun_meta VALUES ($1, 0)", &[&VERSION])?;
    transaction.batch(include_str!("optuna.sql"))?;
    check_optuna(&mut transaction)?;
    transaction.commit()
}

/// Whether the database has our tables.
///
/// # Errors
/// When a newer program made them.
pub fn exists(session: &mut Session) -> Result<bool, StoreError> {
    Ok(version(&mut session.begin()?)?.is_some())
}

fn version(transaction: &mut Transaction) -> Result<Option<i32>, StoreError> {
    let table = transaction.query("SELECT to_regclass('freerun_meta') IS NOT NULL", &[])?;
    if !table.first().is_some_and(|row| row.get(0)) {
        return Ok(None);
    }
    let found = transaction.query("SELECT version FROM freerun_meta", &[])?;
    match found.first().map(|row| row.get::<_, i32>(0)) {
        Some(found) if found > VERSION => Err(StoreError::Broken(format!(
            "a newer version of freerun made this database (its tables have version {found}, this program knows {VERSION}): update freerun"
        ))),
        found => Ok(found),
    }
}

fn check_optuna(transaction: &mut Transaction) -> Result<(), StoreError> {
    let insert = "INSERT INTO version_info SELECT 1, $1, $2 WHERE NOT EXISTS (SELECT 1 FROM version_info)";
    transaction.execute(insert, &[&OPTUNA, &LIBRARY])?;
    let insert = "INSERT INTO alembic_version SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM alembic_version)";
    transaction.execute(insert, &[&HEAD])?;
    let rows =
        transaction.query("SELECT schema_version, version_num FROM version_info, alembic_version", &[])?;
    let found = rows.first().map(|row| (row.get::<_, i32>(0), row.get::<_, String>(1)));
    match found {
        Some((OPTUNA, head)) if head == HEAD => Ok(()),
        Some((version, head)) => Err(other_version(i64::from(version), &head)),
        None => Err(other_version(0, "none")),
    }
}
