//! Which of Optuna's schemas the stores write.

use freerun::driver::StoreError;

/// What Optuna writes into `version_info`.
pub const VERSION: i32 = 12;
/// The library that a new database names there.
pub const LIBRARY: &str = "5.0.0";
/// What Optuna writes into `alembic_version`: the same since Optuna 3.2.
pub const HEAD: &str = "v3.2.0.a";

/// The database has another version of Optuna's tables.
pub fn other_version(version: i64, head: &str) -> StoreError {
    StoreError::Broken(format!(
        "Optuna's tables in this database have version {version} ({head}), freerun writes {VERSION} ({HEAD}): run `optuna storage upgrade`, or use another database"
    ))
}
