//! `simulate`: a model's outputs as CSV files, without a study.

use super::failure::Failure;
use super::{out, text};
use crate::run::{caught, quiet_panics};
use clap::Args;
use freerun::ids::TrialId;
use freerun::model::{self, BuiltIn, Model, ModelFailure, NoHost, Outputs, ReplicateRequest};
use freerun::spec::{Catalogue, Cells, ModelPlan, Point, Setting, Space, Table};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

const EXAMPLES: &str = "\
Examples:
  freerun simulate typhoid --set tai=42000 --set teer=7 --seeds 1..40 --out runs
  freerun simulate typhoid --set years=10 --seeds 1,2,5 --outputs timeseries_30d --out runs

Every output becomes a file OUT/OUTPUT.csv with the column seed first. With --suite or
--point, columns of that name come before it, and rows are added to files that are there.";

/// Simulate a model at one point with many seeds, and write its outputs as CSV
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct SimulateArgs {
    /// Name of the model
    model: String,
    /// A parameter or setting and its value; the others take their defaults
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Seeds: a range with both ends, such as 1..40, or a list
    #[arg(long, default_value = "1", value_parser = parse_seeds)]
    seeds: Seeds,
    /// Only these outputs
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    outputs: Vec<String>,
    /// Folder for the files
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Value of a first column `suite`
    #[arg(long)]
    suite: Option<String>,
    /// Value of a column `point`
    #[arg(long)]
    point: Option<String>,
    /// Simulations at a time [default: the number of processors]
    #[arg(long, short, value_name = "N")]
    workers: Option<NonZeroUsize>,
}

/// Most simulations of one call: their outputs are in memory until all have ended.
const SEEDS_MAX: u64 = 1_000_000;

#[derive(Debug, Clone, PartialEq)]
struct Seeds(Vec<u64>);

/// Simulates and writes.
pub fn run(args: &SimulateArgs) -> Result<(), Failure> {
    let plan = plan(&args.model, &args.set, &args.outputs)?;
    let begun = std::time::Instant::now();
    quiet_panics();
    let workers = args.workers.or_else(|| std::thread::available_parallelism().ok());
    let workers = workers.map_or(1, NonZeroUsize::get);
    let runs = simulate(&args.seeds.0, workers, |seed| simulate_one(&mut *build(&plan)?, seed))?;
    fs::create_dir_all(&args.out).map_err(|error| cannot_write(&args.out, &error))?;
    for output in &plan.outputs {
        write_output(args, output, &runs)?;
    }
    let time = text::time(begun.elapsed().as_micros() as u64);
    let runs = text::count(args.seeds.0.len() as u64, "simulation");
    out::note(format!("{runs} in {time}; {} in {}", plan.outputs.join(", "), args.out.display()));
    Ok(())
}

/// The model with what is set; without `outputs`, with all it has.
pub fn plan(model: &str, set: &[String], outputs: &[String]) -> Result<ModelPlan, Failure> {
    let card = BuiltIn.card(model).ok_or_else(|| {
        let names = BuiltIn.names().join(", ");
        Failure::bad_input(format!("there is no model `{model}`: there are {names}"))
    })?;
    let mut settings = BTreeMap::new();
    for pair in set {
        let (name, text) =
            pair.split_once('=').ok_or_else(|| Failure::bad_input(format!("`{pair}` is not NAME=VALUE")))?;
        settings.insert(name.to_owned(), setting(text));
    }
    let known: Vec<String> = card.outputs.iter().map(|output| output.name.clone()).collect();
    if let Some(unknown) = outputs.iter().find(|output| !known.contains(output)) {
        let message = format!("model `{}` has no output `{unknown}`: it has {}", card.name, known.join(", "));
        return Err(Failure::bad_input(message));
    }
    let outputs = if outputs.is_empty() { known } else { outputs.to_vec() };
    let plan = ModelPlan { model: card.name, settings, space: Space::default(), outputs };
    let problems = BuiltIn.problems(&plan);
    if problems.is_empty() {
        return Ok(plan);
    }
    Err(Failure::bad_input(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")))
}

/// A value of the command line: a JSON number, `true`, `false`, a JSON list, or else a text.
fn setting(text: &str) -> Setting {
    match serde_json::from_str(text) {
        Ok(json) => Setting::of_json(&json).unwrap_or_else(|| Setting::Text(text.to_owned())),
        Err(_) => Setting::Text(text.to_owned()),
    }
}

/// A seed and what came of it.
type Run<T> = (u64, T);

/// What `model` gives for each seed, in the order of the seeds.
///
/// # Errors
/// The first failure in time; no simulation begins after it.
fn simulate(
    seeds: &[u64],
    workers: usize,
    model: impl Fn(u64) -> Result<Outputs, ModelFailure> + Sync,
) -> Result<Vec<Run<Outputs>>, Failure> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let results = &results;
    let one = |place: usize, seed: u64| {
        let result = caught(|| model(seed)).unwrap_or_else(|message| Err(ModelFailure::Crashed(message)));
        if result.is_err() {
            next.store(seeds.len(), Ordering::Relaxed);
        }
        results.lock().unwrap_or_else(PoisonError::into_inner).push((place, seed, result));
    };
    std::thread::scope(|scope| {
        for _ in 0..workers.clamp(1, seeds.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&seed) = seeds.get(place) else { break };
                    one(place, seed);
                }
            });
        }
    });
    let mut runs = Vec::new();
    for (place, seed, result) in results.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let outputs = result.map_err(|failure| Failure::failed(format!("seed {seed}: {failure}")))?;
        runs.push((place, (seed, outputs)));
    }
    runs.sort_by_key(|(place, _)| *place);
    Ok(runs.into_iter().map(|(_, run)| run).collect())
}

