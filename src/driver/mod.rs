//! What runs a scheduler: the portable loop, the traits of engines and stores with their
//! conformance suite, and the virtual clock. It reads no real clock and starts no thread: those
//! are the platforms', `native` and `web`.

mod caller;
mod claimed;
pub mod conformance;
mod memory;
mod run;
mod store;
pub mod virtual_clock;

pub use caller::*;
pub use claimed::*;
pub use memory::MemoryStore;
pub use run::*;
pub use store::*;
