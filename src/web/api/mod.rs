//! What JavaScript sees: functions and objects that take and give plain objects. Types of what passes
//! here are written down for TypeScript in `www/src/protocol.ts`; nothing here decides anything.

mod caller;
#[cfg(feature = "checks")]
mod checks;
mod library;
mod run;
mod study;
mod take_up;
mod watching;

use crate::driver::{CallerError, StoreError, TakeUpError};
use crate::spec::Problem;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// What a module does as soon as it is there.
#[wasm_bindgen(start)]
fn start() {
    crate::web::host::begun();
    crate::web::panics::throw();
}

/// A plain object, with `null` for what is not there.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, serde_wasm_bindgen::Error> {
    value.serialize(&Serializer::json_compatible())
}

/// What JavaScript gave.
///
/// # Errors
/// When it is something else.
pub fn read<T: serde::de::DeserializeOwned>(given: JsValue) -> Result<T, Failure> {
    serde_wasm_bindgen::from_value(given).map_err(|error| Failure::new(Code::BadInput, error.to_string()))
}

/// Why something was not done, for a program and for a person.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// What kind of failure it is.
    code: Code,
    /// A sentence.
    message: String,
    /// The mistakes in a study file.
    problems: Vec<FileProblem>,
}

/// Kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// What the user gave cannot be used.
    BadInput,
    /// Somebody else writes the study.
    Held,
    /// There is no such study.
    NotFound,
    /// The store has another study of that name.
    Differs,
    /// The store does not work.
    Store,
    /// A defect.
    Broken,
}

/// A mistake in a study file.
#[derive(Debug, Serialize)]
struct FileProblem {
    file: String,
    line: Option<u32>,
    field: String,
    found: String,
    allowed: String,
}

impl Failure {
    /// A failure without further details.
    pub fn new(code: Code, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into(), problems: Vec::new() }
    }

    fn of_file(file: &str, problems: Vec<Problem>) -> Failure {
        let count = problems.len();
        let message = match count {
            1 => format!("{file} has a mistake"),
            _ => format!("{file} has {count} mistakes"),
        };
        let plain =
            |Problem { file, line, field, found, allowed }| FileProblem { file, line, field, found, allowed };
        let problems = problems.into_iter().map(plain).collect();
        Failure { code: Code::BadInput, message, problems }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let code = match &error {
            StoreError::Held { .. } | StoreError::Fenced => Code::Held,
            StoreError::NotFound(_) => Code::NotFound,
            _ => Code::Store,
        };
        Failure::new(code, error.to_string())
    }
}

impl From<CallerError> for Failure {
    fn from(error: CallerError) -> Failure {
        match error {
            CallerError::Store(error) => error.into(),
            other => Failure::new(Code::BadInput, other.to_string()),
        }
    }
}

impl From<TakeUpError> for Failure {
    fn from(error: TakeUpError) -> Failure {
        match error {
            TakeUpError::Differs(differences) => {
                let mut message = "there is another study of that name".to_owned();
                for difference in &differences {
                    message += &format!("\n{difference}");
                }
                Failure::new(Code::Differs, message)
            }
            TakeUpError::NotFound(_) => Failure::new(Code::NotFound, error.to_string()),
            other => Failure::new(Code::BadInput, other.to_string()),
        }
    }
}

impl From<serde_wasm_bindgen::Error> for Failure {
    fn from(error: serde_wasm_bindgen::Error) -> Failure {
        Failure::new(Code::Broken, error.to_string())
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> JsValue {
        to_js(&failure).unwrap_or_else(|_| failure.message.into())
    }
}
