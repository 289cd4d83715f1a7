//! The SQLite store against the contract, and Optuna's tables against the journal.

use super::*;
use crate::store::this_process;
use crate::testing::*;
use freerun::driver::conformance::{Bench, check_store, sample_journal};
use freerun::driver::{export, import, ready};
use freerun::journal::file::read;

const TTL_US: u64 = 1_000_000;

/// A database file, removed at the end of the test.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("freerun-{}-{name}.db", std::process::id()));
        Scratch(path)
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::create(&self.0).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

fn in_memory() -> SqliteStore {
    let mut store = SqliteStore::with(Connection::open_in_memory().unwrap()).unwrap();
    schema::create(&mut store.connection).unwrap();
    store
}

/// A database file whose leases really run out.
impl Bench for Scratch {
    type Store = SqliteStore;

    fn connect(&mut self) -> SqliteStore {
        self.open()
    }

    fn let_leases_end(&mut self, ttl_us: u64) {
        std::thread::sleep(std::time::Duration::from_micros(ttl_us + 1_000));
    }
}

#[test]
fn the_store_keeps_the_contract() {
    ready(check_store(&mut Scratch::new("contract")));
}

fn holder(id: &str) -> Holder {
    Holder { id: id.to_owned(), about: format!("test {id}") }
}

/// Six trials: three whole ones, one failed, one pending with a replicate, one just asked.
fn records() -> Vec<Record> {
    let mut records = opening("s", Epoch(1));
    for number in 0..3 {
        records.extend(whole_trial(number, [f64::from(number), 2.0]));
    }
    records.extend([asked(3), failed(3), asked(4), ended(4, 1, 4.0), asked(5)]);
    records
}

/// Optuna's tables without their ids, as text.
fn optuna_rows(store: &SqliteStore) -> String {
    let queries = [
        "SELECT study_name, direction, objective FROM studies JOIN study_directions USING (study_id)",
        "SELECT study_name, \"key\", value_json FROM studies JOIN study_user_attributes USING (study_id) ORDER BY 2",
        "SELECT study_name, \"key\", value_json FROM studies JOIN study_system_attributes USING (study_id)",
        "SELECT number, state, datetime_start, datetime_complete FROM trials ORDER BY number",
        "SELECT number, param_name, param_value, distribution_json FROM trials JOIN trial_params USING (trial_id) ORDER BY number, param_id",
        "SELECT number, objective, value, value_type FROM trials JOIN trial_values USING (trial_id) ORDER BY number",
        "SELECT number, step, intermediate_value, intermediate_value_type FROM trials JOIN trial_intermediate_values USING (trial_id) ORDER BY 1, 2",
        "SELECT number, \"key\", value_json FROM trials JOIN trial_user_attributes USING (trial_id) ORDER BY 1, 2",
        "SELECT number, \"key\", value_json FROM trials JOIN trial_system_attributes USING (trial_id) ORDER BY 1, 2",
    ];
    let mut text = String::new();
    for query in queries {
        let mut statement = store.connection.prepare(query).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                text += &format!("{:?} ", row.get_ref(column).unwrap());
            }
            text.push('\n');
        }
    }
    text
}

fn filled(store: &mut SqliteStore, group: usize) -> Epoch {
    let epoch = ready(store.claim("s", &holder("a"), TTL_US)).unwrap();
    let mut last = Seq(0);
    for group in records().chunks(group) {
        last = ready(store.append("s", epoch, last, group)).unwrap();
    }
    assert_eq!(last, Seq(records().len() as u64));
    epoch
}

#[test]
fn records_read_back_as_written() {
    let scratch = Scratch::new("read-back");
    filled(&mut scratch.open(), 4);
    let mut store = scratch.open();
    assert_eq!(ready(store.read("s", Seq(0), usize::MAX)).unwrap(), records());
    assert_eq!(ready(store.read("s", Seq(3), 2)).unwrap(), records()[3..5]);
    let rows = ready(store.studies()).unwrap();
    assert_eq!((rows.len(), rows[0].last, rows[0].held_by.as_deref()), (1, Seq(19), Some("test a")));
}

