//! What of a changed file keeps a study from being taken up again.

use super::*;
use expect_test::expect;

#[track_caller]
fn check_difference(changes: &[(&str, &str)], cases: &str, expect: Expect) {
    let opened = read_toml(SOUND, CASES).unwrap().freeze(1);
    let now = read_toml(&sound_but(changes), cases).unwrap().freeze(1);
    let found: String = opened.differences(&now).iter().map(|difference| format!("{difference}\n")).collect();
    expect.assert_eq(&found);
}

#[test]
fn an_unchanged_file_has_none() {
    check_difference(&[], CASES, expect![[""]]);
}

#[test]
fn budget_attempts_and_durability_may_change() {
    let more = "replicates = 3\ndurability = \"relaxed\"\nattempts = { retries = 0, timeout = \"1s\" }";
    check_difference(
        &[("trials = 20", "trials = 40\nwall_time = \"2h\""), ("replicates = 3", more)],
        CASES,
        expect![[""]],
    );
}

#[test]
fn every_other_field_is_told() {
    let head = "replicates = 4\nmode = { name = \"batched\", batch_size = 3 }\nsampler = \"sobol\"\ncommon_random_numbers = true";
    check_difference(
        &[
            ("seed = 7", "seed = 8"),
            ("replicates = 3", head),
            ("agents = 500", "agents = 600\nlast = 2020"),
            ("low = 0.1", "low = 0.2, prior = { name = \"normal\", mean = 0, sd = 1 }"),
            ("count = { low = 1, high = 9 }", "gamma = { low = 0, high = 1 }"),
            (
                "likelihood = \"poisson\"",
                "likelihood = { name = \"negative_binomial\", size = 3 }\nweight = 2",
            ),
            ("[[targets]]", "[[start]]\nbeta = 1\ngamma = 0.5\nkind = \"a\"\n[[targets]]"),
        ],
        CASES,
        expect![[r#"
            `common_random_numbers` was false when the study began and is true now
            `mode` was { name = "parallel" } when the study began and is { name = "batched", batch_size = 3 } now
            `model.settings.agents` was 500 when the study began and is 600 now
            `model.settings.last` was nothing when the study began and is 2020.0 now
            `parameters.beta.low` was 0.1 when the study began and is 0.2 now
            `parameters.beta.prior` was "uniform" when the study began and is { name = "normal", mean = 0.0, sd = 1.0 } now
            `parameters[1]` was nothing when the study began and is {"high":1.0,"log":false,"low":0.0} now
            `parameters[1]` was {"high":9,"log":false,"low":1} when the study began and is nothing now
            `parameters[1].name` was "count" when the study began and is "gamma" now
            `replicates` was 3 when the study began and is 4 now
            `sampler` was { name = "tpe", candidates = 24, good_max = 25, good_share = 0.1, prior_weight = 1.0, startup = 10 } when the study began and is "sobol" now
            `seed` was 7 when the study began and is 8 now
            `start[0]` was nothing when the study began and is [1.0, 0.5, 0] now
            `targets.cases.measure` was "poisson" when the study began and is { name = "negative_binomial", size = 3.0 } now
            `targets.cases.weight` was 1.0 when the study began and is 2.0 now
        "#]],
    );
}

#[test]
fn data_are_compared_cell_by_cell() {
    let cases = CASES.replace(",10,", ",10.5,").replace("2018,5,21", "2019,5,22");
    check_difference(
        &[("likelihood = \"poisson\"", "distance = \"squared_error\"")],
        &cases,
        expect![[r#"
            `targets.cases.combine` was "log_mean_exp" when the study began and is "mean_signal" now
            `targets.cases.data.year` was 2018.0 in row 4 when the study began and is 2019.0 in row 4 now
            `targets.cases.data.n` was 10.0 in row 1 when the study began and is 10.5 in row 1 (1 more rows differ) now
            `targets.cases.measure` was "poisson" when the study began and is "squared_error" now
        "#]],
    );
}
