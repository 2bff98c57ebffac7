//! Numbers as people read them.

/// From here on, a number is written with an exponent.
const LARGE: f64 = 1e15;
/// Below this, too.
const SMALL: f64 = 1e-4;
/// From here on, short numbers have a suffix.
const SUFFIXED: f64 = 1e4;

const SUFFIXES: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

/// The number to its last digit: as few digits as tell it from every other.
pub(crate) fn exact(number: f64) -> String {
    let magnitude = number.abs();
    if number != 0.0 && !(SMALL..LARGE).contains(&magnitude) { format!("{number:e}") } else { format!("{number}") }
}

/// The number to seven digits, whole parts in full.
pub(crate) fn readable(number: f64) -> String {
    let magnitude = number.abs();
    if number != 0.0 && !(SMALL..LARGE).contains(&magnitude) {
        let text = format!("{number:.6e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", without_zeros(digits));
    }
    digits(number, 7)
}

/// The number to four digits, and thousands, millions and so on by a suffix.
pub(crate) fn short(number: f64) -> String {
    let magnitude = number.abs();
    if number != 0.0 && !(SMALL..LARGE).contains(&magnitude) {
        return format!("{number:.2e}");
    }
    match SUFFIXES.iter().find(|(unit, _)| magnitude >= SUFFIXED && magnitude >= *unit) {
        Some((unit, suffix)) => format!("{}{suffix}", digits(number / unit, 3)),
        None => digits(number, 4),
    }
}

/// The number to so many significant digits, whole parts in full, without zeros at the end.
fn digits(number: f64, significant: i32) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let whole_digits = number.abs().log10().floor() as i32 + 1;
    let decimals = (significant - whole_digits).max(0) as usize;
    without_zeros(&format!("{number:.decimals$}"))
}

/// Takes off the zeros that end a decimal fraction.
fn without_zeros(text: &str) -> String {
    if !text.contains('.') {
        return text.to_owned();
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count with its thousands apart: `12,345`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 metric`, `2 metrics`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers() {
        let cases = [
            (0.0, "0"),
            (5.0, "5"),
            (-5.25, "-5.25"),
            (1234.0, "1234"),
            (1234.5678, "1235"),
            (0.123_456, "0.1235"),
            (9999.4, "9999"),
            (12_345.0, "12.3k"),
            (999_999.0, "1000k"),
            (2_500_000.0, "2.5M"),
            (3.2e9, "3.2G"),
            (0.000_01, "1.00e-5"),
            (2e18, "2.00e18"),
        ];
        for (number, expected) in cases {
            assert_eq!(short(number), expected, "{number}");
        }
    }

    #[test]
    fn readable_numbers() {
        let cases = [
            (100.0 / 3.0, "33.33333"),
            (12.5, "12.5"),
            (123_456_789.0, "123456789"),
            (1e-9, "1e-9"),
            (-2.5e300, "-2.5e300"),
            (0.0, "0"),
        ];
        for (number, expected) in cases {
            assert_eq!(readable(number), expected, "{number}");
        }
    }

    #[test]
    fn exact_numbers_come_back() {
        for number in [0.0, -1.5, 0.1, 1e-300, 1.7e308, 123_456_789.123, 5e-324] {
            assert_eq!(exact(number).parse::<f64>().unwrap(), number);
        }
        assert_eq!(exact(3.0), "3");
    }

    #[test]
    fn counts() {
        assert_eq!(counted(1, "metric"), "1 metric");
        assert_eq!(counted(1_234_567, "metric"), "1,234,567 metrics");
        assert_eq!(grouped(100), "100");
    }
}