#[test]
fn optunas_tables_follow_the_journal_however_it_is_cut() {
    let mut whole = in_memory();
    filled(&mut whole, 100);
    let expected = optuna_rows(&whole);
    for line in ["Text([115]) ", "Real(1.5)"] {
        assert!(expected.contains(line), "{line}");
    }
    for group in 1..6 {
        let scratch = Scratch::new(&format!("cut-{group}"));
        let epoch = filled(&mut scratch.open(), group);
        let mut store = scratch.open();
        assert_eq!(optuna_rows(&store), expected);
        let more = [ended(4, 0, 1.0), told(4, 2.5)];
        ready(store.append("s", epoch, Seq(19), &more)).unwrap();
        let value = "SELECT value FROM trials JOIN trial_values USING (trial_id) WHERE number = 4";
        assert_eq!(store.connection.query_row(value, [], |row| row.get::<_, f64>(0)).unwrap(), 2.5);
        let steps = "SELECT group_concat(step || ' ' || intermediate_value) FROM trials JOIN trial_intermediate_values USING (trial_id) WHERE number = 4";
        let steps: String = store.connection.query_row(steps, [], |row| row.get(0)).unwrap();
        assert_eq!(steps, "1 4.0,2 2.5");
    }
}

#[test]
fn an_imported_study_has_the_tables_of_the_original() {
    let journal = sample_journal("s");
    let mut original = in_memory();
    let epoch = ready(original.claim("s", &holder("a"), TTL_US)).unwrap();
    let mut last = Seq(0);
    for group in journal.chunks(5) {
        last = ready(original.append("s", epoch, last, group)).unwrap();
    }
    let expected = optuna_rows(&original);
    assert!(expected.lines().count() > 100, "{expected}");
    let exported = read(&ready(export(&mut original, "s")).unwrap()).unwrap();
    let mut half = exported.clone();
    half.records.truncate(journal.len() / 2);
    let mut store = in_memory();
    for part in [&half, &exported, &half] {
        ready(import(&mut store, &holder("b"), TTL_US, part)).unwrap();
    }
    assert_eq!(optuna_rows(&store), expected);
    ready(import(&mut store, &holder("b"), TTL_US, &exported.renamed("t"))).unwrap();
    assert_eq!(optuna_rows(&store).lines().count(), 2 * expected.lines().count());
}

#[test]
fn rows_that_somebody_removed_come_back() {
    let mut store = in_memory();
    let epoch = filled(&mut store, 100);
    let expected = optuna_rows(&store);
    store.connection.execute("DELETE FROM trial_values", []).unwrap();
    assert!(matches!(store.rebuild_projection("s"), Err(StoreError::Held { .. })));
    ready(store.release("s", epoch)).unwrap();
    store.rebuild_projection("s").unwrap();
    assert_eq!(optuna_rows(&store), expected);

    store.connection.execute("DELETE FROM trials WHERE number = 2", []).unwrap();
    let epoch = ready(store.claim("s", &holder("b"), TTL_US)).unwrap();
    assert_eq!(optuna_rows(&store), expected);

    SqliteTables(&store.connection).remove("s").unwrap();
    ready(store.append("s", epoch, Seq(19), &[ended(4, 0, 1.0)])).unwrap();
    assert!(optuna_rows(&store).starts_with(&expected[..200]));
}

