//! The commands: what each takes, what it prints, and with which code it ends. No command decides
//! anything about a study.

mod failure;
mod out;
mod study_file;
mod text;

mod audit;
mod bench;
mod caller;
mod check;
mod completions;
mod delete;
mod export;
mod fit;
mod import;
mod look;
mod models;
mod rebuild;
mod run;
mod serve;
mod simulate;
mod summary;
mod watch;

use clap::{Args, Parser, Subcommand};
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    it failed
  2    bad input: arguments, files, or another study of that name
  3    another program runs the study
  130  stopped by Ctrl-C or a signal";

/// Calibrates stochastic simulations: searches the parameters under which a model fits data.
#[derive(Parser)]
#[command(name = "freerun", version, after_help = EXIT_CODES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::RunArgs),
    Check(check::CheckArgs),
    Studies(look::StudiesArgs),
    Show(look::ShowArgs),
    Best(look::BestArgs),
    Enqueue(caller::EnqueueArgs),
    Ask(caller::AskArgs),
    Tell(caller::TellArgs),
    Audit(audit::AuditArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
    Delete(delete::DeleteArgs),
    Models(models::ModelsArgs),
    Rebuild(rebuild::RebuildArgs),
    Simulate(simulate::SimulateArgs),
    Serve(serve::ServeArgs),
    Bench(bench::BenchArgs),
    Completions(completions::CompletionsArgs),
}

/// Where studies are kept.
#[derive(Args)]
struct StoreArgs {
    /// Where studies are kept: sqlite:PATH, sqlite:///ABSOLUTE/PATH, postgres://USER@HOST/DATABASE, or memory: (gone at the end)
    #[arg(long, value_name = "URL", default_value = "sqlite:freerun.db")]
    store: String,
}

impl StoreArgs {
    fn is_memory(&self) -> bool {
        self.store == "memory:"
    }
}

/// Reads the arguments and does as they say.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Run(args) => run::run(args),
        Command::Check(args) => check::run(&args),
        Command::Studies(args) => look::studies(&args),
        Command::Show(args) => look::show(&args),
        Command::Best(args) => look::best(&args),
        Command::Enqueue(args) => caller::enqueue(&args),
        Command::Ask(args) => caller::ask(&args),
        Command::Tell(args) => caller::tell(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Delete(args) => delete::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Rebuild(args) => rebuild::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Completions(args) => completions::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