/// The model of a checked plan.
pub fn build(plan: &ModelPlan) -> Result<Box<dyn Model>, ModelFailure> {
    model::build(plan).map_err(|_| ModelFailure::Unusable("the model refused its settings".to_owned()))
}

/// One simulation.
pub fn simulate_one(model: &mut dyn Model, seed: u64) -> Result<Outputs, ModelFailure> {
    let request = ReplicateRequest { trial: TrialId(0), replicate: 0, seed, point: Point::default() };
    model.run(&request, &NoHost)
}

/// Writes one output of all runs; adds to a file that is there only if rows have more keys than
/// their seed.
fn write_output(args: &SimulateArgs, output: &str, runs: &[(u64, Outputs)]) -> Result<(), Failure> {
    let path = args.out.join(format!("{output}.csv"));
    let keys: Vec<(&str, &str)> = [("suite", &args.suite), ("point", &args.point)]
        .into_iter()
        .filter_map(|(name, value)| value.as_deref().map(|value| (name, value)))
        .collect();
    let mut file = open_file(&path, !keys.is_empty()).map_err(|error| cannot_write(&path, &error))?;
    let tables = runs.iter().filter_map(|(seed, outputs)| Some((*seed, outputs.table(output)?)));
    write_rows(&mut file, &keys, tables).map_err(|error| cannot_write(&path, &error))
}

struct CsvFile {
    writer: BufWriter<File>,
    empty: bool,
}

fn open_file(path: &Path, add: bool) -> std::io::Result<CsvFile> {
    let file = OpenOptions::new().create(true).write(true).append(add).truncate(!add).open(path)?;
    let empty = file.metadata()?.len() == 0;
    Ok(CsvFile { writer: BufWriter::new(file), empty })
}

fn write_rows<'a>(
    file: &mut CsvFile,
    keys: &[(&str, &str)],
    tables: impl Iterator<Item = (u64, &'a Table)>,
) -> std::io::Result<()> {
    for (seed, table) in tables {
        if file.empty {
            let names = keys.iter().map(|(name, _)| *name).chain(["seed"]);
            let names = names.chain(table.columns.iter().map(|column| &*column.name));
            writeln!(file.writer, "{}", names.map(quoted).collect::<Vec<_>>().join(","))?;
            file.empty = false;
        }
        for row in 0..table.rows() {
            let mut cells: Vec<String> = keys.iter().map(|(_, value)| quoted(value)).collect();
            cells.push(seed.to_string());
            cells.extend(table.columns.iter().map(|column| cell(&column.cells, row)));
            writeln!(file.writer, "{}", cells.join(","))?;
        }
    }
    file.writer.flush()
}

fn cell(cells: &Cells, row: usize) -> String {
    match cells {
        Cells::Float(cells) => cells[row].to_string(),
        Cells::Int(cells) => cells[row].to_string(),
        Cells::Text(cells) => quoted(&cells[row]),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("cannot write {}: {error}", path.display()))
}

fn parse_seeds(text: &str) -> Result<Seeds, String> {
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| format!("`{text}` is no seed"));
    if let Some((first, last)) = text.split_once("..") {
        let (first, last) = (number(first)?, number(last.trim_start_matches('='))?);
        if first > last {
            return Err(format!("the range {text} is empty"));
        }
        if last - first >= SEEDS_MAX {
            return Err(format!("the range {text} has more than {SEEDS_MAX} seeds"));
        }
        return Ok(Seeds((first..=last).collect()));
    }
    text.split(',').map(number).collect::<Result<_, _>>().map(Seeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_or_a_list() {
        assert_eq!(parse_seeds("1..4"), Ok(Seeds(vec![1, 2, 3, 4])));
        assert_eq!(parse_seeds("3,1"), Ok(Seeds(vec![3, 1])));
        assert!(parse_seeds("4..1").is_err() && parse_seeds("x").is_err());
        assert!(parse_seeds("0..18446744073709551615").is_err() && parse_seeds("1..1000001").is_err());
    }

    #[test]
    fn a_panic_is_one_line_and_no_simulation_begins_after_it() {
        let begun = AtomicUsize::new(0);
        let model = |seed| {
            begun.fetch_add(1, Ordering::Relaxed);
            if seed == 3 { panic!("the sky fell") } else { Ok(Outputs::default()) }
        };
        let failure = simulate(&[1, 2, 3, 4, 5], 1, model).unwrap_err();
        let text = format!("{failure:?}");
        assert!(
            text.contains("seed 3: the model crashed: the sky fell") && text.contains("Failed"),
            "{text}"
        );
        assert_eq!(begun.load(Ordering::Relaxed), 3);
        assert_eq!(simulate(&[2, 1], 2, |_| Ok(Outputs::default())).unwrap().len(), 2);
    }

    #[test]
    fn settings_are_json_or_text() {
        assert_eq!(setting("2"), Setting::Int(2));
        assert_eq!(setting("2.0"), Setting::Float(2.0));
        assert_eq!(setting("true"), Setting::Bool(true));
        assert_eq!(setting("[0, 5]"), Setting::List(vec![Setting::Int(0), Setting::Int(5)]));
        assert_eq!(setting("sindh"), Setting::Text("sindh".into()));
    }

    #[test]
    fn cells_with_commas_are_quoted() {
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("a b"), "a b");
    }
}
