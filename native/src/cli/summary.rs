//! What a study came to, in words.

use super::{out, text};
use freerun::view::{BestTrial, Bound, FailureSummary, ProgressSummary};

/// Most trials named one by one.
const NAMED_MAX: usize = 10;

/// Prints the best trial, what went wrong, and what it took.
pub fn print(progress: &ProgressSummary, best: Option<&BestTrial>, failures: &FailureSummary) {
    out::line("");
    match best {
        Some(best) => print_best(best),
        None => out::line("No trial has a loss."),
    }
    print_failures(failures);
    out::line("");
    print_effort(progress);
}

/// Prints the best trial and how far to trust it.
pub fn print_best(best: &BestTrial) {
    let trial = &best.trial;
    let loss = text::with_error(trial.loss.unwrap_or(f64::NAN), trial.se);
    out::line(format!("{} {}, loss {loss}", out::bold("Best trial"), trial.trial));
    let parameters = trial.parameters.0.iter();
    let rows: Vec<_> = parameters.map(|(name, value)| vec![format!("  {name}"), value.to_string()]).collect();
    out::table(&["  parameter", "value"], &[], &rows);
    let rows: Vec<_> = trial
        .targets
        .iter()
        .map(|row| vec![format!("  {}", row.target), text::with_error(row.loss, row.se)])
        .collect();
    out::table(&["  target", "loss"], &[], &rows);
    trial.notes.iter().for_each(|note| out::line(format!("  note: {note}")));
    print_trust(best);
}

fn print_trust(best: &BestTrial) {
    if !best.ties.is_empty() {
        let names: Vec<_> = best.ties.iter().take(NAMED_MAX).map(|tie| tie.trial.to_string()).collect();
        let more = best.ties.len().saturating_sub(NAMED_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        out::line(format!(
            "  Noise cannot tell it from {}: {}{more}",
            text::count(best.ties.len() as u64, "trial"),
            names.join(", ")
        ));
    }
    for at in &best.at_bounds {
        let end = if at.bound == Bound::Low { "lower" } else { "upper" };
        out::line(format!("  `{}` sits at its {end} bound: the range may be too narrow", at.parameter));
    }
}

fn print_failures(failures: &FailureSummary) {
    if failures.trials.is_empty() {
        return;
    }
    out::line(out::bold("Failed trials"));
    for group in failures.trials.iter().take(NAMED_MAX) {
        out::line(format!("  {} x {}", group.trials.len(), group.reason));
    }
    let more = failures.trials.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        out::line(format!("  and {more} other reasons"));
    }
}

fn print_effort(progress: &ProgressSummary) {
    let mut line = format!(
        "{} of {} trials ({} failed) in {}",
        progress.trials_told,
        progress.trials_budget,
        progress.trials_failed,
        text::time(progress.run_time_us)
    );
    if let Some(rate) = progress.trials_per_minute {
        line += &format!(", {} trials/min", text::number(rate));
    }
    if let Some(utilisation) = progress.utilisation {
        let idle_us = (progress.idle_slot_seconds * 1e6) as u64;
        line += &format!(", utilisation {} ({} idle)", text::percent(utilisation), text::time(idle_us));
    }
    out::line(line);
    if let Some(staleness) = progress.mean_staleness {
        out::line(format!("An ask did not know {staleness:.1} trials' results on average"));
    }
    if progress.timeouts > 0 {
        let timeouts = text::count(u64::from(progress.timeouts), "replicate");
        out::line(format!("{timeouts} ran over the time-out: another machine may give other trials"));
    }
}
