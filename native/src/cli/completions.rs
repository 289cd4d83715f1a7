//! `completions`: what a shell needs to complete the arguments.

use super::Cli;
use super::failure::Failure;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

/// Print completions for a shell
#[derive(Args)]
#[command(
    after_help = "Examples:\n  freerun completions bash > ~/.local/share/bash-completion/completions/freerun\n  freerun completions zsh > ~/.zfunc/_freerun\n  freerun completions fish > ~/.config/fish/completions/freerun.fish"
)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Prints them.
pub fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "freerun", &mut script);
    super::out::line(String::from_utf8_lossy(&script).trim_end());
    Ok(())
}
