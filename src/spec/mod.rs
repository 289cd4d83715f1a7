//! What the user asked for: a study file is parsed, checked (every mistake, each with its field)
//! and frozen with its data tables. It reads no file itself and knows no model: files come in
//! through [`Files`], models through [`Catalogue`].

mod card;
mod difference;
mod read;
mod schema;
mod sound;
mod space;
mod study;
mod table;
mod target;
mod unit;

pub use card::*;
pub use difference::Difference;
pub use read::*;
pub use schema::study_schema;
pub use sound::{CANDIDATES_MAX, REPLICATES_MAX};
pub use space::*;
pub use study::*;
pub use table::*;
pub use target::*;
pub(crate) use unit::nearest_int;
