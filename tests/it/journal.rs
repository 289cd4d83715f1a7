//! A journal of version 1 stays in the tree: it must be readable, audit clean, and be what the same
//! study writes today. `BLESS=1 cargo test -p freerun --test it journal` writes it anew; a change of
//! the form of records needs a new version and a new file beside this one.

use freerun::driver::conformance::sample_journal;
use freerun::journal::{decode, encode};
use freerun::scheduler::{Audit, Record, audit};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/journal-1.jsonl");

fn committed() -> Vec<String> {
    std::fs::read_to_string(PATH).expect("the journal is there").lines().map(str::to_owned).collect()
}

#[test]
fn a_journal_of_version_1_is_read_and_audits_clean() {
    if std::env::var_os("BLESS").is_some() {
        let lines: String = sample_journal("fixture").iter().map(|record| encode(record) + "\n").collect();
        std::fs::write(PATH, lines).expect("the journal can be written");
    }
    let lines = committed();
    let decoded = (1u64..).zip(&lines).map(|(position, line)| decode(position, line));
    let records: Vec<Record> = decoded.collect::<Result<_, _>>().expect("every line is a record");
    let again: Vec<String> = records.iter().map(encode).collect();
    assert_eq!(again, lines, "what is read is written the same");
    assert_eq!(audit(&records), Audit::Clean { trials: 12, asks: 12, losses: 12 });
}

#[test]
fn the_same_study_writes_the_same_journal() {
    let today: Vec<String> = sample_journal("fixture").iter().map(encode).collect();
    assert_eq!(today, committed());
}
