//! A field of the document with its path, and the readers of its types. Each reader gives the value,
//! or reports what is wrong and gives `None`.

use super::document::{Entry, Kind, Node};
use super::problem::{Report, one_of};
use crate::spec::Setting;

/// One value with the path that leads to it.
#[derive(Clone)]
pub(super) struct Field<'d> {
    pub path: String,
    pub node: &'d Node,
}

/// A table whose keys were checked.
pub(super) struct Section<'d> {
    path: String,
    pub line: Option<u32>,
    pub entries: &'d [Entry],
}

/// A thing with options: its name alone, or a table with `name` and the options.
pub(super) struct Named<'d> {
    pub name: &'d str,
    pub field: Field<'d>,
}

/// Whole numbers beyond this are not exact as floats.
const LARGEST_EXACT: u128 = 1 << 53;

impl<'d> Field<'d> {
    pub fn refuse(&self, allowed: impl Into<String>, report: &mut Report) {
        report.add(self.node.line, self.path.clone(), self.node.describe(), allowed);
    }

    fn refused<T>(&self, allowed: &str, report: &mut Report) -> Option<T> {
        self.refuse(allowed, report);
        None
    }

    pub fn text(&self, report: &mut Report) -> Option<&'d str> {
        match &self.node.kind {
            Kind::Text(text) if !text.trim().is_empty() => Some(text),
            _ => self.refused("a text", report),
        }
    }

    /// One of a list of words.
    pub fn word<S: AsRef<str>>(&self, words: &[S], report: &mut Report) -> Option<&'d str> {
        match &self.node.kind {
            Kind::Text(text) if words.iter().any(|word| word.as_ref() == text) => Some(text),
            Kind::Text(text) => {
                self.refuse(one_of(text, words), report);
                None
            }
            _ => self.refused(&one_of("", words), report),
        }
    }

    pub fn flag(&self, report: &mut Report) -> Option<bool> {
        match self.node.kind {
            Kind::Bool(flag) => Some(flag),
            _ => self.refused("true or false", report),
        }
    }

    /// A finite number that `accepts`; `allowed` says which.
    pub fn number(&self, accepts: impl Fn(f64) -> bool, allowed: &str, report: &mut Report) -> Option<f64> {
        match self.node.kind {
            Kind::Float(value) if value.is_finite() && accepts(value) => Some(value),
            Kind::Int(value) if value.unsigned_abs() <= LARGEST_EXACT && accepts(value as f64) => {
                Some(value as f64)
            }
            _ => self.refused(allowed, report),
        }
    }

    pub fn positive(&self, report: &mut Report) -> Option<f64> {
        self.number(|value| value > 0.0, "a number greater than 0", report)
    }

    pub fn share(&self, report: &mut Report) -> Option<f64> {
        self.number(|value| 0.0 < value && value < 1.0, "a number between 0 and 1, both excluded", report)
    }

    /// A whole number that is exact as a float.
    pub fn whole(&self, report: &mut Report) -> Option<i64> {
        match self.node.kind {
            Kind::Int(value) if value.unsigned_abs() <= LARGEST_EXACT => i64::try_from(value).ok(),
            _ => self.refused("a whole number of at most 2^53", report),
        }
    }

    /// A whole number in `low..=high`.
    pub fn count(&self, low: u32, high: u32, report: &mut Report) -> Option<u32> {
        match self.node.kind {
            Kind::Int(value) if i128::from(low) <= value && value <= i128::from(high) => {
                u32::try_from(value).ok()
            }
            _ => self.refused(&format!("a whole number from {low} to {high}"), report),
        }
    }

    pub fn seed(&self, report: &mut Report) -> Option<u64> {
        match self.node.kind {
            Kind::Int(value) if u64::try_from(value).is_ok() => u64::try_from(value).ok(),
            _ => self.refused("a whole number from 0 to 2^64 - 1", report),
        }
    }

    /// A time span with its unit, in microseconds.
    pub fn time_us(&self, report: &mut Report) -> Option<u64> {
        let span = match &self.node.kind {
            Kind::Text(text) => super::units::parse_time_us(text),
            _ => None,
        };
        match span {
            Some(us) if us > 0 => Some(us),
            _ => self.refused(super::units::ALLOWED, report),
        }
    }

    pub fn list(&self, allowed: &str, report: &mut Report) -> Option<Vec<Field<'d>>> {
        match &self.node.kind {
            Kind::List(items) => Some(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, node)| Field { path: format!("{}[{at}]", self.path), node })
                    .collect(),
            ),
            _ => self.refused(allowed, report),
        }
    }

    /// A list of different texts.
    pub fn texts(&self, report: &mut Report) -> Option<Vec<String>> {
        let mut texts: Vec<String> = Vec::new();
        let mut sound = true;
        for item in self.list("a list of texts", report)? {
            match item.text(report) {
                Some(text) if texts.iter().any(|other| other == text) => {
                    sound = false;
                    item.refuse("each name once", report);
                }
                Some(text) => texts.push(text.to_string()),
                None => sound = false,
            }
        }
        sound.then_some(texts)
    }

    /// The texts in it, alone or in a list, without a check.
    pub fn words(&self) -> Vec<&'d str> {
        let text = |node: &'d Node| match &node.kind {
            Kind::Text(text) => Some(text.as_str()),
            _ => None,
        };
        match &self.node.kind {
            Kind::List(items) => items.iter().filter_map(text).collect(),
            _ => text(self.node).into_iter().collect(),
        }
    }

    /// A value of any type that a setting may have.
    pub fn setting(&self, report: &mut Report) -> Option<Setting> {
        match &self.node.kind {
            Kind::Bool(value) => Some(Setting::Bool(*value)),
            Kind::Int(_) => self.whole(report).map(Setting::Int),
            Kind::Float(value) if value.is_finite() => Some(Setting::Float(*value)),
            Kind::Text(text) => Some(Setting::Text(text.clone())),
            Kind::List(_) => {
                let items = self.list("", report)?;
                let settings: Vec<_> = items.iter().map(|item| item.setting(report)).collect();
                settings.into_iter().collect::<Option<Vec<_>>>().map(Setting::List)
            }
            _ => self.refused("a finite number, a text, true or false, or a list of these", report),
        }
    }

    /// A table with any keys.
    pub fn open(&self, report: &mut Report) -> Option<Section<'d>> {
        let section = self.as_section();
        if section.is_none() {
            self.refuse("a table", report);
        }
        section
    }

    /// The same, where something else was reported before.
    pub fn as_section(&self) -> Option<Section<'d>> {
        match &self.node.kind {
            Kind::Table(entries) => Some(Section { path: self.path.clone(), line: self.node.line, entries }),
            _ => None,
        }
    }

    /// A table with no keys but these.
    pub fn section(&self, keys: &[&str], report: &mut Report) -> Option<Section<'d>> {
        let section = self.open(report)?;
        section.refuse_unknown(keys, report);
        Some(section)
    }

    /// The name of a thing with options.
    pub fn named<S: AsRef<str>>(&self, names: &[S], report: &mut Report) -> Option<Named<'d>> {
        let name = match &self.node.kind {
            Kind::Table(_) => self.open(report)?.need("name", &one_of("", names), report)?,
            _ => self.clone(),
        };
        Some(Named { name: name.word(names, report)?, field: self.clone() })
    }
}

