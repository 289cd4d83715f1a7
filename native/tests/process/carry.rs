//! Studies carried from store to store as files.

use crate::support::*;
use serde_json::Value;

/// Parameters and losses of all trials, as text: equal text is equal bits.
fn trials(folder: &Folder, store: &str) -> Vec<String> {
    let shown = |trial: &Value| format!("{} {}", trial["parameters"], trial["loss"]);
    folder.succeed(&format!("show sphere --trials --json --store {store}")).json().iter().map(shown).collect()
}

fn read(folder: &Folder, file: &str) -> String {
    std::fs::read_to_string(folder.0.join(file)).unwrap()
}

#[test]
fn a_study_begun_here_continued_there_and_brought_back_is_as_if_it_had_stayed() {
    let folder = Folder::with_study(&[]);
    let (here, there) = ("sqlite:here.db", "sqlite:there.db");
    let run = |store: &str, trials: u32| {
        let mode = "--mode windowed:4 --workers 3";
        folder.succeed(&format!("run study.toml {mode} --trials {trials} --store {store}"))
    };
    // Five sessions, each of which has an epoch.
    (1..=5).for_each(|session| drop(run(here, 4 * session)));
    let exported = folder.succeed(&format!("export sphere --output begun.jsonl --store {here}"));
    let records = read(&folder, "begun.jsonl").lines().count() - 1;
    assert_eq!(exported.output, format!("study `sphere`: {records} records in begun.jsonl\n"));
    let imported = folder.succeed(&format!("import begun.jsonl --store {there}"));
    assert_eq!(imported.output, format!("study `sphere`: 20 trials, {records} records\n"));
    assert!(folder.succeed(&format!("best sphere --store {there}")).output.starts_with("Best trial "));
    let resumed = folder.succeed(&format!("run study.toml --resume --mode windowed:4 --store {there}"));
    assert!(resumed.output.contains("20 of 20 trials"), "{}", resumed.output);

    run(there, 30);
    folder.succeed(&format!("export sphere --output longer.jsonl --store {there}"));
    let back = folder.succeed(&format!("import longer.jsonl --store {here}"));
    let says = format!("; the store had the first {records} records already\n");
    assert!(
        back.output.starts_with("study `sphere`: 30 trials, ") && back.output.ends_with(&says),
        "{back:?}"
    );
    assert_eq!(
        folder.succeed(&format!("export sphere --store {here}")).output,
        read(&folder, "longer.jsonl")
    );
    let again = folder.succeed(&format!("import begun.jsonl --store {here}")).output;
    assert!(again.contains("the store has all of it already, and "), "{again}");

    run(here, 35);
    run("sqlite:stayed.db", 35);
    assert_eq!(trials(&folder, here), trials(&folder, "sqlite:stayed.db"));
    assert!(folder.succeed(&format!("audit sphere --store {here}")).output.starts_with("clean: 35 trials; "));
}

#[test]
fn what_cannot_be_imported_is_refused_and_changes_nothing() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml");
    folder.succeed("export sphere -o whole.jsonl");
    let whole = read(&folder, "whole.jsonl");
    std::fs::write(folder.0.join("cut.jsonl"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(folder.0.join("bytes.jsonl"), [0xff, 0xfe, 0]).unwrap();
    let refused = |arguments: &str, says: &[&str]| {
        let ran = folder.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.errors);
        says.iter().for_each(|says| assert!(ran.errors.contains(says), "{says}\n{}", ran.errors));
    };
    refused("import none.jsonl", &["cannot read none.jsonl: no such file"]);
    refused("import bytes.jsonl", &["cannot read bytes.jsonl: it is no UTF-8 text"]);
    refused("import study.toml --store sqlite:new.db", &["study.toml cannot be imported: it is no exported"]);
    refused("import cut.jsonl --store sqlite:new.db", &["cut.jsonl cannot be imported: it is cut off: of "]);
    folder.succeed("run study.toml --trials 22");
    let before = folder.succeed("audit sphere").output;
    folder.succeed("import whole.jsonl --store sqlite:other.db");
    folder.succeed("run study.toml --trials 21 --store sqlite:other.db");
    folder.succeed("export sphere -o other.jsonl --store sqlite:other.db");
    let differs = format!("the first record that differs is {}", whole.lines().count());
    refused("import other.jsonl", &["study `sphere` went on in another way", &differs, "--name ANOTHER"]);
    folder.write_study(&[("seed = 7", "seed = 8")]);
    folder.succeed("run study.toml --store sqlite:seed.db");
    folder.succeed("export sphere -o seed.jsonl --store sqlite:seed.db");
    refused("import seed.jsonl", &["the store has another study `sphere`", "--name ANOTHER"]);
    assert_eq!(folder.succeed("audit sphere").output, before);
    folder.succeed("import seed.jsonl --name another");
    folder.succeed("audit another");
    let files = folder.files();
    assert!(!files.iter().any(|file| file.starts_with("new.db") || file.ends_with(".part")), "{files:?}");
}

#[test]
fn an_export_is_whole_or_not_there_and_replaces_nothing_unasked() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml");
    std::fs::write(folder.0.join("mine.jsonl"), "mine").unwrap();
    let refused = folder.run("export sphere -o mine.jsonl");
    assert!(refused.code == Some(2) && refused.errors.contains("--force"), "{}", refused.errors);
    assert_eq!(read(&folder, "mine.jsonl"), "mine");
    folder.succeed("export sphere -o mine.jsonl --force");
    assert_eq!(folder.succeed("export sphere").output, read(&folder, "mine.jsonl"));
    assert_eq!(folder.run("export other").code, Some(2));
    assert_eq!(folder.run("export other -o other.jsonl").code, Some(2));
    assert_eq!(folder.run("export sphere -o none/out.jsonl").code, Some(1));
    assert_eq!(folder.files(), ["freerun.db", "mine.jsonl", "study.toml"]);
}

#[test]
fn standard_input_with_the_line_ends_of_another_system_is_read() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml");
    let text = folder.succeed("export sphere").output;
    let crlf = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let arguments = ["import", "-", "--name", "a name with blanks"];
    let ran = folder.run_with_input(&arguments, &crlf);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(ran.output.starts_with("study `a name with blanks`: 20 trials, "), "{}", ran.output);
    let ran = folder.run_with_input(&["export", "a name with blanks"], "");
    assert_eq!(ran.output, text.replace("\"sphere\"", "\"a name with blanks\""));
}

#[test]
fn a_running_study_exports_what_is_durable_and_takes_nothing_in() {
    let folder = Folder::with_study(&[("mean_ms = 5", "mean_ms = 100")]);
    let mut running = folder.start("run study.toml --workers 2 --json");
    running.next_trial().unwrap();
    folder.succeed("export sphere -o begun.jsonl");
    let refused = folder.run("import begun.jsonl");
    assert_eq!(refused.code, Some(3), "{}", refused.errors);
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    folder.succeed("import begun.jsonl --store sqlite:other.db");
    folder.succeed("run study.toml --workers 20 --store sqlite:other.db");
    assert!(folder.succeed("audit sphere --store sqlite:other.db").output.starts_with("clean: 20 trials; "));
}
