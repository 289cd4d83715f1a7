//! Studies from beginning to end.

use crate::support::*;

fn points(folder: &Folder, study: &str) -> Vec<String> {
    let trials = folder.succeed(&format!("show {study} --trials --json")).json();
    trials.iter().map(|trial| trial["parameters"].to_string()).collect()
}

#[test]
fn a_study_runs_and_is_shown() {
    let folder = Folder::with_study(&[]);
    let lines = folder.succeed("run study.toml --workers 3 --json").json();
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).collect::<Vec<_>>();
    assert_eq!((of("start").len(), of("trial").len(), of("end").len()), (1, 20, 1));
    let end = of("end")[0];
    assert_eq!((&end["reason"], &end["progress"]["trials_told"]), (&"trials_done".into(), &20.into()));
    let lowest = of("trial").iter().map(|trial| trial["loss"].as_f64().unwrap()).fold(f64::MAX, f64::min);
    assert_eq!(end["best"]["loss"], lowest);
    assert_eq!(folder.succeed("best sphere --json").json()[0]["loss"], lowest);
    let studies = folder.succeed("studies --json").json();
    assert_eq!((&studies[0]["study"], &studies[0]["held_by"]), (&"sphere".into(), &().into()));
    assert!(
        folder.succeed("audit sphere").output.starts_with("clean: 20 trials; 20 proposals and 20 losses")
    );
    assert!(folder.succeed("best sphere").output.starts_with("Best trial "));
}

#[test]
fn the_best_trial_is_shown_beside_the_data() {
    let folder = Folder::new();
    let studies = concat!(env!("CARGO_MANIFEST_DIR"), "/../studies");
    folder.succeed(&format!("run {studies}/typhoid-sindh.toml --trials 4"));
    let best = folder.succeed("best typhoid-sindh").output;
    for says in [
        "Target incidence_distribution, loss ",
        "observed share  simulated share",
        "observed  simulated",
        "range of 5",
        "  2019        2           15              5208 ",
        "  reporting rate 2018: 0.",
        "0.7 to 1",
    ] {
        assert!(best.contains(says), "{says}\n{best}");
    }
    let json = folder.succeed("best typhoid-sindh --json").json().remove(0);
    let target = &json["fit"]["targets"][1];
    assert_eq!(
        (&target["rows"][7]["observed"], &target["factor_groups"][2][0]),
        (&5208.0.into(), &2019.into())
    );
    let other = folder.succeed("best typhoid-sindh --trial 0 --json").json().remove(0);
    assert_eq!((&other["trial"], &other["fit"]["trial"]), (&0.into(), &0.into()));
    assert!(folder.succeed("best typhoid-sindh --trial 0").output.starts_with("Trial 0, loss "));
    let none = folder.run("best typhoid-sindh --trial 4");
    assert!(none.code == Some(2) && none.errors.contains("has no trial 4"), "{}", none.errors);
}

#[test]
fn a_finished_study_is_left_alone_and_goes_on_with_a_larger_budget() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml");
    let before = folder.succeed("audit sphere").output;
    assert!(folder.succeed("run study.toml --resume").output.contains("20 of 20 trials"));
    assert_eq!(folder.succeed("audit sphere").output, before, "no record was added");
    folder.succeed("run study.toml --trials 25");
    assert_eq!(folder.succeed("show sphere --trials --json").output.lines().count(), 25);
    folder.succeed("audit sphere");
}

#[test]
fn a_study_whose_time_or_target_is_over_goes_on_with_more_of_it() {
    let end = |folder: &Folder| {
        let end = folder.succeed("run study.toml --workers 2 --json").json().pop().unwrap();
        (end["reason"].as_str().unwrap().to_owned(), end["progress"]["trials_told"].as_u64().unwrap())
    };
    for (first, second, reason) in [
        // Long enough to begin in, and too short for 200 trials.
        ("wall_time = \"300ms\"", "wall_time = \"1h\"", "wall_time"),
        ("target_loss = 1e6", "target_loss = -1e6", "target_loss"),
    ] {
        let of = |line: &str| format!("trials = 200\n{line}");
        let folder = Folder::with_study(&[("trials = 20", &of(first))]);
        let (why, told) = end(&folder);
        assert!(why == reason && told < 200, "{why}, {told} trials");
        assert_eq!(end(&folder), (reason.to_owned(), told), "nothing is left to do");
        folder.write_study(&[("trials = 20", &of(second))]);
        assert_eq!(end(&folder), ("trials_done".to_owned(), 200));
    }
}

#[test]
fn windowed_trials_are_the_same_with_any_number_of_workers() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml --mode windowed:4 --workers 1 --store sqlite:one.db");
    folder.succeed("run study.toml --mode windowed:4 --workers 5 --store sqlite:five.db");
    assert_eq!(
        points(&folder, "sphere --store sqlite:one.db"),
        points(&folder, "sphere --store sqlite:five.db")
    );
}

#[test]
fn a_study_in_memory_leaves_no_file() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml --store memory:");
    assert_eq!(folder.files(), ["study.toml"]);
}

#[test]
fn a_failing_model_is_reported_and_costs_its_budget_once() {
    let folder = Folder::with_study(&[("noise_sd = 0.1", "fail_share = 1.0")]);
    let ran = folder.succeed("run study.toml");
    assert!(ran.output.contains("No trial has a loss"), "{}", ran.output);
    assert!(ran.output.contains("20 x the model refused the point"), "{}", ran.output);
    assert!(ran.output.contains("20 of 20 trials (20 failed)"), "{}", ran.output);
    assert_eq!(folder.run("best sphere").code, Some(1));
}

#[test]
fn a_deleted_study_is_gone() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml");
    let refused = folder.run("delete sphere");
    assert_eq!(refused.code, Some(2));
    assert!(refused.errors.contains("--yes"));
    folder.succeed("delete sphere --yes");
    assert_eq!(folder.run("show sphere").code, Some(2));
    folder.succeed("run study.toml --new");
}

#[test]
fn a_running_study_can_be_followed_to_its_end() {
    let folder = Folder::with_study(&[("mean_ms = 5", "mean_ms = 50")]);
    let mut running = folder.start("run study.toml --workers 2 --json");
    running.next_trial().unwrap();
    let followed = folder.succeed("show sphere --follow");
    assert!(followed.output.contains("20 of 20 trials"), "{}", followed.output);
    assert!(followed.errors.lines().any(|line| line.contains("/20 trials, best ")), "{}", followed.errors);
    assert_eq!(running.wait().0, Some(0));
}
