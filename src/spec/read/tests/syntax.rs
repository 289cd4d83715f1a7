//! Texts that are no study file at all.

use super::*;
use expect_test::expect;

#[test]
fn a_sound_file_has_no_problem() {
    check(
        &[],
        expect![[r#"
        sound
    "#]],
    );
}

#[test]
fn every_syntax_error_has_its_line() {
    check(
        &[("seed = 7", "seed = = 7"), ("trials = 20", "trials 20")],
        expect![[r#"
        s.toml:2: found a syntax error: extra `=`, expected nothing, allowed: TOML
        s.toml:2: found a syntax error: unexpected key or value, expected newline, `#`, allowed: TOML
        s.toml:6: found a syntax error: key with no value, expected `=`, allowed: TOML
    "#]],
    );
}

#[test]
fn a_repeated_key_is_a_syntax_error() {
    check(
        &[("seed = 7", "seed = 7\nseed = 8")],
        expect![[r#"
        s.toml:3: found a syntax error: duplicate key, allowed: TOML
    "#]],
    );
}

#[test]
fn unknown_keys_come_with_what_is_near() {
    check(
        &[
            ("replicates = 3", "replicates = 3\nreplicate = 4\nzzz = 1"),
            ("trials = 20", "trials = 20\nwalltime = \"2h\""),
            ("low = 0.1", "low = 0.1, lo = 3"),
            ("observed = \"n\"", "observed = \"n\"\nobservd = 1"),
        ],
        expect![[r#"
            s.toml:4: `replicate`: found an unknown key, allowed: $schema, name, seed, replicates, common_random_numbers, durability, mode, sampler, budget, attempts, model, parameters, targets or start; did you mean `replicates`?
            s.toml:5: `zzz`: found an unknown key, allowed: $schema, name, seed, replicates, common_random_numbers, durability, mode, sampler, budget, attempts, model, parameters, targets or start
            s.toml:9: `budget.walltime`: found an unknown key, allowed: trials, wall_time or target_loss; did you mean `wall_time`?
            s.toml:18: `parameters.beta.lo`: found an unknown key, allowed: type, low, high, log, choices or prior; did you mean `low`?
            s.toml:28: `targets[0].observd`: found an unknown key, allowed: name, weight, output, simulated, simulated_size, data, where, observed, observed_size, align, group, likelihood, distance, combine or scale; did you mean `observed`?
        "#]],
    );
}

#[test]
fn whole_numbers_beyond_any_type_are_refused() {
    let least = i128::MIN;
    check(
        &[
            ("beta = { low = 0.1", &format!("beta = {{ low = {least}")),
            ("count = { low = 1, high = 9 }", &format!("count = {{ low = {least}, high = 9 }}")),
            ("agents = 500", &format!("agents = {least}")),
        ],
        expect![[r#"
            s.toml:12: `model.settings.agents`: found -170141183460469231731687303715884105728, allowed: a whole number of at most 2^53
            s.toml:15: `parameters.beta.low`: found -170141183460469231731687303715884105728, allowed: a finite number
            s.toml:16: `parameters.count.low`: found -170141183460469231731687303715884105728, allowed: a whole number of at most 2^53
        "#]],
    );
}

#[test]
fn wrong_types_say_what_was_found() {
    check(
        &[
            ("name = \"toy study\"", "name = 5"),
            ("seed = 7", "seed = -1"),
            ("replicates = 3", "replicates = \"3\"\ncommon_random_numbers = 1\ndurability = \"ful\""),
            ("[budget]\ntrials = 20", "[budget]\ntrials = 2.5\nwall_time = 30\ntarget_loss = nan"),
            ("low = 0.1, high = 10.0, log = true", "low = \"0.1\", high = [1], log = \"yes\""),
            ("output = \"cases\"", "output = 1979-05-27"),
            ("align = { year = \"year\", age = \"age_from\" }", "align = 3"),
        ],
        expect![[r#"
            s.toml:1: `name`: found 5, allowed: a text of 1 to 100 characters, none of them a control character or a slash
            s.toml:2: `seed`: found -1, allowed: a whole number from 0 to 2^64 - 1
            s.toml:3: `replicates`: found "3", allowed: a whole number from 1 to 100000
            s.toml:4: `common_random_numbers`: found 1, allowed: true or false
            s.toml:5: `durability`: found "ful", allowed: full or relaxed; did you mean `full`?
            s.toml:8: `budget.trials`: found 2.5, allowed: a whole number from 1 to 1000000000
            s.toml:9: `budget.wall_time`: found 30, allowed: a time with its unit, such as "90s", "30min", "2h" or "1d"
            s.toml:10: `budget.target_loss`: found NaN, allowed: a finite number
            s.toml:19: `parameters.beta.log`: found "yes", allowed: true or false
            s.toml:19: `parameters.beta.low`: found "0.1", allowed: a finite number
            s.toml:19: `parameters.beta.high`: found a list of 1, allowed: a finite number
            s.toml:25: `targets[0].output`: found the date or time 1979-05-27, allowed: a text
            s.toml:29: `targets[0].align`: found 3, allowed: a list of columns, or a table: column of the output = column of the data
        "#]],
    );
}

#[test]
fn missing_keys_are_all_reported() {
    expect![[r#"
        s.toml:1: `name`: found nothing, allowed: a text of 1 to 100 characters, none of them a control character or a slash
        s.toml:1: `replicates`: found nothing, allowed: a whole number, 1 or more
        s.toml:1: `budget`: found nothing, allowed: a table with at least `trials`
        s.toml:1: `model`: found nothing, allowed: toy or other
        s.toml:1: `parameters`: found nothing, allowed: a table for each parameter to calibrate
        s.toml:1: `targets`: found nothing, allowed: a list of at least one target
    "#]].assert_eq(&shown(read_toml("", CASES)));
    expect![[r#"
        s.toml:1: `name`: found nothing, allowed: a text of 1 to 100 characters, none of them a control character or a slash
        s.toml:1: `replicates`: found nothing, allowed: a whole number, 1 or more
        s.toml:1: `model.name`: found nothing, allowed: toy or other
        s.toml:2: `parameters.beta.low`: found nothing, allowed: a number
        s.toml:2: `parameters.beta.high`: found nothing, allowed: a number
        s.toml:3: `targets[0].name`: found nothing, allowed: a text
        s.toml:3: `targets[0].output`: found nothing, allowed: an output of the model
        s.toml:3: `targets[0].simulated`: found nothing, allowed: a column of the output
        s.toml:3: `targets[0].likelihood`: found no likelihood and no distance, allowed: one of these two keys, with a measure
        s.toml:3: `targets[0].data`: found nothing, allowed: the path of a CSV file, relative to the study file
        s.toml:3: `targets[0].observed`: found nothing, allowed: a column of the data
        s.toml:4: `budget.trials`: found nothing, allowed: a whole number, 1 or more
    "#]].assert_eq(&shown(read_toml("[model]\n[parameters.beta]\n[[targets]]\n[budget]\n", CASES)));
}

#[test]
fn json_has_paths_without_lines() {
    let source = |text| Source { file: "s.json", text, format: Format::Json };
    let disk = Disk(&[("cases.csv", CASES)]);
    expect![[r#"
        s.json:2: found a syntax error: duplicate key `name` at line 2 column 12, allowed: JSON
    "#]]
    .assert_eq(&shown(read(&source("{\"name\": \"x\",\n\"name\": \"y\"}"), &disk, &Toy)));
    expect![[r#"
        s.json:1: found a syntax error: EOF while parsing an object at line 1 column 29, allowed: JSON
    "#]]
    .assert_eq(&shown(read(&source("{\"name\": null, \"seed\": [1, 2]"), &disk, &Toy)));
    expect![[r#"
        s.json: found an empty list, allowed: a table
    "#]]
    .assert_eq(&shown(read(&source("[]"), &disk, &Toy)));
    expect![[r#"
        s.json: `name`: found null, allowed: a text of 1 to 100 characters, none of them a control character or a slash
        s.json: `budget.trials`: found 0, allowed: a whole number from 1 to 1000000000
        s.json: `model`: found "toyy", allowed: toy or other; did you mean `toy`?
        s.json: `parameters."a b".low`: found 2, allowed: less than high (1)
        s.json: `targets`: found an empty list, allowed: a list of at least one target
    "#]].assert_eq(&shown(read(
        &source(
            r#"{"$schema": "x", "name": null, "replicates": 1, "budget": {"trials": 0}, "model": "toyy",
            "parameters": {"a b": {"low": 2, "high": 1}}, "targets": []}"#,
        ),
        &disk,
        &Toy,
    )));
}
