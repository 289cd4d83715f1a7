//! What a study file may contain, as types with documentation. Nothing is read into them: they make
//! the JSON schema that editors use, and a test holds the keys and names that the checks know against
//! them.
//!
//! One rule runs through the file: a thing with options is written as its name alone, or as a table
//! with `name` and the options. `sampler = "tpe"` and `sampler = { name = "tpe", startup = 20 }` are
//! both fine.
#![expect(dead_code, reason = "the types are only described, never made")]

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;
use std::collections::BTreeMap;

/// The JSON schema of study files.
pub fn study_schema() -> Schema {
    SchemaSettings::draft2020_12()
        .with_transform(RecursiveTransform(without_null))
        .into_generator()
        .into_root_schema_for::<StudyFile>()
}

/// An optional field may be absent, but not null.
fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_string(), only);
        }
    }
    if let Some(Value::Array(schemas)) = schema.get_mut("anyOf") {
        schemas.retain(|schema| schema.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = schemas.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.insert(key, value);
            }
        }
    }
}

/// A Freerun study: a model, the parameters to calibrate, the targets they should meet, and how to
/// search.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Freerun study")]
struct StudyFile {
    /// For editors of JSON; ignored.
    #[serde(rename = "$schema")]
    schema: Option<String>,
    /// Name of the study, unique in a store: 1 to 100 characters, no slash.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// Every random number of the study derives from it. Without one, the study gets a fresh seed
    /// when it is first run.
    seed: Option<u64>,
    /// Simulations of each trial, each with a seed of its own.
    #[schemars(range(min = 1, max = 100_000))]
    replicates: u32,
    /// Whether replicate r has the same seed in every trial. Default: false.
    common_random_numbers: Option<bool>,
    /// What a commit promises. Default: full.
    durability: Option<Durability>,
    /// When a trial is asked, and what its ask sees. Default: parallel.
    mode: Option<ModeField>,
    /// Who proposes points. Default: tpe with the options of Optuna 5.
    sampler: Option<SamplerField>,
    /// When the study is done: at the first limit reached.
    budget: BudgetTable,
    /// What may be repeated, and how long an attempt may take.
    attempts: Option<AttemptsTable>,
    /// The model. `freerun models` lists them with their parameters, settings and outputs.
    model: ModelField,
    /// The parameters to calibrate, by the names that the model gives them. Their order is that of
    /// the columns of results.
    parameters: BTreeMap<String, ParameterTable>,
    /// What the calibrated model should reproduce.
    #[schemars(length(min = 1))]
    targets: Vec<TargetTable>,
    /// Points tried before the sampler's own, each with a value for every parameter.
    start: Option<Vec<BTreeMap<String, Scalar>>>,
}

/// One value.
#[derive(JsonSchema)]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Number(f64),
    Text(String),
}

/// One value, or any of a list.
#[derive(JsonSchema)]
#[serde(untagged)]
enum OneOrMore {
    One(Scalar),
    More(Vec<Scalar>),
}

