//! Taking a study up, the same for every store: the claim, the records so far, and the scheduler
//! that goes on from them. It runs nothing and knows no platform.

use super::{Holder, Store, StoreError, versions};
use crate::ids::{Epoch, Seq};
use crate::scheduler::{Amendment, Record, Rejected, Scheduler, SessionInfo, StopReason, Versions, What};
use crate::spec::{Budget, Catalogue, Difference, Study};
use crate::view::{Fold, Progress};

/// Why a study in a store cannot be gone on with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TakeUpError {
    /// Its records make no sense.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The store has no record of it.
    #[error("there is no study `{0}`")]
    NotFound(String),
    /// It is another study than the one in the store.
    #[error("the study in the store is another one")]
    Differs(Vec<Difference>),
    /// Its records were made by another version of this program.
    #[error(
        "the study was begun with {was}, this program has {is}: finish it with the program it was begun with, or begin a new study"
    )]
    Versions {
        /// What made the records.
        was: String,
        /// What this program has.
        is: String,
    },
    /// This program does not have its model.
    #[error("this program cannot run the model `{model}`: {reason}")]
    Model {
        /// Name of the model.
        model: String,
        /// Why.
        reason: String,
    },
}

/// What runs a session, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// What runs the simulations, such as `threads`.
    pub engine: String,
    /// Wall-clock time, microseconds since 1970-01-01 UTC.
    pub started_utc_us: i64,
}

/// A study that its holder may write, with its records so far.
pub struct Claimed<S> {
    /// Where it is.
    pub store: S,
    /// Its name.
    pub name: String,
    /// Under which epoch it was claimed.
    pub epoch: Epoch,
    /// Its records; none for a new study.
    pub records: Vec<Record>,
    holder: Holder,
}

impl<S: Store> Claimed<S> {
    /// Claims the study called `name` for `ttl_us` microseconds and reads its records.
    ///
    /// # Errors
    /// [`StoreError::Held`] while another holder's lease lasts.
    pub async fn new(
        mut store: S,
        name: &str,
        holder: Holder,
        ttl_us: u64,
    ) -> Result<Claimed<S>, StoreError> {
        let epoch = store.claim(name, &holder, ttl_us).await?;
        let records = match store.read(name, Seq(0), usize::MAX).await {
            Ok(records) => records,
            Err(error) => {
                // A lease that cannot be ended now ends by itself.
                let _ = store.release(name, epoch).await;
                return Err(error);
            }
        };
        Ok(Claimed { store, name: name.to_owned(), epoch, records, holder })
    }

    /// Gives the study back.
    pub async fn release(mut self) {
        // A lease that cannot be ended now ends by itself.
        let _ = self.store.release(&self.name, self.epoch).await;
    }
}

impl<S> Claimed<S> {
    /// The study as it was opened; `None` for a new one.
    pub fn opened(&self) -> Option<&Study> {
        match self.records.first().map(|record| &record.what) {
            Some(What::Opened { study, .. }) => Some(study),
            _ => None,
        }
    }

    /// Why `study`, if it is the one in the store, has nothing left to do.
    pub fn finished(&self, study: &Study) -> Option<StopReason> {
        let opened = self.opened()?;
        let same = opened.differences(study).is_empty() && self.budget() == Some(study.budget);
        if same { self.over() } else { None }
    }

    /// The budget, amendments included.
    fn budget(&self) -> Option<Budget> {
        let amended = self.records.iter().rev().find_map(|record| match &record.what {
            What::Amended(amendment) => amendment.budget,
            _ => None,
        });
        amended.or(self.opened().map(|study| study.budget))
    }

