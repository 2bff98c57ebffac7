//! Units of the facade, in CloudWatch's words.

use ::metrics::Unit as Described;
use nepho_model::Unit;

/// How a value of the facade becomes one of CloudWatch's: divided by `per`, in `unit`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measure {
    pub(super) unit: Unit,
    per: f64,
}

impl Measure {
    /// Values as they are.
    pub(super) const fn plain(unit: Unit) -> Self {
        Measure { unit, per: 1.0 }
    }

    /// A unit that CloudWatch does not have becomes one that it has, of so many to one of them.
    const fn of(unit: Unit, per: f64) -> Self {
        Measure { unit, per }
    }

    pub(super) fn is_plain(self) -> bool {
        self.per == 1.0
    }

    #[inline]
    pub(super) fn value(self, value: f64) -> f64 {
        // A division takes its time, and most need none.
        if self.is_plain() { value } else { value / self.per }
    }
}

impl From<Described> for Measure {
    fn from(described: Described) -> Self {
        // The powers of two are exact. CloudWatch's Kilobytes and up are powers of ten, and would not be.
        const KIBI: f64 = 1.0 / 1024.0;
        match described {
            Described::Count => Measure::plain(Unit::Count),
            Described::Percent => Measure::plain(Unit::Percent),
            Described::Seconds => Measure::plain(Unit::Seconds),
            Described::Milliseconds => Measure::plain(Unit::Milliseconds),
            Described::Microseconds => Measure::plain(Unit::Microseconds),
            Described::Nanoseconds => Measure::of(Unit::Microseconds, 1000.0),
            Described::Tebibytes => Measure::of(Unit::Bytes, KIBI * KIBI * KIBI * KIBI),
            Described::Gibibytes => Measure::of(Unit::Bytes, KIBI * KIBI * KIBI),
            Described::Mebibytes => Measure::of(Unit::Bytes, KIBI * KIBI),
            Described::Kibibytes => Measure::of(Unit::Bytes, KIBI),
            Described::Bytes => Measure::plain(Unit::Bytes),
            Described::TerabitsPerSecond => Measure::plain(Unit::TerabitsPerSecond),
            Described::GigabitsPerSecond => Measure::plain(Unit::GigabitsPerSecond),
            Described::MegabitsPerSecond => Measure::plain(Unit::MegabitsPerSecond),
            Described::KilobitsPerSecond => Measure::plain(Unit::KilobitsPerSecond),
            Described::BitsPerSecond => Measure::plain(Unit::BitsPerSecond),
            Described::CountPerSecond => Measure::plain(Unit::CountPerSecond),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_has_one_of_cloudwatch() {
        let cases = [
            (Described::Count, 3.0, 3.0, Unit::Count),
            (Described::Percent, 3.0, 3.0, Unit::Percent),
            (Described::Seconds, 3.0, 3.0, Unit::Seconds),
            (Described::Milliseconds, 3.0, 3.0, Unit::Milliseconds),
            (Described::Microseconds, 3.0, 3.0, Unit::Microseconds),
            (Described::Nanoseconds, 3.0, 0.003, Unit::Microseconds),
            (Described::Tebibytes, 3.0, 3_298_534_883_328.0, Unit::Bytes),
            (Described::Gibibytes, 3.0, 3_221_225_472.0, Unit::Bytes),
            (Described::Mebibytes, 3.0, 3_145_728.0, Unit::Bytes),
            (Described::Kibibytes, 3.0, 3072.0, Unit::Bytes),
            (Described::Bytes, 3.0, 3.0, Unit::Bytes),
            (Described::TerabitsPerSecond, 3.0, 3.0, Unit::TerabitsPerSecond),
            (Described::GigabitsPerSecond, 3.0, 3.0, Unit::GigabitsPerSecond),
            (Described::MegabitsPerSecond, 3.0, 3.0, Unit::MegabitsPerSecond),
            (Described::KilobitsPerSecond, 3.0, 3.0, Unit::KilobitsPerSecond),
            (Described::BitsPerSecond, 3.0, 3.0, Unit::BitsPerSecond),
            (Described::CountPerSecond, 3.0, 3.0, Unit::CountPerSecond),
        ];
        for (described, value, expected, unit) in cases {
            let measure = Measure::from(described);
            assert_eq!((measure.value(value), measure.unit), (expected, unit), "{described:?}");
        }
    }
}
