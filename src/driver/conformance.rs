//! What every store must keep, as one suite: claims, take-overs, fenced writers, conflicts, and a
//! crash between any two steps. A store's own tests call [`check_store`]; it panics with a sentence
//! at the first broken promise.

use super::virtual_clock::{VirtualClock, World};
use super::{Asker, Holder, Store, StoreError, ready, run, versions};
use crate::ids::{Epoch, Seq, Tick};
use crate::journal;
use crate::model::{Outputs, ReplicateRequest};
use crate::scheduler::{Record, Scheduler, SessionInfo};
use crate::spec::{
    AttemptRules, Budget, Cells, Column, Domain, Durability, Mode, ModelPlan, Parameter, Prior, SamplerPlan,
    Setting, Space, Study, Table, Target,
};
use std::collections::BTreeMap;

/// Where a store is tried.
pub trait Bench {
    /// The store.
    type Store: Store;

    /// A new connection to the same data: what another process, or this one after a crash, would
    /// open.
    fn connect(&mut self) -> Self::Store;

    /// Lets every lease of `ttl_us` microseconds granted so far run out.
    fn let_leases_end(&mut self, ttl_us: u64);
}

const TTL_US: u64 = 200_000;
/// A lease that lasts, however slow the machine.
const LONG_US: u64 = 60_000_000;

/// A small study whose journal holds records of every common kind.
pub fn sample_study(name: &str) -> Study {
    let parameter = |name: &str, domain| Parameter { name: name.to_owned(), domain, prior: Prior::Uniform };
    let choices = vec![Setting::Text("naïve".to_owned()), Setting::Text("\"quoted\"".to_owned())];
    let space = Space(vec![
        parameter("rate", Domain::Float { low: 1e-3, high: 10.0, log: true }),
        parameter("count", Domain::Int { low: 1, high: 9, log: false }),
        parameter("kind", Domain::Categorical { choices }),
    ]);
    let target = Target::value("loss", "loss", "loss");
    Study {
        name: name.to_owned(),
        seed: 0x0123_4567_89ab_cdef,
        model: ModelPlan {
            model: "sample".to_owned(),
            settings: BTreeMap::from([("third".to_owned(), Setting::Float(1.0 / 3.0))]),
            space,
            outputs: vec!["loss".to_owned()],
        },
        targets: vec![target],
        start: Vec::new(),
        replicates: 2,
        common_random_numbers: false,
        mode: Mode::Parallel { in_flight: None },
        sampler: SamplerPlan::Random,
        budget: Budget { trials: 12, wall_us: None, target_loss: None },
        attempts: AttemptRules { retries: 1, retry_failures: false, timeout_us: None },
        durability: Durability::Full,
    }
}

/// The journal of a whole run of [`sample_study`] under the virtual clock.
pub fn sample_journal(name: &str) -> Vec<Record> {
    let study = sample_study(name);
    let workload = |request: &ReplicateRequest| {
        let cells = Cells::Float(vec![(request.seed >> 11) as f64 / 3.0]);
        let column = Column { name: "loss".into(), cells };
        (
            Ok(Outputs(vec![Table { name: "loss".into(), columns: vec![column] }])),
            1_000 + request.seed % 1_000,
        )
    };
    let versions = versions(&study, 1);
    let session = SessionInfo {
        epoch: Epoch(1),
        started_utc_us: 0,
        engine: "virtual".to_owned(),
        host: "here".to_owned(),
    };
    let world = World { slots: vec![(Tick(0), 3)], ..World::default() };
    let mut clock = VirtualClock::new(world, workload, Asker::of(&study), Vec::new(), Tick(0));
    let mut scheduler = Scheduler::open(study, versions, &session).expect("the sample study opens");
    ready(run(&mut scheduler, &mut clock)).expect("the sample study runs");
    clock.into_durable()
}

fn holder(id: &str) -> Holder {
    Holder { id: id.to_owned(), about: format!("program {id}") }
}

