//! A store that the caller brings: an object of JavaScript whose methods take and give plain data, and
//! may be asynchronous. What each must do is written down in `www/edge/store.ts`; nothing that comes
//! back is believed before it is looked at.

use crate::driver::{Holder, Store, StoreError, StudyRow};
use crate::ids::{Epoch, Seq};
use crate::journal;
use crate::scheduler::Record;
use crate::web::api::to_js;
use crate::web::host::awaited;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The caller's object.
    pub type StoreObject;

    #[wasm_bindgen(method, catch)]
    fn studies(this: &StoreObject) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn claim(this: &StoreObject, study: &str, holder: &JsValue, ttl_ms: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn renew(this: &StoreObject, study: &str, epoch: u32, ttl_ms: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn release(this: &StoreObject, study: &str, epoch: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn append(
        this: &StoreObject,
        study: &str,
        epoch: u32,
        after: f64,
        lines: Vec<String>,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn read(this: &StoreObject, study: &str, after: f64, limit: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = delete)]
    fn remove(this: &StoreObject, study: &str) -> Result<JsValue, JsValue>;
}

/// Most lines asked for at a time.
const PAGE: usize = 1000;

/// The caller's store.
pub struct CallerStore(pub StoreObject);

/// A study as the caller's store lists it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    records: f64,
    #[serde(default)]
    held_by: Option<String>,
}

#[derive(Serialize)]
struct HolderShown<'a> {
    id: &'a str,
    about: &'a str,
}

/// What a method threw, as far as it follows the contract.
#[derive(Deserialize)]
struct Thrown {
    code: String,
    /// Of `held`: who.
    #[serde(default)]
    by: Option<String>,
    /// Of `conflict`: where the journal ends.
    #[serde(default)]
    found: Option<f64>,
}

/// What a call gave, awaited; what it threw, in our words.
struct Call<'a> {
    method: &'static str,
    study: &'a str,
    after: Seq,
}

impl Call<'_> {
    async fn result(&self, given: Result<JsValue, JsValue>) -> Result<JsValue, StoreError> {
        let result = match given {
            Ok(value) => awaited(&value).await,
            Err(thrown) => Err(thrown),
        };
        result.map_err(|thrown| self.error(&thrown))
    }

    fn error(&self, thrown: &JsValue) -> StoreError {
        let message = words(thrown);
        let Ok(Thrown { code, by, found }) = serde_wasm_bindgen::from_value(own_fields(thrown)) else {
            return StoreError::Broken(format!("the store failed to {}: {message}", self.method));
        };
        match (code.as_str(), found.and_then(whole)) {
            ("held", _) => {
                let by = by.unwrap_or_else(|| "another program".to_owned());
                StoreError::Held { study: self.study.to_owned(), by }
            }
            ("fenced", _) => StoreError::Fenced,
            ("conflict", Some(found)) => StoreError::Conflict { expected: self.after, found: Seq(found) },
            ("not_found", _) => StoreError::NotFound(self.study.to_owned()),
            ("busy", _) => StoreError::Busy(message),
            _ => StoreError::Broken(format!("the store failed to {}: {message}", self.method)),
        }
    }

    fn odd(&self, given: &JsValue, wanted: &str) -> StoreError {
        let given = js_sys::JSON::stringify(given).map_or_else(|_| "something odd".to_owned(), String::from);
        StoreError::Broken(format!("the store's `{}` gave {given}, wanted is {wanted}", self.method))
    }
}

/// The fields of the contract as a plain object: an error's own message is no property that is listed.
fn own_fields(thrown: &JsValue) -> JsValue {
    let fields = js_sys::Object::new();
    for name in ["code", "by", "found"] {
        if let Ok(value) = js_sys::Reflect::get(thrown, &name.into())
            && !value.is_undefined()
        {
            // It is our own object: nothing forbids it.
            let _ = js_sys::Reflect::set(&fields, &name.into(), &value);
        }
    }
    fields.into()
}

