//! A whole study as one text, to be kept or carried to another store: a first line that says what it
//! is, then its records, one a line. It knows no disk and no database.
//!
//! ```text
//! {"freerun":"study","version":1,"name":"seir","records":3513}
//! {"at":0,"what":{"Opened":{…}}}
//! …
//! ```

use super::{CorruptRecord, decode, encode};
use crate::ids::Epoch;
use crate::scheduler::{Record, Rejected, Scheduler, SessionInfo, What};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Version of the form of the first line. A reader refuses newer ones.
pub const FILE_VERSION: u32 = 1;

/// What the first line calls the file.
const KIND: &str = "study";

/// A study with its whole journal, or with the first records of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedStudy {
    /// Its name, as in its first record.
    pub name: String,
    /// Its records; at least one.
    pub records: Vec<Record>,
}

/// Why a text is no exported study.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It is something else.
    #[error(
        "it is no exported study: the first line of one is an object with `\"freerun\":\"{KIND}\"`, and `freerun export` writes it"
    )]
    Foreign,
    /// The first line is not whole.
    #[error("line 1 cannot be read: {0}")]
    Header(String),
    /// A newer program wrote it.
    #[error(
        "it was written by a newer program ({what} {found}, this one reads up to {known}): update freerun"
    )]
    Newer {
        /// Which form is newer.
        what: &'static str,
        /// Its version.
        found: u64,
        /// The newest version that this program reads.
        known: u32,
    },
    /// A line is no record.
    #[error("line {line} cannot be read: {reason}")]
    Damaged {
        /// Which, from 1.
        line: u64,
        /// Why.
        reason: String,
    },
    /// It ends too early.
    #[error("it is cut off: of {said} records it has {found}")]
    CutOff {
        /// How many there should be.
        said: u64,
        /// How many are whole.
        found: u64,
    },
    /// It ends too late.
    #[error("it goes on after its {said} records, with line {line}")]
    TooLong {
        /// How many there should be.
        said: u64,
        /// The first line too many, from 1.
        line: u64,
    },
    /// The first line names another study than the first record.
    #[error("line 1 is of study `{said}`, the records are of study `{found}`")]
    Name {
        /// The name in the first line.
        said: String,
        /// The name in the first record.
        found: String,
    },
    /// No run of a study can have written the records.
    #[error(transparent)]
    Impossible(#[from] Rejected),
}

#[derive(Serialize, Deserialize)]
struct Header {
    freerun: String,
    version: u32,
    name: String,
    records: u64,
}

impl ExportedStudy {
    /// The same study under another name.
    #[must_use]
    pub fn renamed(mut self, name: &str) -> ExportedStudy {
        if let Some(What::Opened { study, .. }) = self.records.first_mut().map(|record| &mut record.what) {
            name.clone_into(&mut study.name);
        }
        ExportedStudy { name: name.to_owned(), records: self.records }
    }
}

/// The first line of a study with so many records, with its line end.
pub fn header(name: &str, records: u64) -> String {
    let header = Header { freerun: KIND.to_owned(), version: FILE_VERSION, name: name.to_owned(), records };
    // It holds texts and whole numbers alone: encoding cannot fail.
    serde_json::to_string(&header).unwrap_or_default() + "\n"
}

/// The lines of `records`, each with its line end.
pub fn lines(records: &[Record]) -> String {
    let mut lines = String::new();
    for record in records {
        lines += &encode(record);
        lines.push('\n');
    }
    lines
}

/// The whole text.
pub fn write(study: &ExportedStudy) -> String {
    header(&study.name, study.records.len() as u64) + &lines(&study.records)
}

/// The study in `text`. Lines may end as on any system, the last one may have no end, and a byte
/// order mark may stand before the first.
///
/// # Errors
/// See [`FileError`]. Records that are read can be taken up; whether losses and proposals are what
/// this program would make of them, only [`crate::scheduler::audit`] tells.
pub fn read(text: &str) -> Result<ExportedStudy, FileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
    let header = read_header(first)?;
    let records = read_records(body, header.records)?;
    check(&header.name, &records)?;
    Ok(ExportedStudy { name: header.name, records })
}

fn read_header(line: &str) -> Result<Header, FileError> {
    let json: Json = serde_json::from_str(line).map_err(|_| FileError::Foreign)?;
    if json["freerun"] != KIND {
        return Err(FileError::Foreign);
    }
    // The version first: a newer first line may have other fields.
    match json["version"].as_u64() {
        Some(found) if found > u64::from(FILE_VERSION) => {
            Err(FileError::Newer { what: "version", found, known: FILE_VERSION })
        }
        _ => serde_json::from_value(json).map_err(|error| FileError::Header(error.to_string())),
    }
}

fn read_records(body: &str, said: u64) -> Result<Vec<Record>, FileError> {
    let ended = body.ends_with('\n');
    // Blank lines at the end are of no meaning; elsewhere they stand for a record that is gone.
    let mut lines = (1u64..).zip(body.trim_end().lines()).peekable();
    let mut records = Vec::new();
    while let Some((position, line)) = lines.next() {
        if position > said {
            return Err(FileError::TooLong { said, line: position + 1 });
        }
        let cut = lines.peek().is_none() && (position < said || !ended);
        match decode(position, line) {
            Ok(record) => records.push(record),
            Err(_) if cut => return Err(FileError::CutOff { said, found: position - 1 }),
            Err(CorruptRecord { reason, .. }) => {
                return Err(FileError::Damaged { line: position + 1, reason });
            }
        }
    }
    let found = records.len() as u64;
    if found < said { Err(FileError::CutOff { said, found }) } else { Ok(records) }
}

/// Whether the study can be taken up from the records, and is the one called `name`.
fn check(name: &str, records: &[Record]) -> Result<(), FileError> {
    if let Some(What::Opened { versions, study }) = records.first().map(|record| &record.what) {
        let (found, known) = (u64::from(versions.journal), super::VERSION);
        if versions.journal > known {
            return Err(FileError::Newer { what: "records of version", found, known });
        }
        if study.name != name {
            return Err(FileError::Name { said: name.to_owned(), found: study.name.clone() });
        }
    }
    let session =
        SessionInfo { epoch: Epoch(u32::MAX), started_utc_us: 0, engine: String::new(), host: String::new() };
    Scheduler::recover(records, &session)?;
    Ok(())
}
