//! Mistakes in the model and its parameters.

use super::*;
use expect_test::expect;

#[test]
fn an_unknown_model_does_not_hide_the_rest() {
    check(
        &[("name = \"toy\"", "name = \"tay\""), ("low = 0.1", "low = 11")],
        expect![[r#"
        s.toml:9: `model.name`: found "tay", allowed: toy or other; did you mean `toy`?
        s.toml:15: `parameters.beta.low`: found 11, allowed: less than high (10.0)
    "#]],
    );
}

#[test]
fn settings_follow_the_card() {
    check(
        &[("agents = 500", "agents = 5\nagent = 7\nfirst = \"x\"\nkind = \"d\"")],
        expect![[r#"
            s.toml:12: `model.settings.agents`: found 5, allowed: a whole number from 10 to 1000000
            s.toml:13: `model.settings.agent`: found an unknown setting, allowed: beta, gamma, count, kind, agents, first or last; did you mean `agents`?
            s.toml:14: `model.settings.first`: found "x", allowed: a number from 1900 to 2100
            s.toml:15: `model.settings.kind`: found "d", allowed: a, b or c
        "#]],
    );
}

#[test]
fn the_model_refuses_what_only_it_can_know() {
    check(
        &[("agents = 500", "agents = 500\nfirst = 2030")],
        expect![[r#"
            s.toml:13: `model.settings.first`: found 2030, allowed: at most last (2019)
        "#]],
    );
}

#[test]
fn parameters_follow_the_card() {
    check(
        &[
            ("agents = 500", "agents = 500\ngamma = 0.5"),
            (
                "beta = { low = 0.1, high = 10.0, log = true }",
                "beta = { low = -1, high = 1000 }\ngamma = { low = 0, high = 1 }\nalpha = { low = 0, high = 1 }\nagents = { low = 10, high = 20 }",
            ),
            ("count = { low = 1, high = 9 }", "count = { low = 1.5, high = 9 }"),
        ],
        expect![[r#"
            s.toml:16: `parameters.beta.low`: found -1, allowed: a number from 0 to 100, the model's own range
            s.toml:16: `parameters.beta.high`: found 1000, allowed: a number from 0 to 100, the model's own range
            s.toml:17: `parameters.gamma`: found a name that model.settings holds fixed, allowed: a parameter or a setting, not both
            s.toml:18: `parameters.alpha`: found a parameter that the model lacks, allowed: beta, gamma, count or kind
            s.toml:19: `parameters.agents`: found a setting of the model, which can only be held fixed, allowed: beta, gamma, count or kind
            s.toml:20: `parameters.count.low`: found 1.5, allowed: a whole number of at most 2^53
        "#]],
    );
    check(
        &[
            ("low = 1, high = 9", "type = \"float\", low = 1, high = 9, choices = [1]"),
            ("choices = [\"a\", \"b\"]", "type = \"int\", low = 1, high = 2"),
        ],
        expect![[r#"
            s.toml:16: `parameters.count.type`: found "float", allowed: int or categorical for this parameter of the model
            s.toml:16: `parameters.count.choices`: found a list of 1, allowed: nothing unless the type is "categorical"
            s.toml:17: `parameters.kind.type`: found "int", allowed: categorical for this parameter of the model
        "#]],
    );
}

#[test]
fn bounds_are_ordered_and_fit_the_scale() {
    check(
        &[("low = 0.1, high = 10.0", "low = 10, high = 10")],
        expect![[r#"
        s.toml:15: `parameters.beta.low`: found 10, allowed: less than high (10)
    "#]],
    );
    check(
        &[("low = 0.1", "low = 0")],
        expect![[r#"
        s.toml:15: `parameters.beta.low`: found 0, allowed: greater than 0 with log = true
    "#]],
    );
    check(
        &[("low = 1, high = 9", "low = 0, high = 9, log = true")],
        expect![[r#"
            s.toml:16: `parameters.count.low`: found 0, allowed: greater than 0 with log = true
        "#]],
    );
}

#[test]
fn choices_differ() {
    check(
        &[("[\"a\", \"b\"]", "[\"a\", \"a\", \"d\"]")],
        expect![[r#"
            s.toml:17: `parameters.kind.choices[1]`: found "a", allowed: each choice once
            s.toml:17: `parameters.kind.choices[2]`: found "d", allowed: a, b or c
        "#]],
    );
    check(
        &[("[\"a\", \"b\"]", "[]")],
        expect![[r#"
        s.toml:17: `parameters.kind.choices`: found an empty list, allowed: a list of at least two different values
    "#]],
    );
    check(
        &[("choices = [\"a\", \"b\"]", "type = \"categorical\", low = 1")],
        expect![[r#"
        s.toml:17: `parameters.kind.low`: found 1, allowed: nothing with type "categorical"
        s.toml:17: `parameters.kind.choices`: found nothing, allowed: a list of at least two different values
    "#]],
    );
}

#[test]
fn a_normal_prior_lies_within_the_bounds() {
    let with = |prior: &str| format!("low = 0.1, prior = {prior}");
    check(
        &[("low = 0.1", &with("{ name = \"normal\", mean = 3.0, sd = 0 }"))],
        expect![[r#"
        s.toml:15: `parameters.beta.prior.mean`: found 3.0, allowed: a number within the natural logarithm of the bounds, -2.3025850929940455 to 2.302585092994046
        s.toml:15: `parameters.beta.prior.sd`: found 0, allowed: a number greater than 0
    "#]],
    );
    check(
        &[("low = 0.1", &with("\"normal\""))],
        expect![[r#"
        s.toml:15: `parameters.beta.prior.mean`: found nothing, allowed: a number within the natural logarithm of the bounds, -2.3025850929940455 to 2.302585092994046
        s.toml:15: `parameters.beta.prior.sd`: found nothing, allowed: a number greater than 0
    "#]],
    );
    check(
        &[("low = 0.1", &with("\"norml\""))],
        expect![[r#"
        s.toml:15: `parameters.beta.prior`: found "norml", allowed: uniform or normal; did you mean `normal`?
    "#]],
    );
    check(
        &[("low = 0.1", &with("{ name = \"normal\", mean = 1.0, sd = 0.5 }"))],
        expect![[r#"
        sound
    "#]],
    );
    check(
        &[("choices = [", "prior = { name = \"normal\", mean = 1, sd = 1 }, choices = [")],
        expect![[r#"
        s.toml:17: `parameters.kind.prior`: found a table, allowed: "uniform" with type "categorical"
    "#]],
    );
}

#[test]
fn starting_points_are_complete_and_inside() {
    let start = "[[start]]\nbeta = 20\ncount = 3\nkind = \"c\"\n[[start]]\nbeta = 1\nkind = \"a\"\nbta = 2\n\
                 [[start]]\nbeta = 1\ncount = 2.5\nkind = \"a\"\n";
    check(
        &[("[[targets]]", &format!("{start}[[targets]]"))],
        expect![[r#"
        s.toml:20: `start[0].beta`: found 20, allowed: a number from 0.1 to 10.0
        s.toml:22: `start[0].kind`: found "c", allowed: "a" or "b"
        s.toml:23: `start[1].count`: found nothing, allowed: a value for every parameter
        s.toml:26: `start[1].bta`: found an unknown parameter, allowed: beta, count or kind; did you mean `beta`?
        s.toml:29: `start[2].count`: found 2.5, allowed: a whole number from 1 to 9
    "#]],
    );
    let twice = "[[start]]\nbeta = 2\ncount = 3\nkind = \"a\"\n";
    check(
        &[("[[targets]]", &format!("{twice}{twice}[[targets]]"))],
        expect![[r#"
        s.toml:23: `start[1]`: found a repeated point, allowed: each starting point once
    "#]],
    );
    check(
        &[
            ("trials = 20", "trials = 1"),
            ("[[targets]]", &format!("{twice}{}[[targets]]", twice.replace('2', "3"))),
        ],
        expect![[r#"
            s.toml:19: `start`: found 2 starting points, allowed: at most budget.trials (1)
        "#]],
    );
}
