//! How numbers become integers, and exactly the same numbers again.

use super::ChunkError;
use super::bytes::Reader;

/// The most decimals that are looked for.
const DECIMALS_MAX: u8 = 12;
/// The code on disk of [`Scale::Bits`].
const BITS_CODE: u8 = 13;
/// Integers stay below this magnitude, where [`nearest`] is right.
const INTEGER_LIMIT: f64 = (1u64 << 51) as f64;
/// A number so many representable numbers away from a decimal is that decimal with a small error, as sums of
/// decimals have it.
const CORRECTION_MAX: u64 = 64;
/// Below this magnitude decimals lie so far apart that a number is not near one by chance.
const CORRECTED_LIMIT: f64 = (1u64 << 43) as f64;
/// One in so many numbers may be no decimal before the column is written by its bits.
const MISFIT_SHARE: usize = 8;

const POWERS: [f64; DECIMALS_MAX as usize + 1] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/// The bits of a number without its sign.
const MAGNITUDE: u64 = u64::MAX >> 1;

/// How the numbers of a column stand as integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// The integer is the number times 10^k; what that misses is a correction.
    Decimal(u8),
    /// The integer is made of the number's bits, without so many low ones, which are zero.
    Bits(u8),
}

impl Scale {
    /// The scale that makes small integers of all `columns`.
    pub(super) fn of(columns: &[&[f64]]) -> Self {
        let mut decimals = 0;
        let mut misfits_left = columns.iter().map(|column| column.len()).sum::<usize>() / MISFIT_SHARE;
        for value in columns.iter().copied().flatten() {
            match decimals_of(*value, decimals) {
                Some(more) => decimals = more,
                None if misfits_left > 0 => misfits_left -= 1,
                None => return Scale::of_bits(columns),
            }
        }
        Scale::Decimal(decimals)
    }

    fn of_bits(columns: &[&[f64]]) -> Self {
        let all = columns.iter().copied().flatten().fold(0, |all, value| all | (value.to_bits() & MAGNITUDE));
        Scale::Bits(if all == 0 { 0 } else { all.trailing_zeros() as u8 })
    }

    /// Writes the integers of `numbers` in place of what `integers` held, and their corrections, which are
    /// empty when all are zero, likewise.
    pub(super) fn split(self, numbers: &[f64], integers: &mut Vec<i64>, corrections: &mut Vec<i64>) {
        integers.clear();
        corrections.clear();
        match self {
            Scale::Bits(shift) => integers.extend(numbers.iter().map(|number| ordered(*number, shift))),
            Scale::Decimal(decimals) => {
                let power = POWERS[usize::from(decimals)];
                let mut misses = 0;
                integers.extend(numbers.iter().map(|number| {
                    let integer = nearest(number * power) as i64;
                    misses |= (integer as f64 / power).to_bits() ^ number.to_bits();
                    integer
                }));
                if misses != 0 {
                    corrections.extend(numbers.iter().zip(&*integers).map(|(number, integer)| {
                        number.to_bits().wrapping_sub((*integer as f64 / power).to_bits()) as i64
                    }));
                }
            }
        }
    }

    /// Writes the numbers that were split in place of what `numbers` held.
    pub(super) fn join(self, integers: &[i64], corrections: &[i64], numbers: &mut Vec<f64>) {
        numbers.clear();
        match self {
            Scale::Bits(shift) => numbers.extend(integers.iter().map(|integer| unordered(*integer, shift))),
            Scale::Decimal(decimals) => {
                let power = POWERS[usize::from(decimals)];
                numbers.extend(integers.iter().map(|integer| *integer as f64 / power));
                for (number, correction) in numbers.iter_mut().zip(corrections) {
                    *number = f64::from_bits(number.to_bits().wrapping_add(*correction as u64));
                }
            }
        }
    }

    /// The scale's code on disk: four bits.
    pub(super) fn code(self) -> u8 {
        match self {
            Scale::Decimal(decimals) => decimals,
            Scale::Bits(_) => BITS_CODE,
        }
    }

    /// Appends what the code does not say.
    pub(super) fn write_rest(self, out: &mut Vec<u8>) {
        if let Scale::Bits(shift) = self {
            out.push(shift);
        }
    }

