//! TOML and JSON as one kind of document, with the order of keys and, for TOML, the line of every
//! value. The checks of a study file are written once, against this.

use super::problem::Report;
use super::{Format, Source};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One value of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub line: Option<u32>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    /// Holds the integers of both formats: 64 bits, signed and unsigned.
    Int(i128),
    Float(f64),
    Text(String),
    /// A date or a time of TOML; no field takes one.
    Time(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub key: String,
    /// Line of the key.
    pub line: Option<u32>,
    pub node: Node,
}

impl Node {
    /// The value as the person wrote it, or what it is if that would be long.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Null => "null".to_string(),
            Kind::Bool(value) => value.to_string(),
            Kind::Int(value) => value.to_string(),
            Kind::Float(value) => format!("{value:?}"),
            Kind::Text(value) => quoted(value),
            Kind::Time(value) => format!("the date or time {value}"),
            Kind::List(items) if items.is_empty() => "an empty list".to_string(),
            Kind::List(items) => format!("a list of {}", items.len()),
            Kind::Table(entries) if entries.is_empty() => "an empty table".to_string(),
            Kind::Table(_) => "a table".to_string(),
        }
    }
}

/// `text` in quotes, cut if it is long.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{:?}", start + "…")
}

/// The document of `source`; syntax errors go into the report. A TOML document is read as far as
/// possible in spite of them.
pub(super) fn parse(source: &Source, report: &mut Report) -> Option<Node> {
    match source.format {
        Format::Toml => parse_toml(source.text, report),
        Format::Json => parse_json(source.text, report),
    }
}

fn parse_toml(text: &str, report: &mut Report) -> Option<Node> {
    let lines = Lines::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map(|span| lines.of(span.start));
        report.add(line, "", format!("a syntax error: {}", error.message()), "TOML");
    }
    errors.is_empty().then(|| Node { line: Some(1), kind: from_table(table.get_ref(), &lines) })
}

fn from_table(table: &DeTable, lines: &Lines) -> Kind {
    let mut entries: Vec<(usize, Entry)> = table
        .iter()
        .map(|(key, value)| {
            let line = Some(lines.of(key.span().start));
            let entry = Entry { key: key.get_ref().to_string(), line, node: from_value(value, lines) };
            (key.span().start, entry)
        })
        .collect();
    entries.sort_by_key(|(position, _)| *position);
    Kind::Table(entries.into_iter().map(|(_, entry)| entry).collect())
}

fn from_value(value: &Spanned<DeValue>, lines: &Lines) -> Node {
    let kind = match value.get_ref() {
        DeValue::Boolean(value) => Kind::Bool(*value),
        DeValue::String(value) => Kind::Text(value.to_string()),
        DeValue::Datetime(value) => Kind::Time(value.to_string()),
        DeValue::Integer(value) => match i128::from_str_radix(value.as_str(), value.radix()) {
            Ok(value) => Kind::Int(value),
            Err(_) => Kind::Text(value.as_str().to_string()),
        },
        DeValue::Float(value) => match value.as_str().parse() {
            Ok(value) => Kind::Float(value),
            Err(_) => Kind::Text(value.as_str().to_string()),
        },
        DeValue::Array(items) => Kind::List(items.iter().map(|item| from_value(item, lines)).collect()),
        DeValue::Table(table) => from_table(table, lines),
    };
    Node { line: Some(lines.of(value.span().start)), kind }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Lines {
        Lines(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1).collect())
    }

    fn of(&self, position: usize) -> u32 {
        self.0.partition_point(|start| *start <= position) as u32 + 1
    }
}

fn parse_json(text: &str, report: &mut Report) -> Option<Node> {
    match serde_json::from_str::<Node>(text) {
        Ok(node) => Some(node),
        Err(error) => {
            let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
            report.add(line, "", format!("a syntax error: {error}"), "JSON");
            None
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        Ok(Node { line: None, kind: deserializer.deserialize_any(JsonVisitor)? })
    }
}

/// Reads JSON as it stands: unlike `serde_json::Value` it keeps the order of keys, which is the
/// order of the parameters, and refuses a repeated key.
struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Int(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Int(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Kind, E> {
        Ok(Kind::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Text(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Kind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Kind, A::Error> {
        let mut table: Vec<Entry> = Vec::new();
        while let Some((key, node)) = entries.next_entry::<String, Node>()? {
            if table.iter().any(|entry| entry.key == key) {
                return Err(de::Error::custom(format!("duplicate key `{key}`")));
            }
            table.push(Entry { key, line: None, node });
        }
        Ok(Kind::Table(table))
    }
}
