//! Where journals are kept. A store is named by a URL; every store keeps the same records and the
//! same promises, see [`freerun::driver::Store`]. Nothing outside this module knows SQL.

mod any;
mod holder;
mod optuna;
mod postgres;
mod sqlite;

pub use any::{AnyStore, IfMissing, OpenError, open};
pub use holder::this_process;
