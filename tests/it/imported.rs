//! The merge rule: what a store lacks of an exported study is added, what it has is never changed,
//! and a study that was carried from store to store goes on as if it had stayed.

use crate::worlds::build::{Runs, session_of, slots, study};
use freerun::driver::conformance::sample_journal;
use freerun::driver::virtual_clock::{VirtualClock, World};
use freerun::driver::*;
use freerun::ids::{Epoch, Seq, Tick};
use freerun::journal::encode;
use freerun::journal::file::{ExportedStudy, read};
use freerun::scheduler::{Audit, Record, What, audit};
use freerun::spec::{Catalogue, Mode, ModelCard, ModelPlan, SettingProblem, Study, Table};

const TTL_US: u64 = 1_000_000;
const RUNS: Runs = Runs { mean_us: 1_000_000.0, spread: 1.0, fails: 0.05 };

fn holder(id: &str) -> Holder {
    Holder { id: id.to_owned(), about: format!("program {id}") }
}

fn sample() -> ExportedStudy {
    ExportedStudy { name: "sample".to_owned(), records: sample_journal("sample") }
}

fn first(study: &ExportedStudy, records: usize) -> ExportedStudy {
    ExportedStudy { name: study.name.clone(), records: study.records[..records].to_vec() }
}

fn import_into(store: &mut impl Store, study: &ExportedStudy) -> Result<Imported, ImportError> {
    ready(import(store, &holder("importer"), TTL_US, study))
}

fn stored(store: &mut impl Store, name: &str) -> Vec<String> {
    ready(store.read(name, Seq(0), usize::MAX)).unwrap().iter().map(encode).collect()
}

fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(encode).collect()
}

#[test]
fn a_store_gets_what_it_lacks_and_is_told_in_words() {
    let (whole, records) = (sample(), sample().records.len());
    let mut store = MemoryStore::default();
    let says = |imported: Imported| (imported.added() as usize, imported.to_string());
    let of = format!("study `sample`: 12 trials, {records} records");
    let begun = says(import_into(&mut store, &first(&whole, 1)).unwrap());
    assert_eq!(begun, (1, "study `sample`: 0 trials, 1 record".to_owned()));
    let rest = says(import_into(&mut store, &whole).unwrap());
    assert_eq!(rest, (records - 1, format!("{of}; the store had the first 1 record already")));
    assert_eq!(stored(&mut store, "sample"), lines(&whole.records));
    let nothing = says(import_into(&mut store, &whole).unwrap());
    assert_eq!(nothing, (0, format!("{of}; the store has all of it already")));
    let part = says(import_into(&mut store, &first(&whole, records - 2)).unwrap());
    assert!(
        part.0 == 0 && part.1.ends_with("the store has all of it already, and 2 records more"),
        "{part:?}"
    );
    assert_eq!(stored(&mut store, "sample"), lines(&whole.records));
    assert_eq!(ready(store.studies()).unwrap()[0].held_by, None, "the study is given back");
}

#[test]
fn another_study_and_another_history_are_refused_and_kept_under_another_name() {
    let whole = sample();
    let mut store = MemoryStore::default();
    import_into(&mut store, &whole).unwrap();
    let mut other = whole.clone();
    other.records[30].at = Tick(other.records[30].at.0 + 1);
    let differs = ImportError::Differs { name: "sample".to_owned(), at: Seq(31) };
    assert_eq!(import_into(&mut store, &other), Err(differs));
    let mut longer = first(&other, 31);
    longer.records.extend(whole.records.iter().cloned());
    assert!(matches!(import_into(&mut store, &longer), Err(ImportError::Differs { at: Seq(31), .. })));
    let mut seed = whole.clone();
    if let What::Opened { study, .. } = &mut seed.records[0].what {
        study.seed += 1;
    }
    assert_eq!(import_into(&mut store, &seed), Err(ImportError::Other { name: "sample".to_owned() }));
    assert_eq!(stored(&mut store, "sample"), lines(&whole.records), "refusals change nothing");
    assert_eq!(ready(store.studies()).unwrap()[0].held_by, None, "and hold nothing");
    let renamed = other.renamed("the other");
    assert_eq!(import_into(&mut store, &renamed).unwrap().name, "the other");
    assert_eq!(read(&ready(export(&mut store, "the other")).unwrap()).unwrap(), renamed);
}

#[test]
fn a_study_that_runs_is_left_alone() {
    let mut store = MemoryStore::default();
    import_into(&mut store, &first(&sample(), 10)).unwrap();
    let epoch = ready(store.claim("sample", &holder("a"), TTL_US)).unwrap();
    let held = StoreError::Held { study: "sample".to_owned(), by: "program a".to_owned() };
    assert_eq!(import_into(&mut store, &sample()), Err(held.into()));
    ready(store.append("sample", epoch, Seq(10), &sample().records[10..])).expect("the writer goes on");
}

/// A store that takes so many records in all, and then no more.
struct Full(MemoryStore, u64);

