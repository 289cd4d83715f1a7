//! The password file of PostgreSQL: lines of `host:port:database:user:password`, of which the first
//! that fits counts; `*` fits anything, and a backslash takes the meaning from a colon.

use postgres::Config;
use postgres::config::Host;
use std::path::PathBuf;

/// The password for the server of `config`.
pub fn password(config: &Config, environment: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let home = || environment("HOME").map(|home| PathBuf::from(home).join(".pgpass"));
    let file = environment("PGPASSFILE").map(PathBuf::from).or_else(home)?;
    if !is_private(&file) {
        return None;
    }
    find(&std::fs::read_to_string(file).ok()?, &wanted(config))
}

/// A file that others may read is not used, as libpq does not.
#[cfg(unix)]
fn is_private(file: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_file: &std::path::Path) -> bool {
    true
}

/// Host, port, database and user.
fn wanted(config: &Config) -> [String; 4] {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        _ => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    [host, port, text(config.get_dbname()), text(config.get_user())]
}

fn find(text: &str, wanted: &[String; 4]) -> Option<String> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let [places @ .., password] = &fields[..] else { return None };
        let fits = |(pattern, value): (&String, &String)| pattern == "*" || pattern == value;
        (places.len() == 4 && places.iter().zip(wanted).all(fits)).then(|| password.clone())
    })
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let last = fields.len() - 1;
        match character {
            '\\' => fields[last].extend(characters.next()),
            // The password is the rest of the line.
            ':' if last < 4 => fields.push(String::new()),
            other => fields[last].push(other),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let wanted = ["db.org", "5432", "lab", "ann"].map(str::to_owned);
        let file =
            "# a comment\nother:*:*:*:no\n\ndb.org:5432:lab:bob:no\ndb.org:*:lab:ann:a\\:b:c\n*:*:*:*:late";
        assert_eq!(find(file, &wanted).as_deref(), Some("a:b:c"));
        assert_eq!(find("db.org:5433:*:ann:x", &wanted), None);
        assert_eq!(find("", &wanted), None);
    }
}
