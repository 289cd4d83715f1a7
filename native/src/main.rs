//! The command line of Freerun.

mod run;
mod store;
#[cfg(test)]
mod testing;

fn main() {}
