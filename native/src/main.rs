//! The command line of Freerun.

mod store;
#[cfg(test)]
mod testing;

fn main() {}
