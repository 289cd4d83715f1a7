//! What the evaluator promises: combinations by hand, standard errors, notes and failures.

use super::tests_support::{column, one_table, outputs, target};
use super::{Aligned, Evaluator, TrialLoss};
use crate::math::{exp, ln};
use crate::model::Outputs;
use crate::rng::{Purpose, Stream};
use crate::spec::{Cells, Column, Combine, Measure, Profile, Spread, Table, Target};

fn aligned(evaluator: &Evaluator, replicates: &[&[f64]]) -> Vec<Aligned> {
    replicates.iter().map(|values| evaluator.align(&outputs(values)).unwrap()).collect()
}

fn evaluate(targets: &[Target], replicates: &[&[f64]]) -> Result<TrialLoss, String> {
    let evaluator = Evaluator::new(targets);
    evaluator.evaluate(&aligned(&evaluator, replicates))
}

fn with(measure: Measure, combine: Combine, x: &[f64]) -> Target {
    let mut target = target("deaths", measure, x);
    target.combine = combine;
    target
}

fn value_target() -> Target {
    let mut target = target("loss", Measure::Value, &[]);
    target.data = None;
    target
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} not {expected}");
}

/// Jackknife by its definition: the whole evaluation repeated without each replicate.
fn brute_force_se(targets: &[Target], replicates: &[&[f64]]) -> f64 {
    let losses: Vec<f64> = (0..replicates.len())
        .map(|r| {
            let rest: Vec<&[f64]> =
                replicates.iter().enumerate().filter(|(other, _)| *other != r).map(|(_, one)| *one).collect();
            evaluate(targets, &rest).unwrap().loss
        })
        .collect();
    let number = losses.len() as f64;
    let mean = losses.iter().sum::<f64>() / number;
    (losses.iter().map(|loss| (loss - mean) * (loss - mean)).sum::<f64>() * (number - 1.0) / number).sqrt()
}

#[test]
fn mean_signal_and_mean_of_losses_by_hand() {
    let replicates: [&[f64]; 2] = [&[1.0, 5.0], &[3.0, 5.0]];
    let x = [2.0, 4.0];
    // Mean signal (2, 5): errors 0 and 1. Each replicate: errors (1, 1), mean 1.
    close(evaluate(&[with(Measure::SquaredError, Combine::MeanSignal, &x)], &replicates).unwrap().loss, 0.5);
    close(evaluate(&[with(Measure::SquaredError, Combine::Mean, &x)], &replicates).unwrap().loss, 1.0);
    close(evaluate(&[with(Measure::AbsoluteError, Combine::MeanSignal, &x)], &replicates).unwrap().loss, 0.5);
    close(evaluate(&[with(Measure::RelativeError, Combine::Mean, &x)], &replicates).unwrap().loss, 0.375);
}

#[test]
fn log_mean_exp_by_hand() {
    let target = with(Measure::Poisson, Combine::LogMeanExp, &[0.0, 0.0]);
    let trial = evaluate(&[target], &[&[1.0, 2.0], &[0.25, 0.25]]).unwrap();
    close(trial.loss, -ln((exp(-3.0) + exp(-0.5)) / 2.0));
}

#[test]
fn a_value_is_the_mean_of_its_rows() {
    let mut target = value_target();
    target.scale.constant = -2.0;
    let trial = evaluate(&[target], &[&[1.0, 3.0], &[6.0]]).unwrap();
    close(trial.loss, -8.0);
    close(trial.se, 4.0);
    assert!(
        evaluate(&[value_target()], &[&[f64::INFINITY]])
            .unwrap_err()
            .contains("`loss`: the loss is infinite")
    );
}

#[test]
fn weights_multiply_losses() {
    let mut heavy = with(Measure::SquaredError, Combine::Mean, &[0.0]);
    heavy.weight = 10.0;
    let trial = evaluate(&[heavy, value_target()], &[&[3.0]]).unwrap();
    close(trial.targets[0].loss, 9.0);
    close(trial.targets[1].loss, 3.0);
    close(trial.loss, 93.0);
    assert!(trial.se.is_nan() && trial.targets[0].se.is_nan());
}