impl Store for Full {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        self.0.studies().await
    }
    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        self.0.claim(study, holder, ttl_us).await
    }
    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        self.0.renew(study, epoch, ttl_us).await
    }
    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        self.0.release(study, epoch).await
    }
    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        if after.0 + records.len() as u64 > self.1 {
            return Err(StoreError::Busy("the disk is full".to_owned()));
        }
        self.0.append(study, epoch, after, records).await
    }
    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.0.read(study, after, limit).await
    }
    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        self.0.delete(study).await
    }
}

#[test]
fn a_new_study_is_stored_whole_or_not_at_all_and_a_longer_one_in_order() {
    let (records, _) = session(&study(Mode::Windowed { lag: 3 }, 300, 3), Vec::new(), 1);
    let whole = ExportedStudy { name: "world".to_owned(), records };
    assert!(whole.records.len() > 1500, "it takes several groups");
    let mut store = Full(MemoryStore::default(), 1500);
    let full = StoreError::Busy("the disk is full".to_owned());
    assert_eq!(import_into(&mut store, &whole), Err(full.clone().into()));
    assert_eq!(ready(store.studies()), Ok(vec![]), "nothing is left of it");

    import_into(&mut store, &first(&whole, 10)).unwrap();
    let unfinished = ImportError::Unfinished { name: "world".to_owned(), reason: full };
    assert_eq!(import_into(&mut store, &whole), Err(unfinished));
    assert_eq!(stored(&mut store, "world"), lines(&whole.records[..1010]));
    store.1 = u64::MAX;
    let imported = import_into(&mut store, &whole).unwrap();
    assert_eq!(imported.added(), whole.records.len() as u64 - 1010);
    assert_eq!(stored(&mut store, "world"), lines(&whole.records));
}

fn session(study: &Study, kept: Vec<Record>, epoch: u32) -> (Vec<Record>, Tick) {
    let (_, records, now) = session_of(study, &slots(3), RUNS, kept, epoch, None);
    (records, now)
}

/// A model that the tests' workload stands for.
struct TestModel;

impl Catalogue for TestModel {
    fn names(&self) -> Vec<String> {
        vec!["test".to_owned()]
    }
    fn card(&self, model: &str) -> Option<ModelCard> {
        let (name, about) = (model.to_owned(), String::new());
        Some(ModelCard { name, about, version: 1, inputs: Vec::new(), outputs: Vec::new() })
    }
    fn problems(&self, _plan: &ModelPlan) -> Vec<SettingProblem> {
        Vec::new()
    }
    fn index(&self, _plan: &ModelPlan, _output: &str) -> Option<Table> {
        None
    }
}

/// A study that was interrupted four times, whose fifth session left it in the middle.
fn five_sessions(study: &Study) -> Vec<Record> {
    let mut kept = Vec::new();
    for epoch in 1..=5 {
        let world = World { crash_at: Some(Tick(u64::from(epoch) * 4_000_000)), ..slots(3) };
        kept = session_of(study, &world, RUNS, kept, epoch, None).1;
    }
    kept
}

/// Goes on with the study in `store`, whose lease has an epoch of its own; gives the session's epoch.
fn go_on(store: MemoryStore, study: &Study) -> (MemoryStore, Epoch) {
    let beginning = Beginning { engine: "virtual".to_owned(), started_utc_us: 0 };
    let mut claimed = ready(Claimed::new(store, &study.name, holder("b"), TTL_US)).unwrap();
    let (mut scheduler, amendment) = claimed.scheduler(study, &TestModel, &beginning).unwrap();
    assert_eq!(amendment, None);
    let epoch = scheduler.epoch();
    let kept = claimed.records.len();
    let mut clock =
        VirtualClock::new(slots(4), RUNS, Asker::of(study), claimed.records.clone(), scheduler.now());
    ready(run(&mut scheduler, &mut clock)).unwrap();
    let records = clock.into_durable();
    ready(claimed.store.append(&study.name, claimed.epoch, Seq(kept as u64), &records[kept..])).unwrap();
    ready(claimed.store.release(&study.name, claimed.epoch)).unwrap();
    (claimed.store, epoch)
}

#[test]
fn a_study_with_many_sessions_goes_on_in_a_fresh_store_and_comes_back() {
    for mode in [Mode::Parallel { in_flight: None }, Mode::Windowed { lag: 4 }] {
        let study = study(mode, 60, 2);
        let begun = ExportedStudy { name: "world".to_owned(), records: five_sessions(&study) };
        let mut old = MemoryStore::default();
        import_into(&mut old, &begun).unwrap();
        let text = ready(export(&mut old, "world")).unwrap();
        let mut fresh = MemoryStore::default();
        import_into(&mut fresh, &read(&text).unwrap()).unwrap();
        let (mut fresh, epoch) = go_on(fresh, &study);
        assert_eq!(epoch, Epoch(6), "after the five sessions before, though the store counts from 1");
        let text = ready(export(&mut fresh, "world")).unwrap();
        let back = read(&text).unwrap();
        let clean = Audit::Clean { trials: 60, asks: 60, losses: 60 };
        assert_eq!(audit(&back.records), clean, "{mode:?}");
        let imported = import_into(&mut old, &back).unwrap();
        assert_eq!(imported.already as usize, begun.records.len());
        assert_eq!(ready(export(&mut old, "world")), Ok(text));
    }
}
