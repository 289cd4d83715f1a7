//! A caller who asks and tells one study for long, where commits fail or proposals must wait.

use freerun::driver::{
    Beginning, CallerError, Claimed, Conversation, Holder, MemoryStore, Store, StoreError,
};
use freerun::driver::{StudyRow, ready};
use freerun::evaluate::TrialLoss;
use freerun::ids::{Epoch, Seq, Tick, TrialId};
use freerun::model::BuiltIn;
use freerun::scheduler::{Audit, Record, Verdict, audit};
use freerun::spec::{Files, Format, Source, Study, read};
use std::cell::RefCell;
use std::rc::Rc;

/// A memory that fails when it is told to.
#[derive(Clone, Default)]
struct Memory {
    store: Rc<RefCell<MemoryStore>>,
    fails: Rc<RefCell<bool>>,
}

impl Memory {
    fn with<T>(&self, call: impl FnOnce(&mut MemoryStore) -> T) -> T {
        call(&mut self.store.borrow_mut())
    }
}

impl Store for Memory {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        self.with(|store| ready(store.studies()))
    }
    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        self.with(|store| ready(store.claim(study, holder, ttl_us)))
    }
    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        self.with(|store| ready(store.renew(study, epoch, ttl_us)))
    }
    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        self.with(|store| ready(store.release(study, epoch)))
    }
    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        if *self.fails.borrow() {
            return Err(StoreError::Busy("no answer".to_owned()));
        }
        self.with(|store| ready(store.append(study, epoch, after, records)))
    }
    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.with(|store| ready(store.read(study, after, limit)))
    }
    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        self.with(|store| ready(store.delete(study)))
    }
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str) -> Result<String, String> {
        Err(format!("there is no {path}"))
    }
}

/// Six trials in batches of two.
fn study() -> Study {
    let text = r#"
name = "bowl"
mode = { name = "batched", batch_size = 2 }
replicates = 1
[budget]
trials = 6
[model]
name = "synthetic"
[parameters]
x0 = { low = -1.0, high = 1.0 }
[[targets]]
name = "value"
output = "loss"
simulated = "loss"
distance = "value"
combine = "mean"
"#;
    let source = Source { file: "bowl.toml", text, format: Format::Toml };
    read(&source, &NoFiles, &BuiltIn).expect("a sound study").freeze(3)
}

fn open(memory: &Memory) -> Conversation<Memory> {
    let holder = Holder { id: "a".to_owned(), about: "a test".to_owned() };
    let claimed = ready(Claimed::new(memory.clone(), "bowl", holder, 1_000_000)).unwrap();
    let beginning = Beginning { engine: "caller".to_owned(), started_utc_us: 0 };
    let (scheduler, _) = claimed.scheduler(&study(), &BuiltIn, &beginning).unwrap();
    Conversation::new(claimed, scheduler)
}

fn loss(trial: TrialId) -> (TrialId, Verdict) {
    let loss = TrialLoss { loss: f64::from(trial.0), se: f64::NAN, targets: Vec::new(), notes: Vec::new() };
    (trial, Verdict::Complete(loss))
}

fn numbers(trials: &[freerun::driver::AskedTrial]) -> Vec<u32> {
    trials.iter().map(|asked| asked.trial.0).collect()
}

#[test]
fn an_ask_that_was_not_met_is_forgotten() {
    let mut study = open(&Memory::default());
    let given = ready(study.ask(Tick(5), 3)).unwrap();
    assert_eq!(numbers(&given.trials), [0, 1]);
    assert!(given.short.unwrap().contains("tell it first"));
    ready(study.tell(Tick(7), vec![loss(TrialId(0)), loss(TrialId(1))])).unwrap();
    assert_eq!(study.trials().rows().len(), 2, "a tell gives out no trial");
    let row = study.trials().row(TrialId(1)).unwrap();
    assert_eq!((row.asked_at_us, row.finished_at_us), (Tick(5), Some(Tick(7))));
    let given = ready(study.ask(Tick(9), 1)).unwrap();
    assert_eq!((numbers(&given.trials), given.short), (vec![2], None));
    assert_eq!(numbers(&study.waiting()), [2]);
    assert_eq!(study.waiting(), given.trials);
}

#[test]
fn no_trial_is_told_twice_or_unasked_and_none_is_beyond_the_budget() {
    let mut study = open(&Memory::default());
    let refused = |result| match result {
        Err(CallerError::Refused(reason)) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(ready(study.tell(Tick(0), vec![loss(TrialId(0))]))), "there is no trial 0");
    while let Ok(given) = ready(study.ask(Tick(1), 2)) {
        if given.trials.is_empty() {
            assert_eq!(given.short.as_deref(), Some("the budget of 6 trials is used up"));
            break;
        }
        let verdicts = given.trials.iter().map(|asked| loss(asked.trial)).collect();
        ready(study.tell(Tick(2), verdicts)).unwrap();
    }
    let again = refused(ready(study.tell(Tick(3), vec![loss(TrialId(5))])));
    assert_eq!(again, "trial 5 has been told already");
    assert!(study.waiting().is_empty());
    assert!(matches!(audit(study.records()), Audit::Clean { trials: 6, .. }));
}

#[test]
fn after_a_failed_commit_the_store_alone_is_believed() {
    let memory = Memory::default();
    let mut first = open(&memory);
    ready(first.ask(Tick(1), 1)).unwrap();
    memory.fails.replace(true);
    assert!(ready(first.ask(Tick(2), 1)).is_err());
    memory.fails.replace(false);
    let busy = StoreError::Busy("no answer".to_owned());
    assert_eq!(ready(first.ask(Tick(3), 1)), Err(busy), "records that were lost are not followed by others");
    ready(first.release());
    let mut second = open(&memory);
    assert_eq!(numbers(&second.waiting()), [0]);
    assert_eq!(numbers(&ready(second.ask(Tick(4), 1)).unwrap().trials), [1]);
    assert!(matches!(audit(second.records()), Audit::Clean { trials: 2, .. }));
}