#[test]
fn standard_errors_agree_with_brute_force() {
    let replicates: [&[f64]; 5] = [&[3.0, 8.0], &[4.5, 7.0], &[2.25, 11.0], &[6.0, 9.5], &[3.5, 6.0]];
    let x = [4.0, 9.0];
    let measures = [Measure::SquaredError, Measure::Poisson, Measure::Normal { sigma: Spread::Known(0.4) }];
    let mut all = Vec::new();
    for measure in measures {
        for combine in [Combine::MeanSignal, Combine::Mean, Combine::LogMeanExp] {
            if combine == Combine::LogMeanExp && !measure.is_likelihood() {
                continue;
            }
            let mut target = with(measure.clone(), combine, &x);
            target.weight = 0.5 + all.len() as f64;
            all.push(target);
            let one = &all[all.len() - 1..];
            let trial = evaluate(one, &replicates).unwrap();
            close(trial.se, brute_force_se(one, &replicates));
            close(trial.se, one[0].weight * trial.targets[0].se);
        }
    }
    close(evaluate(&all, &replicates).unwrap().se, brute_force_se(&all, &replicates));
}

#[test]
fn the_standard_error_of_a_mean_is_sd_over_root_r() {
    let trial = evaluate(&[value_target()], &[&[1.0], &[2.0], &[4.0], &[9.0]]).unwrap();
    let variance = (9.0 + 4.0 + 0.0 + 25.0) / 3.0;
    close(trial.se, (variance / 4.0_f64).sqrt());
}

#[test]
fn targets_that_cancel_have_no_standard_error() {
    let mut opposite = value_target();
    opposite.scale.constant = -1.0;
    let trial = evaluate(&[value_target(), opposite], &[&[1.0], &[7.0], &[4.0]]).unwrap();
    assert_eq!((trial.loss, trial.se), (0.0, 0.0));
    assert!(trial.targets[0].se > 1.0);
}

#[test]
fn impossible_replicates_are_combined_and_noted() {
    let target = [with(Measure::Poisson, Combine::LogMeanExp, &[1.0])];
    let trial = evaluate(&target, &[&[0.0], &[1.0], &[0.0], &[2.0], &[1.5]]).unwrap();
    let likelihood = (exp(-1.0) + 2.0 * exp(-2.0) + 1.5 * exp(-1.5)) / 5.0;
    close(trial.loss, -ln(likelihood));
    assert_eq!(trial.notes, ["target `deaths`: 2 of 5 replicates give the data probability 0"]);
    close(trial.se, brute_force_se(&target, &[&[0.0], &[1.0], &[0.0], &[2.0], &[1.5]]));

    let alone = evaluate(&target, &[&[0.0], &[1.0]]).unwrap();
    assert_eq!(alone.se, f64::INFINITY);
    let none = evaluate(&target, &[&[0.0], &[0.0]]).unwrap_err();
    assert_eq!(none, "target `deaths`: every replicate gives the data probability 0");
}

#[test]
fn an_infinite_mean_of_losses_fails_and_says_why() {
    let target = [with(Measure::Poisson, Combine::Mean, &[1.0])];
    let reason = evaluate(&target, &[&[0.0], &[1.0], &[2.0]]).unwrap_err();
    assert!(reason.ends_with("infinite: 1 of 3 replicates gives the data probability 0"), "{reason}");
    let mean =
        evaluate(&[with(Measure::Poisson, Combine::MeanSignal, &[1.0])], &[&[0.0], &[0.0]]).unwrap_err();
    assert!(mean.contains("mean output gives the data probability 0"), "{mean}");
}

#[test]
fn a_replicate_that_decides_alone_is_noted() {
    let target = [with(Measure::Poisson, Combine::LogMeanExp, &[500.0])];
    let trial = evaluate(&target, &[&[500.0], &[300.0], &[900.0], &[200.0]]).unwrap();
    assert!(trial.notes[0].contains("one of 4 replicates decides"), "{:?}", trial.notes);
    close(trial.se, brute_force_se(&target, &[&[500.0], &[300.0], &[900.0], &[200.0]]));
    let agreed = evaluate(&target, &[&[500.0], &[501.0], &[499.0], &[502.0]]).unwrap();
    assert!(agreed.notes.is_empty(), "{:?}", agreed.notes);
}

