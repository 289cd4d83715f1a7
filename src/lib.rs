//! Freerun calibrates stochastic simulations without barriers.
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
