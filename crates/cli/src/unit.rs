//! `--unit`: one of CloudWatch's 27, and what somebody means who writes another.

use nepho_model::{UNITS, Unit};

use crate::nearest::nearest;

/// What people write, and what CloudWatch calls it. Case counts: `b` is a bit, `B` a byte.
const ALIASES: [(&str, Unit); 34] = [
    ("s", Unit::Seconds),
    ("sec", Unit::Seconds),
    ("secs", Unit::Seconds),
    ("ms", Unit::Milliseconds),
    ("msec", Unit::Milliseconds),
    ("millis", Unit::Milliseconds),
    ("us", Unit::Microseconds),
    ("µs", Unit::Microseconds),
    ("usec", Unit::Microseconds),
    ("micros", Unit::Microseconds),
    ("B", Unit::Bytes),
    ("kB", Unit::Kilobytes),
    ("KB", Unit::Kilobytes),
    ("KiB", Unit::Kilobytes),
    ("MB", Unit::Megabytes),
    ("MiB", Unit::Megabytes),
    ("GB", Unit::Gigabytes),
    ("GiB", Unit::Gigabytes),
    ("TB", Unit::Terabytes),
    ("TiB", Unit::Terabytes),
    ("b", Unit::Bits),
    ("kbit", Unit::Kilobits),
    ("Mbit", Unit::Megabits),
    ("Gbit", Unit::Gigabits),
    ("%", Unit::Percent),
    ("pct", Unit::Percent),
    ("n", Unit::Count),
    ("number", Unit::Count),
    ("1/s", Unit::CountPerSecond),
    ("/s", Unit::CountPerSecond),
    ("B/s", Unit::BytesPerSecond),
    ("KB/s", Unit::KilobytesPerSecond),
    ("MB/s", Unit::MegabytesPerSecond),
    ("bps", Unit::BitsPerSecond),
];

/// Reads a unit.
pub(crate) fn parse(text: &str) -> Result<Unit, String> {
    let flag = || meant(text).map(|unit| format!(": --unit {unit}")).unwrap_or_default();
    Unit::parse(text).ok_or_else(|| advice(text) + &flag())
}

/// What to write instead of something that is no unit.
pub(crate) fn advice(text: &str) -> String {
    match meant(text) {
        Some(unit) => format!("CloudWatch's name for it is {unit}"),
        None => format!("expected one of {}", UNITS.map(|(_, name)| name).join(", ")),
    }
}

fn meant(text: &str) -> Option<Unit> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == text).map(|(_, unit)| *unit);
    alias.or_else(|| Unit::parse(nearest(text, UNITS.map(|(_, name)| name))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_named() {
        assert_eq!(parse("Count"), Ok(Unit::Count));
        let cases = [
            ("ms", "Milliseconds"),
            ("count", "Count"),
            ("Milisecond", "Milliseconds"),
            ("bytes/sec", "Bytes/Second"),
            ("%", "Percent"),
            ("b", "Bits"),
            ("B", "Bytes"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                parse(text),
                Err(format!("CloudWatch's name for it is {expected}: --unit {expected}")),
                "{text}"
            );
        }
        assert!(parse("furlongs").unwrap_err().starts_with("expected one of Seconds, Microseconds, "));
    }
}
