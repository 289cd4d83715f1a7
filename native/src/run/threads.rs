//! The engine of this machine: one thread for each slot, with a model of its own. It knows nothing of
//! studies or losses; outputs that no target reads are dropped before they leave the thread.

use super::panics::caught;
use freerun::evaluate::Evaluator;
use freerun::ids::{Attempt, SlotId};
use freerun::model::{Host, Model, ModelFailure, Outputs, ReplicateRequest};
use freerun::scheduler::{Event, LostReason, Outcome};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Attempts with their requests, run one after the other.
type Group = Vec<(Attempt, ReplicateRequest)>;

/// Makes a model; the sentence says why it could not.
pub type MakeModel = dyn Fn() -> Result<Box<dyn Model>, String> + Send + Sync;

/// Name of every slot's thread.
const THREAD: &str = "slot";

/// The slots.
pub struct Threads {
    slots: Vec<Slot>,
}

struct Slot {
    groups: Sender<Group>,
    /// What was launched last: a slot gets new work only when that has ended.
    launched: Vec<Attempt>,
    control: Arc<Control>,
}

/// What the loop and a slot's thread share.
#[derive(Default)]
struct Control {
    stop: AtomicBool,
    state: Mutex<Running>,
    stopped: Condvar,
}

#[derive(Default)]
struct Running {
    current: Option<Attempt>,
    /// To be dropped when their turn comes.
    cancelled: Vec<Attempt>,
}

impl Threads {
    /// Starts `count` slots; `report` gets [`Event::Started`] and [`Event::Ended`].
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        count: u32,
        make_model: Arc<MakeModel>,
        evaluator: Arc<Evaluator>,
        report: impl Fn(Event) + Clone + Send + 'static,
    ) -> std::io::Result<Threads> {
        let mut slots = Vec::new();
        for _ in 0..count {
            let (groups, inbox) = mpsc::channel();
            let control = Arc::new(Control::default());
            let mut worker = Worker {
                inbox,
                control: Arc::clone(&control),
                make_model: Arc::clone(&make_model),
                model: None,
                evaluator: Arc::clone(&evaluator),
                report: report.clone(),
            };
            // Never joined: a model that ignores its stop flag must not keep the program.
            std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || worker.run())?;
            slots.push(Slot { groups, launched: Vec::new(), control });
        }
        Ok(Threads { slots })
    }

    /// Runs `group` on an idle slot.
    pub fn launch(&mut self, slot: SlotId, group: Group) {
        let Some(slot) = self.slots.get_mut(slot.index()) else { return };
        slot.launched.clear();
        slot.launched.extend(group.iter().map(|&(attempt, _)| attempt));
        // The thread ends only when this sender does.
        let _ = slot.groups.send(group);
    }

    /// Makes the attempt end soon, if it has not ended.
    pub fn cancel(&mut self, attempt: Attempt) {
        if let Some(slot) = self.slots.iter().find(|slot| slot.launched.contains(&attempt)) {
            slot.control.cancel(attempt);
        }
    }
}

impl Control {
    fn lock(&self) -> MutexGuard<'_, Running> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancel(&self, attempt: Attempt) {
        let mut running = self.lock();
        if running.current == Some(attempt) {
            self.stop.store(true, Ordering::Relaxed);
            self.stopped.notify_all();
        } else {
            running.cancelled.push(attempt);
        }
    }

    /// Makes `attempt` the running one; false if it was cancelled before.
    fn begin(&self, attempt: Attempt) -> bool {
        let mut running = self.lock();
        self.stop.store(false, Ordering::Relaxed);
        if running.cancelled.contains(&attempt) {
            return false;
        }
        running.current = Some(attempt);
        true
    }

    fn end(&self) {
        self.lock().current = None;
    }
}

impl Host for Control {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn wait_us(&self, us: u64) {
        let until = Instant::now() + Duration::from_micros(us);
        let mut running = self.lock();
        while !self.stopped() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let woken = self.stopped.wait_timeout(running, left);
            running = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// The inside of a slot's thread.
struct Worker<R> {
    inbox: Receiver<Group>,
    control: Arc<Control>,
    make_model: Arc<MakeModel>,
    model: Option<Box<dyn Model>>,
    evaluator: Arc<Evaluator>,
    report: R,
}

impl<R: Fn(Event)> Worker<R> {
    fn run(&mut self) {
        while let Ok(group) = self.inbox.recv() {
            for (attempt, request) in &group {
                self.attempt(*attempt, request);
            }
            let of_group = |cancelled: &Attempt| group.iter().any(|(attempt, _)| attempt == cancelled);
            self.control.lock().cancelled.retain(|cancelled| !of_group(cancelled));
        }
    }

    fn attempt(&mut self, attempt: Attempt, request: &ReplicateRequest) {
        if !self.control.begin(attempt) {
            let outcome = Outcome::Lost(LostReason::Cancelled);
            (self.report)(Event::Ended { attempt, outcome, run_us: 0 });
            return;
        }
        (self.report)(Event::Started(attempt));
        let begun = Instant::now();
        let outcome = match self.simulate(request) {
            Ok(outputs) => Outcome::Completed(self.evaluator.keep(outputs)),
            Err(ModelFailure::Stopped) => Outcome::Lost(LostReason::Cancelled),
            Err(failure) => Outcome::Failed(failure),
        };
        let run_us = begun.elapsed().as_micros() as u64;
        self.control.end();
        (self.report)(Event::Ended { attempt, outcome, run_us });
    }

