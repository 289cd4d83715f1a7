//! Freerun calibrates stochastic simulations: it searches for the parameters under which a
//! simulation fits data, running many simulations at once **without barriers**: no slot ever waits
//! for another slot's slow simulation.
//!
//! This crate is the portable core. It does no I/O, starts no thread and reads no clock; whoever
//! embeds it brings those (the native program `freerun` does, with OS threads and SQLite).
//!
//! # The flow
//!
//! ```text
//!  study.toml ─► spec ─► scheduler ◄──────────── driver: a platform's loop, or the virtual clock
//!                 │       │  ▲  │ Effect::Launch ─► engine ─► Model::run(request) ─► outputs
//!                 │propose│  │observe                  │ Event::Ended
//!                 │       ▼  │                         ▼
//!                 │    sampler └── evaluate: replicates' outputs ─► loss per target ─► loss of the trial
//!                 │       Effect::Append(record) ─► journal in a store ─► Event::Durable
//!                 └────────────────────────────► view: folds of the journal, for people
//! ```
//!
//! A **study** has **trials**, one parameter set each. A trial runs R **replicates**, seeded
//! simulations; each **target** turns their outputs into a loss; the trial's loss goes back to the
//! **sampler**. Everything that happened is a **record** in one append-only **journal**: the state of
//! a study is a fold over it, recovering is folding it again, and auditing is re-deriving every ask
//! and every loss from the records before it.
//!
//! # Code map, in reading order
//!
//! | module | what it holds | what it must not know |
//! |---|---|---|
//! | [`ids`] | identities and run time | what they identify |
//! | [`rng`] | counter-based streams | anything but seeds |
//! | [`math`] | functions and distributions, the same bits everywhere | studies |
//! | [`spec`] | study files: parse, check, freeze | models, files, clocks |
//! | [`model`] | request and reply, built-in models | losses, slots, stores |
//! | [`evaluate`] | outputs against data: likelihoods, distances, losses | samplers, slots |
//! | [`sampler`] | random, Sobol, TPE | slots, run times, wall time |
//! | [`scheduler`] | the state machine: modes, budget, attempts, recovery, audit | clocks, threads, storage |
//! | [`journal`] | how records, and whole studies, are written down | databases, disks |
//! | [`view`] | folds for people: progress, best, fit, timeline | drawing |
//! | [`driver`] | the loop, the store's contract, import and export, the virtual clock | real clocks and threads |
//!
//! Nothing imports a module below it in this table.
//!
//! # Invariants
//!
//! 1. **Determinism.** An ask is a pure function of (study seed, trial, observations before it); a
//!    replicate's seed of (study seed, trial, replicate). Batched and windowed studies end in the
//!    same trials on any machine; a parallel study's journal replays exactly.
//! 2. **Exact budget.** N trials means N, with any slots, retries, crashes and resumes.
//! 3. **Write ahead.** A launch waits until its ask is durable; a trial counts as finished, and is
//!    observed by the sampler, only when its record is durable.
//! 4. **No idle slot while work exists** in parallel mode, with the fewest trials in flight.
//! 5. **Failures are evidence, losses are not.** A model that refuses, crashes or runs over its time
//!    fails its trial, never the study; a slot that vanishes costs a retry with the same seed.
#![forbid(unsafe_code)]

pub mod driver;
pub mod evaluate;
pub mod ids;
pub mod journal;
pub mod math;
pub mod model;
pub mod rng;
pub mod sampler;
pub mod scheduler;
pub mod spec;
pub mod view;
#[cfg(all(feature = "web", target_arch = "wasm32"))]
mod web;
