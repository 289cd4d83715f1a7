//! The command line of Freerun.

fn main() {}