/// What was thrown, for people.
fn words(thrown: &JsValue) -> String {
    let message =
        js_sys::Reflect::get(thrown, &"message".into()).ok().and_then(|message| message.as_string());
    message
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| "it threw something without a message".to_owned())
}

/// A whole number from 0 on that a double holds exactly.
fn whole(number: f64) -> Option<u64> {
    (number >= 0.0 && number.fract() == 0.0 && number <= 9e15).then_some(number as u64)
}

fn ms(us: u64) -> f64 {
    us as f64 / 1e3
}

impl Store for CallerStore {
    async fn studies(&mut self) -> Result<Vec<StudyRow>, StoreError> {
        let call = Call { method: "studies", study: "", after: Seq(0) };
        let given = call.result(self.0.studies()).await?;
        let odd = || call.odd(&given, "a list of { name, records, heldBy }");
        let rows: Vec<Row> = serde_wasm_bindgen::from_value(given.clone()).map_err(|_| odd())?;
        let row = |Row { name, records, held_by }| {
            Ok(StudyRow { name, last: Seq(whole(records).ok_or_else(odd)?), held_by })
        };
        let mut rows = rows.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(rows)
    }

    async fn claim(&mut self, study: &str, holder: &Holder, ttl_us: u64) -> Result<Epoch, StoreError> {
        let call = Call { method: "claim", study, after: Seq(0) };
        let holder = to_js(&HolderShown { id: &holder.id, about: &holder.about });
        let holder = holder.map_err(|error| StoreError::Broken(error.to_string()))?;
        let given = call.result(self.0.claim(study, &holder, ms(ttl_us))).await?;
        let epoch = given.as_f64().and_then(whole).and_then(|epoch| u32::try_from(epoch).ok());
        epoch
            .filter(|&epoch| epoch > 0)
            .map(Epoch)
            .ok_or_else(|| call.odd(&given, "the epoch, a whole number from 1 on"))
    }

    async fn renew(&mut self, study: &str, epoch: Epoch, ttl_us: u64) -> Result<(), StoreError> {
        let call = Call { method: "renew", study, after: Seq(0) };
        call.result(self.0.renew(study, epoch.0, ms(ttl_us))).await.map(drop)
    }

    async fn release(&mut self, study: &str, epoch: Epoch) -> Result<(), StoreError> {
        let call = Call { method: "release", study, after: Seq(0) };
        call.result(self.0.release(study, epoch.0)).await.map(drop)
    }

    async fn append(
        &mut self,
        study: &str,
        epoch: Epoch,
        after: Seq,
        records: &[Record],
    ) -> Result<Seq, StoreError> {
        let call = Call { method: "append", study, after };
        let lines = records.iter().map(journal::encode).collect();
        call.result(self.0.append(study, epoch.0, after.0 as f64, lines)).await?;
        Ok(Seq(after.0 + records.len() as u64))
    }

    async fn read(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        let mut records = Vec::new();
        while records.len() < limit {
            let last = Seq(after.0 + records.len() as u64);
            let page = self.page(study, last, PAGE.min(limit - records.len())).await?;
            if page.is_empty() {
                break;
            }
            records.extend(page);
        }
        Ok(records)
    }

    async fn delete(&mut self, study: &str) -> Result<(), StoreError> {
        let call = Call { method: "delete", study, after: Seq(0) };
        call.result(self.0.remove(study)).await.map(drop)
    }
}

impl CallerStore {
    async fn page(&mut self, study: &str, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        let call = Call { method: "read", study, after };
        let given = call.result(self.0.read(study, after.0 as f64, limit as f64)).await?;
        let lines: Option<Vec<String>> = serde_wasm_bindgen::from_value(given.clone()).ok();
        let lines = lines.filter(|lines| lines.len() <= limit);
        let lines = lines.ok_or_else(|| call.odd(&given, &format!("a list of at most {limit} texts")))?;
        let numbered = (after.0 + 1..).zip(&lines);
        let decoded = numbered.map(|(position, line)| journal::decode(position, line));
        decoded.collect::<Result<_, _>>().map_err(|corrupt| StoreError::Broken(corrupt.to_string()))
    }
}
