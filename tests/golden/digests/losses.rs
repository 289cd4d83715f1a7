//! Losses of trials of three replicates under every measure and combination.

use super::{Digest, Digests};
use freerun::evaluate::Evaluator;
use freerun::model::Outputs;
use freerun::rng::{Purpose, Stream};
use freerun::spec::*;

const ROWS: i64 = 12;

pub fn add(digests: &mut Digests) {
    let known = || Spread::Known(2.5);
    let measures = [
        ("squared error", Measure::SquaredError),
        ("absolute error", Measure::AbsoluteError),
        ("relative error", Measure::RelativeError),
        ("normal", Measure::Normal { sigma: known() }),
        ("normal, estimated", Measure::Normal { sigma: Spread::Estimated }),
        ("log-normal", Measure::LogNormal { sigma: known() }),
        ("student t", Measure::StudentT { sigma: known(), degrees: 4.0 }),
        ("laplace", Measure::Laplace { scale: known() }),
        ("poisson", Measure::Poisson),
        ("negative binomial", Measure::NegativeBinomial { size: 3.0 }),
        ("negative binomial, probability", Measure::NegativeBinomialProbability { probability: 0.4 }),
        ("binomial", Measure::Binomial),
        ("beta-binomial", Measure::BetaBinomial { alpha: 1.0, beta: 1.0 }),
        ("beta-binomial, overdispersed", Measure::BetaBinomialOverdispersed { rho: 0.1 }),
        ("gamma-poisson", Measure::GammaPoisson { shape: 1.0, rate: 1.0 }),
        ("multinomial", Measure::Multinomial),
        ("dirichlet-multinomial", Measure::DirichletMultinomial { prior: 1.0 }),
    ];
    for (name, measure) in measures {
        digests.add(&format!("loss/{name}"), |digest| every_combination(digest, &measure));
    }
}

fn every_combination(digest: &mut Digest, measure: &Measure) {
    for combine in [Combine::MeanSignal, Combine::Mean, Combine::LogMeanExp] {
        if measure.is_likelihood() || combine != Combine::LogMeanExp {
            losses(digest, target(measure, combine, None));
        }
    }
    let profile = Profile { name: "factor".into(), by: vec!["half".into()], low: 0.5, high: 1.5 };
    losses(digest, target(measure, Combine::Mean, Some(profile)));
}

fn losses(digest: &mut Digest, target: Target) {
    let evaluator = Evaluator::new(&[target]);
    let aligned: Vec<_> = (0..3).filter_map(|replicate| evaluator.align(&outputs(replicate)).ok()).collect();
    match evaluator.evaluate(&aligned) {
        Ok(trial) => {
            digest.f64(trial.loss);
            digest.f64(trial.se);
            trial.targets.iter().flat_map(|target| &target.factors).for_each(|&factor| digest.f64(factor));
        }
        Err(reason) => digest.bytes(reason.as_bytes()),
    }
}

fn target(measure: &Measure, combine: Combine, profile: Option<Profile>) -> Target {
    // Profiled factors would cut one draw in two.
    let group = if profile.is_some() { vec!["half".into()] } else { vec![] };
    Target {
        name: "target".into(),
        weight: 0.7,
        output: "out".into(),
        simulated: "events".into(),
        simulated_size: Some("people".into()),
        data: Some(Data {
            table: observed(),
            observed: "x".into(),
            observed_size: Some("n".into()),
            align: vec![("row".into(), "row".into())],
            group,
        }),
        measure: measure.clone(),
        combine,
        scale: Scale { constant: 0.9, column: None, profile },
    }
}

fn column(name: &'static str, cells: Cells) -> Column {
    Column { name: name.into(), cells }
}

fn observed() -> Table {
    let mut stream = Stream::new(1, Purpose::Test, 0, 0);
    let mut counts =
        |low: u32, range: u32| Cells::Int((0..ROWS).map(|_| (low + stream.below(range)).into()).collect());
    let columns = vec![
        column("row", Cells::Int((0..ROWS).collect())),
        column("half", Cells::Int((0..ROWS).map(|row| row * 2 / ROWS).collect())),
        column("x", counts(1, 40)),
        column("n", counts(50, 100)),
    ];
    Table { name: "data".into(), columns }
}

fn outputs(replicate: u32) -> Outputs {
    let mut stream = Stream::new(2, Purpose::Test, replicate, 0);
    let mut counts =
        |low: u32, range: u32| Cells::Int((0..ROWS).map(|_| (low + stream.below(range)).into()).collect());
    let columns = vec![
        column("row", Cells::Int((0..ROWS).collect())),
        column("events", counts(1, 40)),
        column("people", counts(50, 100)),
    ];
    Outputs(vec![Table { name: "out".into(), columns }])
}
