//! The study files that come with the program: each is sound, runs, and finds what it should.

use freerun::evaluate::{Evaluator, TrialLoss};
use freerun::ids::TrialId;
use freerun::math::dist::binomial;
use freerun::model::{BuiltIn, NoHost, Outputs, ReplicateRequest, build};
use freerun::rng::{Purpose, Stream, replicate_seed};
use freerun::sampler::{self, Observation};
use freerun::spec::{Files, Format, ModelPlan, Point, Setting, Source, Study, read};
use std::path::PathBuf;

struct Studies;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("studies")
}

impl Files for Studies {
    fn read(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(folder().join(path)).map_err(|error| error.to_string())
    }
}

#[track_caller]
fn study(name: &str) -> Study {
    let file = format!("{name}.toml");
    let text = Studies.read(&file).unwrap();
    match read(&Source { file: &file, text: &text, format: Format::Toml }, &Studies, &BuiltIn) {
        Ok(draft) => draft.freeze(1),
        Err(problems) => {
            panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
        }
    }
}

#[test]
fn every_study_file_is_sound_and_named_after_its_file() {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert_eq!(study(name).name, name);
            seen += 1;
        }
    }
    assert!(seen >= 3, "{seen} study files");
}

/// What a plain loop finds.
struct Search {
    best: Point,
    lowest: f64,
    /// Verdicts on all trials.
    verdicts: Vec<Result<TrialLoss, String>>,
}

fn search(study: &Study, trials: u32) -> Search {
    let mut model = build(&study.model).unwrap();
    let evaluator = Evaluator::new(&study.targets);
    let mut sampler = sampler::build(&study.sampler, study.space(), study.seed);
    let mut search = Search { best: Point::default(), lowest: f64::INFINITY, verdicts: Vec::new() };
    for number in 0..trials {
        let trial = TrialId(number);
        let point = sampler.propose(trial, Stream::new(study.seed, Purpose::Ask, number, 0));
        sampler.observe(&Observation::Asked { trial, point: point.clone() });
        let replicates: Result<Vec<_>, String> = (0..study.replicates)
            .map(|replicate| {
                let seed = replicate_seed(study.seed, trial, replicate, study.common_random_numbers);
                let request = ReplicateRequest { trial, replicate, seed, point: point.clone() };
                let outputs = model.run(&request, &NoHost).map_err(|failure| failure.to_string())?;
                evaluator.align(&outputs)
            })
            .collect();
        let verdict = replicates.and_then(|replicates| evaluator.evaluate(&replicates));
        let loss = verdict.as_ref().ok().map(|loss| loss.loss);
        if let Some(loss) = loss.filter(|loss| *loss < search.lowest) {
            search.lowest = loss;
            search.best = point;
        }
        sampler.observe(&Observation::Told { trial, loss });
        search.verdicts.push(verdict);
    }
    search
}

fn coordinate(study: &Study, point: &Point, name: &str) -> f64 {
    point.0[study.space().position(name).unwrap()].as_f64()
}

/// The known parameters behind the data of `seir.toml`.
const KNOWN: [(&str, f64); 3] = [("r0", 2.2), ("infectious_days", 5.0), ("reporting", 0.3)];

fn known_epidemic() -> Outputs {
    let mut plan = ModelPlan {
        model: "seir".to_string(),
        settings: study_settings(),
        space: Default::default(),
        outputs: vec!["weekly".to_string(), "summary".to_string()],
    };
    plan.settings.extend(KNOWN.map(|(name, value)| (name.to_string(), Setting::Float(value))));
    let request = ReplicateRequest { trial: TrialId(0), replicate: 0, seed: 2026, point: Point::default() };
    build(&plan).unwrap().run(&request, &NoHost).unwrap()
}

fn study_settings() -> std::collections::BTreeMap<String, Setting> {
    [("population", Setting::Int(100_000)), ("days", Setting::Int(98))]
        .into_iter()
        .chain([("latent_days", Setting::Float(3.0)), ("initial_infected", Setting::Float(50.0))])
        .map(|(name, setting)| (name.to_string(), setting))
        .collect()
}

/// `UPDATE_EXPECT=1` writes the files.
#[test]
fn seir_data_are_the_models_own() {
    let outputs = known_epidemic();
    let column = |table: &str, name: &str| outputs.table(table).unwrap().column(name).unwrap().cells.clone();
    let reported = column("weekly", "reported");
    let mut weekly = "week,reported\n".to_string();
    for week in 0..reported.len() {
        weekly.push_str(&format!("{week},{}\n", reported.number(week).unwrap()));
    }
    expect_test::expect_file!["../../studies/data/seir_weekly.csv"].assert_eq(&weekly);
    let infected = column("summary", "attack_rate").number(0).unwrap();
    let positive = binomial(&mut Stream::new(2026, Purpose::Test, 0, 0), 1000, infected);
    let survey = format!("tested,positive\n1000,{positive}\n");
    expect_test::expect_file!["../../studies/data/seir_serosurvey.csv"].assert_eq(&survey);
}

#[test]
fn seir_comes_back_to_its_known_parameters() {
    let study = study("seir");
    let found = search(&study, study.budget.trials);
    let failed = found.verdicts.iter().filter(|verdict| verdict.is_err()).count();
    assert!(failed < 20, "{failed} of {} trials failed", found.verdicts.len());
    for ((name, known), tolerance) in KNOWN.into_iter().zip([0.3, 1.5, 0.05]) {
        let value = coordinate(&study, &found.best, name);
        assert!((value - known).abs() < tolerance, "{name} = {value}, known {known}");
    }
}

#[test]
fn the_sphere_is_found() {
    let study = study("sphere");
    let found = search(&study, study.budget.trials);
    assert!(found.lowest < 1.5, "{}", found.lowest);
}

/// A few trials only: unoptimised, a trial takes about a tenth of a second.
#[test]
fn typhoid_trials_have_losses_and_reporting_rates_within_bounds() {
    let study = study("typhoid-sindh");
    let found = search(&study, 5);
    let profile = study.targets[1].scale.profile.as_ref().unwrap();
    for verdict in found.verdicts {
        let loss = verdict.unwrap();
        assert!(loss.loss.is_finite() && loss.se > 0.0, "{loss:?}");
        let factors = &loss.targets[1].factors;
        assert_eq!(factors.len(), 3, "one for each year");
        assert!(factors.iter().all(|factor| (profile.low..=profile.high).contains(factor)), "{factors:?}");
        assert!(factors[0] <= factors[1] && factors[1] <= factors[2], "surveillance grew: {factors:?}");
    }
}
