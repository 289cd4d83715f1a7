//! Time spans as people write them: `90s`, `30min`, `1h 30min`.

/// What a time span may look like.
pub(super) const ALLOWED: &str = "a time with its unit, such as \"90s\", \"30min\", \"2h\" or \"1d\"";

const UNITS: [(&str, f64); 5] = [("ms", 1e3), ("s", 1e6), ("min", 60e6), ("h", 3600e6), ("d", 86_400e6)];

/// The microseconds of `text`: numbers each followed by `ms`, `s`, `min`, `h` or `d`, added up.
/// `None` if it is anything else, or longer than a thousand years.
pub fn parse_time_us(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = &rest[..letters];
        total += number * UNITS.iter().find(|(name, _)| *name == unit)?.1;
        rest = rest[letters..].trim_start();
    }
    (total <= 1000.0 * 366.0 * 86_400e6).then_some(total as u64)
}

#[cfg(test)]
mod tests {
    use super::parse_time_us;

    #[test]
    fn times_need_a_unit() {
        let known = [
            ("90s", 90_000_000),
            ("1.5h", 5_400_000_000),
            ("1h 30min", 5_400_000_000),
            ("2 d", 172_800_000_000),
            ("250ms", 250_000),
        ];
        for (text, us) in known {
            assert_eq!(parse_time_us(text), Some(us), "{text}");
        }
        for text in ["", " ", "90", "s", "1m", "1 hour", "-1s", "1e3s", "1..2s", "99999999999d", "1h30", "ü"]
        {
            assert_eq!(parse_time_us(text), None, "{text}");
        }
    }
}
