//! Numbers, exactly as `str::parse::<f64>` reads them, in a fraction of its time for the usual short ones.

/// The largest integer up to which every integer is a double.
const MAX_EXACT: u64 = 1 << 53;
/// The powers of ten that are doubles exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// As many digits as always fit a `u64`.
const MAX_DIGITS: usize = 19;

/// The value of a JSON number.
#[inline]
pub(crate) fn parse(number: &str) -> f64 {
    short(number.as_bytes())
        .unwrap_or_else(|| number.parse().expect("the grammar of JSON numbers is within that of Rust's"))
}

/// An integer and a power of ten that are both exact give a correctly rounded quotient.
#[inline]
fn short(bytes: &[u8]) -> Option<f64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        all => (false, all),
    };
    if digits.len() > MAX_DIGITS {
        return None;
    }
    let (mut mantissa, mut point) = (0u64, None);
    for (position, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa * 10 + u64::from(byte - b'0'),
            b'.' => point = Some(position),
            _ => return None,
        }
    }
    if mantissa > MAX_EXACT {
        return None;
    }
    let decimals = point.map_or(0, |position| digits.len() - position - 1);
    let magnitude = mantissa as f64 / POWERS[decimals];
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(number: &str) {
        let expected: f64 = number.parse().unwrap();
        assert_eq!(parse(number).to_bits(), expected.to_bits(), "{number}");
    }

    #[test]
    fn edges() {
        for number in [
            "0",
            "-0",
            "-0.0",
            "1",
            "9007199254740992",
            "9007199254740993",
            "-9007199254740993",
            "0.1",
            "12.50",
            "1e22",
            "1E-7",
            "9999999999999999999",
            "99999999999999999999",
            "0.000000000000000001",
            "5e-324",
            "2.2250738585072011e-308",
        ] {
            check(number);
        }
    }

    proptest! {
        #[test]
        fn any_double(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
            check(&value.to_string());
            check(&format!("{value:e}"));
        }

        #[test]
        fn any_short_decimal(number in "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?(e-?[0-9]{1,2})?") {
            check(&number);
        }
    }
}