    /// The scale with this code, the rest of which comes next.
    pub(super) fn read(code: u8, reader: &mut Reader<'_>) -> Result<Self, ChunkError> {
        match code {
            0..=DECIMALS_MAX => Ok(Scale::Decimal(code)),
            BITS_CODE => match reader.byte()? {
                shift @ 0..=62 => Ok(Scale::Bits(shift)),
                shift => Err(ChunkError::Code { what: "shift", code: shift }),
            },
            _ => Err(ChunkError::Code { what: "scale", code }),
        }
    }
}

/// The fewest decimals, at least `from`, that tell `value`.
#[inline]
fn decimals_of(value: f64, from: u8) -> Option<u8> {
    if tells(value, from) { Some(from) } else { (from + 1..=DECIMALS_MAX).find(|decimals| tells(value, *decimals)) }
}

#[inline]
fn tells(value: f64, decimals: u8) -> bool {
    let power = POWERS[usize::from(decimals)];
    let scaled = value * power;
    let told = nearest(scaled) / power;
    let miss = told.to_bits().abs_diff(value.to_bits());
    scaled.abs() < INTEGER_LIMIT && (miss == 0 || (miss <= CORRECTION_MAX && scaled.abs() < CORRECTED_LIMIT))
}

/// The nearest whole number, when it is below [`INTEGER_LIMIT`].
#[inline]
fn nearest(value: f64) -> f64 {
    // Adding 1.5 * 2^52 leaves no room for a fraction; `round` is a function call on most targets.
    const NO_FRACTION: f64 = 6_755_399_441_055_744.0;
    (value + NO_FRACTION) - NO_FRACTION
}

/// The number's bits as an integer that grows with the number.
fn ordered(number: f64, shift: u8) -> i64 {
    let magnitude = ((number.to_bits() & MAGNITUDE) >> shift) as i64;
    if number.is_sign_negative() { !magnitude } else { magnitude }
}

fn unordered(integer: i64, shift: u8) -> f64 {
    let sign = integer >> 63;
    let magnitude = ((integer ^ sign) as u64) << shift;
    f64::from_bits((magnitude & MAGNITUDE) | (sign as u64 & !MAGNITUDE))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers, their scale, their integers, and the corrections.
    type Case<'a> = (&'a [f64], Scale, &'a [i64], &'a [i64]);

    fn round_trip(numbers: &[f64]) -> (Scale, Vec<i64>, Vec<i64>) {
        let scale = Scale::of(&[numbers]);
        let (mut integers, mut corrections, mut joined) = (Vec::new(), Vec::new(), Vec::new());
        scale.split(numbers, &mut integers, &mut corrections);
        scale.join(&integers, &corrections, &mut joined);
        let bits = |list: &[f64]| list.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&joined), bits(numbers), "{scale:?}");
        (scale, integers, corrections)
    }

    #[test]
    fn numbers_become_small_integers() {
        let third = f64::from(1f32 / 3f32);
        let cases: [Case<'_>; 8] = [
            (&[0.0, 7.0, -3.0], Scale::Decimal(0), &[0, 7, -3], &[]),
            (&[1.0, 0.25, 12.5], Scale::Decimal(2), &[100, 25, 1250], &[]),
            (&[0.1 + 0.2, 0.1], Scale::Decimal(1), &[3, 1], &[1, 0]),
            (&[1e-12], Scale::Decimal(12), &[1], &[]),
            (&[1e15], Scale::Decimal(0), &[1_000_000_000_000_000], &[]),
            (&[0.0, 0.0, -0.0], Scale::Bits(0), &[0, 0, -1], &[]),
            (&[third, -2.0], Scale::Bits(29), &[(third.to_bits() >> 29) as i64, !(2f64.to_bits() >> 29) as i64], &[]),
            (&[f64::MAX], Scale::Bits(0), &[f64::MAX.to_bits() as i64], &[]),
        ];
        for (numbers, scale, integers, corrections) in cases {
            assert_eq!(round_trip(numbers), (scale, integers.to_vec(), corrections.to_vec()), "{numbers:?}");
        }
    }

    #[test]
    fn one_in_eight_may_be_no_decimal() {
        let pi = std::f64::consts::PI;
        let mut numbers = [1.5; 16];
        numbers[3] = pi;
        numbers[9] = pi;
        assert_eq!(round_trip(&numbers).0, Scale::Decimal(1));
        numbers[10] = pi;
        assert_eq!(round_trip(&numbers).0, Scale::Bits(3));
    }

    proptest! {
        #[test]
        fn any_numbers_come_back(bits in prop::collection::vec(any::<u64>(), 0..40)) {
            round_trip(&bits.into_iter().map(f64::from_bits).collect::<Vec<_>>());
        }
    }
}
