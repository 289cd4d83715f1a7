//! Processes that are killed, interrupted, or not alone.

use crate::support::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Losses of trials by number, as text: equal text is equal bits.
type Seen = BTreeMap<u64, String>;

fn note(seen: &mut Seen, trial: &Value) {
    let number = trial["trial"].as_u64().unwrap();
    let loss = trial["loss"].to_string();
    if let Some(before) = seen.insert(number, loss.clone()) {
        assert_eq!(before, loss, "trial {number} changed");
    }
}

/// A study killed at moments that depend on `round`, until it finishes; gives how often it was killed.
/// Whatever was shown as finished must be there at the end, once and unchanged.
fn killed_until_done(round: u64, mode: &str) -> u32 {
    let folder = Folder::with_study(&[("trials = 20", "trials = 60")]);
    let arguments = format!("run study.toml --workers 4 --json --mode {mode}");
    let mut seen = Seen::new();
    let mut kills = 0;
    // The last pause is long enough to finish.
    let pauses_ms = (0u64..12).map(|kill| 30 + (kill + 5 * round) * 37 % 180).chain([120_000]);
    for pause_ms in pauses_ms {
        let mut running = folder.start(&arguments);
        let killer = running.kill_after(Duration::from_millis(pause_ms));
        while let Some(line) = running.next() {
            if line["event"] == "trial" {
                note(&mut seen, &line);
            }
        }
        if pause_ms < 1_000 {
            killer.join().unwrap();
        }
        match running.child.wait().unwrap().code() {
            Some(code) => {
                assert_eq!(code, 0);
                break;
            }
            None => kills += 1,
        }
    }
    let trials = folder.succeed("show sphere --trials --json").json();
    let numbers: Vec<u64> = trials.iter().map(|trial| trial["trial"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..60).collect::<Vec<u64>>(), "the budget is exact");
    for trial in &trials {
        assert_ne!(trial["state"], "pending");
        note(&mut seen, trial);
    }
    folder.succeed("audit sphere");
    if mode != "parallel" {
        assert_eq!(points_and_losses(&trials), uninterrupted(mode), "{mode}: killed or not, the same trials");
    }
    kills
}

fn points_and_losses(trials: &[Value]) -> Vec<String> {
    let shown = |trial: &Value| {
        assert!(trial["parameters"].is_object(), "{trial}");
        format!("{} {}", trial["parameters"], trial["loss"])
    };
    trials.iter().map(shown).collect()
}

/// The trials of the same study on another number of slots, never killed.
fn uninterrupted(mode: &str) -> Vec<String> {
    let folder = Folder::with_study(&[("trials = 20", "trials = 60")]);
    folder.succeed(&format!("run study.toml --workers 7 --mode {mode}"));
    points_and_losses(&folder.succeed("show sphere --trials --json").json())
}

/// `KILLS=1000 cargo test --release -p freerun-native --test process nothing_that -- --nocapture` kills
/// more often.
#[test]
fn nothing_that_was_shown_is_lost_by_kills_and_the_budget_is_kept() {
    let wanted: u32 = std::env::var("KILLS").map_or(6, |kills| kills.parse().expect("KILLS is a number"));
    let mut kills = 0;
    for round in 0.. {
        let mode = ["parallel", "windowed:6", "batched:5"][round as usize % 3];
        kills += killed_until_done(round, mode);
        if kills >= wanted && round >= 2 {
            println!("{} studies killed {kills} times: nothing was lost", round + 1);
            break;
        }
        assert!(round < 2 || kills > 0, "never killed");
    }
}

#[test]
fn a_second_process_is_refused_and_a_dead_one_is_not_waited_for() {
    let folder = Folder::with_study(&[("mean_ms = 5", "mean_ms = 200")]);
    let mut running = folder.start("run study.toml --workers 2 --json");
    running.next_trial().unwrap();
    for arguments in
        ["run study.toml", "delete sphere --yes", "enqueue sphere --set x0=1 --set x1=1", "rebuild sphere"]
    {
        let refused = folder.run(arguments);
        assert_eq!(refused.code, Some(3), "{arguments}: {}", refused.errors);
        let says = format!("error: study `sphere` is being run by process {} on", running.child.id());
        assert!(refused.errors.contains(&says), "{}", refused.errors);
    }
    assert!(folder.succeed("studies").output.contains("run by process"));
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    assert!(folder.succeed("studies").output.contains("resting"));
    folder.succeed("run study.toml --workers 20");
}

#[test]
fn the_first_interrupt_lets_running_simulations_end() {
    let folder = Folder::with_study(&[("mean_ms = 5", "mean_ms = 100"), ("trials = 20", "trials = 1000")]);
    let mut running = folder.start("run study.toml --workers 2 --json");
    running.next_trial().unwrap();
    running.signal("INT");
    let (code, rest) = running.wait();
    assert_eq!(code, Some(130));
    let end = rest.last().unwrap();
    assert_eq!((&end["event"], &end["reason"]), (&"end".into(), &"stopped".into()));
    assert_eq!(end["failures"]["lost_attempts"], Value::Array(vec![]), "nothing was cancelled");
    // The lease was given back.
    assert!(folder.succeed("studies").output.contains("resting"));
    folder.succeed("run study.toml --trials 5 --workers 8");
    folder.succeed("audit sphere");
}

#[test]
fn the_second_interrupt_cancels() {
    let folder = Folder::with_study(&[("mean_ms = 5", "mean_ms = 30000"), ("\"uniform\"", "\"constant\"")]);
    let mut running = folder.start("run study.toml --workers 2 --json");
    assert_eq!(running.next().unwrap()["event"], "start");
    std::thread::sleep(Duration::from_millis(500));
    running.signal("TERM");
    std::thread::sleep(Duration::from_millis(200));
    running.signal("INT");
    let begun = Instant::now();
    let (code, _) = running.wait();
    assert_eq!(code, Some(130));
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    folder.succeed("audit sphere");
}
