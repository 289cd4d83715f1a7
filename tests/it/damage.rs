//! Damaged journals: bytes flipped, lines cut, repeated, swapped and dropped. Reading, recovering and
//! auditing them must end in an error or in an answer, never in a panic.

use crate::worlds::build::{Runs, session_of, slots, study};
use freerun::driver::virtual_clock::{Faults, Workload, World};
use freerun::ids::{Epoch, Tick};
use freerun::journal::{decode, encode};
use freerun::model::{ModelFailure, Outputs, ReplicateRequest};
use freerun::rng::{Purpose, Stream};
use freerun::scheduler::{Audit, Record, Scheduler, SessionInfo, audit};
use freerun::spec::*;
use freerun::view::{Best, Failures, Fit, Fold, Progress, Timeline, Trials};

pub const RUNS: Runs = Runs { mean_us: 1_000_000.0, spread: 1.0, fails: 0.05 };
/// Damages of each journal; `DAMAGES=100000` for a long hunt.
const DAMAGES: u32 = 500;

/// Gives three rows of counts, for targets with data.
#[derive(Clone)]
struct Counts;

impl Workload for Counts {
    fn run(&mut self, request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
        let size = request.point.0[0].as_f64().abs();
        let table = table("counts", [Cells::Int(vec![0, 1, 2]), Cells::Float(vec![1.0, size, 2.0 * size])]);
        (Ok(Outputs(vec![table])), 700_000)
    }
}

fn table(name: &'static str, cells: [Cells; 2]) -> Table {
    let columns = ["week", "cases"].into_iter().zip(cells);
    let columns = columns.map(|(name, cells)| Column { name: name.into(), cells }).collect();
    Table { name: name.into(), columns }
}

/// A study with a target for each kind of measure: by row, by draw, with a spread and a factor.
fn with_data(study: Study) -> Study {
    let data = Data {
        table: table("weekly.csv", [Cells::Int(vec![0, 1, 2]), Cells::Int(vec![3, 1, 7])]),
        observed: "cases".to_owned(),
        observed_size: None,
        align: vec![("week".to_owned(), "week".to_owned())],
        group: Vec::new(),
    };
    let profile = Profile { name: "reporting".to_owned(), low: 0.5, high: 2.0, by: vec!["week".to_owned()] };
    let targets = [
        (Measure::NegativeBinomial { size: 5.0 }, Combine::LogMeanExp, Some(profile)),
        (Measure::DirichletMultinomial { prior: 1.0 }, Combine::MeanSignal, None),
        (Measure::Normal { sigma: Spread::Estimated }, Combine::Mean, None),
    ];
    let target = |(measure, combine, profile)| Target {
        name: format!("{measure:?}"),
        weight: 1.0,
        output: "counts".to_owned(),
        simulated: "cases".to_owned(),
        simulated_size: None,
        data: Some(data.clone()),
        measure,
        combine,
        scale: Scale { constant: 1.0, column: None, profile },
    };
    Study { targets: targets.map(target).into(), ..study }
}

/// The lines of a real journal with a crash, losses and failures in it.
pub fn journal(study: &Study, runs: impl Workload + Clone) -> Vec<String> {
    let faults = Faults { lost: 0.1, ..Faults::default() };
    let world = World { crash_at: Some(Tick(5_000_000)), faults, ..slots(3) };
    let (_, kept, _) = session_of(study, &world, runs.clone(), Vec::new(), 1, None);
    let world = World { crash_at: None, ..world };
    let (_, records, _) = session_of(study, &world, runs, kept, 2, None);
    records.iter().map(encode).collect()
}

/// A number as hostile as a reader may meet.
fn number(stream: &mut Stream) -> &'static str {
    const NUMBERS: [&str; 10] =
        ["0", "-1", "1", "4294967295", "4294967296", "18446744073709551615", "1e308", "-0.0", "null", "2"];
    NUMBERS[stream.below(NUMBERS.len() as u32) as usize]
}