/// What a commit promises.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Durability {
    /// A launch waits until what it depends on is durable.
    Full,
    /// Nothing waits; a crash may lose the last moments.
    Relaxed,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum ModeField {
    /// A mode without options.
    Name(ModeName),
    Table(ModeTable),
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ModeName {
    Parallel,
}

#[derive(JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
enum ModeTable {
    /// Ask whenever a slot would be idle; an ask sees whatever has been told.
    Parallel {
        /// Trials asked and not yet told. Default: auto, the fewest that keep all slots busy.
        in_flight: Option<InFlight>,
    },
    /// Ask a batch, wait for all of it (the barrier), tell all.
    Batched {
        /// Trials of a batch.
        #[schemars(range(min = 1))]
        batch_size: u32,
    },
    /// The ask of trial k sees exactly the trials up to k - lag: no barrier, and the same trials on
    /// any machine.
    Windowed {
        /// The lag.
        #[schemars(range(min = 1))]
        lag: u32,
    },
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum InFlight {
    Auto(Auto),
    Fixed(#[schemars(range(min = 1))] u32),
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Auto {
    Auto,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum SamplerField {
    /// A sampler with its default options.
    Name(SamplerName),
    Table(SamplerTable),
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SamplerName {
    Tpe,
    Sobol,
    Random,
}

#[derive(JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
enum SamplerTable {
    /// Tree-structured Parzen estimator, joint over parameters.
    Tpe {
        /// Random trials before the first model-based one. Default: 10.
        #[schemars(range(min = 1))]
        startup: Option<u32>,
        /// Candidates drawn from the good trials' density for each ask. Default: 24.
        #[schemars(range(min = 1))]
        candidates: Option<u32>,
        /// Share of the finished trials that count as good, between 0 and 1. Default: 0.1.
        good_share: Option<f64>,
        /// Most trials that count as good. Default: 25.
        #[schemars(range(min = 1))]
        good_max: Option<u32>,
        /// Weight of the prior component. Default: 1.
        prior_weight: Option<f64>,
    },
    /// A scrambled Sobol sequence through the priors.
    Sobol,
    /// Independent draws from the priors.
    Random,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct BudgetTable {
    /// Trials in all, failed ones and starting points included.
    #[schemars(range(min = 1))]
    trials: u32,
    /// No trial is asked after this time, such as "90s", "30min", "2h" or "1h 30min".
    wall_time: Option<String>,
    /// No trial is asked after one with a loss this low.
    target_loss: Option<f64>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct AttemptsTable {
    /// How often a replicate that was lost (its slot vanished, the program ended) runs again.
    /// Default: 2.
    retries: Option<u32>,
    /// Whether a replicate that failed (the model refused, crashed, ran over its time) runs again,
    /// too. Default: false.
    retry_failures: Option<bool>,
    /// Longest time of one attempt, such as "90s". Default: none.
    timeout: Option<String>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum ModelField {
    /// The name of a model, with its default settings.
    Name(String),
    Table(ModelTable),
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct ModelTable {
    /// The name of a model.
    name: String,
    /// Settings and parameters held fixed; the rest take the model's defaults.
    settings: Option<BTreeMap<String, Value>>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct ParameterTable {
    /// Default: the type that the model gives the parameter.
    #[serde(rename = "type")]
    kind: Option<ParameterType>,
    /// Smallest value; needed unless categorical.
    low: Option<f64>,
    /// Largest value; needed unless categorical.
    high: Option<f64>,
    /// Search the logarithm; low must be greater than 0. Default: false.
    log: Option<bool>,
    /// The values of a categorical parameter, at least two.
    choices: Option<Vec<Value>>,
    /// Where random, quasi-random and start-up points fall. Not added to the loss. Default: uniform.
    prior: Option<PriorField>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ParameterType {
    Float,
    Int,
    Categorical,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum PriorField {
    Name(PriorName),
    Table(PriorTable),
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PriorName {
    Uniform,
}

#[derive(JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
enum PriorTable {
    /// Every value alike, on the scale that is searched.
    Uniform,
    /// Normal, cut to the bounds; of the natural logarithm if the parameter has log = true.
    Normal {
        /// Mean, within the bounds.
        mean: f64,
        /// Standard deviation, greater than 0.
        sd: f64,
    },
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct TargetTable {
    /// Its name, unlike every other target's.
    name: String,
    /// Weight of its loss in the trial's loss, greater than 0. Default: 1.
    weight: Option<f64>,
    /// The output of the model that it reads.
    output: String,
    /// The column of that output that is compared with the data.
    simulated: String,
    /// The column of that output with trials, population or exposure, for the likelihoods that use
    /// one.
    simulated_size: Option<String>,
    /// Path of a CSV file, relative to the study file. Needed unless distance is value. Blank cells,
    /// NA and NaN are missing.
    data: Option<String>,
    /// Which rows of the data count: for each column named, the value or values to keep.
    #[serde(rename = "where")]
    filter: Option<BTreeMap<String, OneOrMore>>,
    /// The column of the data with observed values.
    observed: Option<String>,
    /// The column of the data with trials, population or exposure, for the likelihoods that use one.
    observed_size: Option<String>,
    /// The columns that must be equal in a data row and the output row it is compared with. A list if
    /// they have the same name on both sides, else a table: column of the output = column of the
    /// data. Needed if the output has index columns.
    align: Option<AlignField>,
    /// Columns of the data that cut the rows into groups, each one draw of a multinomial or Dirichlet
    /// multinomial. Default: all rows together.
    group: Option<Vec<String>>,
    /// How probable the data are under the model. Either this or distance is needed.
    likelihood: Option<LikelihoodField>,
    /// How far the data are from the model. Either this or likelihood is needed.
    distance: Option<DistanceField>,
    /// How the replicates become one loss. Default: log_mean_exp for a likelihood, mean_signal for a
    /// distance.
    combine: Option<CombineName>,
    /// What the output is multiplied with before it is compared.
    scale: Option<ScaleTable>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum AlignField {
    Same(Vec<String>),
    Pairs(BTreeMap<String, String>),
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum LikelihoodField {
    /// A likelihood without options.
    Name(LikelihoodName),
    Table(LikelihoodTable),
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LikelihoodName {
    Poisson,
    Binomial,
    Multinomial,
}

/// In the formulas x is observed and s simulated, after scaling; n and s_n are their sizes.
#[derive(JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
enum LikelihoodTable {
    /// x ~ Normal(s, sigma).
    Normal {
        /// Standard deviation.
        sigma: SpreadField,
    },
    /// ln x ~ Normal(ln s, sigma).
    LogNormal {
        /// Standard deviation of the logarithm.
        sigma: SpreadField,
    },
    /// (x - s) / sigma ~ Student-t.
    StudentT {
        /// Scale; cannot be estimated.
        sigma: SpreadField,
        /// Degrees of freedom, greater than 0.
        degrees: f64,
    },
    /// x ~ Laplace(s, scale).
    Laplace {
        /// Scale.
        scale: SpreadField,
    },
    /// x ~ Poisson(s).
    Poisson,
    /// x ~ negative binomial of mean s and variance s + s^2 / size.
    NegativeBinomial {
        /// Size, greater than 0.
        size: f64,
    },
    /// x ~ negative binomial of size s and this success probability.
    NegativeBinomialProbability {
        /// Success probability, between 0 and 1.
        probability: f64,
    },
    /// x ~ Binomial(n, p): p = s / s_n with simulated_size, else p = s.
    Binomial,
    /// x ~ BetaBinomial(n, s + alpha, s_n - s + beta): simulated counts update a Beta prior.
    BetaBinomial {
        /// Prior successes, greater than 0.
        alpha: f64,
        /// Prior failures, greater than 0.
        beta: f64,
    },
    /// x ~ BetaBinomial(n, p (1/rho - 1), (1 - p)(1/rho - 1)), with p as in binomial.
    BetaBinomialOverdispersed {
        /// Overdispersion, between 0 and 1.
        rho: f64,
    },
    /// x ~ Poisson(rate n), rate ~ Gamma(shape + s, rate + s_n): simulated counts and exposures
    /// update a Gamma prior.
    GammaPoisson {
        /// Prior shape, greater than 0.
        shape: f64,
        /// Prior rate, greater than 0.
        rate: f64,
    },
    /// x of a group ~ Multinomial(sum of x, s / sum of s).
    Multinomial,
    /// x of a group ~ DirichletMultinomial(sum of x, s + prior).
    DirichletMultinomial {
        /// Added to every simulated count, greater than 0.
        prior: f64,
    },
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum SpreadField {
    /// The same for all rows, greater than 0.
    Known(f64),
    /// From the residuals of all rows, by maximum likelihood.
    Estimated(EstimatedName),
    /// A column of the data.
    Column(SpreadColumn),
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum EstimatedName {
    Estimated,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct SpreadColumn {
    /// The column's name.
    column: String,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum DistanceField {
    Name(DistanceName),
    Table(DistanceTable),
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum DistanceName {
    /// No data: the output is itself the loss (the mean of its rows).
    Value,
    /// (x - s)^2, mean over rows.
    SquaredError,
    /// |x - s|, mean over rows.
    AbsoluteError,
    /// |x - s| / |x|, mean over rows.
    RelativeError,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct DistanceTable {
    name: DistanceName,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum CombineName {
    /// The mean over replicates of each output row first, then the measure.
    MeanSignal,
    /// The measure of each replicate, then the mean.
    Mean,
    /// Likelihoods only: minus the log of the mean over replicates of the likelihood.
    LogMeanExp,
}

/// An output row is multiplied with constant, column and factor.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct ScaleTable {
    /// The same for all rows, greater than 0; with distance value, other than 0. Default: 1.
    constant: Option<f64>,
    /// A column of the data, such as a population.
    column: Option<String>,
    /// A factor that the data decide.
    profile: Option<ProfileTable>,
}

/// For each group of data rows the factor within the bounds that fits the replicates' mean output
/// best.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProfileTable {
    /// What the factor is, such as "reporting rate".
    name: String,
    /// Columns of the data whose values make the groups. Default: one group.
    by: Option<Vec<String>>,
    /// Smallest factor, greater than 0.
    low: f64,
    /// Largest factor.
    high: f64,
}
