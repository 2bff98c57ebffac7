//! Numbers as text: the fewest digits that read back as the same double.

/// The most bytes that a number takes: the longest is that of `-2.2250738585072014e-308`.
pub(crate) const MAX_NUMBER_BYTES: usize = 24;
/// The largest integer up to which every integer is a double. Past it, the last digits would say nothing.
const MAX_EXACT: i64 = 1 << 53;
/// Decimals with up to nine digits after the point, such as nanoseconds in seconds or in milliseconds, are integers
/// of this fraction.
const FRACTION: u64 = 1_000_000_000;
/// Decimals below this have 15 digits or fewer. No two such decimals are the same double, so that one that reads back
/// as the number is the only one, and without its last zeros it is the shortest.
const MAX_DECIMAL: f64 = 1e6;
/// How many digits are written at once, and the smallest number that has more.
const DIGITS: usize = 8;
const ABOVE_DIGITS: u64 = 100_000_000;
/// As many times the digit 0.
const ZEROS: u64 = u64::from_le_bytes([b'0'; DIGITS]);

/// Appends a finite number. Negative zero, which no metric has, is written as zero.
#[inline]
pub(crate) fn push(out: &mut Vec<u8>, number: f64) {
    debug_assert!(number.is_finite());
    let magnitude = number.abs();
    let whole = magnitude as i64;
    if whole <= MAX_EXACT && whole as f64 == magnitude {
        push_sign(out, number < 0.0);
        push_whole(out, whole as u64);
    } else if let Some(decimal) = decimal(magnitude) {
        push_sign(out, number < 0.0);
        push_decimal(out, decimal);
    } else {
        push_any(out, number);
    }
}

/// Kept out of the way of the numbers that most metrics have.
#[inline(never)]
fn push_any(out: &mut Vec<u8>, number: f64) {
    out.extend_from_slice(zmij::Buffer::new().format_finite(number).as_bytes());
}

/// Appends an integer.
#[inline]
pub(crate) fn push_integer(out: &mut Vec<u8>, integer: i64) {
    push_sign(out, integer < 0);
    push_whole(out, integer.unsigned_abs());
}

#[inline]
fn push_sign(out: &mut Vec<u8>, is_negative: bool) {
    if is_negative {
        out.push(b'-');
    }
}

/// The number as so many of [`FRACTION`], if that reads back as the same double.
#[inline]
fn decimal(magnitude: f64) -> Option<u64> {
    if magnitude >= MAX_DECIMAL {
        return None;
    }
    // Less than half is lost by the multiplication, and both operands of the division are exact.
    let decimal = (magnitude * FRACTION as f64 + 0.5) as i64;
    (decimal as f64 / FRACTION as f64 == magnitude).then_some(decimal as u64)
}

#[inline]
fn push_decimal(out: &mut Vec<u8>, decimal: u64) {
    let (whole, fraction) = (decimal / FRACTION, decimal % FRACTION);
    push_short(out, whole);
    out.push(b'.');
    let (first, last) = (digits(fraction / 10), (fraction % 10) as u8);
    push_digits(out, first);
    if last == 0 {
        out.truncate(out.len() - first.leading_zeros() as usize / 8);
    } else {
        out.push(b'0' + last);
    }
}

#[inline]
fn push_whole(out: &mut Vec<u8>, whole: u64) {
    if whole < ABOVE_DIGITS { push_short(out, whole) } else { push_long(out, whole) }
}

/// Appends an integer of up to [`DIGITS`] digits.
#[inline]
fn push_short(out: &mut Vec<u8>, whole: u64) {
    let digits = digits(whole);
    // At least one digit, also of zero.
    let zeros = (digits | 1 << 63).trailing_zeros() as usize / 8;
    push_digits(out, digits >> (8 * zeros));
    out.truncate(out.len() - zeros);
}

fn push_long(out: &mut Vec<u8>, whole: u64) {
    push_whole(out, whole / ABOVE_DIGITS);
    push_digits(out, digits(whole % ABOVE_DIGITS));
}

#[inline]
fn push_digits(out: &mut Vec<u8>, digits: u64) {
    out.extend_from_slice(&(digits | ZEROS).to_le_bytes());
}

/// The eight decimal digits of a number, the first one in the lowest byte: the number is halved three times, both
/// halves of all parts at once. The multiplications divide by 100 and by 10, exactly within their ranges.
#[inline]
fn digits(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - 10 * tens) << 8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = b"before".to_vec();
        push(&mut out);
        String::from_utf8(out).unwrap().split_off("before".len())
    }

    fn check(number: f64) {
        let written = text(|out| push(out, number));
        assert!(written.len() <= MAX_NUMBER_BYTES, "{written}");
        assert_eq!(written.parse::<f64>().unwrap().to_bits(), (number + 0.0).to_bits(), "{written}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap().as_f64(), Some(number), "{written}");
        // As many digits as the standard library finds necessary.
        let significant = |text: &str| {
            let digits: String = text.split(['e', 'E']).next().unwrap().chars().filter(char::is_ascii_digit).collect();
            digits.trim_matches('0').len()
        };
        if number.abs() > MAX_EXACT as f64 || number.fract() != 0.0 {
            assert_eq!(significant(&written), significant(&format!("{number:e}")), "{written}");
        }
    }

    #[test]
    fn edges() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-10.0, "-10"),
            (99_999_999.0, "99999999"),
            (100_000_000.0, "100000000"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (-9_007_199_254_740_992.0, "-9007199254740992"),
            (9_007_199_254_740_994.0, "9007199254740994.0"),
            (1e16, "1e+16"),
            (2f64.powi(360), "2.3485425827738332e+108"),
            (0.1, "0.1"),
            (-0.5, "-0.5"),
            (12.25, "12.25"),
            (1_234.567_891, "1234.567891"),
            (0.000_000_001, "0.000000001"),
            (0.000_000_000_1, "1e-10"),
            (999_999.999_999_999, "999999.999999999"),
            (1_000_000.000_000_1, "1000000.0000001"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3.0, "0.3333333333333333"),
            (5e-324, "5e-324"),
            (-2.225_073_858_507_201_4e-308, "-2.2250738585072014e-308"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            assert_eq!(text(|out| push(out, number)), expected);
            check(number);
        }
    }

    #[test]
    fn the_ends_of_integers() {
        for integer in [0, -1, 9, 10, 99_999_999, 100_000_000, 9_999_999_999_999_999, 10_000_000_000_000_000] {
            assert_eq!(text(|out| push_integer(out, integer)), integer.to_string());
        }
        for integer in [i64::MIN, i64::MAX] {
            assert_eq!(text(|out| push_integer(out, integer)), integer.to_string());
        }
    }

    proptest! {
        #[test]
        fn any_integer(integer: i64, shift in 0..64) {
            let integer = integer >> shift;
            assert_eq!(text(|out| push_integer(out, integer)), integer.to_string());
        }

        #[test]
        fn any_double(bits: u64) {
            let number = f64::from_bits(bits);
            if number.is_finite() {
                check(number);
            }
        }

        #[test]
        fn any_double_of_an_ordinary_size(mantissa in -1.0..1.0, exponent in -40..60) {
            check(mantissa * 2f64.powi(exponent));
        }

        #[test]
        fn any_decimal(digits in 0..1_000_000_000_000_000_000i64, decimals in 0..19u32) {
            check(digits as f64 / 10f64.powi(decimals as i32));
            check(-(digits as f64 / 10f64.powi(decimals as i32)).next_up());
        }
    }
}
