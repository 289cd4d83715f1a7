//! Printing. Results go to standard output, everything else to standard error; both in colour only
//! on a terminal and without `NO_COLOR`. A reader that went away is no reason to stop a study.

use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// Prints a line of results.
pub fn line(text: impl AsRef<str>) {
    let _ = writeln!(io::stdout().lock(), "{}", text.as_ref());
}

/// Prints a line of JSON.
pub fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => line(text),
        Err(error) => self::error(&format!("cannot write JSON: {error}")),
    }
}

/// Prints a remark.
pub fn note(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
}

/// Prints what went wrong.
pub fn error(text: &str) {
    let word = paint(io::stderr().is_terminal(), "31;1", "error:");
    note(format!("{word} {text}"));
}

/// A heading on standard output.
pub fn bold(text: &str) -> String {
    paint(io::stdout().is_terminal(), "1", text)
}

fn paint(terminal: bool, code: &str, text: &str) -> String {
    let plain = !terminal || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain { text.to_owned() } else { format!("\x1b[{code}m{text}\x1b[0m") }
}

/// A table with aligned columns: texts to the left, the columns in `numbers` to the right.
pub fn table(head: &[&str], numbers: &[usize], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let join = |cells: &[String]| {
        let mut text = String::new();
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let gap = if column == 0 { "" } else { "  " };
            let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
            let right = numbers.contains(&column);
            text += &if right { format!("{gap}{padding}{cell}") } else { format!("{gap}{cell}{padding}") };
        }
        text.trim_end().to_owned()
    };
    let head: Vec<String> = head.iter().map(|&name| name.to_owned()).collect();
    line(bold(&join(&head)));
    for row in rows {
        line(join(row));
    }
}
