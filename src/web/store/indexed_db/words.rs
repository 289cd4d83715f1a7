//! What the browser's errors mean for whoever runs a study, and what can be done.

use crate::driver::StoreError;
use indexed_db_futures::error::{Error, OpenDbError};
use wasm_bindgen::prelude::*;
use web_sys::DomException;

/// Another page deleted the database, or the user its data.
pub const DELETED: &str = "the studies kept in this browser were deleted while this one was open: by its settings or by another tab";
/// A newer page has to change the layout.
pub const OUTDATED: &str = "a newer version of this page is open in another tab: reload this one";
/// The browser closed the database by itself.
pub const CLOSED: &str = "the browser has closed its storage: the data of this page were cleared, or its disk failed; \
     reload the page to go on with what is stored";
/// An older page is open and does not give way.
pub const BLOCKED: &str = "another tab has an older version of this page open: close it";
/// The browser does not answer.
pub const SILENT: &str = "the browser's storage does not answer";

const FULL: &str = "this browser's storage is full: delete studies, or free space on the disk";
const NEWER: &str = "the studies in this browser were kept by a newer version of this page: reload it";
const REFUSED: &str = "this browser lets the page store nothing: allow it to keep data (cookies), \
     or export studies to files";

/// What an operation's error means.
pub fn of(error: Error) -> StoreError {
    match error {
        Error::DomException(exception) => of_exception(&exception.into()),
        other => StoreError::Broken(format!("the browser's storage failed: {other}")),
    }
}

/// What the failure to open means.
pub fn of_opening(error: OpenDbError) -> StoreError {
    match error {
        OpenDbError::Base(error) => of(error),
        // There is no storage, or its getter throws.
        OpenDbError::UnsupportedEnvironment | OpenDbError::NullFactory => {
            StoreError::Broken(REFUSED.to_owned())
        }
        OpenDbError::VersionZero => StoreError::Broken(format!("the browser's storage failed: {error}")),
    }
}

/// What the error of a transaction that was to be committed means.
pub fn of_commit(transaction: &web_sys::IdbTransaction, error: Error) -> StoreError {
    match transaction.error() {
        Some(exception) => of_exception(&exception),
        None => match of(error) {
            // Without a reason, the browser ended it: nothing was written.
            StoreError::Broken(reason) => StoreError::Busy(reason),
            other => other,
        },
    }
}

fn of_exception(exception: &DomException) -> StoreError {
    let message = exception.message();
    match exception.name().as_str() {
        "QuotaExceededError" => StoreError::Busy(FULL.to_owned()),
        "VersionError" => StoreError::Broken(NEWER.to_owned()),
        "SecurityError" => StoreError::Broken(REFUSED.to_owned()),
        "InvalidStateError" => StoreError::Broken(CLOSED.to_owned()),
        "AbortError" | "UnknownError" | "TimeoutError" => {
            StoreError::Busy(format!("the browser's storage failed: {message}"))
        }
        name => StoreError::Broken(format!("the browser's storage failed: {message} ({name})")),
    }
}

/// A value in the database that this program did not write.
pub fn unreadable(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(format!("{what} cannot be read from the browser's storage: {error}"))
}

/// What a refusal to copy a value to JavaScript means.
pub fn unwritable(error: serde_wasm_bindgen::Error) -> StoreError {
    StoreError::Broken(format!(
        "a value cannot be stored: {}",
        JsValue::from(error).as_string().unwrap_or_default()
    ))
}
