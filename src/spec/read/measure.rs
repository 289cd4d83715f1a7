//! Likelihood or distance of a target, and how its replicates are combined.

use super::document::Kind;
use super::field::{Field, Section};
use super::keys::{self, names, options};
use super::problem::Report;
use crate::spec::{Combine, Measure, Spread};

/// A measure, with the field that names its spread's column if it has one.
pub(super) struct ReadMeasure<'d> {
    pub measure: Measure,
    pub spread: Option<Field<'d>>,
}

/// Whether a measure needs the size columns of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
    Unused,
}

/// What the measure needs of (`observed_size`, `simulated_size`); nothing can be said without one.
pub(super) fn sizes(measure: Option<&Measure>) -> (Need, Need) {
    match measure {
        None => (Need::Optional, Need::Optional),
        Some(Measure::Binomial | Measure::BetaBinomialOverdispersed { .. }) => {
            (Need::Required, Need::Optional)
        }
        Some(Measure::BetaBinomial { .. } | Measure::GammaPoisson { .. }) => (Need::Required, Need::Required),
        Some(_) => (Need::Unused, Need::Unused),
    }
}

/// Whether it is one likelihood for a group of rows rather than one for each row.
pub(super) fn is_grouped(measure: &Measure) -> bool {
    matches!(measure, Measure::Multinomial | Measure::DirichletMultinomial { .. })
}

pub(super) fn read_measure<'d>(section: &Section<'d>, report: &mut Report) -> Option<ReadMeasure<'d>> {
    match (section.get("likelihood"), section.get("distance")) {
        (Some(field), None) => read_likelihood(&field, report),
        (None, Some(field)) => read_distance(&field, report),
        (Some(_), Some(field)) => {
            field.refuse("nothing beside `likelihood`", report);
            None
        }
        (None, None) => {
            let allowed = "one of these two keys, with a measure";
            report.add(section.line, section.path_of("likelihood"), "no likelihood and no distance", allowed);
            None
        }
    }
}

fn read_distance<'d>(field: &Field<'d>, report: &mut Report) -> Option<ReadMeasure<'d>> {
    let named = field.named(&names(keys::DISTANCES), report)?;
    named.options(options(keys::DISTANCES, named.name), report);
    let measure = match named.name {
        "value" => Measure::Value,
        "squared_error" => Measure::SquaredError,
        "absolute_error" => Measure::AbsoluteError,
        "relative_error" => Measure::RelativeError,
        _ => return unread(field, report),
    };
    Some(ReadMeasure { measure, spread: None })
}

/// A name of `keys` that this file does not read: a defect, told rather than read as another.
fn unread<'d>(field: &Field<'d>, report: &mut Report) -> Option<ReadMeasure<'d>> {
    field.refuse("a measure that this version can read", report);
    None
}

fn read_likelihood<'d>(field: &Field<'d>, report: &mut Report) -> Option<ReadMeasure<'d>> {
    let named = field.named(&names(keys::LIKELIHOODS), report)?;
    let section = named.options(options(keys::LIKELIHOODS, named.name), report);
    if let "normal" | "log_normal" | "student_t" | "laplace" = named.name {
        return read_continuous(named.name, &section, report);
    }
    let measure = match named.name {
        "poisson" => Measure::Poisson,
        "negative_binomial" => Measure::NegativeBinomial { size: positive(&section, "size", report)? },
        "negative_binomial_probability" => {
            Measure::NegativeBinomialProbability { probability: share(&section, "probability", report)? }
        }
        "binomial" => Measure::Binomial,
        "beta_binomial" => {
            let (alpha, beta) = (positive(&section, "alpha", report), positive(&section, "beta", report));
            Measure::BetaBinomial { alpha: alpha?, beta: beta? }
        }
        "beta_binomial_overdispersed" => {
            Measure::BetaBinomialOverdispersed { rho: share(&section, "rho", report)? }
        }
        "gamma_poisson" => {
            let (shape, rate) = (positive(&section, "shape", report), positive(&section, "rate", report));
            Measure::GammaPoisson { shape: shape?, rate: rate? }
        }
        "multinomial" => Measure::Multinomial,
        "dirichlet_multinomial" => {
            Measure::DirichletMultinomial { prior: positive(&section, "prior", report)? }
        }
        _ => return unread(field, report),
    };
    Some(ReadMeasure { measure, spread: None })
}

fn read_continuous<'d>(name: &str, section: &Section<'d>, report: &mut Report) -> Option<ReadMeasure<'d>> {
    let key = if name == "laplace" { "scale" } else { "sigma" };
    let spread = read_spread(section, key, name != "student_t", report);
    let degrees = match name {
        "student_t" => positive(section, "degrees", report),
        _ => Some(1.0),
    };
    let ((sigma, spread), degrees) = (spread?, degrees?);
    let measure = match name {
        "normal" => Measure::Normal { sigma },
        "log_normal" => Measure::LogNormal { sigma },
        "laplace" => Measure::Laplace { scale: sigma },
        _ => Measure::StudentT { sigma, degrees },
    };
    Some(ReadMeasure { measure, spread })
}

fn read_spread<'d>(
    section: &Section<'d>,
    key: &str,
    may_estimate: bool,
    report: &mut Report,
) -> Option<(Spread, Option<Field<'d>>)> {
    let allowed = if may_estimate {
        "a number greater than 0, \"estimated\", or { column = \"...\" }, a column of the data"
    } else {
        "a number greater than 0, or { column = \"...\" }, a column of the data"
    };
    let field = section.need(key, allowed, report)?;
    match &field.node.kind {
        Kind::Text(text) if text == "estimated" && may_estimate => Some((Spread::Estimated, None)),
        Kind::Table(_) => {
            let section = field.section(keys::SPREAD, report)?;
            let column = section.need("column", "a column of the data", report)?;
            Some((Spread::Column(column.text(report)?.to_string()), Some(column)))
        }
        _ => field.number(|value| value > 0.0, allowed, report).map(|value| (Spread::Known(value), None)),
    }
}

fn positive(section: &Section, key: &str, report: &mut Report) -> Option<f64> {
    section.must(key, "a number greater than 0", report, |field, report| field.positive(report))
}

fn share(section: &Section, key: &str, report: &mut Report) -> Option<f64> {
    let allowed = "a number between 0 and 1, both excluded";
    section.must(key, allowed, report, |field, report| field.share(report))
}

/// The default is the usual one of the field: likelihoods are averaged over replicates, distances
/// are taken of the replicates' mean.
pub(super) fn read_combine(
    section: &Section,
    measure: Option<&Measure>,
    report: &mut Report,
) -> Option<Combine> {
    let likelihood = measure.is_none_or(Measure::is_likelihood);
    let default = if likelihood { Combine::LogMeanExp } else { Combine::MeanSignal };
    section.or("combine", default, report, |field, report| match field.word(keys::COMBINES, report)? {
        "mean_signal" => Some(Combine::MeanSignal),
        "mean" => Some(Combine::Mean),
        _ if likelihood => Some(Combine::LogMeanExp),
        _ => {
            field.refuse("mean_signal or mean for a distance", report);
            None
        }
    })
}
