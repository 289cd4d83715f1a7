//! The program as a user meets it: real processes, real signals, real databases.

mod caller;
mod carry;
mod crash;
mod fault;
mod input;
mod serve;
mod simulate;
mod support;
mod whole;
