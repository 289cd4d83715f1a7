//! A whole study out of a store, as the text that [`crate::journal::file`] describes. A study that
//! runs gives what is durable.

use super::{Store, StoreError};
use crate::ids::Seq;
use crate::journal::file;

/// Records read at a time.
const PAGE: u64 = 1000;

/// The study called `name` as one text.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no record of it; else as for [`Store::read`].
pub async fn export(store: &mut impl Store, name: &str) -> Result<String, StoreError> {
    let mut text = String::new();
    let part = |part: String| {
        text += &part;
        Ok::<(), StoreError>(())
    };
    export_parts(store, name, part).await?;
    Ok(text)
}

/// Hands `part` the text piece by piece, in order, so that it need not be in memory as a whole.
/// Gives the number of records.
///
/// # Errors
/// As [`export`], and the first error of `part`.
pub async fn export_parts<E: From<StoreError>>(
    store: &mut impl Store,
    name: &str,
    mut part: impl FnMut(String) -> Result<(), E>,
) -> Result<u64, E> {
    let rows = store.studies().await?;
    let row = rows.into_iter().find(|row| row.name == name && row.last > Seq(0));
    // Records that are added from now on are not part of it: the first line tells how many come.
    let last = row.ok_or_else(|| StoreError::NotFound(name.to_owned()))?.last;
    part(file::header(name, last.0))?;
    let mut after = Seq(0);
    while after < last {
        let records = store.read(name, after, PAGE.min(last.0 - after.0) as usize).await?;
        if records.is_empty() {
            let reason = format!("record {} of study `{name}` is missing", after.next().0);
            return Err(StoreError::Broken(reason).into());
        }
        after = Seq(after.0 + records.len() as u64);
        part(file::lines(&records))?;
    }
    Ok(last.0)
}
