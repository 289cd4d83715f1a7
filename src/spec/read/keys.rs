//! The keys of every table of a study file, the names of measures, and nothing else. A test holds
//! them against the types that describe the file in [`crate::spec::schema`].

pub(super) const STUDY: &[&str] = &[
    "$schema",
    "name",
    "seed",
    "replicates",
    "common_random_numbers",
    "durability",
    "mode",
    "sampler",
    "budget",
    "attempts",
    "model",
    "parameters",
    "targets",
    "start",
];

pub(super) const MODEL: &[&str] = &["settings"];

pub(super) const PARAMETER: &[&str] = &["type", "low", "high", "log", "choices", "prior"];
pub(super) const PARAMETER_TYPES: &[&str] = &["float", "int", "categorical"];
pub(super) const PRIORS: &[(&str, &[&str])] = &[("uniform", &[]), ("normal", &["mean", "sd"])];

pub(super) const TARGET: &[&str] = &[
    "name",
    "weight",
    "output",
    "simulated",
    "simulated_size",
    "data",
    "where",
    "observed",
    "observed_size",
    "align",
    "group",
    "likelihood",
    "distance",
    "combine",
    "scale",
];
/// Keys of a target that only make sense with data.
pub(super) const OF_DATA: &[&str] =
    &["simulated_size", "data", "where", "observed", "observed_size", "align", "group"];
pub(super) const LIKELIHOODS: &[(&str, &[&str])] = &[
    ("normal", &["sigma"]),
    ("log_normal", &["sigma"]),
    ("student_t", &["sigma", "degrees"]),
    ("laplace", &["scale"]),
    ("poisson", &[]),
    ("negative_binomial", &["size"]),
    ("negative_binomial_probability", &["probability"]),
    ("binomial", &[]),
    ("beta_binomial", &["alpha", "beta"]),
    ("beta_binomial_overdispersed", &["rho"]),
    ("gamma_poisson", &["shape", "rate"]),
    ("multinomial", &[]),
    ("dirichlet_multinomial", &["prior"]),
];
pub(super) const DISTANCES: &[(&str, &[&str])] =
    &[("value", &[]), ("squared_error", &[]), ("absolute_error", &[]), ("relative_error", &[])];
pub(super) const SPREAD: &[&str] = &["column"];
pub(super) const COMBINES: &[&str] = &["mean_signal", "mean", "log_mean_exp"];
pub(super) const SCALE: &[&str] = &["constant", "column", "profile"];
pub(super) const PROFILE: &[&str] = &["name", "by", "low", "high"];

pub(super) const MODES: &[(&str, &[&str])] =
    &[("parallel", &["in_flight"]), ("batched", &["batch_size"]), ("windowed", &["lag"])];
pub(super) const SAMPLERS: &[(&str, &[&str])] = &[
    ("tpe", &["startup", "candidates", "good_share", "good_max", "prior_weight"]),
    ("sobol", &[]),
    ("random", &[]),
];
pub(super) const BUDGET: &[&str] = &["trials", "wall_time", "target_loss"];
pub(super) const ATTEMPTS: &[&str] = &["retries", "retry_failures", "timeout"];
pub(super) const DURABILITIES: &[&str] = &["full", "relaxed"];

/// The names of things with options.
pub(super) fn names(things: &[(&'static str, &[&str])]) -> Vec<&'static str> {
    things.iter().map(|(name, _)| *name).collect()
}

/// The options of one of them.
pub(super) fn options<'k>(things: &[(&str, &'k [&'k str])], name: &str) -> &'k [&'k str] {
    things.iter().find(|(thing, _)| *thing == name).map_or(&[], |(_, options)| options)
}
