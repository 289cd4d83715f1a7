//! What is kept in the database, and how: plain objects, and records as the lines that a file would
//! hold. Everything is copied out of the module's memory, which may be shared, before it is stored.

use super::words;
use crate::driver::{Holder, StoreError};
use crate::ids::{Epoch, Seq};
use crate::journal;
use crate::scheduler::Record;
use crate::web::api::to_js;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

/// What is kept of a study beside its records. Times are milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Row {
    /// Position of the last record.
    pub last: u64,
    /// Of the newest claim.
    pub epoch: u32,
    /// Who claimed it, until it is given back.
    pub holder: Option<HolderRow>,
    /// When the lease ends.
    pub lease_until_ms: f64,
    /// Length of its records.
    pub bytes: u64,
    /// When records were last added.
    pub changed_ms: Option<f64>,
}

/// A holder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HolderRow {
    /// See [`Holder::id`].
    pub id: String,
    /// See [`Holder::about`].
    pub about: String,
    /// When it claimed the study.
    pub since_ms: f64,
}

impl Row {
    /// Who holds an unended lease.
    pub fn leased_by(&self, now_ms: f64) -> Option<&HolderRow> {
        self.holder.as_ref().filter(|_| self.lease_until_ms > now_ms)
    }

    /// `holder` claims the study.
    pub fn claim(&mut self, holder: &Holder, now_ms: f64, ttl_us: u64) -> Epoch {
        self.epoch += 1;
        self.holder =
            Some(HolderRow { id: holder.id.clone(), about: holder.about.clone(), since_ms: now_ms });
        self.lease_until_ms = now_ms + ttl_us as f64 / 1e3;
        Epoch(self.epoch)
    }
}

/// A plain object.
///
/// # Errors
/// If it cannot be one.
pub fn to_object(value: &impl Serialize) -> Result<JsValue, StoreError> {
    to_js(value).map_err(words::unwritable)
}

/// The value of a plain object, called `what` in errors.
///
/// # Errors
/// [`StoreError::Broken`] if it is another.
pub fn from_object<T: DeserializeOwned>(what: &str, object: JsValue) -> Result<T, StoreError> {
    serde_wasm_bindgen::from_value(object).map_err(|error| words::unreadable(what, error))
}

/// Where a group that ends with record `last` of `study` is kept.
pub fn group_key(study: &str, last: f64) -> JsValue {
    js_sys::Array::of2(&study.into(), &last.into()).into()
}

/// Records that were added at once.
pub struct Group {
    /// Position of the first.
    pub first: Seq,
    lines: Vec<u8>,
}

impl Group {
    /// `records`, which follow the record `after`.
    pub fn new(after: Seq, records: &[Record]) -> Group {
        let lines: Vec<String> = records.iter().map(journal::encode).collect();
        Group { first: after.next(), lines: lines.join("\n").into_bytes() }
    }

    /// Its length.
    pub fn bytes(&self) -> u64 {
        self.lines.len() as u64
    }

    /// As it is kept.
    pub fn to_object(&self) -> JsValue {
        let object = js_sys::Object::new();
        let lines = js_sys::Uint8Array::from(self.lines.as_slice());
        // Setting a field of a new object cannot fail.
        let _ = js_sys::Reflect::set(&object, &"first".into(), &(self.first.0 as f64).into());
        let _ = js_sys::Reflect::set(&object, &"lines".into(), &lines);
        object.into()
    }

    /// From what is kept.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if it is no group.
    pub fn from_object(object: &JsValue) -> Result<Group, StoreError> {
        let field = |name: &str| js_sys::Reflect::get(object, &name.into()).unwrap_or_default();
        let lines = field("lines").dyn_into::<js_sys::Uint8Array>().ok();
        match (field("first").as_f64(), lines) {
            (Some(first), Some(lines)) => Ok(Group { first: Seq(first as u64), lines: lines.to_vec() }),
            _ => Err(words::unreadable("a group of records", "it has another form")),
        }
    }

    /// Up to `limit` of its records that come after `after`.
    ///
    /// # Errors
    /// [`StoreError::Broken`] for a record that cannot be read.
    pub fn records(&self, after: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        let lines = std::str::from_utf8(&self.lines).map_err(|error| words::unreadable("a record", error))?;
        let numbered = (self.first.0..).zip(lines.lines()).filter(|(position, _)| *position > after.0);
        let decoded = numbered.take(limit).map(|(position, line)| journal::decode(position, line));
        decoded.collect::<Result<_, _>>().map_err(|corrupt| StoreError::Broken(corrupt.to_string()))
    }
}
