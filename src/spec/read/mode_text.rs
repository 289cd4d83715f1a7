//! Modes as one writes them on a command line or in a form: `parallel`, `batched:16`.

use crate::spec::Mode;
use std::fmt;
use std::num::NonZeroU32;

/// The mode in `parallel`, `parallel:IN_FLIGHT`, `batched:BATCH_SIZE` or `windowed:LAG`.
///
/// # Errors
/// What is allowed.
pub fn parse_mode(text: &str) -> Result<Mode, String> {
    let (name, count) = match text.split_once(':') {
        Some((name, count)) => (name, Some(count)),
        None => (text, None),
    };
    let count = count.map(|count| count.parse::<NonZeroU32>().map(NonZeroU32::get)).transpose();
    let count = count.map_err(|_| "the number after `:` must be 1 or more".to_owned())?;
    match (name, count) {
        ("parallel", in_flight) => Ok(Mode::Parallel { in_flight }),
        ("batched", Some(batch_size)) => Ok(Mode::Batched { batch_size }),
        ("windowed", Some(lag)) => Ok(Mode::Windowed { lag }),
        ("batched", None) => Err("say how many trials a batch has, such as batched:16".to_owned()),
        ("windowed", None) => Err("say how large the lag is, such as windowed:16".to_owned()),
        _ => Err("allowed are parallel, parallel:N, batched:N and windowed:N".to_owned()),
    }
}

impl fmt::Display for Mode {
    /// What [`parse_mode`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mode::Parallel { in_flight: None } => f.write_str("parallel"),
            Mode::Parallel { in_flight: Some(count) } => write!(f, "parallel:{count}"),
            Mode::Batched { batch_size } => write!(f, "batched:{batch_size}"),
            Mode::Windowed { lag } => write!(f, "windowed:{lag}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read() {
        assert_eq!(parse_mode("parallel"), Ok(Mode::Parallel { in_flight: None }));
        assert_eq!(parse_mode("parallel:4"), Ok(Mode::Parallel { in_flight: Some(4) }));
        assert_eq!(parse_mode("batched:8"), Ok(Mode::Batched { batch_size: 8 }));
        assert_eq!(parse_mode("windowed:2"), Ok(Mode::Windowed { lag: 2 }));
        for wrong in ["batched", "windowed", "windowed:0", "serial", "batched:x"] {
            assert!(parse_mode(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for text in ["parallel", "parallel:3", "batched:16", "windowed:8"] {
            assert_eq!(parse_mode(text).map(|mode| mode.to_string()), Ok(text.to_owned()));
        }
    }
}
