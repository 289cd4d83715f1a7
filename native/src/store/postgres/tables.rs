//! Optuna's tables in PostgreSQL. A group of changes is written table by table, each table with one
//! statement, so that a commit takes as many round trips for one trial as for a hundred.

use super::journal;
use super::session::Transaction;
use crate::store::optuna::{Change, Column, Found, Rows, Tables, utc};
use freerun::driver::StoreError;
use freerun::ids::Seq;
use freerun::scheduler::Record;

/// The tables of one database, within one transaction.
pub struct PostgresTables<'t, 's>(pub &'t mut Transaction<'s>);

impl Tables for PostgresTables<'_, '_> {
    fn find(&mut self, study: &str, begun: bool, trials: u32) -> Result<Found, StoreError> {
        let id = self.study_id(study)?;
        let rows = match id {
            Some(id) => {
                let select = "SELECT number::bigint, trial_id::bigint FROM trials WHERE study_id = $1::bigint ORDER BY trial_id";
                self.0.query(select, &[&id])?
            }
            None => Vec::new(),
        };
        let rows = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        Ok(Found::of(id, rows, begun, trials))
    }

    fn write(
        &mut self,
        rows: &mut Rows,
        study: &str,
        columns: &[Column],
        changes: &[Change],
    ) -> Result<(), StoreError> {
        for change in changes {
            if let Change::Study { user, system } = change {
                *rows = self.add_study(study, user, system)?;
            }
        }
        let group = Group::of(changes, columns);
        self.begin_trials(rows, &group)?;
        self.add_params(rows, &group)?;
        self.add_steps(rows, &group)?;
        self.add_attributes(rows, &group)?;
        self.end_trials(rows, &group)?;
        for (key, value) in group.study {
            let insert = "INSERT INTO study_user_attributes (study_id, key, value_json) VALUES ($1::bigint, $2, $3) \
                ON CONFLICT (study_id, key) DO UPDATE SET value_json = excluded.value_json";
            self.0.execute(insert, &[&rows.study, &key, &value])?;
        }
        Ok(())
    }

    fn remove(&mut self, study: &str) -> Result<(), StoreError> {
        let Some(id) = self.study_id(study)? else { return Ok(()) };
        for table in [
            "trial_user_attributes",
            "trial_system_attributes",
            "trial_params",
            "trial_values",
            "trial_intermediate_values",
            "trial_heartbeats",
        ] {
            self.0.batch(&format!(
                "DELETE FROM {table} WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = {id})"
            ))?;
        }
        for table in
            ["trials", "study_directions", "study_user_attributes", "study_system_attributes", "studies"]
        {
            self.0.batch(&format!("DELETE FROM {table} WHERE study_id = {id}"))?;
        }
        Ok(())
    }

    fn page(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        journal::page(self.0, study, after, limit)
    }
}

/// Changes of trials, sorted by the tables they go to. Trials are named by their numbers.
#[derive(Default)]
struct Group<'c> {
    begun: (Vec<i64>, Vec<String>),
    params: (Vec<u32>, Vec<&'c str>, Vec<f64>, Vec<&'c str>),
    fixed: (Vec<u32>, Vec<&'c str>),
    steps: (Vec<u32>, Vec<i64>, Vec<f64>),
    attributes: (Vec<u32>, Vec<&'c str>, Vec<&'c str>),
    values: (Vec<u32>, Vec<f64>),
    ended: (Vec<u32>, Vec<&'static str>, Vec<String>),
    study: Vec<(&'c str, &'c str)>,
}

impl<'c> Group<'c> {
    fn of(changes: &'c [Change], columns: &'c [Column]) -> Group<'c> {
        let mut group = Group::default();
        for change in changes {
            group.add(change, columns);
        }
        group
    }

    fn add(&mut self, change: &'c Change, columns: &'c [Column]) {
        match change {
            Change::Study { .. } => {}
            Change::StudyAttribute { key, value } => self.study.push((key, value)),
            Change::Begin { number, start_utc_us, values, fixed } => {
                self.begun.0.push(i64::from(*number));
                self.begun.1.push(utc(*start_utc_us));
                for (column, value) in columns.iter().zip(values) {
                    self.params.0.push(*number);
                    self.params.1.push(&column.name);
                    self.params.2.push(*value);
                    self.params.3.push(&column.distribution);
                }
                if let Some(fixed) = fixed {
                    self.fixed.0.push(*number);
                    self.fixed.1.push(fixed);
                }
            }
            Change::Step { number, step, loss } => {
                self.steps.0.push(*number);
                self.steps.1.push(i64::from(*step));
                self.steps.2.push(*loss);
            }
            Change::End { number, end_utc_us, loss, user } => {
                for (key, value) in user {
                    self.attributes.0.push(*number);
                    self.attributes.1.push(key);
                    self.attributes.2.push(value);
                }
                if let Some(loss) = loss {
                    self.values.0.push(*number);
                    self.values.1.push(*loss);
                }
                self.ended.0.push(*number);
                self.ended.1.push(if loss.is_some() { "COMPLETE" } else { "FAIL" });
                self.ended.2.push(utc(*end_utc_us));
            }
        }
    }
}

/// `trial_id`s of trials by number; a trial that somebody removed has none, and no rows either.
fn ids(rows: &Rows, numbers: &[u32]) -> Vec<Option<i64>> {
    numbers.iter().map(|&number| rows.trial(number)).collect()
}

