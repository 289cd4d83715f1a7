//! Simulations with real faults: panics, loops without end, and a program that runs out of memory.
//! The seeds alone decide which replicate is struck, so that the same trial must fail each time.

use crate::support::*;
use serde_json::Value;

/// A study in which one replicate of 40 ends in `fault`, its trial's second. Points do not depend on losses.
fn study_with(fault: &str, attempts: &str) -> Folder {
    let fault = format!("noise_sd = 0.1\nfault = \"{fault}\"\nfault_share = 0.02");
    let random = ("seed = 7", "seed = 7\nsampler = \"random\"");
    Folder::with_study(&[random, ("noise_sd = 0.1", &fault), ("retries = 1000", attempts)])
}

fn trials(folder: &Folder) -> Vec<Value> {
    folder.succeed("audit sphere");
    let trials = folder.succeed("show sphere --trials --json").json();
    assert_eq!(trials.len(), 20);
    trials
}

/// All trials of the study whose replicate panics.
fn panicking() -> Vec<Value> {
    let folder = study_with("panic", "retries = 1000");
    folder.succeed("run study.toml --workers 3");
    trials(&folder)
}

/// The trials are those of [`panicking`], but for the reason of the failed one, which is `reason`.
fn check_struck(trials: &[Value], reason: &str) {
    let mut struck = 0;
    for (trial, panicked) in trials.iter().zip(panicking()) {
        for same in ["trial", "parameters", "state", "loss"] {
            assert_eq!(trial[same], panicked[same], "{trial}");
        }
        let reasons = [&trial["reason"], &panicked["reason"]].map(|reason| reason.as_str().unwrap_or("none"));
        if trial["state"] == "failed" {
            struck += 1;
            assert_eq!(reasons[0], reason);
            assert!(reasons[1].starts_with("the model crashed: as fault asks for (at src/"), "{panicked}");
        } else {
            assert_eq!((&trial["state"], reasons), (&"complete".into(), ["none", "none"]));
        }
    }
    assert_eq!(struck, 1);
}

#[test]
fn a_panic_fails_its_trial_and_no_other() {
    let reason = panicking().iter().find_map(|trial| trial["reason"].as_str().map(str::to_owned)).unwrap();
    check_struck(&panicking(), &reason);
}

/// The time-out is long enough for all others on a busy machine.
#[test]
fn a_simulation_that_never_ends_fails_by_its_time_out_and_the_study_goes_on_without_its_worker() {
    let folder = study_with("hang", "retries = 0\ntimeout = \"3s\"");
    folder.succeed("run study.toml --workers 4");
    check_struck(&trials(&folder), "the replicate ran over its time");
}

#[test]
fn a_simulation_that_kills_the_program_fails_its_trial_after_its_attempts() {
    let folder = study_with("out_of_memory", "retries = 1");
    let mut deaths = 0;
    loop {
        let ran = folder.run("run study.toml --workers 4");
        match ran.code {
            Some(code) => {
                assert_eq!(code, 0, "{}", ran.errors);
                break;
            }
            None => deaths += 1,
        }
        assert!(ran.errors.contains("memory allocation of "), "{}", ran.errors);
        assert!(deaths <= 2, "it dies for ever");
    }
    assert_eq!(deaths, 2, "one for each attempt");
    check_struck(&trials(&folder), "lost 2 times, the last time because the program ended while it ran");
}
