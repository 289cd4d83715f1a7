//! A study for the tests of points and verdicts.

use crate::driver::conformance::sample_study;
use crate::spec::{Domain, Parameter, Prior, Setting, Space, Study};

/// Parameters `x`, `n` and `kind`, one target `value`, two replicates.
pub fn study() -> Study {
    let parameter = |name: &str, domain| Parameter { name: name.into(), domain, prior: Prior::Uniform };
    let choices = vec![Setting::Text("a".into()), Setting::Text("b".into())];
    let mut study = sample_study("s");
    study.model.space = Space(vec![
        parameter("x", Domain::Float { low: -5.0, high: 5.0, log: false }),
        parameter("n", Domain::Int { low: 1, high: 100, log: true }),
        parameter("kind", Domain::Categorical { choices }),
    ]);
    study
}
