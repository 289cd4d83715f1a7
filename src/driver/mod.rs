//! What runs a scheduler: the portable loop, the traits of engines and stores with their
//! conformance suite, what carries a study from store to store, and the virtual clock. It reads no
//! real clock and starts no thread: those are the platforms', `native` and `web`.

mod caller;
mod claimed;
pub mod conformance;
mod export;
mod import;
mod memory;
mod run;
mod store;
pub mod virtual_clock;

pub use caller::*;
pub use claimed::*;
pub use export::*;
pub use import::*;
pub use memory::MemoryStore;
pub use run::*;
pub use store::*;
