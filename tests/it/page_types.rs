//! What the page is shown, as text for TypeScript's compiler: `www/src/protocol.sample.ts` holds one
//! of everything, so that types written by hand there cannot drift from the structures here.
//! `UPDATE_EXPECT=1` writes it anew.

use expect_test::expect_file;
use freerun::evaluate::{TargetLoss, TrialLoss};
use freerun::ids::{Attempt, Epoch, Seq, SlotId, Tick, TrialId};
use freerun::model::{ModelFailure, Outputs};
use freerun::scheduler::*;
use freerun::spec::*;
use freerun::view::*;
use serde::Serialize;
use std::collections::BTreeMap;

const HEAD: &str = "\
// One of everything that the core shows, for `protocol.check.ts`: written by
// `UPDATE_EXPECT=1 cargo test -p freerun --test it page_types`, never by hand.
import type { Outline, View } from './protocol'
";

#[test]
fn the_page_knows_what_it_is_shown() {
    let study = study();
    let outlines = [Outline::of(&study, Some(7)), Outline::of(&study, None)];
    let wanted = Study { budget: Budget { target_loss: Some(10.0), ..study.budget }, ..study.clone() };
    let reached = vec![beginning(&wanted).remove(0), imported(0, complete(9.0, f64::NAN))];
    let views = [view(&[]), view(&beginning(&study)), view(&reached), view(&finished(&study))];
    let text =
        format!("{HEAD}{}{}", sample("outlines", "Outline[]", &outlines), sample("views", "View[]", &views));
    expect_file!["../../www/src/protocol.sample.ts"].assert_eq(&text);
}

/// As a literal, so that the compiler also minds keys that the type does not have.
fn sample(name: &str, of: &str, value: &impl Serialize) -> String {
    let json = inner_on_one_line(&serde_json::to_string_pretty(value).expect("JSON"));
    format!("\nexport const {name} = {json} satisfies {of}\n")
}

/// Pretty JSON with each list and object that has none within it on a line.
fn inner_on_one_line(pretty: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut open = None;
    for line in pretty.lines() {
        lines.push(line.to_owned());
        if line.ends_with(['[', '{']) {
            open = Some(lines.len() - 1);
        } else if line.trim_start().starts_with([']', '}'])
            && let Some(first) = open.take()
        {
            let inner: Vec<String> = lines.drain(first..).collect();
            let rest = inner.iter().skip(1).map(|line| line.trim_start());
            lines.push(inner[..1].iter().map(String::as_str).chain(rest).collect::<Vec<_>>().join(" "));
        }
    }
    lines.join("\n")
}

/// As `web::watch` puts it together.
fn view(records: &[Record]) -> serde_json::Value {
    let mut live = Live::default();
    live.observe(Seq(1), records);
    live.tick(Tick(9_000_000));
    let mut view = serde_json::to_value(live.overview()).expect("JSON");
    view["changed"] = serde_json::to_value(live.changed()).expect("JSON");
    view
}

fn study() -> Study {
    let parameter = |name: &str, domain| Parameter { name: name.into(), domain, prior: Prior::Uniform };
    let choices = [Setting::Text("slow".into()), Setting::Bool(true), Setting::Bool(false), Setting::Int(3)];
    Study {
        name: "sample".into(),
        seed: 7,
        model: ModelPlan {
            model: "none".into(),
            settings: BTreeMap::new(),
            space: Space(vec![
                parameter("rate", Domain::Float { low: 0.01, high: 1.0, log: true }),
                parameter("share", Domain::Float { low: 0.0, high: 1.0, log: false }),
                parameter("kind", Domain::Categorical { choices: choices.to_vec() }),
            ]),
            outputs: vec![],
        },
        targets: vec![Target::value("cases", "out", "value")],
        start: vec![],
        replicates: 2,
        common_random_numbers: false,
        mode: Mode::Parallel { in_flight: None },
        sampler: SamplerPlan::Random,
        budget: Budget { trials: 8, wall_us: None, target_loss: None },
        attempts: AttemptRules { retries: 1, retry_failures: true, timeout_us: Some(3_000_000) },
        durability: Durability::Full,
    }
}

