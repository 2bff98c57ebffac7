//! The notation of series: `1 2 _ 3x5 {count:10 sum:50 min:1 max:9} 4@+3m`.
//!
//! | item | what it says |
//! | --- | --- |
//! | `4` | a value |
//! | `_` | no data |
//! | `{count:10 sum:50 min:1 max:9}` | a statistic set |
//! | `[1 2.5 3*20]` | several values of one point, each with how often it occurred |
//! | `...x5` | the item before it five times |
//! | `10+2x5`, `10-2x5` | five values, each so much more or less than the one before |
//! | `(1 2)x5` | all that is in the parentheses five times |
//! | `...@+3m` | it arrives three minutes after its time |

use nepho_model::{Cell, CellError, MAX_AGE_SECONDS};

use super::offset;

/// The most points of a series.
pub const POINTS_MAX: usize = 100_000;

/// The most parentheses within each other.
const NESTED_MAX: usize = 8;

/// What is there for one interval.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) cell: Cell,
    /// How long after its time it arrives.
    pub(super) late_seconds: i64,
}

/// Why a text is no series.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {message}")]
pub(super) struct Fault {
    /// Which character, from 1.
    at: usize,
    message: String,
}

/// Reads a series: for each interval what is there, if anything is.
pub(super) fn parse(text: &str) -> Result<Vec<Option<Item>>, Fault> {
    let mut reader = Reader { text, at: 0 };
    let items = reader.items(0)?;
    match reader.rest().is_empty() {
        true => Ok(items),
        false => Err(reader.unexpected("expected ( before it")),
    }
}

/// What an item is of, before it is repeated.
enum What {
    Nothing,
    Value { first: f64, step: f64 },
    Cell(Cell),
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_white(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, what: &str) -> bool {
        let is_there = self.rest().starts_with(what);
        self.at += if is_there { what.len() } else { 0 };
        is_there
    }

    fn fault(&self, at: usize, message: impl Into<String>) -> Fault {
        Fault { at: self.text[..at].chars().count() + 1, message: message.into() }
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let found = match self.rest().split_whitespace().next() {
            Some(word) if !self.rest().starts_with(char::is_whitespace) => {
                format!("found {:?}", word.chars().take(20).collect::<String>())
            }
            _ => "found nothing".to_owned(),
        };
        self.fault(self.at, format!("{found}, {expected}"))
    }

    /// All items up to the end, or to the parenthesis that ends them.
    fn items(&mut self, nested: usize) -> Result<Vec<Option<Item>>, Fault> {
        let mut items = Vec::new();
        loop {
            self.skip_white();
            if self.rest().is_empty() || self.rest().starts_with(')') {
                return Ok(items);
            }
            if self.rest().starts_with('(') {
                self.group(&mut items, nested + 1)?;
            } else {
                self.item(&mut items)?;
            }
            if !self.rest().is_empty() && !self.rest().starts_with(|c: char| c.is_whitespace() || c == ')') {
                let expected = "expected white space, xN for a repetition or @+3m for a late arrival";
                return Err(self.unexpected(expected));
            }
        }
    }

    /// Items in parentheses, and how often they come.
    fn group(&mut self, items: &mut Vec<Option<Item>>, nested: usize) -> Result<(), Fault> {
        let begin = self.at;
        if nested > NESTED_MAX {
            return Err(self.fault(begin, format!("more parentheses within each other than the limit of {NESTED_MAX}")));
        }
        self.at += 1;
        let group = self.items(nested)?;
        if !self.take(")") {
            return Err(self.unexpected("expected )"));
        }
        if !self.take("x") {
            return Err(self.unexpected("expected xN behind the parentheses, as in (1 2)x5"));
        }
        let times = self.times()?;
        self.bound(begin, items.len().saturating_add(group.len().saturating_mul(times)))?;
        for _ in 0..times {
            items.extend_from_slice(&group);
        }
        Ok(())
    }

    fn bound(&self, begin: usize, points: usize) -> Result<(), Fault> {
        match points > POINTS_MAX {
            true => Err(self.fault(begin, format!("{points} points, more than the limit of {POINTS_MAX}"))),
            false => Ok(()),
        }
    }

