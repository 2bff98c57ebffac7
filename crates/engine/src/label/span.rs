//! Lengths of time in labels.

/// Units of time in seconds, the longest first.
const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];

/// A length of time in its two largest units, the second only if it is not zero: `3 h`, `1 d 2 h`, `5 min 30 s`.
pub(super) fn span(millis: i64) -> String {
    let seconds = millis.saturating_abs() / 1000;
    let Some(at) = UNITS.iter().position(|(unit, _)| seconds >= *unit) else { return "0 s".to_owned() };
    let (unit, name) = UNITS[at];
    let first = format!("{} {name}", seconds / unit);
    match UNITS.get(at + 1).map(|(next, name)| (seconds % unit / next, name)) {
        Some((count, name)) if count > 0 => format!("{first} {count} {name}"),
        _ => first,
    }
}

/// A time as seen from now: `3 h ago`, `in 5 min`.
pub(super) fn relative(millis_ago: i64) -> String {
    if millis_ago <= -1000 { format!("in {}", span(millis_ago)) } else { format!("{} ago", span(millis_ago)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_units_at_most() {
        let cases = [
            (0, "0 s ago"),
            (999, "0 s ago"),
            (45, "0 s ago"),
            (45_000, "45 s ago"),
            (60_000, "1 min ago"),
            (330_000, "5 min 30 s ago"),
            (3 * 3_600_000, "3 h ago"),
            (3 * 3_600_000 + 59_000, "3 h ago"),
            (26 * 3_600_000, "1 d 2 h ago"),
            (-300_000, "in 5 min"),
        ];
        for (millis, expected) in cases {
            assert_eq!(relative(millis), expected, "{millis} ms");
        }
    }
}
