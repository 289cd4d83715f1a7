//! Numbers as people read them.

use freerun::view::Plain;

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

/// A number with five significant digits. Whole numbers below ten million have all of theirs.
pub fn number(value: f64) -> String {
    digits(value, 5)
}

/// A number with so many significant digits; otherwise as [`number`].
pub fn digits(value: f64, digits: u8) -> String {
    let after_first = i32::from(digits) - 1;
    let size = value.abs();
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    if !(1e-4..1e7).contains(&size) {
        let text = format!("{value:.*e}", usize::from(digits) - 1);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    if value.fract() == 0.0 {
        return value.to_string();
    }
    trimmed(&format!("{value:.*}", usize::try_from(after_first - exponent(size)).unwrap_or(0))).to_owned()
}

/// The power of ten of the first digit of `size`, which is positive.
fn exponent(size: f64) -> i32 {
    size.log10().floor() as i32
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// A loss with its standard error, if that is known: the error with two digits, the loss with as
/// many decimals.
pub fn with_error(value: f64, se: Option<f64>) -> String {
    match se {
        Some(se) if se > 0.0 && (1e-4..1e7).contains(&se) && value.abs() < 1e7 => {
            let decimals = usize::try_from(1 - exponent(se)).unwrap_or(0);
            format!("{value:.decimals$} ± {se:.decimals$}")
        }
        Some(se) if se.is_finite() => format!("{} ± {}", number(value), number(se)),
        _ => number(value),
    }
}

/// A value as people read it; numbers rounded as by [`number`].
pub fn plain(value: &Plain) -> String {
    match value {
        Plain::Float(value) => number(value.0),
        other => other.to_string(),
    }
}

/// So many a minute, to a tenth, or whole from 100 on.
pub fn rate(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
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
    fn numbers_have_five_digits() {
        let cases = [
            (0.0, "0"),
            (123.456_789, "123.46"),
            (-0.001_234_567_8, "-0.0012346"),
            (152_465.3, "152465"),
            (1_234_567.0, "1234567"),
            (0.5, "0.5"),
            (0.1, "0.1"),
            (1.5e-7, "1.5e-7"),
            (2e12, "2e12"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_loss_has_the_decimals_of_its_error() {
        assert_eq!(with_error(40.006_2, Some(0.131_8)), "40.01 ± 0.13");
        assert_eq!(with_error(1.0, Some(0.25)), "1.00 ± 0.25");
        assert_eq!(with_error(1234.5, Some(321.4)), "1234 ± 321");
        assert_eq!(with_error(5.25, Some(3.0)), "5.2 ± 3.0");
        assert_eq!(with_error(1.0, Some(0.0)), "1 ± 0");
        assert_eq!(with_error(1.0, Some(f64::NAN)), "1");
    }
}
