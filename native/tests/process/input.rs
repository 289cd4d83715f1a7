//! What the user gets wrong.

use crate::support::*;

#[track_caller]
fn refused(folder: &Folder, arguments: &str, says: &[&str]) {
    let ran = folder.run(arguments);
    assert_eq!(ran.code, Some(2), "freerun {arguments}: {}", ran.errors);
    for says in says {
        assert!(ran.errors.contains(says), "freerun {arguments}: {}", ran.errors);
    }
}

#[test]
fn every_mistake_of_a_study_file_is_told_and_nothing_is_written() {
    let folder = Folder::with_study(&[
        ("replicates = 2", "replicates = 0"),
        ("mean_ms = 5", "mean_ms = -5"),
        ("combine = \"mean\"", "combine = \"meen\""),
    ]);
    for command in ["run", "check"] {
        let says = ["study.toml has 3 mistakes", "`replicates`", "mean_ms", "`targets[0].combine`"];
        refused(&folder, &format!("{command} study.toml"), &says);
    }
    assert_eq!(folder.files(), ["study.toml"]);
}

#[test]
fn what_is_not_there_is_named() {
    let folder = Folder::with_study(&[]);
    refused(&folder, "run nothing.toml", &["nothing.toml: no such file"]);
    refused(&folder, "studies", &["there is no freerun database at freerun.db"]);
    refused(&folder, "run study.toml --resume", &["has no study `sphere`"]);
    folder.succeed("run study.toml");
    refused(&folder, "show other", &["there is no study `other`"]);
    refused(&folder, "run study.toml --new", &["has a study `sphere` already"]);
    refused(&folder, "models sir", &["there is no model `sir`: there are typhoid, seir, synthetic"]);
}

#[test]
fn a_store_that_is_none_is_refused() {
    let folder = Folder::with_study(&[]);
    refused(&folder, "run study.toml --store oracle:x", &["`oracle:x` is no store", "sqlite:PATH"]);
    std::fs::write(folder.0.join("text.db"), "no database, but long enough to look at".repeat(50)).unwrap();
    let ran = folder.run("run study.toml --store sqlite:text.db");
    assert_eq!(ran.code, Some(1), "{}", ran.errors);
    assert!(ran.errors.contains("cannot open the store `sqlite:text.db`"), "{}", ran.errors);
}

#[test]
fn another_study_of_the_same_name_is_refused_field_by_field() {
    let folder = Folder::with_study(&[]);
    folder.succeed("run study.toml");
    folder.write_study(&[("replicates = 2", "replicates = 3"), ("low = -5.0", "low = -4.0")]);
    let says = [
        "`replicates` was 2 when the study began and is 3 now",
        "`parameters.x0.low` was -5.0 when the study began and is -4.0 now",
    ];
    refused(&folder, "run study.toml", &says);
    // The refusal left no lease behind.
    folder.write_study(&[]);
    folder.succeed("run study.toml");
}

#[test]
fn arguments_are_checked() {
    let folder = Folder::with_study(&[]);
    refused(&folder, "run study.toml --mode windowed", &["windowed:16"]);
    refused(&folder, "run study.toml --workers 0", &["--workers"]);
    refused(&folder, "simulate synthetic --set mean_ms=-1 --out x", &["`mean_ms`"]);
    refused(&folder, "simulate synthetic --outputs cases --out x", &["has no output `cases`: it has loss"]);
    assert_eq!(folder.files(), ["study.toml"]);
}
