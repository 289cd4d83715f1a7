//! A store chosen by its URL.

use super::postgres::{PostgresStore, redacted};
use super::sqlite::SqliteStore;
use freerun::driver::{Holder, MemoryStore, Store, StoreError, StudyRow};
use freerun::ids::{Epoch, Seq};
use freerun::scheduler::Record;
use std::path::Path;

/// Any of the stores.
pub enum AnyStore {
    /// A database file.
    Sqlite(Box<SqliteStore>),
    /// A server.
    Postgres(Box<PostgresStore>),
    /// In memory.
    Memory(MemoryStore),
}

/// Why there is no store behind a URL.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is not one of a store.
    #[error(
        "`{url}` is no store: allowed are sqlite:PATH, sqlite:///ABSOLUTE/PATH, postgres://USER@HOST/DATABASE and memory:"
    )]
    Url {
        /// What was given.
        url: String,
    },
    /// Nothing is there, and nothing is to be made.
    #[error("there is no freerun database at {place}")]
    Missing {
        /// Where it should be.
        place: String,
    },
    /// It is there and cannot be used.
    #[error("cannot open the store `{url}`: {source}")]
    Store {
        /// What was given, without a password.
        url: String,
        /// Why.
        source: StoreError,
    },
}

/// Whether a store that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMissing {
    /// It is made.
    Create,
    /// That is an error.
    Refuse,
}

/// The store that `url` names: `sqlite:PATH` (relative to the working directory),
/// `sqlite:///ABSOLUTE/PATH`, `postgres://USER@HOST/DATABASE`, or `memory:`, which is gone when the
/// program ends.
///
/// # Errors
/// See [`OpenError`].
pub fn open(url: &str, if_missing: IfMissing) -> Result<AnyStore, OpenError> {
    let failed = |source| OpenError::Store { url: redacted(url), source };
    let store = match (place(url)?, if_missing) {
        (Place::Memory, _) => Some(AnyStore::Memory(MemoryStore::default())),
        (Place::File(path), IfMissing::Create) => {
            Some(SqliteStore::create(path).map(AnyStore::sqlite).map_err(failed)?)
        }
        (Place::File(path), IfMissing::Refuse) => {
            SqliteStore::open_existing(path).map_err(failed)?.map(AnyStore::sqlite)
        }
        (Place::Server(url), IfMissing::Create) => {
            Some(PostgresStore::create(url).map(AnyStore::postgres).map_err(failed)?)
        }
        (Place::Server(url), IfMissing::Refuse) => {
            PostgresStore::open_existing(url).map_err(failed)?.map(AnyStore::postgres)
        }
    };
    let shown = || redacted(url.strip_prefix("sqlite:").unwrap_or(url));
    store.ok_or_else(|| OpenError::Missing { place: shown() })
}

#[derive(Debug, PartialEq)]
enum Place<'a> {
    Memory,
    File(&'a Path),
    Server(&'a str),
}

fn place(url: &str) -> Result<Place<'_>, OpenError> {
    let unknown = || OpenError::Url { url: redacted(url) };
    let (scheme, rest) = url.split_once(':').ok_or_else(unknown)?;
    match (scheme, rest) {
        ("memory", "") => Ok(Place::Memory),
        ("postgres" | "postgresql", rest) if rest.starts_with("//") => Ok(Place::Server(url)),
        ("sqlite", "") => Err(unknown()),
        ("sqlite", rest) => match rest.strip_prefix("//") {
            Some(absolute) if absolute.starts_with('/') => Ok(Place::File(Path::new(absolute))),
            Some(_) => Err(unknown()),
            None => Ok(Place::File(Path::new(rest))),
        },
        _ => Err(unknown()),
    }
}

impl AnyStore {
    fn sqlite(store: SqliteStore) -> AnyStore {
        AnyStore::Sqlite(Box::new(store))
    }

    fn postgres(store: PostgresStore) -> AnyStore {
        AnyStore::Postgres(Box::new(store))
    }

    /// Makes what other programs see of `study` again, from its journal.
    ///
    /// # Errors
    /// As for [`Store::read`].
    pub fn rebuild_projection(&mut self, study: &str) -> Result<(), StoreError> {
        match self {
            AnyStore::Sqlite(store) => store.rebuild_projection(study),
            AnyStore::Postgres(store) => store.rebuild_projection(study),
            AnyStore::Memory(_) => Ok(()),
        }
    }
}

impl Store for AnyStore {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        match self {
            AnyStore::Sqlite(store) => store.studies().await,
            AnyStore::Postgres(store) => store.studies().await,
            AnyStore::Memory(store) => store.studies().await,
        }
    }

    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        match self {
            AnyStore::Sqlite(store) => store.claim(study, holder, ttl_us).await,
            AnyStore::Postgres(store) => store.claim(study, holder, ttl_us).await,
            AnyStore::Memory(store) => store.claim(study, holder, ttl_us).await,
        }
    }

    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        match self {
            AnyStore::Sqlite(store) => store.renew(study, epoch, ttl_us).await,
            AnyStore::Postgres(store) => store.renew(study, epoch, ttl_us).await,
            AnyStore::Memory(store) => store.renew(study, epoch, ttl_us).await,
        }
    }

    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        match self {
            AnyStore::Sqlite(store) => store.release(study, epoch).await,
            AnyStore::Postgres(store) => store.release(study, epoch).await,
            AnyStore::Memory(store) => store.release(study, epoch).await,
        }
    }

    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        match self {
            AnyStore::Sqlite(store) => store.append(study, epoch, after, records).await,
            AnyStore::Postgres(store) => store.append(study, epoch, after, records).await,
            AnyStore::Memory(store) => store.append(study, epoch, after, records).await,
        }
    }

    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        match self {
            AnyStore::Sqlite(store) => store.read(study, after, limit).await,
            AnyStore::Postgres(store) => store.read(study, after, limit).await,
            AnyStore::Memory(store) => store.read(study, after, limit).await,
        }
    }

    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        match self {
            AnyStore::Sqlite(store) => store.delete(study).await,
            AnyStore::Postgres(store) => store.delete(study).await,
            AnyStore::Memory(store) => store.delete(study).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_places() {
        assert_eq!(place("memory:").unwrap(), Place::Memory);
        assert_eq!(place("sqlite:a/b.db").unwrap(), Place::File(Path::new("a/b.db")));
        assert_eq!(place("sqlite:///a/b.db").unwrap(), Place::File(Path::new("/a/b.db")));
        assert_eq!(place("sqlite:/a/b.db").unwrap(), Place::File(Path::new("/a/b.db")));
        for wrong in ["", "a.db", "sqlite:", "sqlite://a.db", "mysql://x", "memory:x"] {
            let error = place(wrong).unwrap_err().to_string();
            assert!(error.contains("allowed are sqlite:PATH"), "{error}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_made_unless_wanted() {
        let path = std::env::temp_dir().join(format!("freerun-{}-missing.db", std::process::id()));
        let url = format!("sqlite:{}", path.display());
        assert!(matches!(open(&url, IfMissing::Refuse), Err(OpenError::Missing { .. })));
        assert!(!path.exists());
    }
}
