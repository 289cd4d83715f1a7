//! The store against the contract, and Optuna's tables against the journal, on servers of their own.

use super::*;
use crate::testing::cluster::Cluster;
use crate::testing::*;
use freerun::driver::conformance::{Bench, check_store};
use freerun::driver::ready;
use std::time::Duration;

const TTL_US: u64 = 1_000_000;

/// A database whose leases really run out.
struct Database(String);

impl Bench for Database {
    type Store = PostgresStore;

    fn connect(&mut self) -> PostgresStore {
        PostgresStore::create(&self.0).unwrap()
    }

    fn let_leases_end(&mut self, ttl_us: u64) {
        std::thread::sleep(Duration::from_micros(ttl_us + 10_000));
    }
}

#[test]
fn the_store_keeps_the_contract() {
    let cluster = Cluster::start();
    ready(check_store(&mut Database(cluster.database("contract"))));
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

fn holder(id: &str) -> Holder {
    Holder { id: id.to_owned(), about: format!("test {id}") }
}

fn filled(store: &mut PostgresStore, group: usize) -> Epoch {
    let epoch = ready(store.claim("s", &holder("a"), 60 * TTL_US)).unwrap();
    let mut last = Seq(0);
    for group in records().chunks(group) {
        last = ready(store.append("s", epoch, last, group)).unwrap();
    }
    epoch
}

/// Optuna's tables without their ids, as text.
fn optuna_rows(cluster: &Cluster, database: &str) -> String {
    let queries = [
        "SELECT study_name, direction, objective FROM studies JOIN study_directions USING (study_id)",
        "SELECT study_name, key, value_json FROM studies JOIN study_user_attributes USING (study_id) ORDER BY 2",
        "SELECT study_name, key, value_json FROM studies JOIN study_system_attributes USING (study_id)",
        "SELECT number, state, datetime_start, datetime_complete FROM trials ORDER BY number",
        "SELECT number, param_name, param_value, distribution_json FROM trials JOIN trial_params USING (trial_id) ORDER BY number, param_id",
        "SELECT number, objective, value, value_type FROM trials JOIN trial_values USING (trial_id) ORDER BY number",
        "SELECT number, step, intermediate_value, intermediate_value_type FROM trials JOIN trial_intermediate_values USING (trial_id) ORDER BY 1, 2",
        "SELECT number, key, value_json FROM trials JOIN trial_user_attributes USING (trial_id) ORDER BY 1, 2",
        "SELECT number, key, value_json FROM trials JOIN trial_system_attributes USING (trial_id) ORDER BY 1, 2",
    ];
    queries.map(|query| cluster.psql(database, query)).join("\n")
}

#[test]
fn optunas_tables_follow_the_journal_however_it_is_cut() {
    let cluster = Cluster::start();
    let mut whole = PostgresStore::create(&cluster.database("whole")).unwrap();
    let epoch = filled(&mut whole, 100);
    assert_eq!(ready(whole.read("s", Seq(0), usize::MAX)).unwrap(), records());
    let expected = optuna_rows(&cluster, "whole");
    assert!(expected.contains("s|MINIMIZE|0") && expected.contains("|COMPLETE|"), "{expected}");
    for group in 1..6 {
        let name = format!("cut{group}");
        let mut store = PostgresStore::create(&cluster.database(&name)).unwrap();
        filled(&mut store, group);
        assert_eq!(optuna_rows(&cluster, &name), expected);
    }
    cluster.psql("whole", "DELETE FROM trial_values; DELETE FROM trial_params");
    assert!(matches!(whole.rebuild_projection("s"), Err(StoreError::Held { .. })));
    ready(whole.release("s", epoch)).unwrap();
    whole.rebuild_projection("s").unwrap();
    assert_eq!(optuna_rows(&cluster, "whole"), expected);
    ready(whole.delete("s")).unwrap();
    assert_eq!(optuna_rows(&cluster, "whole").trim(), "");
}

#[test]
fn a_server_that_was_killed_is_found_again() {
    let mut cluster = Cluster::start();
    let mut store = PostgresStore::create(&cluster.database("s")).unwrap();
    let epoch = filled(&mut store, 100);
    let last = Seq(records().len() as u64);
    cluster.kill();
    let cut = ready(store.append("s", epoch, last, &[ended(4, 0, 1.0)]));
    assert!(matches!(cut, Err(StoreError::Busy(_))), "{cut:?}");
    cluster.up();
    let mut appended = cut;
    for _ in 0..300 {
        if !matches!(appended, Err(StoreError::Busy(_))) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        appended = ready(store.append("s", epoch, last, &[ended(4, 0, 1.0)]));
    }
    assert_eq!(appended, Ok(last.next()));
    assert_eq!(ready(store.read("s", Seq(0), usize::MAX)).unwrap().len() as u64, last.0 + 1);
}

#[test]
fn what_cannot_work_is_said_at_once() {
    let cluster = Cluster::start();
    let says = |url: &str, words: &str| {
        let error = PostgresStore::create(url).err().expect("it was taken").to_string();
        assert!(error.contains(words), "{error}");
    };
    says(&cluster.url("nowhere"), "does not exist");
    says(&cluster.database("newer").replace("freerun@", "nobody@"), "nobody");
    PostgresStore::create(&cluster.url("newer")).unwrap();
    cluster.psql("newer", "UPDATE freerun_meta SET version = 2");
    says(&cluster.url("newer"), "update freerun");
    cluster.database("empty");
    assert!(PostgresStore::open_existing(&cluster.url("empty")).unwrap().is_none());
}
