//! Numbers in labels.

/// Digits that a number with a fraction is rounded to.
const SIGNIFICANT_DIGITS: i32 = 6;
/// Numbers from here on have an exponent.
const LARGE: f64 = 1e15;
/// Numbers below have an exponent.
const SMALL: f64 = 1e-6;

/// A number for people: six significant digits, but never fewer than the digits before the point, and no zeros at the
/// end; an exponent for the very large and the very small.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(SMALL..LARGE).contains(&size) {
        let text = format!("{value:.*e}", SIGNIFICANT_DIGITS as usize - 1);
        return text
            .split_once('e')
            .map_or(text.clone(), |(digits, exponent)| format!("{}e{exponent}", trimmed(digits)));
    }
    let digits_before_point = size.log10().floor() as i32 + 1;
    let decimals = (SIGNIFICANT_DIGITS - digits_before_point).max(0);
    trimmed(&format!("{value:.*}", decimals as usize)).to_owned()
}

/// Without the zeros at the end of a fraction.
fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_and_no_more_zeros_than_needed() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (100.0, "100"),
            (-2.5, "-2.5"),
            (12.345_678_9, "12.3457"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333"),
            (0.000_012_345_678, "0.0000123457"),
            (1_234_567.89, "1234568"),
            (123_456_789_012.0, "123456789012"),
            (999_999.96, "1000000"),
            (1e15, "1e15"),
            (1.234_567_8e20, "1.23457e20"),
            (1.5e-9, "1.5e-9"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }
}
