//! How floating-point numbers stand in JSON: finite ones as the shortest decimal that reads back
//! to the same bits, the others as the strings `"NaN"`, `"inf"` and `"-inf"`.

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// One number in that form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wire(pub f64);

impl Serialize for Wire {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else if self.0.is_nan() {
            serializer.serialize_str("NaN")
        } else if self.0 > 0.0 {
            serializer.serialize_str("inf")
        } else {
            serializer.serialize_str("-inf")
        }
    }
}

struct WireVisitor;

impl Visitor<'_> for WireVisitor {
    type Value = Wire;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, \"NaN\", \"inf\" or \"-inf\"")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Wire, E> {
        Ok(Wire(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Wire, E> {
        Ok(Wire(value as f64))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Wire, E> {
        Ok(Wire(value as f64))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Wire, E> {
        match value {
            "NaN" => Ok(Wire(f64::NAN)),
            "inf" => Ok(Wire(f64::INFINITY)),
            "-inf" => Ok(Wire(f64::NEG_INFINITY)),
            other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Wire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Wire, D::Error> {
        deserializer.deserialize_any(WireVisitor)
    }
}

/// For `#[serde(with = "wire::number")]`.
pub mod number {
    use super::*;

    /// Writes one number.
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        Wire(*value).serialize(serializer)
    }

    /// Reads one number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Wire::deserialize(deserializer).map(|wire| wire.0)
    }
}

/// For `#[serde(with = "wire::numbers")]`.
pub mod numbers {
    use super::*;

    /// Writes a list of numbers.
    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|&value| Wire(value)))
    }

    /// Reads a list of numbers.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        Ok(Vec::<Wire>::deserialize(deserializer)?.into_iter().map(|wire| wire.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_number_reads_back() {
        for value in
            [0.0, -0.0, 1.0, 0.1 + 0.2, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY]
        {
            let text = serde_json::to_string(&Wire(value)).unwrap();
            let back: Wire = serde_json::from_str(&text).unwrap();
            assert_eq!(back.0.to_bits(), value.to_bits(), "{text}");
        }
        let nan: Wire = serde_json::from_str(&serde_json::to_string(&Wire(f64::NAN)).unwrap()).unwrap();
        assert!(nan.0.is_nan());
    }
}
