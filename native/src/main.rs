//! The command line of Freerun: studies run by threads of this machine, kept in databases.
//!
//! `cli` reads arguments and prints; `run` is the loop with its threads; `store` is where journals
//! are kept; `serve` gives the page to a browser. Everything that decides anything is in the
//! `freerun` library.

mod cli;
mod run;
mod serve;
mod store;
#[cfg(test)]
mod testing;

fn main() -> std::process::ExitCode {
    cli::main()
}
