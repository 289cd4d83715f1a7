//! Optuna's tables in SQLite.

use super::{busy_or_broken, journal};
use crate::store::optuna::{Change, Column, Found, Rows, Tables, utc};
use freerun::driver::StoreError;
use freerun::ids::Seq;
use freerun::scheduler::Record;
use rusqlite::{Connection, Error, OptionalExtension};

/// The tables of one database, within one transaction.
pub struct SqliteTables<'c>(pub &'c Connection);

impl Tables for SqliteTables<'_> {
    fn find(&mut self, study: &str, begun: bool, trials: u32) -> Result<Found, StoreError> {
        let id = study_id(self.0, study).map_err(busy_or_broken)?;
        let rows = id.map(|id| trial_rows(self.0, id)).transpose().map_err(busy_or_broken)?;
        Ok(Found::of(id, rows.unwrap_or_default(), begun, trials))
    }

    fn write(
        &mut self,
        rows: &mut Rows,
        study: &str,
        columns: &[Column],
        changes: &[Change],
    ) -> Result<(), StoreError> {
        let mut write = |change| write(self.0, rows, study, columns, change);
        changes.iter().try_for_each(&mut write).map_err(busy_or_broken)
    }

    fn remove(&mut self, study: &str) -> Result<(), StoreError> {
        remove(self.0, study).map_err(busy_or_broken)
    }

    fn page(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        journal::page(self.0, study, after, limit)
    }
}

fn trial_rows(connection: &Connection, study: i64) -> Result<Vec<(Option<i64>, i64)>, Error> {
    let select = "SELECT number, trial_id FROM trials WHERE study_id = ?1 ORDER BY trial_id";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([study], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Carries out one change of `study`, whose parameters are `columns`.
fn write(
    connection: &Connection,
    rows: &mut Rows,
    study: &str,
    columns: &[Column],
    change: &Change,
) -> Result<(), Error> {
    match change {
        Change::Study { user, system } => {
            *rows = add_study(connection, study, user, system)?;
            Ok(())
        }
        Change::StudyAttribute { key, value } => {
            let insert = "INSERT OR REPLACE INTO study_user_attributes (study_id, \"key\", value_json) VALUES (?1, ?2, ?3)";
            connection.prepare_cached(insert)?.execute((rows.study, key, value))?;
            Ok(())
        }
        Change::Begin { number, start_utc_us, values, fixed } => {
            let trial = add_trial(connection, rows, *number, *start_utc_us)?;
            add_params(connection, trial, columns, values)?;
            if let Some(fixed) = fixed {
                let insert = "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) VALUES (?1, 'fixed_params', ?2)";
                connection.prepare_cached(insert)?.execute((trial, fixed))?;
            }
            Ok(())
        }
        Change::Step { number, step, loss } => {
            let insert = "INSERT OR REPLACE INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?1, ?2, ?3, 'FINITE')";
            connection.prepare_cached(insert)?.execute((rows.trial(*number), step, loss))?;
            Ok(())
        }
        Change::End { number, end_utc_us, loss, user } => {
            end_trial(connection, rows.trial(*number), *end_utc_us, *loss, user)
        }
    }
}

fn add_study(
    connection: &Connection,
    study: &str,
    user: &[(String, String)],
    system: &[(String, String)],
) -> Result<Rows, Error> {
    connection.execute("INSERT INTO studies (study_name) VALUES (?1)", [study])?;
    let id = connection.last_insert_rowid();
    let insert = "INSERT INTO study_directions (direction, study_id, objective) VALUES ('MINIMIZE', ?1, 0)";
    connection.execute(insert, [id])?;
    for (table, attributes) in [("study_user_attributes", user), ("study_system_attributes", system)] {
        let insert = format!("INSERT INTO {table} (study_id, \"key\", value_json) VALUES (?1, ?2, ?3)");
        for (key, value) in attributes {
            connection.execute(&insert, (id, key, value))?;
        }
    }
    Ok(Rows { study: Some(id), trials: Vec::new() })
}

fn add_trial(connection: &Connection, rows: &mut Rows, number: u32, start_utc_us: i64) -> Result<i64, Error> {
    let insert =
        "INSERT INTO trials (number, study_id, state, datetime_start) VALUES (?1, ?2, 'RUNNING', ?3)";
    connection.prepare_cached(insert)?.execute((number, rows.study, utc(start_utc_us)))?;
    let trial = connection.last_insert_rowid();
    rows.trials.push(trial);
    Ok(trial)
}

fn add_params(connection: &Connection, trial: i64, columns: &[Column], values: &[f64]) -> Result<(), Error> {
    let insert = "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = connection.prepare_cached(insert)?;
    for (column, value) in columns.iter().zip(values) {
        insert.execute((trial, &column.name, value, &column.distribution))?;
    }
    Ok(())
}

fn end_trial(
    connection: &Connection,
    trial: Option<i64>,
    end_utc_us: i64,
    loss: Option<f64>,
    user: &[(String, String)],
) -> Result<(), Error> {
    // Attributes and value before the state: Optuna takes a finished trial for complete.
    let insert =
        "INSERT OR REPLACE INTO trial_user_attributes (trial_id, \"key\", value_json) VALUES (?1, ?2, ?3)";
    let mut insert = connection.prepare_cached(insert)?;
    for (key, value) in user {
        insert.execute((trial, key, value))?;
    }
    if let Some(loss) = loss {
        let insert = "INSERT OR REPLACE INTO trial_values (trial_id, objective, value, value_type) VALUES (?1, 0, ?2, 'FINITE')";
        connection.prepare_cached(insert)?.execute((trial, loss))?;
    }
    let update = "UPDATE trials SET state = ?2, datetime_complete = ?3 WHERE trial_id = ?1";
    let state = if loss.is_some() { "COMPLETE" } else { "FAIL" };
    connection.prepare_cached(update)?.execute((trial, state, utc(end_utc_us)))?;
    Ok(())
}

fn study_id(connection: &Connection, study: &str) -> Result<Option<i64>, Error> {
    let select = "SELECT study_id FROM studies WHERE study_name = ?1";
    connection.prepare_cached(select)?.query_row([study], |row| row.get(0)).optional()
}

/// Removes the study from Optuna's tables, and what is left there of trials that are gone: a new
/// trial may get their ids.
fn remove(connection: &Connection, study: &str) -> Result<(), Error> {
    if let Some(id) = study_id(connection, study)? {
        for table in
            ["trials", "study_directions", "study_user_attributes", "study_system_attributes", "studies"]
        {
            connection.execute(&format!("DELETE FROM {table} WHERE study_id = ?1"), [id])?;
        }
    }
    for table in [
        "trial_user_attributes",
        "trial_system_attributes",
        "trial_params",
        "trial_values",
        "trial_intermediate_values",
        "trial_heartbeats",
    ] {
        let delete = format!("DELETE FROM {table} WHERE trial_id NOT IN (SELECT trial_id FROM trials)");
        connection.execute(&delete, [])?;
    }
    Ok(())
}
