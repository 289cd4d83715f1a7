//! Exported studies as texts: what is written is read back, what is no whole study is refused with
//! its reason, and damage of any kind ends in a refusal or in a study that can be taken up.

use crate::damage::{RUNS, count, damage, journal};
use crate::worlds::build::study;
use freerun::driver::conformance::sample_journal;
use freerun::driver::{Holder, MemoryStore, Store, StoreError, export, ready};
use freerun::ids::{Epoch, Seq, Tick};
use freerun::journal::file::{ExportedStudy, header, read, write};
use freerun::journal::{decode, encode};
use freerun::rng::{Purpose, Stream};
use freerun::scheduler::{Record, Scheduler, SessionInfo, What};
use freerun::spec::{Mode, SamplerPlan, Study};

fn sample() -> ExportedStudy {
    ExportedStudy { name: "sample".to_owned(), records: sample_journal("sample") }
}

fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(encode).collect()
}

#[track_caller]
fn refused(text: &str, says: &str) {
    let error = read(text).expect_err("it is refused").to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn what_is_written_is_read_back_to_the_bit() {
    let text = write(&sample());
    assert!(
        text.starts_with("{\"freerun\":\"study\",\"version\":1,\"name\":\"sample\",\"records\":"),
        "{text}"
    );
    assert_eq!(text.lines().count(), sample().records.len() + 1);
    let back = read(&text).unwrap();
    assert_eq!((back.name.as_str(), lines(&back.records)), ("sample", lines(&sample().records)));
    assert_eq!(write(&back), text);
}

#[test]
fn an_exported_study_of_version_1_stays_readable() {
    let journal = include_str!("../golden/journal-1.jsonl");
    let count = journal.lines().count();
    let first = format!("{{\"freerun\":\"study\",\"version\":1,\"name\":\"fixture\",\"records\":{count}}}\n");
    let study = read(&(first.clone() + journal)).unwrap();
    assert_eq!((study.name.as_str(), study.records.len()), ("fixture", count));
    assert_eq!(write(&study), first + journal);
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_matter() {
    let text = write(&sample());
    let expected = lines(&sample().records);
    let changed = [
        text.replace('\n', "\r\n"),
        text.trim_end().to_owned(),
        format!("\u{feff}{text}"),
        format!("{text}\n\r\n"),
        format!("\u{feff}{}", text.replace('\n', "\r\n").trim_end()),
    ];
    for text in changed {
        assert_eq!(lines(&read(&text).unwrap().records), expected);
    }
}

#[test]
fn a_cut_anywhere_is_seen() {
    let text = write(&sample());
    let records = sample().records.len();
    let header = text.find('\n').unwrap();
    for cut in (0..text.len() - 1).filter(|&cut| text.is_char_boundary(cut)) {
        let error = read(&text[..cut]).expect_err("a part is no whole").to_string();
        let says = if cut < header { "it is no exported study" } else { "it is cut off: of" };
        assert!(error.contains(says), "cut at {cut}: {error}");
    }
    let half: String = text.lines().take(11).map(|line| format!("{line}\n")).collect();
    refused(&half, &format!("of {records} records it has 10"));
    refused(&half[..half.len() - 5], &format!("of {records} records it has 9"));
}

#[test]
fn what_is_no_whole_study_is_refused_with_its_reason() {
    let text = write(&sample());
    let (first, body) = text.split_once('\n').unwrap();
    let count = sample().records.len();
    for other in ["", "name = \"seir\"\nseed = 1", "{}", "[1]", "{\"freerun\":true}", body] {
        refused(other, "it is no exported study");
    }
    refused(
        &text.replacen("\"version\":1", "\"version\":2", 1),
        "a newer program (version 2, this one reads",
    );
    refused(&text.replacen("\"journal\":1", "\"journal\":2", 1), "a newer program (records of version 2,");
    refused(&text.replacen(",\"records\"", ",\"recs\"", 1), "line 1 cannot be read: missing field `records`");
    refused(&text.replacen("\"at\"", "at", 4), "line 2 cannot be read: ");
    refused(&format!("{first}\n\n{body}"), "line 2 cannot be read: ");
    refused(
        &format!("{text}{}\n", encode(&sample().records[1])),
        &format!("goes on after its {count} records, with line {}", count + 2),
    );
    refused(
        &text.replacen("\"sample\"", "\"other\"", 1),
        "line 1 is of study `other`, the records are of study `sample`",
    );
    refused("{\"freerun\":\"study\",\"version\":1,\"name\":\"none\",\"records\":0}\n", "there is no record");
    let headless = ExportedStudy { records: sample().records[1..].to_vec(), ..sample() };
    refused(&write(&headless), "a journal begins with the record of its opening");
    let mut twice = sample();
    twice.records.insert(5, twice.records[4].clone());
    refused(&write(&twice), "record 6 of the journal cannot follow the ones before it");
    let mut last = sample();
    last.records.truncate(2);
    if let What::Session { epoch, .. } = &mut last.records[1].what {
        *epoch = Epoch(u32::MAX);
    }
    refused(&write(&last), "epoch 4294967295 does not follow epoch 4294967295");
}

#[test]
fn a_renamed_study_is_the_same_but_for_its_name() {
    let renamed = sample().renamed("other");
    assert_eq!(read(&write(&renamed)).unwrap().name, "other");
    assert_eq!(lines(&renamed.records)[1..], lines(&sample().records)[1..]);
    assert_eq!(write(&renamed.renamed("sample")), write(&sample()));
}

#[test]
fn a_store_exports_what_is_durable() {
    let mut store = MemoryStore::default();
    let holder = Holder { id: "a".to_owned(), about: "a".to_owned() };
    let epoch = ready(store.claim("sample", &holder, 1_000_000)).unwrap();
    let missing = StoreError::NotFound("sample".to_owned());
    assert_eq!(ready(export(&mut store, "sample")), Err(missing), "there is no record yet");
    assert!(ready(export(&mut store, "other")).is_err());
    let records = sample().records;
    ready(store.append("sample", epoch, Seq(0), &records[..20])).unwrap();
    let begun = read(&ready(export(&mut store, "sample")).unwrap()).unwrap();
    assert_eq!(lines(&begun.records), lines(&records[..20]), "while it is being written");
    ready(store.append("sample", epoch, Seq(20), &records[20..])).unwrap();
    assert_eq!(ready(export(&mut store, "sample")), Ok(write(&sample())));
}

/// Reads a damaged text; whether that gave a study. What it gave must be one that can be taken up.
fn survives(text: &str) -> bool {
    let Ok(found) = read(text) else { return false };
    let session = SessionInfo {
        epoch: Epoch(u32::MAX),
        started_utc_us: 0,
        engine: "virtual".to_owned(),
        host: "test".to_owned(),
    };
    let taken_up = Scheduler::recover(&found.records, &session);
    assert!(taken_up.is_ok_and(|scheduler| scheduler.study().name == found.name), "{text}");
    let again = read(&write(&found)).expect("what was read is written and read again");
    assert_eq!(lines(&again.records), lines(&found.records));
    true
}

fn damages(study: &Study, seed: u64) {
    let records = journal(study, RUNS);
    let records = (1..).zip(&records).map(|(seq, line)| decode(seq, line).unwrap()).collect();
    let whole = write(&ExportedStudy { name: study.name.clone(), records });
    assert!(survives(&whole));
    let (mut read, mut refused, mut panicked) = (0, 0, Vec::new());
    for number in 0..count() {
        let mut stream = Stream::new(seed, Purpose::Test, number, 0);
        let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
        // Every other time the first line is whole and fits the others, so that these are looked at.
        let fits = number % 2 == 0;
        if fits {
            lines.remove(0);
        }
        for _ in 0..=stream.below(2) {
            damage(&mut lines, &mut stream);
        }
        if fits {
            lines.insert(0, header(&study.name, lines.len() as u64).trim_end().to_owned());
        }
        match std::panic::catch_unwind(|| survives(&lines.join("\n"))) {
            Ok(true) => read += 1,
            Ok(false) => refused += 1,
            Err(_) => panicked.push(number),
        }
    }
    assert_eq!(panicked, [0u32; 0], "these damages make the reader panic");
    assert!(read > 20 && refused > 200, "{read} damaged texts were read, {refused} refused");
}

#[test]
fn a_damaged_text_is_read_or_refused() {
    damages(&study(Mode::Windowed { lag: 3 }, 16, 2), 11);
    let sobol = SamplerPlan::Sobol;
    damages(&Study { sampler: sobol, ..study(Mode::Parallel { in_flight: None }, 16, 2) }, 12);
}

#[test]
fn times_of_a_damaged_record_do_not_overflow() {
    let mut late = sample();
    late.records[10].at = Tick(u64::MAX);
    assert!(survives(&write(&late)));
}