fn beginning(study: &Study) -> Vec<Record> {
    let versions = Versions { journal: 1, streams: 1, sampler: "random/1".into(), model: "none/1".into() };
    let (engine, host) = ("virtual".to_owned(), "test".to_owned());
    vec![
        at(0, What::Opened { versions, study: Box::new(study.clone()) }),
        at(0, What::Session { epoch: Epoch(1), started_utc_us: 0, engine, host }),
        at(0, What::Slots { capacity: 2 }),
        at(0, What::Commanded(Command::Pause)),
        asked(0, 0, [0.01, 1.0], Origin::Start(0), Runner::Slots),
        at(0, What::Commanded(Command::Stop)),
    ]
}

/// Trials of every source and state; attempts that ended in every way.
fn finished(study: &Study) -> Vec<Record> {
    let mut records = beginning(study);
    records.retain(|record| !matches!(record.what, What::Commanded(_)));
    records.extend([
        asked(0, 1, [1.0, 0.5], Origin::Sampler, Runner::Slots),
        asked(0, 2, [0.1, 0.5], Origin::Enqueued, Runner::Slots),
        asked(0, 3, [0.1, 0.2], Origin::Sampler, Runner::Caller),
    ]);
    let ends = [
        (0, 0, 0, Outcome::Completed(Outputs::default())),
        (0, 1, 0, Outcome::Completed(Outputs::default())),
        (1, 0, 0, Outcome::Failed(ModelFailure::Crashed("it panicked".into()))),
        (1, 0, 1, Outcome::Failed(ModelFailure::TimedOut)),
        (2, 0, 0, Outcome::Failed(ModelFailure::Refused("no".into()))),
        (2, 0, 1, Outcome::Failed(ModelFailure::Unusable("no table".into()))),
        (2, 1, 0, Outcome::Lost(LostReason::SlotVanished("gone".into()))),
        (2, 1, 1, Outcome::Lost(LostReason::ProgramEnded)),
        (2, 1, 2, Outcome::Lost(LostReason::Cancelled)),
    ];
    for (time, (trial, replicate, number, outcome)) in (1..).zip(ends) {
        let attempt = Attempt { epoch: Epoch(1), trial: TrialId(trial), replicate, number };
        let (time, slot) = (time * 100_000, SlotId(0));
        records.push(at(time, What::Launched { slot, attempts: vec![attempt] }));
        records.push(at(time + 9, What::Ended { attempt, slot, started: Tick(time), run_us: 9, outcome }));
    }
    records.extend([
        at(2_000_000, What::Told { trial: TrialId(0), verdict: complete(3.0, 0.5) }),
        at(2_000_000, What::Told { trial: TrialId(3), verdict: complete(3.5, 0.5) }),
        at(2_000_000, What::Told { trial: TrialId(1), verdict: failed("the replicate ran over its time") }),
        imported(4, complete(9.0, f64::NAN)),
        asked(3_000_000, 5, [1.0, 0.5], Origin::Sampler, Runner::Slots),
        at(3_000_001, What::Told { trial: TrialId(5), verdict: complete(3.25, 0.25) }),
    ]);
    records
}

fn at(at: u64, what: What) -> Record {
    Record { at: Tick(at), what }
}

fn point([rate, share]: [f64; 2], choice: u32) -> Point {
    Point(vec![Value::Float(rate), Value::Float(share), Value::Choice(choice)])
}

fn asked(time: u64, trial: u32, values: [f64; 2], origin: Origin, runner: Runner) -> Record {
    let point = point(values, trial % 4);
    at(time, What::Asked { trial: TrialId(trial), point, origin, runner, saw: Seq(1) })
}

fn imported(trial: u32, verdict: Verdict) -> Record {
    let (trial, point) = (TrialId(trial), point([0.2, 1.0], 0));
    at(2_000_001, What::Imported { trial, point, verdict, source: "optuna".into() })
}

fn complete(loss: f64, se: f64) -> Verdict {
    let targets = vec![TargetLoss { loss, se, factors: vec![0.5] }];
    Verdict::Complete(TrialLoss { loss, se, targets, notes: vec!["a note".into()] })
}

fn failed(reason: &str) -> Verdict {
    Verdict::Failed(TrialFailure { replicate: Some(0), reason: reason.into() })
}
