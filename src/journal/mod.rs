//! How records are written down: one JSON object a record, with a version. It knows no database and no
//! disk.

pub mod file;

use crate::scheduler::Record;

/// Version of the form of records. A reader refuses newer ones.
pub const VERSION: u32 = 1;

/// A record that cannot be read back.
#[derive(Debug, thiserror::Error)]
#[error("record {position} of the journal cannot be read: {reason}")]
pub struct CorruptRecord {
    /// Its position, from 1; 0 if not known.
    pub position: u64,
    /// Why.
    pub reason: String,
}

/// One record as one line of JSON, without line end.
pub fn encode(record: &Record) -> String {
    // Records hold no map with non-text keys and no failing serializer: encoding cannot fail.
    serde_json::to_string(record).unwrap_or_default()
}

/// The record written in `line`.
///
/// # Errors
/// When `line` is not a record of [`VERSION`].
pub fn decode(position: u64, line: &str) -> Result<Record, CorruptRecord> {
    serde_json::from_str(line).map_err(|error| CorruptRecord { position, reason: error.to_string() })
}
