//! Optuna's side of a study that is written here: the fold so far and where its rows are. The rows
//! themselves are a database's, behind [`Tables`].

use super::{Change, Column, Projection};
use freerun::driver::StoreError;
use freerun::ids::Seq;
use freerun::scheduler::Record;

/// Records read from the journal at a time.
const PAGE: usize = 1024;

/// Which rows are a study's.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// `study_id`, once the study is there.
    pub study: Option<i64>,
    /// `trial_id` by number.
    pub trials: Vec<i64>,
}

impl Rows {
    /// `trial_id` of the trial with this number.
    pub fn trial(&self, number: u32) -> Option<i64> {
        self.trials.get(number as usize).copied()
    }
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

impl Found {
    /// What the rows `(number, trial_id)` of `study` are, whose journal has so many `trials`. Without
    /// a `study`, nothing is there; a study that has not begun must have nothing.
    pub fn of(study: Option<i64>, rows: Vec<(Option<i64>, i64)>, begun: bool, trials: u32) -> Found {
        match study {
            None if begun => return Found::Damaged,
            None => return Found::Whole(Rows::default()),
            Some(_) if !begun => return Found::Foreign,
            Some(_) => {}
        }
        let mut by_number = vec![None; trials as usize];
        for (number, trial) in rows {
            let place = number.and_then(|number| by_number.get_mut(usize::try_from(number).ok()?));
            match place {
                Some(place @ None) => *place = Some(trial),
                _ => return Found::Foreign,
            }
        }
        match by_number.into_iter().collect() {
            Some(trials) => Found::Whole(Rows { study, trials }),
            None => Found::Damaged,
        }
    }
}

/// Optuna's tables and the journal beside them, within one transaction.
pub trait Tables {
    /// The rows of `study`, see [`Found::of`].
    fn find(&mut self, study: &str, begun: bool, trials: u32) -> Result<Found, StoreError>;
    /// Carries out `changes` of `study`, whose parameters are `columns`.
    fn write(
        &mut self,
        rows: &mut Rows,
        study: &str,
        columns: &[Column],
        changes: &[Change],
    ) -> Result<(), StoreError>;
    /// Removes everything of `study` from Optuna's tables.
    fn remove(&mut self, study: &str) -> Result<(), StoreError>;
    /// Up to `limit` records of the journal after `after`.
    fn page(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError>;
}

/// Optuna's side of a study.
pub struct Mirror {
    projection: Projection,
    rows: Rows,
}

impl Mirror {
    /// Finds the rows of `study` in Optuna's tables, and makes them again where some are missing.
    ///
    /// # Errors
    /// When another program wrote rows of its own there.
    pub fn check(tables: &mut impl Tables, study: &str, last: Seq, trials: u32) -> Result<(), StoreError> {
        match tables.find(study, last > Seq(0), trials)? {
            Found::Whole(_) => Ok(()),
            Found::Damaged => Mirror::rebuild(tables, study).map(|_| ()),
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
        tables: &mut impl Tables,
        study: &str,
        records: &[Record],
    ) -> Result<(), StoreError> {
        let mut changes = Vec::new();
        for record in records {
            self.projection.apply(record, &mut changes);
        }
        tables.write(&mut self.rows, study, self.projection.columns(), &changes)
    }

    /// The mirror of a study whose journal ends at `last` and has so many `trials`, as its rows stand.
    pub fn catch_up(
        tables: &mut impl Tables,
        study: &str,
        last: Seq,
        trials: u32,
    ) -> Result<Mirror, StoreError> {
        let rows = match tables.find(study, last > Seq(0), trials)? {
            Found::Whole(rows) => rows,
            Found::Damaged => return Mirror::rebuild(tables, study),
            Found::Foreign => return Err(foreign(study, last)),
        };
        let mut projection = Projection::default();
        while projection.at() < last {
            let records = tables.page(study, projection.at(), PAGE)?;
            if records.is_empty() {
                return Err(StoreError::Broken(format!("records of study `{study}` are missing")));
            }
            records.iter().for_each(|record| projection.pass(record));
        }
        Ok(Mirror { projection, rows })
    }

    /// Makes the rows of `study` in Optuna's tables again.
    pub fn rebuild(tables: &mut impl Tables, study: &str) -> Result<Mirror, StoreError> {
        tables.remove(study)?;
        let mut mirror = Mirror { projection: Projection::default(), rows: Rows::default() };
        loop {
            let records = tables.page(study, mirror.projection.at(), PAGE)?;
            if records.is_empty() {
                return Ok(mirror);
            }
            mirror.write(tables, study, &records)?;
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
