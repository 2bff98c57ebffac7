//! Numbers as Java writes them.

/// From here on a number is written with an exponent.
const LARGE: f64 = 1e7;

/// Below this it is as well.
const SMALL: f64 = 1e-3;

/// A number as Java's `Double.toString` writes it: `21.5`, `20000.0`, `1.0E10`, `1.0E-5`.
pub fn java_double(value: f64) -> String {
    let size = value.abs();
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        value if value.is_infinite() => if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        _ if size == 0.0 || (SMALL..LARGE).contains(&size) => format!("{value:?}"),
        _ => {
            // One digit is too few for Java: it takes the closest number with two.
            let text = format!("{value:E}");
            if text.contains('.') { text } else { format!("{value:.1E}") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_java_does() {
        let cases = [
            (21.5, "21.5"),
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (20_000.0, "20000.0"),
            (9_999_999.0, "9999999.0"),
            (9_999_999.999_999_998, "9999999.999999998"),
            (1.0e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (1.0e10, "1.0E10"),
            (-2.5e10, "-2.5E10"),
            (1.0e-3, "0.001"),
            (0.001_234, "0.001234"),
            (9.99e-4, "9.99E-4"),
            (1.0e-5, "1.0E-5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (100.0 / 3.0, "33.333333333333336"),
            (4.9e-324, "4.9E-324"),
            (f64::MAX, "1.7976931348623157E308"),
            (9_007_199_254_740_993.0, "9.007199254740992E15"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (value, expected) in cases {
            assert_eq!(java_double(value), expected);
        }
    }
}
