//! A target: data, the model output they are compared with, and how. Plain description; the
//! arithmetic is in `evaluate`.

use super::Table;
use serde::{Deserialize, Serialize};

/// One thing that the calibrated model should reproduce.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Weight of its loss in the trial's loss, > 0.
    pub weight: f64,
    /// The table of the model it reads.
    pub output: String,
    /// The column of that table that is compared with the data.
    pub simulated: String,
    /// The column of that table with trials, population or exposure, for the likelihoods of
    /// [`Measure`] that need one.
    pub simulated_size: Option<String>,
    /// The data; `None` only for [`Measure::Value`].
    pub data: Option<Data>,
    /// Likelihood or distance.
    pub measure: Measure,
    /// How replicates are combined.
    pub combine: Combine,
    /// From output to the unit of the data.
    pub scale: Scale,
}

impl Target {
    /// The target whose loss is `column` of `output` itself: the mean over its rows and over
    /// replicates, without data.
    pub fn value(name: &str, output: &str, column: &str) -> Target {
        Target {
            name: name.to_owned(),
            weight: 1.0,
            output: output.to_owned(),
            simulated: column.to_owned(),
            simulated_size: None,
            data: None,
            measure: Measure::Value,
            combine: Combine::Mean,
            scale: Scale { constant: 1.0, column: None, profile: None },
        }
    }
}

/// Data rows and the columns that matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// The rows (those that the study file's filter kept).
    pub table: Table,
    /// Column with the observed values.
    pub observed: String,
    /// Column with the observed trials, population or exposure.
    pub observed_size: Option<String>,
    /// Pairs (column of the output, column of the data) that must be equal in a data row and the
    /// output row it is compared with.
    pub align: Vec<(String, String)>,
    /// Columns of the data whose values cut the rows into groups, each one draw of a multinomial
    /// likelihood; empty: all rows together.
    pub group: Vec<String>,
}

/// Where a spread comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Spread {
    /// The same for all rows, > 0.
    Known(f64),
    /// A column of the data.
    Column(String),
    /// Estimated from the residuals of all rows (maximum likelihood).
    Estimated,
}

/// Likelihood or distance of one row, or of one group of rows. `x` is observed, `s` simulated after
/// scaling, `n` and `s_n` their sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Measure {
    /// No data: the output is itself the loss (the mean of its rows).
    Value,
    /// (x - s)^2, mean over rows.
    SquaredError,
    /// |x - s|, mean over rows.
    AbsoluteError,
    /// |x - s| / |x|, mean over rows.
    RelativeError,
    /// x ~ Normal(s, sigma).
    Normal {
        /// Standard deviation.
        sigma: Spread,
    },
    /// ln x ~ Normal(ln s, sigma).
    LogNormal {
        /// Standard deviation of the logarithm.
        sigma: Spread,
    },
    /// (x - s) / sigma ~ Student-t.
    StudentT {
        /// Scale; never estimated.
        sigma: Spread,
        /// Degrees of freedom, > 0.
        degrees: f64,
    },
    /// x ~ Laplace(s, b).
    Laplace {
        /// Scale b.
        scale: Spread,
    },
    /// x ~ Poisson(s).
    Poisson,
    /// x ~ negative binomial of mean s and this size (variance s + s^2 / size).
    NegativeBinomial {
        /// Size, > 0.
        size: f64,
    },
    /// x ~ negative binomial of size r = s and success probability p.
    NegativeBinomialProbability {
        /// Success probability, in (0, 1).
        probability: f64,
    },
    /// x ~ Binomial(n, p): p = s / s_n with a `simulated_size` column, else p = s.
    Binomial,
    /// x ~ BetaBinomial(n, s + alpha, s_n - s + beta): simulated counts update a Beta prior.
    BetaBinomial {
        /// Prior successes, > 0.
        alpha: f64,
        /// Prior failures, > 0.
        beta: f64,
    },
    /// x ~ BetaBinomial(n, p (1/rho - 1), (1 - p)(1/rho - 1)), with p as in `Binomial`.
    BetaBinomialOverdispersed {
        /// Overdispersion (intra-class correlation), in (0, 1).
        rho: f64,
    },
    /// x ~ Poisson(rate n), rate ~ Gamma(shape + s, rate + s_n): simulated counts and exposures
    /// update a Gamma prior.
    GammaPoisson {
        /// Prior shape, > 0.
        shape: f64,
        /// Prior rate, > 0.
        rate: f64,
    },
    /// x of a group ~ Multinomial(sum x, s / sum s).
    Multinomial,
    /// x of a group ~ DirichletMultinomial(sum x, s + prior).
    DirichletMultinomial {
        /// Added to every simulated count, > 0.
        prior: f64,
    },
}