#[test]
fn what_another_program_wrote_is_left_alone() {
    let mut store = in_memory();
    let epoch = filled(&mut store, 100);
    ready(store.release("s", epoch)).unwrap();
    let insert = "INSERT INTO trials (number, study_id, state) VALUES (6, 1, 'COMPLETE')";
    store.connection.execute(insert, []).unwrap();
    store.connection.execute("INSERT INTO studies (study_name) VALUES ('theirs')", []).unwrap();
    for (study, says) in [("s", "added trials"), ("theirs", "choose another name")] {
        let error = ready(store.claim(study, &holder("b"), TTL_US)).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn a_lease_holds_until_it_ends_and_then_fences() {
    let mut store = in_memory();
    store.clock = || 1_000;
    let first = ready(store.claim("s", &holder("a"), 500)).unwrap();
    let held = ready(store.claim("s", &holder("b"), 500)).unwrap_err();
    assert_eq!(held, StoreError::Held { study: "s".into(), by: "test a".into() });
    assert!(matches!(ready(store.delete("s")), Err(StoreError::Held { .. })));
    store.clock = || 1_499;
    ready(store.renew("s", first, 500)).unwrap();
    store.clock = || 1_998;
    assert!(ready(store.claim("s", &holder("b"), 500)).is_err());
    store.clock = || 1_999;
    let second = ready(store.claim("s", &holder("b"), 500)).unwrap();
    assert!(second > first);
    assert_eq!(ready(store.append("s", first, Seq(0), &opening("s", first))), Err(StoreError::Fenced));
    assert_eq!(ready(store.renew("s", first, 500)), Err(StoreError::Fenced));
    ready(store.release("s", first)).unwrap();
    assert!(ready(store.claim("s", &holder("c"), 500)).is_err());
    ready(store.append("s", second, Seq(0), &opening("s", second))).unwrap();
    let conflict = ready(store.append("s", second, Seq(1), &[asked(0)])).unwrap_err();
    assert_eq!(conflict, StoreError::Conflict { expected: Seq(1), found: Seq(2) });
}

#[test]
#[cfg(target_os = "linux")]
fn a_dead_process_holds_nothing() {
    let mut store = in_memory();
    let mut dead = this_process();
    let mut parts: Vec<&str> = dead.id.split(' ').collect();
    parts[4] = "1";
    dead.id = parts.join(" ");
    ready(store.claim("s", &dead, TTL_US)).unwrap();
    ready(store.claim("s", &this_process(), TTL_US)).unwrap();
    assert!(matches!(ready(store.claim("s", &this_process(), TTL_US)), Err(StoreError::Held { .. })));
}

#[test]
fn delete_leaves_nothing_and_keeps_old_writers_out() {
    let mut store = in_memory();
    let epoch = filled(&mut store, 100);
    ready(store.release("s", epoch)).unwrap();
    ready(store.delete("s")).unwrap();
    assert_eq!(optuna_rows(&store), "");
    assert_eq!(ready(store.read("s", Seq(0), 1)), Err(StoreError::NotFound("s".into())));
    let again = ready(store.claim("s", &holder("b"), TTL_US)).unwrap();
    assert!(again > epoch);
    let records = opening("s", epoch);
    assert_eq!(ready(store.append("s", epoch, Seq(0), &records)), Err(StoreError::Fenced));
}

#[test]
fn a_newer_database_is_refused() {
    let scratch = Scratch::new("newer");
    scratch.open().connection.execute("UPDATE freerun_meta SET version = 2", []).unwrap();
    for error in [SqliteStore::create(&scratch.0).err(), SqliteStore::open_existing(&scratch.0).err()] {
        assert!(error.unwrap().to_string().contains("update freerun"));
    }
}

#[test]
fn an_older_optuna_schema_is_refused() {
    let scratch = Scratch::new("old-optuna");
    let connection = Connection::open(&scratch.0).unwrap();
    connection.execute_batch(include_str!("optuna.sql")).unwrap();
    connection.execute("INSERT INTO version_info VALUES (1, 11, '2.0.0')", []).unwrap();
    drop(connection);
    let error = SqliteStore::create(&scratch.0).err().unwrap().to_string();
    assert!(error.contains("optuna storage upgrade"), "{error}");
    assert!(SqliteStore::open_existing(&scratch.0).unwrap().is_none(), "nothing of ours was left in it");
}

/// Not a test of speed, which depends on the machine: `--nocapture` prints it.
#[test]
fn groups_of_whole_trials_are_fast() {
    let scratch = Scratch::new("speed");
    let mut store = scratch.open();
    let epoch = ready(store.claim("s", &holder("a"), TTL_US)).unwrap();
    let mut last = ready(store.append("s", epoch, Seq(0), &opening("s", epoch))).unwrap();
    let begun = std::time::Instant::now();
    for group in 0..50 {
        let trials = group * 40..(group + 1) * 40;
        let records: Vec<Record> = trials.flat_map(|trial| whole_trial(trial, [1.0, 2.0])).collect();
        last = ready(store.append("s", epoch, last, &records)).unwrap();
    }
    println!("{:.0} trials/s", 2000.0 / begun.elapsed().as_secs_f64());
    assert_eq!(last, Seq(2 + 2000 * 4));
}