    fn simulate(&mut self, request: &ReplicateRequest) -> Result<Outputs, ModelFailure> {
        let model = match &mut self.model {
            Some(model) => model,
            None => self.model.insert((self.make_model)().map_err(ModelFailure::Unusable)?),
        };
        let control = &*self.control;
        // After a panic nothing of the model is used again: the next replicate gets a new one.
        let run = || model.run(request, control);
        caught(run).unwrap_or_else(|message| {
            self.model = None;
            Err(ModelFailure::Crashed(message))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freerun::ids::{Epoch, TrialId};
    use freerun::spec::{Cells, Column, ModelCard, Point, Table};

    /// Replicate 0 answers, 1 panics, 2 waits for ever, 3 refuses.
    struct Moody {
        card: ModelCard,
        runs: u32,
    }

    impl Model for Moody {
        fn card(&self) -> &ModelCard {
            &self.card
        }

        fn run(&mut self, request: &ReplicateRequest, host: &dyn Host) -> Result<Outputs, ModelFailure> {
            self.runs += 1;
            match request.replicate {
                0 => {
                    let cells = Cells::Int(vec![i64::from(self.runs)]);
                    let columns = vec![Column { name: "loss".into(), cells }];
                    let table = |name: &'static str| Table { name: name.into(), columns: columns.clone() };
                    Ok(Outputs(vec![table("other"), table("loss")]))
                }
                1 => panic!("the sky fell"),
                2 => {
                    host.wait_us(60_000_000);
                    Err(ModelFailure::Stopped)
                }
                _ => Err(ModelFailure::Refused("no".to_owned())),
            }
        }
    }

    fn moody() -> (Threads, Receiver<Event>) {
        let card =
            ModelCard { name: "moody".into(), about: "".into(), version: 1, inputs: vec![], outputs: vec![] };
        let make: Arc<MakeModel> = Arc::new(move || Ok(Box::new(Moody { card: card.clone(), runs: 0 })));
        let evaluator = Arc::new(Evaluator::new(&crate::testing::study("s").targets));
        let (sender, receiver) = mpsc::channel();
        let report = move |event| sender.send(event).unwrap_or(());
        (Threads::start(1, make, evaluator, report).unwrap(), receiver)
    }

    fn attempt(replicate: u32) -> (Attempt, ReplicateRequest) {
        let trial = TrialId(0);
        let request = ReplicateRequest { trial, replicate, seed: 1, point: Point::default() };
        (Attempt { epoch: Epoch(1), trial, replicate, number: 0 }, request)
    }

    fn next_end(events: &Receiver<Event>) -> (u32, Outcome) {
        loop {
            match events.recv_timeout(Duration::from_secs(20)).unwrap() {
                Event::Ended { attempt, outcome, .. } => return (attempt.replicate, outcome),
                Event::Started(_) => {}
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    #[test]
    fn a_panic_is_a_failure_and_costs_the_model_its_life() {
        crate::run::quiet_panics();
        let (mut threads, events) = moody();
        threads.launch(SlotId(0), [0, 0, 1, 0, 3].map(attempt).to_vec());
        let runs = |outcome: &Outcome| match outcome {
            Outcome::Completed(outputs) => outputs.0[0].columns[0].cells.number(0).unwrap(),
            other => panic!("{other:?}"),
        };
        let (_, first) = next_end(&events);
        assert!(
            matches!(&first, Outcome::Completed(outputs) if outputs.0.len() == 1),
            "the other table is dropped"
        );
        assert_eq!((runs(&first), runs(&next_end(&events).1)), (1.0, 2.0));
        let (replicate, crash) = next_end(&events);
        let Outcome::Failed(ModelFailure::Crashed(message)) = crash else { panic!("{crash:?}") };
        assert_eq!(replicate, 1);
        assert!(message.starts_with("the sky fell (at ") && message.contains("threads.rs"), "{message}");
        assert_eq!(runs(&next_end(&events).1), 1.0, "a new model");
        let refused = Outcome::Failed(ModelFailure::Refused("no".into()));
        assert_eq!(next_end(&events), (3, refused));
    }

    #[test]
    fn cancelling_wakes_what_waits_and_drops_what_has_not_begun() {
        let (mut threads, events) = moody();
        threads.launch(SlotId(0), [2, 0].map(attempt).to_vec());
        assert_eq!(events.recv_timeout(Duration::from_secs(20)).unwrap(), Event::Started(attempt(2).0));
        threads.cancel(attempt(0).0);
        threads.cancel(attempt(2).0);
        let cancelled = Outcome::Lost(LostReason::Cancelled);
        assert_eq!(next_end(&events), (2, cancelled.clone()));
        assert_eq!(next_end(&events), (0, cancelled));
        threads.launch(SlotId(0), vec![attempt(0)]);
        assert!(matches!(next_end(&events), (0, Outcome::Completed(_))));
    }
}