    fn item(&mut self, items: &mut Vec<Option<Item>>) -> Result<(), Fault> {
        let begin = self.at;
        let what = self.what()?;
        let repeat_at = self.at;
        let times = if self.take("x") { Some(self.times()?) } else { None };
        if matches!(what, What::Value { step, .. } if step != 0.0) && times.is_none() {
            return Err(self.fault(repeat_at, "a step needs xN behind it, as in 10+2x5"));
        }
        let late_seconds = if self.take("@") { self.late()? } else { 0 };
        let times = times.unwrap_or(1);
        self.bound(begin, items.len() + times)?;
        for number in 0..times {
            let cell = match &what {
                What::Nothing => None,
                What::Cell(cell) => Some(cell.clone()),
                What::Value { first, step } => {
                    let value = first + step * number as f64;
                    Some(Cell::of_checked(value).map_err(|error| self.fault(begin, error.to_string()))?)
                }
            };
            items.push(cell.map(|cell| Item { cell, late_seconds }));
        }
        Ok(())
    }

    fn what(&mut self) -> Result<What, Fault> {
        let begin = self.at;
        let checked = |cell: Result<Cell, CellError>| {
            cell.map(What::Cell).map_err(|error| Reader { text: self.text, at: begin }.fault(begin, error.to_string()))
        };
        match self.rest().as_bytes().first() {
            Some(b'_') => {
                self.at += 1;
                Ok(What::Nothing)
            }
            Some(b'{') => {
                let [count, sum, min, max] = self.statistics()?;
                checked(Cell::of_statistics(count, sum, min, max))
            }
            Some(b'[') => {
                let (values, counts) = self.values()?;
                checked(Cell::of_values(&values, &counts))
            }
            _ => {
                let first = self.number("a value, _ for none, {count:... sum:... min:... max:...} or [1 2*3]")?;
                let has_step = self.rest().starts_with(['+', '-']);
                let step = if has_step { self.number("a step such as +2")? } else { 0.0 };
                Ok(What::Value { first, step })
            }
        }
    }