    /// Why the study in the store has nothing left to do.
    pub fn over(&self) -> Option<StopReason> {
        let budget = self.budget()?;
        let progress = Progress::of(&self.records);
        let summary = progress.summary(progress.last_at());
        if !summary.finished {
            return None;
        }
        let best = summary.best.map(|best| best.loss);
        Some(if summary.trials_asked >= budget.trials {
            StopReason::TrialsDone
        } else if budget.target_loss.zip(best).is_some_and(|(target, best)| best <= target) {
            StopReason::TargetLoss
        } else {
            StopReason::WallTime
        })
    }

    /// A scheduler that goes on from the records, or that begins `study` if there are none. An
    /// amendment comes with it where `study` changes what may be changed.
    ///
    /// # Errors
    /// [`TakeUpError::Differs`] if `study` is another one, [`TakeUpError::Versions`],
    /// [`TakeUpError::Model`] if `catalogue` lacks its model, [`TakeUpError::Rejected`] for records
    /// that make no sense.
    pub fn scheduler(
        &self,
        study: &Study,
        catalogue: &dyn Catalogue,
        beginning: &Beginning,
    ) -> Result<(Scheduler, Option<Amendment>), TakeUpError> {
        let versions = versions_with(study, catalogue)?;
        let session = self.session(beginning);
        let Some(opened) = self.opened() else {
            return Ok((Scheduler::open(study.clone(), versions, &session)?, None));
        };
        let differences = opened.differences(study);
        if !differences.is_empty() {
            return Err(TakeUpError::Differs(differences));
        }
        let scheduler = self.recover(&session, &versions)?;
        let amendment = amendment(scheduler.study(), study);
        Ok((scheduler, amendment))
    }

    /// A scheduler that goes on from the records as they are.
    ///
    /// # Errors
    /// As [`Claimed::scheduler`]; [`TakeUpError::NotFound`] if there are no records.
    pub fn scheduler_as_is(
        &self,
        catalogue: &dyn Catalogue,
        beginning: &Beginning,
    ) -> Result<Scheduler, TakeUpError> {
        let study = self.opened().ok_or_else(|| TakeUpError::NotFound(self.name.clone()))?;
        self.recover(&self.session(beginning), &versions_with(study, catalogue)?)
    }

    fn recover(&self, session: &SessionInfo, is: &Versions) -> Result<Scheduler, TakeUpError> {
        let scheduler = Scheduler::recover(&self.records, session)?;
        let was = scheduler.versions();
        if was != is {
            return Err(TakeUpError::Versions { was: shown(was), is: shown(is) });
        }
        Ok(scheduler)
    }

    /// The journal may have been written in another store, whose epochs were further on.
    fn session(&self, beginning: &Beginning) -> SessionInfo {
        let sessions = self.records.iter().rev();
        let last = sessions.into_iter().find_map(|record| match record.what {
            What::Session { epoch, .. } => Some(epoch),
            _ => None,
        });
        SessionInfo {
            epoch: last.map_or(self.epoch, |last| self.epoch.max(Epoch(last.0.saturating_add(1)))),
            started_utc_us: beginning.started_utc_us,
            engine: beginning.engine.clone(),
            host: self.holder.about.clone(),
        }
    }
}

/// What this program makes the records of `study` with.
fn versions_with(study: &Study, catalogue: &dyn Catalogue) -> Result<Versions, TakeUpError> {
    let name = &study.model.model;
    let unknown = || TakeUpError::Model { model: name.clone(), reason: "there is no such model".to_owned() };
    let card = catalogue.card(name).ok_or_else(unknown)?;
    Ok(versions(study, card.version))
}

fn shown(versions: &Versions) -> String {
    let Versions { journal, streams, sampler, model } = versions;
    format!("{sampler}, {model}, streams/{streams} and journal/{journal}")
}

fn amendment(was: &Study, is: &Study) -> Option<Amendment> {
    let amendment = Amendment {
        budget: (was.budget != is.budget).then_some(is.budget),
        attempts: (was.attempts != is.attempts).then_some(is.attempts),
        durability: (was.durability != is.durability).then_some(is.durability),
    };
    (amendment != Amendment::default()).then_some(amendment)
}
