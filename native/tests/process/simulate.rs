//! `simulate`: outputs as CSV.

use crate::support::*;
use std::fs;

#[test]
fn each_seed_has_its_rows_and_points_are_added() {
    let folder = Folder::new();
    let arguments = "simulate synthetic --set x0=3 --set noise_sd=1 --seeds 1..3 --out runs";
    folder.succeed(arguments);
    let path = folder.0.join("runs/loss.csv");
    let first = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = first.lines().collect();
    assert_eq!((lines[0], lines.len()), ("seed,loss", 4));
    assert!(lines[1].starts_with("1,") && lines[3].starts_with("3,"));
    folder.succeed(&format!("{arguments} --workers 1"));
    assert_eq!(fs::read_to_string(&path).unwrap(), first, "written anew, and the same");

    fs::remove_file(&path).unwrap();
    for point in ["P1", "P2"] {
        folder.succeed(&format!("{arguments} --suite small --point {point}"));
    }
    let both = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = both.lines().collect();
    assert_eq!((lines[0], lines.len()), ("suite,point,seed,loss", 7));
    assert!(lines[1].starts_with("small,P1,1,") && lines[6].starts_with("small,P2,3,"));
}
