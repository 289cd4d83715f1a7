//! The studies kept in this browser, as JavaScript sees them: lists, files, deletion, audits, and a
//! look at a study that another tab runs.

use super::take_up::holder;
use super::{Code, Failure, to_js};
use crate::driver::{ImportError, Store, StoreError, export, import};
use crate::ids::Seq;
use crate::journal::file;
use crate::scheduler::{Audit, Record, What, audit};
use crate::view::{Live, Outline};
use crate::web::executor;
use crate::web::store::{IndexedDb, ListedStudy, browser};
use crate::web::writer::LEASE_US;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

/// Records read at a time.
const PAGE: usize = 1000;

/// What lists show of a study beside what its store knows; kept, because it costs the whole journal.
#[derive(Serialize, Deserialize)]
struct Summary {
    /// Of which last record.
    at: Seq,
    outline: Option<Outline>,
    told: u32,
    best: Option<f64>,
    finished: bool,
}

/// A study in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StudyShown {
    name: String,
    records: Seq,
    held_by: Option<String>,
    outline: Option<Outline>,
    told: u32,
    best: Option<f64>,
    finished: bool,
    bytes: u64,
    changed_utc_ms: Option<f64>,
}

/// What an import came to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ImportedShown {
    name: String,
    records: u64,
    already: u64,
    trials: u32,
}

/// The studies in this browser, by name.
#[wasm_bindgen]
pub fn studies() -> js_sys::Promise {
    executor::promise(async {
        let mut store = browser();
        let listed = store.list::<Summary>().await.map_err(Failure::from)?;
        let mut shown = Vec::with_capacity(listed.len());
        for study in listed {
            shown.push(show(&mut store, study).await);
        }
        Ok(to_js(&shown)?)
    })
}

async fn show(store: &mut IndexedDb, study: ListedStudy<Summary>) -> StudyShown {
    let summary = match study.summary.filter(|summary| summary.at == study.last) {
        Some(summary) => summary,
        // A study that cannot be read is listed all the same: it may be deleted.
        None => {
            summarised(store, &study.name, study.last).await.unwrap_or(Summary::of(None, &Live::default()))
        }
    };
    StudyShown {
        name: study.name,
        records: study.last,
        held_by: study.held_by,
        outline: summary.outline,
        told: summary.told,
        best: summary.best,
        finished: summary.finished,
        bytes: study.bytes,
        changed_utc_ms: study.changed_ms,
    }
}

/// The summary of a journal up to `last`, made and kept.
async fn summarised(store: &mut IndexedDb, study: &str, last: Seq) -> Result<Summary, StoreError> {
    let (mut live, mut outline) = (Live::default(), None);
    while live.last() < last {
        let left = usize::try_from(last.0 - live.last().0).unwrap_or(PAGE);
        let records = store.read(study, live.last(), PAGE.min(left)).await?;
        if let Some(What::Opened { study, .. }) = records.first().map(|record| &record.what) {
            outline = Some(Outline::of(study, Some(study.seed)));
        }
        live.observe(live.last().next(), &records);
    }
    let summary = Summary::of(outline, &live);
    store.keep_summary(study, &summary).await?;
    Ok(summary)
}

impl Summary {
    fn of(outline: Option<Outline>, live: &Live) -> Summary {
        let progress = live.progress();
        Summary {
            at: live.last(),
            outline,
            told: progress.trials_told,
            best: progress.best.map(|best| best.loss),
            finished: progress.finished,
        }
    }
}

/// The whole study as one text.
#[wasm_bindgen(js_name = exportStudy)]
pub fn export_study(name: String) -> js_sys::Promise {
    executor::promise(async move {
        let text = export(&mut browser(), &name).await.map_err(Failure::from)?;
        Ok(text.into())
    })
}

/// Adds what is missing of an exported study, under its own name or another.
#[wasm_bindgen(js_name = importStudy)]
pub fn import_study(text: String, name: Option<String>) -> js_sys::Promise {
    executor::promise(async move {
        let unread = |error| Failure::new(Code::BadInput, format!("the file cannot be imported: {error}"));
        let mut study = file::read(&text).map_err(unread)?;
        if let Some(name) = name {
            study = study.renamed(&name);
        }
        let holder = holder("an import in another tab of this browser")?;
        let imported = import(&mut browser(), &holder, LEASE_US, &study).await.map_err(Failure::from)?;
        Ok(to_js(&ImportedShown {
            name: imported.name,
            records: imported.records,
            already: imported.already.min(imported.records),
            trials: imported.trials,
        })?)
    })
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Failure {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Other { .. } | ImportError::Differs { .. } => Failure::new(
                Code::Differs,
                format!("{error}; the study in the store is as it was. Import the file under another name"),
            ),
            ImportError::Unfinished { .. } => Failure::new(Code::Store, error.to_string()),
        }
    }
}

/// Deletes the study, unless somebody runs it.
#[wasm_bindgen(js_name = deleteStudy)]
pub fn delete_study(name: String) -> js_sys::Promise {
    executor::promise(async move {
        browser().delete(&name).await.map_err(Failure::from)?;
        Ok(JsValue::NULL)
    })
}

/// Derives the study again from its records; gives a sentence if all of it is as it was.
#[wasm_bindgen(js_name = auditStudy)]
pub fn audit_study(name: String) -> js_sys::Promise {
    executor::promise(async move {
        let records = browser().read(&name, Seq(0), usize::MAX).await.map_err(Failure::from)?;
        Ok(audited(&records)?.into())
    })
}

fn audited(records: &[Record]) -> Result<String, Failure> {
    let fault = match audit(records) {
        Audit::Clean { trials, asks, losses } => {
            return Ok(format!(
                "clean: {trials} trials; {asks} proposals and {losses} losses derived again from {} records, bit for bit",
                records.len()
            ));
        }
        Audit::Diverged { trial, seq, difference } => {
            format!("diverged at trial {trial}, record {}: {difference}", seq.0)
        }
        Audit::NotRederivable { made_by, this_is } => {
            format!("not re-derivable: the records were made by {made_by}, this is {this_is}")
        }
        Audit::Corrupt(corrupt) => corrupt.to_string(),
    };
    Err(Failure::new(Code::Broken, fault))
}
