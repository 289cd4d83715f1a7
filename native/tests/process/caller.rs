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
    assert!(wrong.code == Some(2) && wrong.errors.contains("trial t0 does not wait"), "{}", wrong.errors);
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
