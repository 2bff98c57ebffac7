//! The 27 units of CloudWatch.

/// A unit. It is not part of a metric's identity, but data under different units is kept apart,
/// and nothing is ever converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are AWS's and say all there is to say")]
pub enum Unit {
    Seconds = 0,
    Microseconds = 1,
    Milliseconds = 2,
    Bytes = 3,
    Kilobytes = 4,
    Megabytes = 5,
    Gigabytes = 6,
    Terabytes = 7,
    Bits = 8,
    Kilobits = 9,
    Megabits = 10,
    Gigabits = 11,
    Terabits = 12,
    Percent = 13,
    Count = 14,
    BytesPerSecond = 15,
    KilobytesPerSecond = 16,
    MegabytesPerSecond = 17,
    GigabytesPerSecond = 18,
    TerabytesPerSecond = 19,
    BitsPerSecond = 20,
    KilobitsPerSecond = 21,
    MegabitsPerSecond = 22,
    GigabitsPerSecond = 23,
    TerabitsPerSecond = 24,
    CountPerSecond = 25,
    #[default]
    None = 26,
}

/// Every unit with the name CloudWatch gives it, in the order of its model. The position is the unit's
/// code on disk: it never changes.
pub const UNITS: [(Unit, &str); 27] = [
    (Unit::Seconds, "Seconds"),
    (Unit::Microseconds, "Microseconds"),
    (Unit::Milliseconds, "Milliseconds"),
    (Unit::Bytes, "Bytes"),
    (Unit::Kilobytes, "Kilobytes"),
    (Unit::Megabytes, "Megabytes"),
    (Unit::Gigabytes, "Gigabytes"),
    (Unit::Terabytes, "Terabytes"),
    (Unit::Bits, "Bits"),
    (Unit::Kilobits, "Kilobits"),
    (Unit::Megabits, "Megabits"),
    (Unit::Gigabits, "Gigabits"),
    (Unit::Terabits, "Terabits"),
    (Unit::Percent, "Percent"),
    (Unit::Count, "Count"),
    (Unit::BytesPerSecond, "Bytes/Second"),
    (Unit::KilobytesPerSecond, "Kilobytes/Second"),
    (Unit::MegabytesPerSecond, "Megabytes/Second"),
    (Unit::GigabytesPerSecond, "Gigabytes/Second"),
    (Unit::TerabytesPerSecond, "Terabytes/Second"),
    (Unit::BitsPerSecond, "Bits/Second"),
    (Unit::KilobitsPerSecond, "Kilobits/Second"),
    (Unit::MegabitsPerSecond, "Megabits/Second"),
    (Unit::GigabitsPerSecond, "Gigabits/Second"),
    (Unit::TerabitsPerSecond, "Terabits/Second"),
    (Unit::CountPerSecond, "Count/Second"),
    (Unit::None, "None"),
];

impl Unit {
    /// The unit called `name`, case-sensitively.
    pub fn parse(name: &str) -> Option<Self> {
        UNITS.iter().find(|(_, known)| *known == name).map(|(unit, _)| *unit)
    }

    /// CloudWatch's name of the unit.
    pub const fn as_str(self) -> &'static str {
        UNITS[self as usize].1
    }

    /// The unit's code on disk.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The unit with this code on disk.
    pub fn from_code(code: u8) -> Option<Self> {
        UNITS.get(usize::from(code)).map(|(unit, _)| *unit)
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_comes_back_from_its_name_and_its_code() {
        for (position, (unit, name)) in UNITS.iter().enumerate() {
            assert_eq!(Unit::parse(name), Some(*unit));
            assert_eq!(usize::from(unit.code()), position);
            assert_eq!(Unit::from_code(unit.code()), Some(*unit));
        }
        assert_eq!(Unit::parse("seconds"), None);
        assert_eq!(Unit::from_code(27), None);
    }
}