async fn lines(store: &mut impl Store, study: &str) -> Vec<String> {
    let records = store.read(study, Seq(0), usize::MAX).await.expect("the journal reads");
    records.iter().map(journal::encode).collect()
}

/// Checks every promise of [`Store`].
///
/// # Panics
/// At the first broken one.
pub async fn check_store<B: Bench>(bench: &mut B) {
    appends_read_back(bench).await;
    a_wrong_end_is_a_conflict(bench).await;
    one_writer_at_a_time(bench).await;
    an_ended_lease_is_taken_over(bench).await;
    studies_do_not_touch_each_other(bench).await;
    deleted_is_gone(bench).await;
}

async fn appends_read_back<B: Bench>(bench: &mut B) {
    let journal = sample_journal("append");
    let expected: Vec<String> = journal.iter().map(journal::encode).collect();
    let mut store = bench.connect();
    let epoch = store.claim("append", &holder("a"), LONG_US).await.expect("a new study can be claimed");
    assert_eq!(epoch, Epoch(1), "the first claim has epoch 1");
    assert!(lines(&mut store, "append").await.is_empty(), "a new journal is empty");
    let mut last = Seq(0);
    for (position, group) in journal.chunks(7).enumerate() {
        // Every other group is written by a new connection: a crash in between loses nothing.
        if position % 2 == 1 {
            store = bench.connect();
        }
        last = store.append("append", epoch, last, group).await.expect("the writer can append");
    }
    assert_eq!(last, Seq(journal.len() as u64), "an append gives the new last position");
    assert_eq!(lines(&mut bench.connect(), "append").await, expected, "what was appended is read back");
    let middle = store.read("append", Seq(3), 4).await.expect("a part can be read");
    let middle: Vec<String> = middle.iter().map(journal::encode).collect();
    assert_eq!(middle, expected[3..7], "read gives `limit` records after `after`");
    let studies = store.studies().await.expect("studies are listed");
    let row = studies.iter().find(|row| row.name == "append").expect("the study is listed");
    assert_eq!((row.last, row.held_by.as_deref()), (last, Some("program a")));
    let missing = store.read("nobody", Seq(0), 1).await;
    assert_eq!(missing, Err(StoreError::NotFound("nobody".to_owned())));
}

async fn a_wrong_end_is_a_conflict<B: Bench>(bench: &mut B) {
    let journal = sample_journal("conflict");
    let mut store = bench.connect();
    let epoch = store.claim("conflict", &holder("a"), TTL_US).await.expect("a new study can be claimed");
    store.append("conflict", epoch, Seq(0), &journal[..5]).await.expect("the writer can append");
    for after in [Seq(0), Seq(4), Seq(6)] {
        let refused = store.append("conflict", epoch, after, &journal[5..6]).await;
        assert_eq!(refused, Err(StoreError::Conflict { expected: after, found: Seq(5) }));
    }
    assert_eq!(lines(&mut store, "conflict").await.len(), 5, "a refused append writes nothing");
    store.append("conflict", epoch, Seq(5), &journal[5..]).await.expect("the right end is accepted");
}

async fn one_writer_at_a_time<B: Bench>(bench: &mut B) {
    let journal = sample_journal("writer");
    let (mut first, mut second) = (bench.connect(), bench.connect());
    let old = first.claim("writer", &holder("a"), LONG_US).await.expect("a new study can be claimed");
    first.append("writer", old, Seq(0), &journal[..3]).await.expect("the writer can append");
    let held = second.claim("writer", &holder("b"), TTL_US).await;
    let by = "program a".to_owned();
    assert_eq!(held, Err(StoreError::Held { study: "writer".to_owned(), by }), "a live lease is respected");
    assert_eq!(lines(&mut second, "writer").await.len(), 3, "others may watch");
    first.release("writer", old).await.expect("the writer can release");
    let new = second.claim("writer", &holder("b"), LONG_US).await.expect("a released study can be claimed");
    assert_eq!(new, Epoch(old.0 + 1), "each claim has the next epoch");
    check_fenced(&mut first, old, &journal).await;
    second.append("writer", new, Seq(3), &journal[3..]).await.expect("the new writer can append");
    second.release("writer", new).await.expect("the writer can release");
}

