//! Writes the changes of a [`Projection`] into Optuna's tables.

use crate::store::optuna::{Change, Column, utc};
use rusqlite::{Connection, OptionalExtension, Result};
use std::collections::BTreeMap;

/// Which rows are a study's.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// `study_id`, once the study is there.
    study: Option<i64>,
    /// `trial_id` by number.
    trials: Vec<i64>,
}

/// The rows of a study as they stand in the tables.
pub enum Found {
    /// As many trials as there should be, numbered from 0.
    Whole(Rows),
    /// Some are missing.
    Damaged,
    /// There are others, which another program wrote.
    Foreign,
}

impl Rows {
    /// Finds the rows of `study`, whose journal has so many `trials`. Without `trials` and rows, the
    /// study has not begun.
    pub fn find(connection: &Connection, study: &str, begun: bool, trials: u32) -> Result<Found> {
        let Some(id) = study_id(connection, study)? else {
            return Ok(if begun { Found::Damaged } else { Found::Whole(Rows::default()) });
        };
        if !begun {
            return Ok(Found::Foreign);
        }
        let select = "SELECT number, trial_id FROM trials WHERE study_id = ?1 ORDER BY trial_id";
        let mut statement = connection.prepare_cached(select)?;
        let mut rows = statement.query([id])?;
        let mut by_number = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (number, trial): (Option<u32>, i64) = (row.get(0)?, row.get(1)?);
            match number {
                Some(number) if number < trials && !by_number.contains_key(&number) => {
                    by_number.insert(number, trial);
                }
                _ => return Ok(Found::Foreign),
            }
        }
        if by_number.len() < trials as usize {
            return Ok(Found::Damaged);
        }
        Ok(Found::Whole(Rows { study: Some(id), trials: by_number.into_values().collect() }))
    }

    /// Carries out one change of `study`, whose parameters are `columns`.
    pub fn write(
        &mut self,
        connection: &Connection,
        study: &str,
        columns: &[Column],
        change: &Change,
    ) -> Result<()> {
        match change {
            Change::Study { user, system } => self.add_study(connection, study, user, system),
            Change::StudyAttribute { key, value } => {
                let insert = "INSERT OR REPLACE INTO study_user_attributes (study_id, \"key\", value_json) VALUES (?1, ?2, ?3)";
                connection.prepare_cached(insert)?.execute((self.study, key, value))?;
                Ok(())
            }
            Change::Begin { number, start_utc_us, values, fixed } => {
                let trial = self.add_trial(connection, *number, *start_utc_us)?;
                add_params(connection, trial, columns, values)?;
                if let Some(fixed) = fixed {
                    let insert = "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) VALUES (?1, 'fixed_params', ?2)";
                    connection.prepare_cached(insert)?.execute((trial, fixed))?;
                }
                Ok(())
            }
            Change::Step { number, step, loss } => {
                let insert = "INSERT OR REPLACE INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?1, ?2, ?3, 'FINITE')";
                connection.prepare_cached(insert)?.execute((self.trial(*number), step, loss))?;
                Ok(())
            }
            Change::End { number, end_utc_us, loss, user } => {
                end_trial(connection, self.trial(*number), *end_utc_us, *loss, user)
            }
        }
    }

    fn trial(&self, number: u32) -> Option<i64> {
        self.trials.get(number as usize).copied()
    }

    fn add_study(
        &mut self,
        connection: &Connection,
        study: &str,
        user: &[(String, String)],
        system: &[(String, String)],
    ) -> Result<()> {
        connection.execute("INSERT INTO studies (study_name) VALUES (?1)", [study])?;
        let id = connection.last_insert_rowid();
        *self = Rows { study: Some(id), trials: Vec::new() };
        let insert =
            "INSERT INTO study_directions (direction, study_id, objective) VALUES ('MINIMIZE', ?1, 0)";
        connection.execute(insert, [id])?;
        for (table, attributes) in [("study_user_attributes", user), ("study_system_attributes", system)] {
            let insert = format!("INSERT INTO {table} (study_id, \"key\", value_json) VALUES (?1, ?2, ?3)");
            for (key, value) in attributes {
                connection.execute(&insert, (id, key, value))?;
            }
        }
        Ok(())
    }

    fn add_trial(&mut self, connection: &Connection, number: u32, start_utc_us: i64) -> Result<i64> {
        let insert =
            "INSERT INTO trials (number, study_id, state, datetime_start) VALUES (?1, ?2, 'RUNNING', ?3)";
        connection.prepare_cached(insert)?.execute((number, self.study, utc(start_utc_us)))?;
        let trial = connection.last_insert_rowid();
        self.trials.push(trial);
        Ok(trial)
    }
}

fn add_params(connection: &Connection, trial: i64, columns: &[Column], values: &[f64]) -> Result<()> {
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
) -> Result<()> {
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

fn study_id(connection: &Connection, study: &str) -> Result<Option<i64>> {
    let select = "SELECT study_id FROM studies WHERE study_name = ?1";
    connection.prepare_cached(select)?.query_row([study], |row| row.get(0)).optional()
}

/// Removes the study from Optuna's tables, and what is left there of trials that are gone: a new
/// trial may get their ids.
pub fn remove(connection: &Connection, study: &str) -> Result<()> {
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
