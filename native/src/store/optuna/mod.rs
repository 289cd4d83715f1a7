//! A study as Optuna sees it: what rows each record adds to Optuna's own tables. No database here:
//! the stores write the rows. The journal is the truth; every row can be made again from it.
//!
//! A trial is RUNNING from its `Asked` to its `Told` record. Its intermediate value at step n is the
//! loss of its first n replicates to end: for n up to 64, then for powers of two and the last. Its
//! own value is its loss; failed trials have none. User attributes tell the losses of the targets
//! (`loss.NAME`), the standard errors (`se`, `se.NAME`), and the reason of a failure (`failure`). A
//! pending trial needs no `tpe:relative_params`: all its parameters are rows already, and those come
//! first for Optuna's samplers.

mod mirror;
mod projection;
pub mod schema;
mod text;

pub use mirror::{Found, Mirror, Rows, Tables};
pub use projection::{Change, Column, Projection};
pub use text::utc;