async fn check_fenced(store: &mut impl Store, old: Epoch, journal: &[Record]) {
    let fenced = store.append("writer", old, Seq(3), &journal[3..]).await;
    assert_eq!(fenced, Err(StoreError::Fenced), "a writer of an old epoch writes nothing");
    assert_eq!(store.renew("writer", old, TTL_US).await, Err(StoreError::Fenced));
    store.release("writer", old).await.expect("a late release is quiet");
    let studies = store.studies().await.expect("studies are listed");
    let row = studies.iter().find(|row| row.name == "writer").expect("the study is listed");
    assert_eq!((row.last, row.held_by.as_deref()), (Seq(3), Some("program b")), "and changes nothing");
}

async fn an_ended_lease_is_taken_over<B: Bench>(bench: &mut B) {
    let journal = sample_journal("takeover");
    let mut dead = bench.connect();
    let old = dead.claim("takeover", &holder("a"), TTL_US).await.expect("a new study can be claimed");
    dead.append("takeover", old, Seq(0), &journal[..4]).await.expect("the writer can append");
    dead.renew("takeover", old, TTL_US).await.expect("the writer can renew");
    bench.let_leases_end(TTL_US);
    let mut next = bench.connect();
    let new = next.claim("takeover", &holder("b"), LONG_US).await.expect("an ended lease can be taken over");
    assert!(new > old, "the new writer has a newer epoch");
    let late = dead.append("takeover", old, Seq(4), &journal[4..5]).await;
    assert_eq!(late, Err(StoreError::Fenced), "a writer that lost its lease writes nothing more");
    next.append("takeover", new, Seq(4), &journal[4..]).await.expect("the new writer goes on where it ended");
    next.release("takeover", new).await.expect("the writer can release");
}

async fn studies_do_not_touch_each_other<B: Bench>(bench: &mut B) {
    let (first, second) = (sample_journal("one"), sample_journal("two, with a long name: déjà vu"));
    let mut store = bench.connect();
    let name = "two, with a long name: déjà vu";
    let one = store.claim("one", &holder("a"), TTL_US).await.expect("a new study can be claimed");
    let two = store.claim(name, &holder("a"), TTL_US).await.expect("one holder may write two studies");
    store.append("one", one, Seq(0), &first[..6]).await.expect("the writer can append");
    store.append(name, two, Seq(0), &second).await.expect("the writer can append");
    store.append("one", one, Seq(6), &first[6..]).await.expect("the writer can append");
    let encoded = |records: &[Record]| -> Vec<String> { records.iter().map(journal::encode).collect() };
    assert_eq!(lines(&mut store, "one").await, encoded(&first));
    assert_eq!(lines(&mut store, name).await, encoded(&second));
}

async fn deleted_is_gone<B: Bench>(bench: &mut B) {
    let journal = sample_journal("delete");
    let mut store = bench.connect();
    let epoch = store.claim("delete", &holder("a"), LONG_US).await.expect("a new study can be claimed");
    store.append("delete", epoch, Seq(0), &journal).await.expect("the writer can append");
    let held = bench.connect().delete("delete").await;
    assert!(matches!(held, Err(StoreError::Held { .. })), "a study being written is not deleted");
    store.release("delete", epoch).await.expect("the writer can release");
    store.delete("delete").await.expect("a released study can be deleted");
    assert_eq!(store.delete("delete").await, Err(StoreError::NotFound("delete".to_owned())));
    let late = store.append("delete", epoch, Seq(0), &journal[..1]).await;
    assert!(matches!(late, Err(StoreError::NotFound(_) | StoreError::Fenced)), "nothing is written to it");
    let again = store.claim("delete", &holder("b"), TTL_US).await.expect("its name is free again");
    assert!(lines(&mut store, "delete").await.is_empty(), "a study of that name begins anew");
    store.append("delete", again, Seq(0), &journal).await.expect("the writer can append");
}
