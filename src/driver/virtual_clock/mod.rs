//! The same scheduler under a virtual clock: simulated slots, run times, storage delay and faults.
//! Deterministic, and fast enough to plan a study of a million replicates in a second. It serves
//! tests, planning and teaching alike.

mod faults;
mod heap;
mod platform;
mod workload;

pub use faults::*;
pub use platform::*;
pub use workload::*;