/// Puts a hostile number in the place of one of the numbers of `line`.
fn replace_number(line: &str, stream: &mut Stream) -> String {
    let starts: Vec<usize> = line
        .match_indices(|c: char| c.is_ascii_digit())
        .map(|(at, _)| at)
        .filter(|&at| at == 0 || !line.as_bytes()[at - 1].is_ascii_alphanumeric())
        .collect();
    let Some(&start) = starts.get(stream.below(starts.len().max(1) as u32) as usize) else {
        return line.to_owned();
    };
    let rest = &line[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    format!("{}{}{}", &line[..start], number(stream), &rest[end..])
}

fn flip(line: &str, stream: &mut Stream) -> String {
    let mut bytes = line.as_bytes().to_vec();
    let at = stream.below(bytes.len().max(1) as u32) as usize;
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << stream.below(7);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn damage(lines: &mut Vec<String>, stream: &mut Stream) {
    // The first record carries the study: a third of all damages are to it.
    let range = if stream.below(3) == 0 { 1 } else { lines.len() as u32 };
    let at = stream.below(range) as usize;
    let other = stream.below(lines.len() as u32) as usize;
    match stream.below(8) {
        0 => lines[at] = flip(&lines[at], stream),
        1 => {
            let keep = stream.below(lines[at].len().max(1) as u32) as usize;
            lines[at].truncate(keep);
        }
        2 => lines.truncate(at + 1),
        3 => {
            lines.remove(at);
        }
        4 => lines.insert(other, lines[at].clone()),
        5 => lines.swap(at, other),
        _ => lines[at] = replace_number(&lines[at], stream),
    }
}

/// What every reader of a journal does with one; whether it is clean.
fn read(lines: &[String]) -> bool {
    let decoded: Result<Vec<Record>, _> = (1..).zip(lines).map(|(seq, line)| decode(seq, line)).collect();
    let Ok(records) = decoded else { return false };
    let session =
        SessionInfo { epoch: Epoch(1000), started_utc_us: 0, engine: "virtual".into(), host: "test".into() };
    let recovered = Scheduler::recover(&records, &session);
    let found = audit(&records);
    if matches!(found, Audit::Clean { .. }) {
        assert!(recovered.is_ok(), "an audit is clean, but the journal cannot be taken up: {lines:#?}");
    }
    let now = records.last().map_or(Tick(0), |record| record.at);
    let _ = Progress::of(&records).summary(now);
    let _ = Trials::of(&records).rows();
    let _ = Failures::of(&records).summary();
    let _ = Best::of(&records).summary();
    let _ = Fit::of(&records).summary();
    let _ = Timeline::of(&records).summary(now);
    matches!(found, Audit::Clean { .. })
}

pub fn count() -> u32 {
    std::env::var("DAMAGES").map_or(DAMAGES, |count| count.parse().expect("DAMAGES is a number"))
}

fn damages(mode: Mode, sampler: SamplerPlan, seed: u64) {
    damages_of(&journal(&Study { sampler, ..study(mode, 16, 2) }, RUNS), seed);
}

fn damages_of(whole: &[String], seed: u64) {
    assert!(read(whole), "the journal is clean before any damage");
    let (mut clean, mut refused, mut panicked) = (0, 0, Vec::new());
    for number in 0..count() {
        let mut stream = Stream::new(seed, Purpose::Test, number, 0);
        let mut lines = whole.to_vec();
        for _ in 0..=stream.below(2) {
            damage(&mut lines, &mut stream);
        }
        match std::panic::catch_unwind(|| read(&lines)) {
            Ok(true) => clean += 1,
            Ok(false) => refused += 1,
            Err(_) => panicked.push(number),
        }
    }
    assert_eq!(panicked, [0u32; 0], "these damages make a reader panic");
    assert!(clean > 20 && refused > 200, "{clean} damages left the journal clean, {refused} did not");
}

#[test]
fn a_damaged_parallel_journal_is_read_or_refused() {
    damages(Mode::Parallel { in_flight: None }, SamplerPlan::Tpe(TpePlan::default()), 1);
}

#[test]
fn a_damaged_windowed_journal_is_read_or_refused() {
    damages(Mode::Windowed { lag: 3 }, SamplerPlan::Sobol, 2);
}

#[test]
fn a_damaged_batched_journal_is_read_or_refused() {
    damages(Mode::Batched { batch_size: 4 }, SamplerPlan::Tpe(TpePlan::default()), 3);
}

#[test]
fn a_damaged_random_journal_is_read_or_refused() {
    damages(Mode::Parallel { in_flight: Some(2) }, SamplerPlan::Random, 4);
}

#[test]
fn a_damaged_journal_with_data_is_read_or_refused() {
    let plain = study(Mode::Parallel { in_flight: None }, 12, 3);
    damages_of(&journal(&with_data(Study { sampler: SamplerPlan::Sobol, ..plain }), Counts), 5);
}
