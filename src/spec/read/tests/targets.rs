//! Mistakes in targets and their likelihoods.

use super::*;
use expect_test::expect;

fn check_measure(measure: &str, expect: Expect) {
    check(&[("likelihood = \"poisson\"", measure)], expect);
}

#[test]
fn outputs_and_columns_are_the_models() {
    check(
        &[("output = \"cases\"", "output = \"case\""), ("simulated = \"count\"", "simulated = \"cont\"")],
        expect![[r#"
            s.toml:21: `targets[0].output`: found "case", allowed: cases or total; did you mean `cases`?
        "#]],
    );
    check(
        &[("simulated = \"count\"", "simulated = \"cont\"")],
        expect![[r#"
        s.toml:22: `targets[0].simulated`: found "cont", allowed: count or population; did you mean `count`?
    "#]],
    );
}

#[test]
fn target_names_differ() {
    let second = "likelihood = \"poisson\"\n[[targets]]\nname = \"cases\"\noutput = \"total\"\nsimulated = \"loss\"\ndistance = \"value\"\nweight = 0";
    check(
        &[("likelihood = \"poisson\"", second)],
        expect![[r#"
        s.toml:28: `targets[1].name`: found "cases", allowed: a name of its own for each target
        s.toml:32: `targets[1].weight`: found 0, allowed: a number greater than 0
    "#]],
    );
}

#[test]
fn exactly_one_measure() {
    check_measure(
        "",
        expect![[r#"
        s.toml:19: `targets[0].likelihood`: found no likelihood and no distance, allowed: one of these two keys, with a measure
    "#]],
    );
    check_measure(
        "likelihood = \"poisson\"\ndistance = \"squared_error\"",
        expect![[r#"
        s.toml:27: `targets[0].distance`: found "squared_error", allowed: nothing beside `likelihood`
    "#]],
    );
    check_measure(
        "likelihood = \"poison\"",
        expect![[r#"
        s.toml:26: `targets[0].likelihood`: found "poison", allowed: normal, log_normal, student_t, laplace, poisson, negative_binomial, negative_binomial_probability, binomial, beta_binomial, beta_binomial_overdispersed, gamma_poisson, multinomial or dirichlet_multinomial; did you mean `poisson`?
    "#]],
    );
    check_measure(
        "distance = { name = \"squared_error\", sigma = 3 }",
        expect![[r#"
        s.toml:26: `targets[0].distance.sigma`: found an unknown key, allowed: name
    "#]],
    );
}

#[test]
fn likelihood_options_have_ranges() {
    for (measure, expect) in [
        (
            "\"normal\"",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.sigma`: found nothing, allowed: a number greater than 0, "estimated", or { column = "..." }, a column of the data
        "#]],
        ),
        (
            "{ name = \"normal\", sigma = 0 }",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.sigma`: found 0, allowed: a number greater than 0, "estimated", or { column = "..." }, a column of the data
        "#]],
        ),
        (
            "{ name = \"normal\", sigma = { column = \"sd\" } }",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.sigma.column`: found column "sd", which cases.csv lacks, allowed: year, age_from, n, population, se or label; did you mean `se`?
        "#]],
        ),
        (
            "{ name = \"normal\", sigma = { column = \"label\" } }",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.sigma.column`: found "young" in line 2 of cases.csv, "old" in line 3 of cases.csv, "young" in line 4 of cases.csv and 1 more, allowed: numbers greater than 0
        "#]],
        ),
        (
            "{ name = \"student_t\", sigma = \"estimated\", degrees = -1 }",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.sigma`: found "estimated", allowed: a number greater than 0, or { column = "..." }, a column of the data
            s.toml:26: `targets[0].likelihood.degrees`: found -1, allowed: a number greater than 0
        "#]],
        ),
        (
            "{ name = \"negative_binomial\", size = -2 }",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.size`: found -2, allowed: a number greater than 0
        "#]],
        ),
        (
            "{ name = \"negative_binomial_probability\", probability = 1 }",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.probability`: found 1, allowed: a number between 0 and 1, both excluded
        "#]],
        ),
        (
            "{ name = \"beta_binomial\", alpha = 0 }",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.alpha`: found 0, allowed: a number greater than 0
            s.toml:26: `targets[0].likelihood.beta`: found nothing, allowed: a number greater than 0
        "#]],
        ),
        (
            "{ name = \"dirichlet_multinomial\", size = 0 }",
            expect![[r#"
            s.toml:26: `targets[0].likelihood.size`: found an unknown key, allowed: name or prior
            s.toml:26: `targets[0].likelihood.prior`: found nothing, allowed: a number greater than 0
        "#]],
        ),
    ] {
        check_measure(&format!("likelihood = {measure}"), expect);
    }
}

#[test]
fn every_measure_can_be_written() {
    let sizes = "observed_size = \"population\"\n";
    let both = "observed_size = \"population\"\nsimulated_size = \"population\"\n";
    let measures = [
        (
            "likelihood = { name = \"normal\", sigma = 1.5 }",
            "",
            Measure::Normal { sigma: Spread::Known(1.5) },
        ),
        (
            "likelihood = { name = \"log_normal\", sigma = \"estimated\" }",
            "",
            Measure::LogNormal { sigma: Spread::Estimated },
        ),
        (
            "likelihood = { name = \"student_t\", sigma = { column = \"se\" }, degrees = 4 }",
            "",
            Measure::StudentT { sigma: Spread::Column("se".to_string()), degrees: 4.0 },
        ),
        (
            "likelihood = { name = \"laplace\", scale = 2 }",
            "",
            Measure::Laplace { scale: Spread::Known(2.0) },
        ),
        ("likelihood = \"poisson\"", "", Measure::Poisson),
        (
            "likelihood = { name = \"negative_binomial\", size = 3 }",
            "",
            Measure::NegativeBinomial { size: 3.0 },
        ),
        (
            "likelihood = { name = \"negative_binomial_probability\", probability = 0.5 }",
            "",
            Measure::NegativeBinomialProbability { probability: 0.5 },
        ),
        ("likelihood = \"binomial\"", sizes, Measure::Binomial),
        (
            "likelihood = { name = \"beta_binomial\", alpha = 1, beta = 1 }",
            both,
            Measure::BetaBinomial { alpha: 1.0, beta: 1.0 },
        ),
        (
            "likelihood = { name = \"beta_binomial_overdispersed\", rho = 0.1 }",
            sizes,
            Measure::BetaBinomialOverdispersed { rho: 0.1 },
        ),
        (
            "likelihood = { name = \"gamma_poisson\", shape = 1, rate = 0.5 }",
            both,
            Measure::GammaPoisson { shape: 1.0, rate: 0.5 },
        ),
        ("group = [\"year\"]\nlikelihood = \"multinomial\"", "", Measure::Multinomial),
        (
            "likelihood = { name = \"dirichlet_multinomial\", prior = 0.5 }",
            "",
            Measure::DirichletMultinomial { prior: 0.5 },
        ),
        ("distance = \"squared_error\"", "", Measure::SquaredError),
        ("distance = \"absolute_error\"", "", Measure::AbsoluteError),
        ("distance = \"relative_error\"", "", Measure::RelativeError),
    ];
    for (text, sizes, measure) in measures {
        let text = sound_but(&[("likelihood = \"poisson\"", &format!("{sizes}{text}"))]);
        let study = read_toml(&text, CASES).unwrap_or_else(|problems| panic!("{problems:?}")).freeze(1);
        let target = &study.targets[0];
        assert_eq!(target.measure, measure);
        let combine = if measure.is_likelihood() { Combine::LogMeanExp } else { Combine::MeanSignal };
        assert_eq!(target.combine, combine, "{measure:?}");
    }
}

#[test]
fn sizes_are_there_when_needed_and_only_then() {
    check_measure(
        "likelihood = \"binomial\"",
        expect![[r#"
        s.toml:19: `targets[0].observed_size`: found nothing, allowed: a column of the data with trials, population or exposure
    "#]],
    );
    check_measure(
        "likelihood = { name = \"gamma_poisson\", shape = 1, rate = 1 }",
        expect![[r#"
        s.toml:19: `targets[0].simulated_size`: found nothing, allowed: a column of the output with trials, population or exposure
        s.toml:19: `targets[0].observed_size`: found nothing, allowed: a column of the data with trials, population or exposure
    "#]],
    );
    check_measure(
        "observed_size = \"population\"\nsimulated_size = \"population\"\ngroup = [\"year\"]\nlikelihood = \"poisson\"",
        expect![[r#"
            s.toml:26: `targets[0].observed_size`: found "population", allowed: nothing with this likelihood or distance, which does not use it
            s.toml:27: `targets[0].simulated_size`: found "population", allowed: nothing with this likelihood or distance, which does not use it
            s.toml:28: `targets[0].group`: found a list of 1, allowed: nothing with this likelihood or distance, which does not use it
        "#]],
    );
}

#[test]
fn replicates_of_a_distance_have_no_likelihood_to_average() {
    check_measure(
        "distance = \"squared_error\"\ncombine = \"log_mean_exp\"",
        expect![[r#"
        s.toml:27: `targets[0].combine`: found "log_mean_exp", allowed: mean_signal or mean for a distance
    "#]],
    );
    check_measure(
        "likelihood = \"poisson\"\ncombine = \"mean_signl\"",
        expect![[r#"
        s.toml:27: `targets[0].combine`: found "mean_signl", allowed: mean_signal, mean or log_mean_exp; did you mean `mean_signal`?
    "#]],
    );
}

#[test]
fn an_output_that_is_the_loss_has_no_data() {
    check(
        &[
            ("output = \"cases\"", "output = \"total\""),
            ("simulated = \"count\"", "simulated = \"loss\""),
            ("likelihood = \"poisson\"", "distance = \"value\""),
        ],
        expect![[r#"
            s.toml:23: `targets[0].data`: found "cases.csv", allowed: nothing with distance = "value", which has no data
            s.toml:24: `targets[0].observed`: found "n", allowed: nothing with distance = "value", which has no data
            s.toml:25: `targets[0].align`: found a table, allowed: nothing with distance = "value", which has no data
        "#]],
    );
}

#[test]
fn a_draw_of_a_multinomial_has_one_factor() {
    let profile = "scale = { profile = { name = \"x\", by = [\"year\", \"label\"], low = 0.1, high = 1 } }";
    check_measure(
        &format!("likelihood = \"multinomial\"\n{profile}"),
        expect![[r#"
        s.toml:27: `targets[0].scale.profile`: found a table, allowed: nothing with likelihood "multinomial", which compares shares only
    "#]],
    );
    check_measure(
        &format!(
            "likelihood = {{ name = \"dirichlet_multinomial\", prior = 1 }}\ngroup = [\"year\"]\n{profile}"
        ),
        expect![[r#"
            s.toml:28: `targets[0].scale.profile.by[1]`: found "label", allowed: a column of `group`: a draw has one factor
        "#]],
    );
}

#[test]
fn a_loss_can_be_turned_round() {
    let target = |scale: &str| {
        let value = "output = \"total\"\nsimulated = \"loss\"\ndistance = \"value\"\n";
        format!("[[targets]]\nname = \"loss\"\n{value}scale = {scale}\n\n[[targets]]")
    };
    check(
        &[("[[targets]]", &target("{ constant = -1 }"))],
        expect![[r#"
        sound
    "#]],
    );
    check(
        &[("[[targets]]", &target("{ constant = 0, column = \"n\" }"))],
        expect![[r#"
        s.toml:24: `targets[0].scale.column`: found "n", allowed: nothing with distance = "value", which has no data
        s.toml:24: `targets[0].scale.constant`: found 0, allowed: a number other than 0
    "#]],
    );
}

#[test]
fn scales_are_positive_and_of_the_data() {
    check_measure(
        "likelihood = \"poisson\"\nscale = { constant = -1, column = \"popul\", profile = { by = [\"yr\", \"year\"], low = 2, high = 1 } }",
        expect![[r#"
            s.toml:27: `targets[0].scale.constant`: found -1, allowed: a number greater than 0
            s.toml:27: `targets[0].scale.profile.name`: found nothing, allowed: what the factor is, such as "reporting rate"
            s.toml:27: `targets[0].scale.profile.low`: found 2, allowed: less than high (1)
            s.toml:27: `targets[0].scale.column`: found column "popul", which cases.csv lacks, allowed: year, age_from, n, population, se or label
            s.toml:27: `targets[0].scale.profile.by[0]`: found column "yr", which cases.csv lacks, allowed: year, age_from, n, population, se or label
        "#]],
    );
    check_measure(
        "likelihood = \"poisson\"\nscale = { column = \"label\", profile = { name = \"x\", by = \"year\", low = 1, high = 1 } }",
        expect![[r#"
            s.toml:27: `targets[0].scale.profile.by`: found "year", allowed: a list of texts
            s.toml:27: `targets[0].scale.profile.low`: found 1, allowed: less than high (1)
            s.toml:27: `targets[0].scale.column`: found "young" in line 2 of cases.csv, "old" in line 3 of cases.csv, "young" in line 4 of cases.csv and 1 more, allowed: numbers, 0 or more
        "#]],
    );
    check_measure(
        "likelihood = \"poisson\"\nscale = 3",
        expect![[r#"
        s.toml:27: `targets[0].scale`: found 3, allowed: a table
    "#]],
    );
}