impl Measure {
    /// A likelihood (its loss is a negative log likelihood) rather than a distance.
    pub fn is_likelihood(&self) -> bool {
        !matches!(
            self,
            Measure::Value | Measure::SquaredError | Measure::AbsoluteError | Measure::RelativeError
        )
    }
}

impl Measure {
    /// Whether an observed value, with its observed size if there is one, can be compared under
    /// this measure.
    ///
    /// # Errors
    /// What is allowed, as a fragment such as "a whole number, 0 or more".
    pub fn accepts_observed(&self, x: f64, n: Option<f64>) -> Result<(), &'static str> {
        let whole = x >= 0.0 && x.is_finite() && x.fract() == 0.0;
        let (accepted, allowed) = match self {
            Measure::Value => (true, "anything"),
            Measure::SquaredError
            | Measure::AbsoluteError
            | Measure::Normal { .. }
            | Measure::StudentT { .. }
            | Measure::Laplace { .. } => (x.is_finite(), "a finite number"),
            Measure::RelativeError => (x.is_finite() && x != 0.0, "a finite number other than 0"),
            Measure::LogNormal { .. } => (x.is_finite() && x > 0.0, "a finite number above 0"),
            Measure::Poisson
            | Measure::NegativeBinomial { .. }
            | Measure::NegativeBinomialProbability { .. }
            | Measure::Multinomial
            | Measure::DirichletMultinomial { .. } => (whole, "a whole number, 0 or more"),
            Measure::Binomial | Measure::BetaBinomial { .. } | Measure::BetaBinomialOverdispersed { .. } => (
                whole && n.is_some_and(|n| n.is_finite() && n >= x && n.fract() == 0.0),
                "a whole number from 0 to the observed size, itself a whole number",
            ),
            Measure::GammaPoisson { .. } => (
                whole && n.is_some_and(|n| n.is_finite() && n > 0.0),
                "a whole number, 0 or more, with an observed size (exposure) above 0",
            ),
        };
        if accepted { Ok(()) } else { Err(allowed) }
    }
}

/// How the replicates of a trial become one loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Combine {
    /// Mean over replicates of each output row first, then the measure ("mean signal").
    MeanSignal,
    /// The measure of each replicate, then the mean of losses ("annealed" for distances; stated as
    /// such for likelihoods).
    Mean,
    /// Minus the log of the mean over replicates of the likelihood: log-mean-exp of the summed log
    /// likelihoods. Likelihoods only.
    LogMeanExp,
}

/// What an output row is multiplied with before it is compared: `constant * column * factor`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// The same for all rows; 1 if not given.
    pub constant: f64,
    /// A column of the data, such as a population.
    pub column: Option<String>,
    /// A nuisance factor, one for each group of data rows, profiled out.
    pub profile: Option<Profile>,
}

/// A factor that the data decide: for each group of rows with equal values in the `by` columns, the
/// value in `[low, high]` under which the replicates' mean output fits that group best.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// What the factor is, such as `reporting rate`.
    pub name: String,
    /// Columns of the data whose values make the groups; empty: one group.
    pub by: Vec<String>,
    /// Smallest factor, > 0.
    pub low: f64,
    /// Largest factor.
    pub high: f64,
}