#[test]
fn what_is_undefined_is_named() {
    let target = with(Measure::Poisson, Combine::LogMeanExp, &[1.0, 2.0]);
    let reason = evaluate(&[target], &[&[1.0, 1.0], &[1.0, -3.0]]).unwrap_err();
    assert_eq!(
        reason,
        "target `deaths`: the measure of replicate 1 is undefined at data row 2: simulated -3"
    );
    let perfect = with(Measure::Normal { sigma: Spread::Estimated }, Combine::Mean, &[1.0, 2.0]);
    let reason = evaluate(&[perfect], &[&[1.0, 2.0]]).unwrap_err();
    assert!(reason.contains("an estimated spread of 0"), "{reason}");
    let draw = with(Measure::Multinomial, Combine::Mean, &[1.0, 2.0]);
    let reason = evaluate(&[draw], &[&[1.0, -1.0]]).unwrap_err();
    assert!(reason.contains("undefined for the draw that begins at data row 1"), "{reason}");
    let none = evaluate(&[with(Measure::Poisson, Combine::Mean, &[])], &[&[1.0]]);
    assert!(none.is_ok_and(|trial| trial.loss == 0.0));
    assert!(evaluate(&[with(Measure::SquaredError, Combine::Mean, &[])], &[&[1.0]]).is_err());
    assert!(evaluate(&[value_target()], &[]).is_err());
}

#[test]
fn nobody_simulated_gives_probability_zero() {
    let mut target = with(Measure::Binomial, Combine::LogMeanExp, &[1.0]);
    target.simulated_size = Some("size".to_string());
    let data = target.data.as_mut().unwrap();
    data.observed_size = Some("n".to_string());
    data.table.columns.push(column("n", &[4.0]));
    let evaluator = Evaluator::new(&[target]);
    let replicate = |s: f64, size: f64| {
        let columns = vec![column("row", &[0.0]), column("value", &[s]), column("size", &[size])];
        evaluator.align(&one_table(columns)).unwrap()
    };
    let trial = evaluator.evaluate(&[replicate(0.0, 0.0), replicate(1.0, 4.0)]).unwrap();
    close(trial.loss, -ln(4.0 * 0.25 * 0.75 * 0.75 * 0.75 / 2.0));
    assert_eq!(trial.notes.len(), 1);
    let outside = evaluator.evaluate(&[replicate(3.0, 2.0)]).unwrap_err();
    assert!(outside.contains("simulated 3 of 2"), "{outside}");
}

#[test]
fn draws_are_cut_by_group() {
    let x = [4.0, 6.0, 1.0, 2.0];
    let mut target = with(Measure::Multinomial, Combine::Mean, &x);
    let data = target.data.as_mut().unwrap();
    data.group = vec!["year".to_string()];
    data.table.columns.push(column("year", &[2017.0, 2018.0, 2017.0, 2018.0]));
    let simulated = [3.0, 1.0, 1.0, 1.0];
    // 2017: (4, 1) with shares 3/4, 1/4; 2018: (6, 2) with shares 1/2.
    let expected = ln(5.0) + 4.0 * ln(0.75) + ln(0.25) + ln(28.0) + 8.0 * ln(0.5);
    close(evaluate(&[target], &[&simulated]).unwrap().loss, -expected);
}