    fn number(&mut self, wanted: &str) -> Result<f64, Fault> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let sign = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
        let mut end = digits(sign);
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let exponent = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
            let behind = digits(exponent);
            end = if behind > exponent { behind } else { end };
        }
        match self.rest()[..end].parse::<f64>() {
            Ok(number) => {
                self.at += end;
                Ok(number)
            }
            Err(_) => Err(self.unexpected(&format!("expected {wanted}"))),
        }
    }

    fn times(&mut self) -> Result<usize, Fault> {
        let end = self.rest().find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest().len());
        match self.rest()[..end].parse::<usize>() {
            Ok(times) if (1..=POINTS_MAX).contains(&times) => {
                self.at += end;
                Ok(times)
            }
            _ => Err(self.unexpected(&format!("expected a number from 1 to {POINTS_MAX} behind x"))),
        }
    }

    fn late(&mut self) -> Result<i64, Fault> {
        let expected = "expected how late it arrives, as in @+3m";
        if !self.take("+") {
            return Err(self.unexpected(expected));
        }
        let end = self.rest().find(|c: char| c.is_whitespace() || c == ')').unwrap_or(self.rest().len());
        match offset::parse(&self.rest()[..end]) {
            Some(seconds) if (0..=MAX_AGE_SECONDS).contains(&seconds) => {
                self.at += end;
                Ok(seconds)
            }
            Some(seconds) => {
                let limit = offset::text(MAX_AGE_SECONDS);
                Err(self.fault(self.at, format!("{} is later than the limit of {limit}", offset::text(seconds))))
            }
            None => Err(self.unexpected(expected)),
        }
    }

    fn statistics(&mut self) -> Result<[f64; 4], Fault> {
        let begin = self.at;
        let names = ["count", "sum", "min", "max"];
        let mut numbers = [None; 4];
        self.at += 1;
        loop {
            self.skip_separators();
            if self.take("}") {
                break;
            }
            let name = names.iter().position(|name| self.rest().starts_with(name));
            let Some(name) = name else { return Err(self.unexpected("expected count:, sum:, min:, max: or }")) };
            self.at += names[name].len();
            self.skip_white();
            if !self.take(":") {
                return Err(self.unexpected(&format!("expected : behind {}", names[name])));
            }
            self.skip_white();
            if numbers[name].is_some() {
                return Err(self.fault(self.at, format!("{} is there twice", names[name])));
            }
            numbers[name] = Some(self.number("a number")?);
        }
        match numbers {
            [Some(count), Some(sum), Some(min), Some(max)] => Ok([count, sum, min, max]),
            _ => {
                let missing = names.iter().zip(numbers).filter(|(_, number)| number.is_none()).map(|(name, _)| *name);
                let missing = missing.collect::<Vec<_>>().join(", ");
                Err(self.fault(begin, format!("the statistic set has no {missing}")))
            }
        }
    }

    fn values(&mut self) -> Result<(Vec<f64>, Vec<f64>), Fault> {
        let (mut values, mut counts) = (Vec::new(), Vec::new());
        self.at += 1;
        loop {
            self.skip_separators();
            if self.take("]") {
                return Ok((values, counts));
            }
            values.push(self.number("a value, a value with how often it occurred such as 2*3, or ]")?);
            counts.push(if self.take("*") { self.number("how often the value occurred")? } else { 1.0 });
        }
    }

    fn skip_separators(&mut self) {
        self.skip_white();
        if self.take(",") {
            self.skip_white();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let word = |item: &Option<Item>| match item {
            None => "-".to_owned(),
            Some(Item { cell, late_seconds }) => {
                let late = if *late_seconds == 0 { String::new() } else { format!("@{late_seconds}") };
                match cell.count() {
                    1.0 => format!("{}{late}", cell.sum()),
                    count => format!("{count}/{}/{}/{}{late}", cell.sum(), cell.min(), cell.max()),
                }
            }
        };
        let found = match parse(text) {
            Ok(items) => items.iter().map(word).collect::<Vec<_>>().join(" "),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn series_are_read() {
        check("", "");
        check("1 2 _ 3x3", "1 2 - 3 3 3");
        check("-1.5 1e2 .5", "-1.5 100 0.5");
        check("_x2 0+2x4 10-5x3", "- - 0 2 4 6 10 5 0");
        check("{count:10 sum:50 min:1 max:9} {count: 2, sum: 4, min: 1, max: 3}x2", "10/50/1/9 2/4/1/3 2/4/1/3");
        check("[1 2 3*2]", "4/9/1/3");
        check("4@+3m 4x2@+1h", "4@180 4@3600 4@3600");
        check("(1 2)x2 3 ( 4@+3m )x2 ()x3", "1 2 1 2 3 4@180 4@180");
        check("((1x2 _)x2 5)x2", "1 1 - 1 1 - 5 1 1 - 1 1 - 5");
    }

    #[test]
    fn what_is_no_series_is_told_with_its_place() {
        let value = "expected a value, _ for none, {count:... sum:... min:... max:...} or [1 2*3]";
        check("1 two", &format!("character 3: found \"two\", {value}"));
        check("1_", "character 2: found \"_\", expected white space, xN for a repetition or @+3m for a late arrival");
        check("3x0", "character 3: found \"0\", expected a number from 1 to 100000 behind x");
        check("3x", "character 3: found nothing, expected a number from 1 to 100000 behind x");
        check("1+2", "character 4: a step needs xN behind it, as in 10+2x5");
        check("1@3m", "character 3: found \"3m\", expected how late it arrives, as in @+3m");
        check("1@+15d", "character 4: 15d is later than the limit of 14d");
        check("{count:1 sum:2}", "character 1: the statistic set has no min, max");
        check("{count:1 total:2}", "character 10: found \"total:2}\", expected count:, sum:, min:, max: or }");
        check("{count:1 count:2}", "character 16: count is there twice");
        check(
            "[1 2",
            "character 5: found nothing, expected a value, a value with how often it occurred such as 2*3, or ]",
        );
        check("(1 2", "character 5: found nothing, expected )");
        check("(1 2) 3", "character 6: found nothing, expected xN behind the parentheses, as in (1 2)x5");
        check("1)", "character 2: found \")\", expected ( before it");
        check(
            "(1)x2@+3m",
            "character 6: found \"@+3m\", expected white space, xN for a repetition or @+3m for a late arrival",
        );
        assert!(parse("{count:1 sum:2 min:3 max:1}").is_err());
        assert!(parse("1e400").is_err());
    }

    #[test]
    fn series_are_bounded() {
        assert_eq!(parse("1x100000").unwrap().len(), POINTS_MAX);
        check("1x100000 1", "character 10: 100001 points, more than the limit of 100000");
        assert_eq!(parse("(1x10)x10000").unwrap().len(), POINTS_MAX);
        check("1 (1x10)x10000", "character 3: 100001 points, more than the limit of 100000");
        let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")x1".repeat(depth));
        check(&nested(NESTED_MAX), "1");
        check(&nested(NESTED_MAX + 1), "character 9: more parentheses within each other than the limit of 8");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-0-9_xe.+@{}()\\[\\]:a-z ,*ä]{0,40}") {
            let _ = parse(&text);
        }
    }
}
