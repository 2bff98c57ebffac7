//! One field of a cron expression.

use crate::unexpected::Unexpected;

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    /// What it is, in words.
    what: &'static str,
    from: u32,
    to: u32,
    /// Names of numbers, beginning with that of `from`.
    names: &'static [&'static str],
}

pub(super) const MINUTE: Range = Range { what: "a minute from 0 to 59", from: 0, to: 59, names: &[] };
pub(super) const HOUR: Range = Range { what: "an hour from 0 to 23", from: 0, to: 23, names: &[] };
pub(super) const DAY: Range = Range { what: "a day of the month from 1 to 31", from: 1, to: 31, names: &[] };
pub(super) const MONTH: Range = Range {
    what: "a month from 1 to 12 or from JAN to DEC",
    from: 1,
    to: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
pub(super) const WEEKDAY: Range = Range {
    what: "a day of the week from 0 to 7 or from SUN to SAT",
    from: 0,
    to: SUNDAY,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};

/// Sunday at the end of the week; at its beginning it is 0.
const SUNDAY: u32 = 7;

/// The numbers that a field allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    bits: u64,
    /// Whether it says `*`, and so restricts nothing.
    pub(super) is_any: bool,
}

impl Field {
    /// Reads a field that stands at a byte of `text`: `*`, numbers, names and ranges, with commas between.
    pub(super) fn parse(text: &str, at: usize, field: &str, range: Range) -> Result<Self, Unexpected> {
        let mut read = Field { bits: 0, is_any: false };
        let mut start = at;
        for item in field.split(',') {
            if item == "*" {
                read.is_any = true;
                read.add(range.from, range.to);
            } else {
                let (from, to) = bounds(item, range).ok_or_else(|| unexpected(text, start, item, range))?;
                read.add(from, to);
            }
            start += item.len() + 1;
        }
        Ok(read)
    }

    fn add(&mut self, from: u32, to: u32) {
        for number in from..=to {
            self.bits |= 1 << number;
        }
    }

    /// The same days of a week with Sunday as 0 alone.
    pub(super) const fn of_week(self) -> Self {
        let sunday = (self.bits >> SUNDAY) & 1;
        Field { bits: (self.bits | sunday) & !(1 << SUNDAY), is_any: self.is_any }
    }

    pub(super) const fn has(self, number: u32) -> bool {
        self.bits >> number & 1 == 1
    }

    /// The smallest number from `number` on.
    pub(super) fn first_from(self, number: u32) -> Option<u32> {
        let rest = self.bits >> number << number;
        (rest != 0).then(|| rest.trailing_zeros())
    }

    /// The largest number up to `number`.
    pub(super) fn last_to(self, number: u32) -> Option<u32> {
        let rest = self.bits & (u64::MAX >> (u64::BITS - 1 - number));
        rest.checked_ilog2()
    }
}

/// The numbers that `number` or `number-number` spans; those of a week may end with a Sunday.
fn bounds(item: &str, range: Range) -> Option<(u32, u32)> {
    let Some((from, to)) = item.split_once('-') else { return number(item, range).map(|number| (number, number)) };
    let (from, to) = (number(from, range)?, number(to, range)?);
    let to = if to == 0 && range.to == SUNDAY && from > 0 { SUNDAY } else { to };
    (from <= to).then_some((from, to))
}

fn number(text: &str, range: Range) -> Option<u32> {
    if let Some(at) = range.names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        return range.from.checked_add(u32::try_from(at).ok()?);
    }
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number)?;
    (range.from..=range.to).contains(&number).then_some(number)
}

fn unexpected(text: &str, at: usize, item: &str, range: Range) -> Unexpected {
    let unexpected = Unexpected::new(text, at, item.len(), format!("`*`, {} or a range of two with `-`", range.what));
    match item {
        _ if item.contains('/') => unexpected.hint("steps are written out: 0,15,30,45"),
        "?" => unexpected.hint("a day that does not matter is `*`"),
        _ if item.contains('-') && range.to == SUNDAY => {
            unexpected.hint("a range does not go from one week into the next")
        }
        _ => unexpected,
    }
}