#[test]
fn the_scale_multiplies_constant_column_and_factor() {
    let mut target = with(Measure::SquaredError, Combine::Mean, &[60.0, 40.0, 5.0]);
    target.scale.constant = 10.0;
    target.scale.column = Some("people".to_string());
    let data = target.data.as_mut().unwrap();
    data.table.columns.push(column("people", &[2.0, 4.0, 1.0]));
    let region = ["A", "A", "B"].map(str::to_string).to_vec();
    data.table.columns.push(Column { name: "region".into(), cells: Cells::Text(region) });
    target.scale.profile = Some(Profile {
        name: "reporting rate".to_string(),
        by: vec!["region".to_string()],
        low: 0.1,
        high: 100.0,
    });
    // Scaled: 20, 40 | 1000. A: (60*20 + 40*40) / (400 + 1600) = 1.4; B: 0.005, below its bound.
    let trial = evaluate(&[target], &[&[1.0, 1.0, 100.0]]).unwrap();
    close(trial.targets[0].factors[0], 1.4);
    assert_eq!(trial.targets[0].factors[1], 0.1);
    close(trial.loss, (32.0 * 32.0 + 16.0 * 16.0 + 95.0 * 95.0) / 3.0);
    assert_eq!(trial.notes, ["target `deaths`: reporting rate (region = B) is at its lower bound, 0.1"]);
}

#[test]
fn a_factor_that_changes_nothing_is_one() {
    let mut target = with(Measure::NegativeBinomial { size: 3.0 }, Combine::LogMeanExp, &[0.0, 2.0]);
    target.scale.profile = Some(Profile { name: "rate".to_string(), by: Vec::new(), low: 0.5, high: 2.0 });
    let reason = evaluate(&[target.clone()], &[&[0.0, 0.0]]).unwrap_err();
    assert!(reason.contains("probability 0"), "{reason}");
    target.measure = Measure::SquaredError;
    target.combine = Combine::Mean;
    assert_eq!(evaluate(&[target], &[&[0.0, 0.0]]).unwrap().targets[0].factors, [1.0]);
}

#[test]
fn alignment_failures_name_what_is_missing() {
    let evaluator = Evaluator::new(&[target("deaths", Measure::Poisson, &[1.0, 2.0])]);
    let check = |outputs: Outputs, expected: &str| {
        assert_eq!(evaluator.align(&outputs).unwrap_err(), format!("target `deaths`: {expected}"));
    };
    check(Outputs(Vec::new()), "the model gave no output `out`");
    check(one_table(vec![column("row", &[0.0])]), "output `out` has no column `value`");
    check(one_table(vec![column("value", &[0.0])]), "output `out` has no column `row`");
    check(outputs(&[5.0]), "output `out` has no row with row = 1, which data row 2 needs");
    check(outputs(&[5.0, f64::NAN]), "output `out`, column `value` with row = 1: the value is NaN");
    let twice = vec![column("row", &[0.0, 1.0, 0.0]), column("value", &[1.0, 2.0, 3.0])];
    check(one_table(twice), "output `out` has more than one row with row = 0");
    let text = Column { name: "value".into(), cells: Cells::Text(vec!["a".to_string(), "b".to_string()]) };
    let labels = one_table(vec![column("row", &[0.0, 1.0]), text]);
    check(labels, "output `out`, column `value` with row = 0: the value is not a number");
    let value = Evaluator::new(&[value_target()]);
    let reason = value.align(&outputs(&[1.0, f64::NAN])).unwrap_err();
    assert_eq!(reason, "target `loss`: output `out`, column `value`, row 2: the value is NaN");
    assert!(value.align(&outputs(&[])).unwrap_err().ends_with("has no rows"));
}

#[test]
fn output_rows_that_nobody_asks_for_may_be_anything() {
    let evaluator = Evaluator::new(&[target("deaths", Measure::Poisson, &[1.0, 2.0])]);
    let more = [7.0, 1.0, 7.0, 0.0, -1.0];
    let found = evaluator
        .align(&one_table(vec![column("row", &more), column("value", &[f64::NAN, 20.0, 1.0, 10.0, 2.0])]));
    assert_eq!(found.unwrap().values, [10.0, 20.0]);
}

