//! What a study came to, in words.

use super::{out, text};
use freerun::spec::{Domain, Parameter, Space};
use freerun::view::{
    AtBound, BestTrial, Bound, FailureSummary, Live, Plain, ProgressSummary, Span, TargetRow, TrialRow,
    TrialState,
};

/// Most trials named one by one.
const NAMED_MAX: usize = 10;

/// Prints the best trial, what went wrong, and what it took.
pub fn print(live: &Live) {
    out::line("");
    match live.best() {
        Some(best) => print_best(&best, live.space()),
        None => out::line("No trial has a loss"),
    }
    print_failures(&live.failures());
    out::line("");
    print_effort(&live.progress());
}

/// Prints the best trial and how far to trust it.
pub fn print_best(best: &BestTrial, space: &Space) {
    print_trial("Best trial", &best.trial, space, &best.spans);
    print_ties(best);
    print_bounds(&best.at_bounds);
}

/// Prints one trial: its loss, its parameters with the range searched and what trials as good have,
/// and its targets.
pub fn print_trial(title: &str, trial: &TrialRow, space: &Space, spans: &[Span]) {
    let state = match (trial.loss, trial.state) {
        (Some(loss), _) => format!("loss {}", text::with_error(loss, trial.se)),
        (None, TrialState::Failed) => {
            format!("failed: {}", trial.reason.as_deref().unwrap_or("no reason was given"))
        }
        (None, _) => "not finished".to_owned(),
    };
    out::line(format!("{} {}, {state}", out::bold(title), trial.trial.0));
    let spread = spans.iter().any(|span| span.low < span.high);
    let row = |(parameter, (name, value)): (&Parameter, &(String, Plain))| {
        let span = spans.iter().find(|span| span.parameter == *name).filter(|_| spread);
        let span = span.map(|span| range(span.low, span.high)).unwrap_or_default();
        vec![format!("  {name}"), text::plain(value), searched(&parameter.domain), span]
    };
    let rows: Vec<_> = space.0.iter().zip(&trial.parameters.0).map(row).collect();
    let head = ["  parameter", "value", "searched", if spread { "among trials as good" } else { "" }];
    out::table(&head, &[1], &rows);
    let of_target = |row: &TargetRow| vec![format!("  {}", row.target), text::with_error(row.loss, row.se)];
    let rows: Vec<_> = trial.targets.iter().map(of_target).collect();
    if !rows.is_empty() {
        out::table(&["  target", "loss"], &[1], &rows);
    }
    trial.notes.iter().for_each(|note| out::line(format!("  note: {note}")));
}

fn searched(domain: &Domain) -> String {
    let scale = |log: bool| if log { " (log)" } else { "" };
    match domain {
        &Domain::Float { low, high, log } => format!("{}{}", range(low, high), scale(log)),
        &Domain::Int { low, high, log } => format!("{low} to {high}{}", scale(log)),
        Domain::Categorical { choices } => {
            choices.iter().map(|choice| Plain::from(choice).to_string()).collect::<Vec<_>>().join(", ")
        }
    }
}

fn range(low: f64, high: f64) -> String {
    format!("{} to {}", text::number(low), text::number(high))
}

fn print_ties(best: &BestTrial) {
    if best.ties.is_empty() {
        return;
    }
    let named = best.ties.iter().take(NAMED_MAX).map(|tie| tie.trial.0.to_string());
    let mut names: Vec<_> = named.collect();
    let more = best.ties.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    let count = text::count(best.ties.len() as u64, "trial");
    out::line(format!(
        "  Noise cannot tell it from {count} (losses within two standard errors): {}",
        names.join(", ")
    ));
    out::line("  More replicates could tell them apart; until then any of them may be the best");
}

/// Prints the parameters at an end of their range.
pub fn print_bounds(at_bounds: &[AtBound]) {
    for at in at_bounds {
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
        line += &format!(", {} trials/min", text::rate(rate));
    }
    out::line(line);
    if let Some(utilisation) = progress.utilisation {
        let idle_us = (progress.idle_slot_seconds * 1e6) as u64;
        let busy = text::percent(utilisation);
        out::line(format!("Workers were busy {busy} of their time ({} idle)", text::time(idle_us)));
    }
    if let Some(staleness) = progress.mean_staleness {
        out::line(format!("An ask knew all earlier trials but {staleness:.1} on average"));
    }
    if progress.timeouts > 0 {
        let timeouts = text::count(u64::from(progress.timeouts), "replicate");
        out::line(format!("{timeouts} ran over the time-out: another machine may give other trials"));
    }
}
