//! Mistakes in mode, budget, attempts and sampler.

use super::*;
use expect_test::expect;

fn check_head(lines: &str, expect: Expect) {
    check(&[("replicates = 3", &format!("replicates = 3\n{lines}"))], expect);
}

#[test]
fn counts_are_at_least_one() {
    check(
        &[("replicates = 3", "replicates = 0"), ("trials = 20", "trials = 0")],
        expect![[r#"
            s.toml:3: `replicates`: found 0, allowed: a whole number from 1 to 100000
            s.toml:6: `budget.trials`: found 0, allowed: a whole number from 1 to 1000000000
        "#]],
    );
    check_head(
        "mode = { name = \"batched\", batch_size = 0 }",
        expect![[r#"
        s.toml:4: `mode.batch_size`: found 0, allowed: a whole number from 1 to 1000000000
    "#]],
    );
    check_head(
        "mode = { name = \"windowed\", lag = 0 }",
        expect![[r#"
        s.toml:4: `mode.lag`: found 0, allowed: a whole number from 1 to 1000000000
    "#]],
    );
    check_head(
        "mode = { name = \"parallel\", in_flight = 0 }",
        expect![[r#"
        s.toml:4: `mode.in_flight`: found 0, allowed: a whole number from 1 to 1000000000
    "#]],
    );
}

#[test]
fn what_decides_the_trials_has_no_default() {
    check_head(
        "mode = \"batched\"",
        expect![[r#"
        s.toml:4: `mode.batch_size`: found nothing, allowed: a whole number, 1 or more: it decides which trials are asked, so it has no default
    "#]],
    );
    check_head(
        "mode = { name = \"windowed\", batch_size = 3 }",
        expect![[r#"
        s.toml:4: `mode.batch_size`: found an unknown key, allowed: name or lag
        s.toml:4: `mode.lag`: found nothing, allowed: a whole number, 1 or more: it decides which trials are asked, so it has no default
    "#]],
    );
}

#[test]
fn names_with_options_can_stand_alone() {
    check_head(
        "mode = \"parallel\"\nsampler = \"sobol\"\ndurability = \"relaxed\"",
        expect![[r#"
        sound
    "#]],
    );
    check_head(
        "mode = { name = \"parallel\", in_flight = \"auto\" }\nsampler = { name = \"tpe\" }",
        expect![[r#"
            sound
        "#]],
    );
    check_head(
        "mode = \"parralel\"\nsampler = { nme = \"tpe\" }",
        expect![[r#"
        s.toml:4: `mode`: found "parralel", allowed: parallel, batched or windowed; did you mean `parallel`?
        s.toml:5: `sampler.name`: found nothing, allowed: tpe, sobol or random
    "#]],
    );
    check_head(
        "mode = 3\nsampler = { name = \"sobol\", startup = 3 }",
        expect![[r#"
        s.toml:4: `mode`: found 3, allowed: parallel, batched or windowed
        s.toml:5: `sampler.startup`: found an unknown key, allowed: name
    "#]],
    );
}

#[test]
fn sampler_options_have_ranges() {
    check_head(
        "sampler = { name = \"tpe\", startup = 0, candidates = 0, good_share = 1, good_max = -1, prior_weight = 0 }",
        expect![[r#"
            s.toml:4: `sampler.startup`: found 0, allowed: a whole number from 1 to 1000000000
            s.toml:4: `sampler.candidates`: found 0, allowed: a whole number from 1 to 100000
            s.toml:4: `sampler.good_share`: found 1, allowed: a number between 0 and 1, both excluded
            s.toml:4: `sampler.good_max`: found -1, allowed: a whole number from 1 to 1000000000
            s.toml:4: `sampler.prior_weight`: found 0, allowed: a number greater than 0
        "#]],
    );
}

#[test]
fn times_have_units() {
    check_head(
        "attempts = { timeout = 5, retries = -1, retry_failures = \"no\" }",
        expect![[r#"
        s.toml:4: `attempts.retries`: found -1, allowed: a whole number from 0 to 1000
        s.toml:4: `attempts.retry_failures`: found "no", allowed: true or false
        s.toml:4: `attempts.timeout`: found 5, allowed: a time with its unit, such as "90s", "30min", "2h" or "1d"
    "#]],
    );
    check_head(
        "attempts = { timeout = \"5\", retrys = 1 }",
        expect![[r#"
        s.toml:4: `attempts.retrys`: found an unknown key, allowed: retries, retry_failures or timeout; did you mean `retries`?
        s.toml:4: `attempts.timeout`: found "5", allowed: a time with its unit, such as "90s", "30min", "2h" or "1d"
    "#]],
    );
    check(
        &[("trials = 20", "trials = 20\nwall_time = \"0s\"")],
        expect![[r#"
        s.toml:7: `budget.wall_time`: found "0s", allowed: a time with its unit, such as "90s", "30min", "2h" or "1d"
    "#]],
    );
}

#[test]
fn the_name_is_fit_for_addresses() {
    check(
        &[("name = \"toy study\"", "name = \"a/b\"")],
        expect![[r#"
        s.toml:1: `name`: found "a/b", allowed: a text of 1 to 100 characters, none of them a control character or a slash
    "#]],
    );
    check(
        &[("name = \"toy study\"", "name = \"\"")],
        expect![[r#"
        s.toml:1: `name`: found "", allowed: a text of 1 to 100 characters, none of them a control character or a slash
    "#]],
    );
}