impl PostgresTables<'_, '_> {
    fn study_id(&mut self, study: &str) -> Result<Option<i64>, StoreError> {
        let rows = self.0.query("SELECT study_id::bigint FROM studies WHERE study_name = $1", &[&study])?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    fn add_study(
        &mut self,
        study: &str,
        user: &[(String, String)],
        system: &[(String, String)],
    ) -> Result<Rows, StoreError> {
        let insert = "INSERT INTO studies (study_name) VALUES ($1) RETURNING study_id::bigint";
        let id: Option<i64> = self.0.query(insert, &[&study])?.first().map(|row| row.get(0));
        let insert = "INSERT INTO study_directions (direction, study_id, objective) VALUES ('MINIMIZE', $1::bigint, 0)";
        self.0.execute(insert, &[&id])?;
        let insert =
            "INSERT INTO study_user_attributes (study_id, key, value_json) VALUES ($1::bigint, $2, $3)";
        for (key, value) in user {
            self.0.execute(insert, &[&id, key, value])?;
        }
        let insert =
            "INSERT INTO study_system_attributes (study_id, key, value_json) VALUES ($1::bigint, $2, $3)";
        for (key, value) in system {
            self.0.execute(insert, &[&id, key, value])?;
        }
        Ok(Rows { study: id, trials: Vec::new() })
    }

    fn begin_trials(&mut self, rows: &mut Rows, group: &Group) -> Result<(), StoreError> {
        let (numbers, starts) = &group.begun;
        if numbers.is_empty() {
            return Ok(());
        }
        // Optuna's own way of numbering trials: whoever adds one locks the study's row.
        let lock = "SELECT 1 FROM studies WHERE study_id = $1::bigint FOR UPDATE";
        self.0.query(lock, &[&rows.study])?;
        let insert = "INSERT INTO trials (number, study_id, state, datetime_start) \
            SELECT number, $1::bigint, 'RUNNING', start::timestamp \
            FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS begun (number, start, place) ORDER BY place \
            RETURNING number::bigint, trial_id::bigint";
        let added = self.0.query(insert, &[&rows.study, numbers, starts])?;
        let mut added: Vec<(i64, i64)> = added.iter().map(|row| (row.get(0), row.get(1))).collect();
        added.sort_unstable();
        rows.trials.extend(added.into_iter().map(|(_, trial)| trial));
        Ok(())
    }

    fn add_params(&mut self, rows: &Rows, group: &Group) -> Result<(), StoreError> {
        let (numbers, names, values, distributions) = &group.params;
        if !numbers.is_empty() {
            let insert = "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) \
                SELECT trial, name, value, distribution \
                FROM unnest($1::bigint[], $2::text[], $3::float8[], $4::text[]) WITH ORDINALITY \
                AS params (trial, name, value, distribution, place) WHERE trial IS NOT NULL ORDER BY place";
            self.0.execute(insert, &[&ids(rows, numbers), names, values, distributions])?;
        }
        let (numbers, fixed) = &group.fixed;
        if !numbers.is_empty() {
            let insert = "INSERT INTO trial_system_attributes (trial_id, key, value_json) \
                SELECT trial, 'fixed_params', fixed FROM unnest($1::bigint[], $2::text[]) AS points (trial, fixed) \
                WHERE trial IS NOT NULL";
            self.0.execute(insert, &[&ids(rows, numbers), fixed])?;
        }
        Ok(())
    }

    fn add_steps(&mut self, rows: &Rows, group: &Group) -> Result<(), StoreError> {
        let (numbers, steps, losses) = &group.steps;
        if numbers.is_empty() {
            return Ok(());
        }
        let insert = "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) \
            SELECT trial, step, loss, 'FINITE' FROM unnest($1::bigint[], $2::bigint[], $3::float8[]) AS steps (trial, step, loss) \
            WHERE trial IS NOT NULL \
            ON CONFLICT (trial_id, step) DO UPDATE SET intermediate_value = excluded.intermediate_value";
        self.0.execute(insert, &[&ids(rows, numbers), steps, losses])?;
        Ok(())
    }

    fn add_attributes(&mut self, rows: &Rows, group: &Group) -> Result<(), StoreError> {
        let (numbers, keys, values) = &group.attributes;
        if numbers.is_empty() {
            return Ok(());
        }
        let insert = "INSERT INTO trial_user_attributes (trial_id, key, value_json) \
            SELECT trial, key, value FROM unnest($1::bigint[], $2::text[], $3::text[]) AS attributes (trial, key, value) \
            WHERE trial IS NOT NULL \
            ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json";
        self.0.execute(insert, &[&ids(rows, numbers), keys, values])?;
        Ok(())
    }

    fn end_trials(&mut self, rows: &Rows, group: &Group) -> Result<(), StoreError> {
        let (numbers, losses) = &group.values;
        if !numbers.is_empty() {
            let insert = "INSERT INTO trial_values (trial_id, objective, value, value_type) \
                SELECT trial, 0, loss, 'FINITE' FROM unnest($1::bigint[], $2::float8[]) AS losses (trial, loss) \
                WHERE trial IS NOT NULL \
                ON CONFLICT (trial_id, objective) DO UPDATE SET value = excluded.value";
            self.0.execute(insert, &[&ids(rows, numbers), losses])?;
        }
        let (numbers, states, ends) = &group.ended;
        if !numbers.is_empty() {
            let update = "UPDATE trials SET state = ended.state::trialstate, datetime_complete = ended.at::timestamp \
                FROM unnest($1::bigint[], $2::text[], $3::text[]) AS ended (trial, state, at) WHERE trial_id = ended.trial";
            self.0.execute(update, &[&ids(rows, numbers), states, ends])?;
        }
        Ok(())
    }
}
