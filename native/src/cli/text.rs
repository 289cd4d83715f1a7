//! Numbers as people read them.

/// Microseconds as `3 d 2 h`, `1 h 02 min`, `2 min 05 s`, `3.4 s` or `12 ms`.
pub fn time(us: u64) -> String {
    let seconds = us / 1_000_000;
    match seconds {
        0 if us < 1_000_000 => format!("{} ms", us / 1_000),
        0..60 => format!("{:.1} s", us as f64 / 1e6),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// A number with six significant digits.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    if !(1e-4..1e9).contains(&size) {
        let text = format!("{value:.5e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'));
    }
    let before = if size < 1.0 { 0 } else { size.log10() as usize + 1 };
    let text = format!("{value:.*}", 6usize.saturating_sub(before));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A loss with its standard error, if that is known.
pub fn with_error(value: f64, se: Option<f64>) -> String {
    match se {
        Some(se) if se.is_finite() => format!("{} ± {}", number(value), number(se)),
        _ => number(value),
    }
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// `1 trial`, `2 trials`.
pub fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_unit_that_fits() {
        let cases = [
            (12_345, "12 ms"),
            (3_400_000, "3.4 s"),
            (125_000_000, "2 min 05 s"),
            (3_725_000_000, "1 h 02 min"),
            (266_400_000_000, "3 d 2 h"),
        ];
        for (us, text) in cases {
            assert_eq!(time(us), text);
        }
    }

    #[test]
    fn numbers_have_six_digits() {
        let cases = [
            (0.0, "0"),
            (123.456_789, "123.457"),
            (-0.001_234_567_8, "-0.001235"),
            (1_234_567.0, "1234567"),
            (0.5, "0.5"),
            (1.5e-7, "1.5e-7"),
            (2e12, "2e12"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(with_error(1.0, Some(0.25)), "1 ± 0.25");
        assert_eq!(with_error(1.0, Some(f64::NAN)), "1");
    }
}
