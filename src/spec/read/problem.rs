//! Mistakes in a study file, collected rather than thrown: a file with ten of them is reported once.

use std::fmt;

/// One mistake in a study file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The study file, as its [`super::Source`] names it.
    pub file: String,
    /// Line in the study file, from 1; `None` for JSON, whose values carry no position.
    pub line: Option<u32>,
    /// Path of the field, such as `targets[0].data`; empty for the file as a whole.
    pub field: String,
    /// What stands there, as a person would write it.
    pub found: String,
    /// What may stand there.
    pub allowed: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": `{}`", self.field)?;
        }
        write!(f, ": found {}, allowed: {}", self.found, self.allowed)
    }
}

/// The mistakes found so far.
pub(super) struct Report<'a> {
    file: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Report<'a> {
    pub fn new(file: &'a str) -> Report<'a> {
        Report { file, problems: Vec::new() }
    }

    pub fn add(
        &mut self,
        line: Option<u32>,
        field: impl Into<String>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        self.problems.push(Problem {
            file: self.file.to_string(),
            line,
            field: field.into(),
            found: found.into(),
            allowed: allowed.into(),
        });
    }

    pub fn count(&self) -> usize {
        self.problems.len()
    }

    /// In the order of the file; those without a line in the order of checking.
    pub fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.line);
        self.problems
    }
}

/// `a, b or c`, with a hint when `found` is nearly one of them.
pub(super) fn one_of<S: AsRef<str>>(found: &str, allowed: &[S]) -> String {
    let mut text = listed(allowed);
    if let Some(near) = nearest(found, allowed) {
        text.push_str(&format!("; did you mean `{near}`?"));
    }
    text
}

/// `a, b or c`; `nothing` for an empty list.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => "nothing".to_string(),
        [only] => only.as_ref().to_string(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", first.join(", "), last.as_ref())
        }
    }
}

/// The name that differs from `found` by a slip of the keys: at most a third of its letters, or one
/// of two.
fn nearest<'n, S: AsRef<str>>(found: &str, names: &'n [S]) -> Option<&'n str> {
    let found = found.to_lowercase();
    let letters = |name: &str| name.chars().count().max(found.chars().count());
    names
        .iter()
        .map(|name| (strsim::osa_distance(&found, &name.as_ref().to_lowercase()), name.as_ref()))
        .filter(|(distance, name)| *distance <= (letters(name) / 3).max(1) && distance * 2 <= letters(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
