//! One connection with the statements it has prepared, and its transactions.

use super::busy_or_broken;
use freerun::driver::StoreError;
use postgres::types::ToSql;
use postgres::{Client, Row, Statement};
use std::collections::HashMap;

/// A connection.
pub struct Session {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Session {
    /// Over `client`.
    pub fn new(client: Client) -> Session {
        Session { client, prepared: HashMap::new() }
    }

    /// Whether the connection is gone.
    pub fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    /// Begins a transaction; dropped without a commit, it never was.
    pub fn begin(&mut self) -> Result<Transaction<'_>, StoreError> {
        let inner = self.client.transaction().map_err(|error| busy_or_broken(&error))?;
        Ok(Transaction { inner, prepared: &mut self.prepared })
    }
}

/// A transaction.
pub struct Transaction<'s> {
    inner: postgres::Transaction<'s>,
    prepared: &'s mut HashMap<&'static str, Statement>,
}

/// Values for the places of a statement.
pub type Values<'v> = &'v [&'v (dyn ToSql + Sync)];

impl Transaction<'_> {
    /// Runs a statement that is used often; gives how many rows it touched.
    pub fn execute(&mut self, sql: &'static str, values: Values) -> Result<u64, StoreError> {
        let statement = self.prepare(sql)?;
        self.inner.execute(&statement, values).map_err(|error| busy_or_broken(&error))
    }

    /// The rows of a statement that is used often.
    pub fn query(&mut self, sql: &'static str, values: Values) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(sql)?;
        self.inner.query(&statement, values).map_err(|error| busy_or_broken(&error))
    }

    /// Runs several statements without values.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.inner.batch_execute(sql).map_err(|error| busy_or_broken(&error))
    }

    /// Keeps what was done.
    pub fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().map_err(|error| busy_or_broken(&error))
    }

    fn prepare(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.inner.prepare(sql).map_err(|error| busy_or_broken(&error))?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }
}
