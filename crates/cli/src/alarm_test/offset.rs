//! Lengths of time as test files write them: `90s`, `5m`, `1h30m`, `2d`.

/// The units, the longest first, in seconds.
const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

/// What a length of time looks like, for errors.
pub(super) const EXPECTED: &str = "expected a length of time such as 90s, 5m, 1h30m or 2d";

/// The seconds of a length of time; a minus before it makes it negative, and 0 needs no unit.
pub(super) fn parse(text: &str) -> Option<i64> {
    if let Some(rest) = text.strip_prefix('-') {
        return unsigned(rest).map(|seconds| -seconds);
    }
    unsigned(text)
}

fn unsigned(text: &str) -> Option<i64> {
    if text == "0" {
        return Some(0);
    }
    let (mut rest, mut seconds, mut longest) = (text, 0_i64, i64::MAX);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at(digits);
        let unit = behind.chars().next()?;
        let (_, length) = UNITS.into_iter().find(|(name, length)| *name == unit && *length < longest)?;
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(length)?)?;
        longest = length;
        rest = &behind[1..];
    }
    (!text.is_empty()).then_some(seconds)
}

/// A length of time in the same words.
pub(super) fn text(seconds: i64) -> String {
    if seconds == 0 {
        return "0".to_owned();
    }
    let mut left = seconds.unsigned_abs();
    let mut text = if seconds < 0 { "-".to_owned() } else { String::new() };
    for (name, length) in UNITS.map(|(name, length)| (name, length.unsigned_abs())) {
        if left >= length {
            text.push_str(&format!("{}{name}", left / length));
            left %= length;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_written() {
        for (words, seconds) in [("0", 0), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("2d", 172_800), ("-10m", -600)] {
            assert_eq!(parse(words), Some(seconds), "{words}");
            assert_eq!(parse(&text(seconds)), Some(seconds), "{words}");
        }
        assert_eq!(text(90), "1m30s");
        for bad in ["", "5", "m", "5x", "5m5m", "5s1m", "1.5h", "--5m", "99999999999999999999s"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
