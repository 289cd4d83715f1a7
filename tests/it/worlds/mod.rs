//! The scheduler under simulated worlds: random durations, faults, crashes and commands. Every
//! world is a seed; one that breaks an invariant is replayed with `WORLD=seed`.

pub mod build;
mod equal;
mod limits;
mod monitor;
mod swarm;
mod timing;