#[test]
fn data_rows_may_share_an_output_row() {
    let mut target = target("deaths", Measure::Poisson, &[1.0, 2.0, 3.0]);
    target.data.as_mut().unwrap().table.columns[0] = column("row", &[1.0, 0.0, 1.0]);
    let found = Evaluator::new(&[target.clone()]).align(&outputs(&[10.0, 20.0])).unwrap();
    assert_eq!(found.values, [20.0, 10.0, 20.0]);
    target.data.as_mut().unwrap().align.clear();
    let evaluator = Evaluator::new(&[target]);
    assert_eq!(evaluator.align(&outputs(&[4.0])).unwrap().values, [4.0, 4.0, 4.0]);
    assert!(evaluator.align(&outputs(&[4.0, 5.0])).unwrap_err().ends_with("has more than one row"));
}

#[test]
fn only_tables_that_targets_read_are_kept() {
    let evaluator = Evaluator::new(&[value_target()]);
    let mut tables = outputs(&[1.0]).0;
    tables.insert(0, Table { name: "big".into(), columns: Vec::new() });
    assert_eq!(evaluator.keep(Outputs(tables)), outputs(&[1.0]));
}

#[test]
fn the_order_of_output_rows_changes_no_bit() {
    let mut stream = Stream::new(11, Purpose::Test, 0, 0);
    let rows = 40;
    let x: Vec<f64> = (0..rows).map(|row| f64::from(row % 7)).collect();
    let ages: Vec<String> = (0..rows).map(|row| format!("{} to {}", row % 4, row % 4 + 1)).collect();
    let years: Vec<f64> = (0..rows).map(|row| f64::from(2000 + row / 4)).collect();
    let mut target = with(Measure::Poisson, Combine::LogMeanExp, &x);
    let data = target.data.as_mut().unwrap();
    data.table.columns.push(Column { name: "age".into(), cells: Cells::Text(ages.clone()) });
    data.table.columns.push(column("year", &years));
    data.align = [("band", "age"), ("year", "year")].map(|(a, b)| (a.to_string(), b.to_string())).to_vec();
    let evaluator = Evaluator::new(&[target]);
    let values: Vec<f64> = (0..rows).map(|_| 0.1 + 9.0 * stream.unit()).collect();
    let output = |order: &[usize]| {
        one_table(vec![
            Column {
                name: "band".into(),
                cells: Cells::Text(order.iter().map(|&row| ages[row].clone()).collect()),
            },
            Column {
                name: "year".into(),
                cells: Cells::Int(order.iter().map(|&row| years[row] as i64).collect()),
            },
            column("value", &order.iter().map(|&row| values[row]).collect::<Vec<_>>()),
        ])
    };
    let mut order: Vec<usize> = (0..rows as usize).collect();
    let first = evaluator.align(&output(&order)).unwrap();
    let loss = evaluator.evaluate(std::slice::from_ref(&first)).unwrap().loss;
    for _ in 0..50 {
        for i in (1..order.len()).rev() {
            order.swap(i, (stream.unit() * (i + 1) as f64) as usize);
        }
        let again = evaluator.align(&output(&order)).unwrap();
        assert_eq!(first, again);
        assert_eq!(evaluator.evaluate(&[again]).unwrap().loss.to_bits(), loss.to_bits());
    }
}

#[test]
fn observed_values_are_accepted_where_the_measure_is_defined() {
    let binomial = Measure::Binomial;
    assert!(binomial.accepts_observed(3.0, Some(3.0)).is_ok());
    for (x, n) in [(4.0, Some(3.0)), (1.5, Some(3.0)), (1.0, Some(3.5)), (1.0, None), (-1.0, Some(3.0))] {
        assert!(binomial.accepts_observed(x, n).is_err(), "{x} {n:?}");
    }
    let exposure = Measure::GammaPoisson { shape: 1.0, rate: 1.0 };
    assert!(exposure.accepts_observed(3.0, Some(0.5)).is_ok());
    assert!(exposure.accepts_observed(3.0, Some(0.0)).is_err());
    assert!(Measure::RelativeError.accepts_observed(0.0, None).is_err());
    assert!(Measure::SquaredError.accepts_observed(f64::NAN, None).is_err());
    assert!(Measure::LogNormal { sigma: Spread::Estimated }.accepts_observed(0.0, None).is_err());
    assert_eq!(Measure::Poisson.accepts_observed(0.5, None), Err("a whole number, 0 or more"));
}
