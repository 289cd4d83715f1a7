//! Trials that the user runs, and points that the user gives.

use crate::support::*;

#[test]
fn a_caller_gets_no_trial_beyond_the_budget() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml");
    let refused = folder.run("ask sphere");
    assert_eq!(refused.code, Some(2));
    assert!(refused.errors.contains("the budget of 20 trials is used up"), "{}", refused.errors);
}

#[test]
fn an_asked_trial_waits_for_its_verdict() {
    let folder = Folder::with_study(&[("mean_ms = 5", "mean_ms = 100")]);
    let mut running = folder.start("run study.toml --workers 2 --json");
    running.next_trial().unwrap();
    running.signal("INT");
    running.wait();
    let asked = folder.succeed("ask sphere").json().remove(0);
    let trial = asked["trial"].as_u64().unwrap();
    assert!(asked["parameters"]["x0"].is_number());
    let wrong = folder.run("tell sphere --trial 0 --loss 1");
    assert!(wrong.code == Some(2) && wrong.errors.contains("trial 0 was not given out"), "{}", wrong.errors);
    assert_eq!(folder.run(&format!("tell sphere --trial {trial} --loss NaN")).code, Some(2));
    folder.succeed(&format!("tell sphere --trial {trial} --loss -9.5 --se 0.5 --targets -9.5"));
    assert_eq!(folder.run(&format!("tell sphere --trial {trial} --loss 1")).code, Some(2));
    let best = folder.succeed("best sphere --json").json().remove(0);
    assert_eq!((&best["trial"], &best["loss"], &best["se"]), (&trial.into(), &(-9.5).into(), &0.5.into()));
    folder.succeed("run study.toml --workers 8");
    assert_eq!(folder.succeed("show sphere --trials --json").json().len(), 20);
    folder.succeed("audit sphere");
}

#[test]
fn an_enqueued_point_is_tried_next() {
    let folder = Folder::with_study(&[("mean_ms = 5", "mean_ms = 100")]);
    let mut running = folder.start("run study.toml --workers 2 --json");
    running.next_trial().unwrap();
    running.signal("INT");
    running.wait();
    folder.succeed("enqueue sphere --set x1=0.5 --set x0=-0.25");
    folder.succeed("run study.toml --workers 8");
    let trials = folder.succeed("show sphere --trials --json").json();
    let ours: Vec<_> = trials.iter().filter(|trial| trial["source"]["kind"] == "enqueued").collect();
    assert_eq!(ours.len(), 1);
    assert_eq!((&ours[0]["parameters"]["x0"], &ours[0]["parameters"]["x1"]), (&(-0.25).into(), &0.5.into()));
    folder.succeed("audit sphere");
}

/// A study stopped after its first trials.
fn stopped() -> Folder {
    let folder = Folder::with_study(&[("mean_ms = 5", "mean_ms = 100")]);
    let mut running = folder.start("run study.toml --workers 2 --json");
    running.next_trial().unwrap();
    running.signal("INT");
    running.wait();
    folder
}

#[test]
fn verdicts_are_told_as_json_all_or_none() {
    let folder = stopped();
    let asked = folder.succeed("ask sphere -n 3").json();
    let numbers: Vec<u64> = asked.iter().map(|trial| trial["trial"].as_u64().unwrap()).collect();
    for trial in &asked {
        let seeds = trial["seeds"].as_array().unwrap();
        assert!(seeds.len() == 2 && seeds.iter().all(|seed| seed.as_str().unwrap().parse::<u64>().is_ok()));
    }
    let tell = |json: &str| folder.run_with_input(&["tell", "sphere", "--json", "-"], json);
    let wrong = tell(&format!(r#"[{{"trial": {}, "loss": 1}}, {{"trial": 0, "loss": 1}}]"#, numbers[0]));
    assert!(wrong.code == Some(2) && wrong.errors.contains("trial 0 was not given out"), "{}", wrong.errors);
    let told = tell(&format!(
        r#"[{{"trial": {}, "loss": -7, "se": 0.5, "targets": {{"value": -7}}}}, {{"trial": {}, "failed": "down"}}]"#,
        numbers[0], numbers[1]
    ));
    assert_eq!(told.code, Some(0), "{}", told.errors);
    let again = tell(&format!(r#"{{"trial": {}, "loss": 1}}"#, numbers[0]));
    assert!(again.code == Some(2) && again.errors.contains("has been told already"), "{}", again.errors);
    let field = folder.run_with_input(&["tell", "sphere", "--json", r#"{"trial": 1, "loss": "low"}"#], "");
    assert!(field.code == Some(2) && field.errors.contains("`loss` is \"low\""), "{}", field.errors);
    let best = folder.succeed("best sphere --json").json().remove(0);
    assert_eq!(
        (&best["trial"], &best["loss"], &best["fit"]),
        (&numbers[0].into(), &(-7.0).into(), &().into())
    );
    folder.succeed("audit sphere");
}

#[test]
fn an_enqueued_point_that_a_caller_gets_is_told_like_any_other() {
    let folder = stopped();
    folder.succeed("enqueue sphere --set x0=1 --set x1=2");
    let asked = folder.succeed("ask sphere").json().remove(0);
    assert_eq!((&asked["parameters"]["x0"], &asked["parameters"]["x1"]), (&1.0.into(), &2.0.into()));
    folder.succeed(&format!("tell sphere --trial {} --loss 5", asked["trial"]));
    folder.succeed("audit sphere");
}

#[test]
fn more_trials_than_any_study_has_can_be_asked_for() {
    let ran = stopped().succeed("ask sphere --count 4294967295");
    assert!(ran.errors.contains("the budget of 20"), "{}", ran.errors);
}

#[test]
fn what_is_left_of_the_budget_is_given_out() {
    let folder = stopped();
    let ran = folder.succeed("ask sphere --count 100");
    let given = ran.json().len();
    assert!(given > 0 && given < 20, "{given}");
    assert!(ran.errors.contains(&format!("{given} trials only: the budget of 20")), "{}", ran.errors);
}

#[test]
fn points_are_enqueued_as_json() {
    let folder = stopped();
    let points = r#"[{"x1": 0.5, "x0": -0.25}, {"x0": 1, "x1": 2}]"#;
    let ran = folder.run_with_input(&["enqueue", "sphere", "--json", points], "");
    assert!(ran.code == Some(0) && ran.output.contains("2 points"), "{} {}", ran.output, ran.errors);
    folder.succeed("run study.toml --workers 8");
    let trials = folder.succeed("show sphere --trials --json").json();
    let ours: Vec<_> = trials.iter().filter(|trial| trial["source"]["kind"] == "enqueued").collect();
    assert_eq!(ours.len(), 2);
    assert_eq!((&ours[1]["parameters"]["x0"], &ours[1]["parameters"]["x1"]), (&1.0.into(), &2.0.into()));
}