impl<'d> Named<'d> {
    /// Its options; unknown ones are reported.
    pub fn options(&self, keys: &[&str], report: &mut Report) -> Section<'d> {
        let Some(section) = self.field.as_section() else {
            return Section { path: self.field.path.clone(), line: self.field.node.line, entries: &[] };
        };
        let mut known = vec!["name"];
        known.extend_from_slice(keys);
        section.refuse_unknown(&known, report);
        section
    }
}

impl<'d> Section<'d> {
    fn refuse_unknown(&self, keys: &[&str], report: &mut Report) {
        for entry in self.entries {
            if !keys.contains(&entry.key.as_str()) {
                let allowed = one_of(&entry.key, keys);
                report.add(entry.line, self.path_of(&entry.key), "an unknown key", allowed);
            }
        }
    }

    /// The path of a key of this table, there or not.
    pub fn path_of(&self, key: &str) -> String {
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-$".contains(&byte));
        let key = if plain && !key.is_empty() { key.to_string() } else { format!("{key:?}") };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }

    pub fn get(&self, key: &str) -> Option<Field<'d>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Field { path: self.path_of(key), node: &entry.node })
    }

    /// The field, which must be there.
    pub fn need(&self, key: &str, allowed: &str, report: &mut Report) -> Option<Field<'d>> {
        let field = self.get(key);
        if field.is_none() {
            report.add(self.line, self.path_of(key), "nothing", allowed);
        }
        field
    }

    /// Every field, in the order of the file.
    pub fn fields(&self) -> impl Iterator<Item = (&'d str, Field<'d>)> + '_ {
        self.entries
            .iter()
            .map(|entry| (entry.key.as_str(), Field { path: self.path_of(&entry.key), node: &entry.node }))
    }

    /// `Some(default)` if the field is absent, else what `read` makes of it.
    pub fn or<T>(
        &self,
        key: &str,
        default: T,
        report: &mut Report,
        read: impl FnOnce(Field<'d>, &mut Report) -> Option<T>,
    ) -> Option<T> {
        match self.get(key) {
            Some(field) => read(field, report),
            None => Some(default),
        }
    }

    /// What `read` makes of the field, which must be there.
    pub fn must<T>(
        &self,
        key: &str,
        allowed: &str,
        report: &mut Report,
        read: impl FnOnce(Field<'d>, &mut Report) -> Option<T>,
    ) -> Option<T> {
        let field = self.need(key, allowed, report)?;
        read(field, report)
    }
}
