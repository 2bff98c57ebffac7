//! `--from` and `--to`: the range of time that is asked for.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use nepho_engine::Period;

use crate::exit::Failure;
use crate::moment::{self, Moment};

/// Where a range starts that says nothing else.
const FROM: Moment = Moment::Ago(3 * 3600);

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Start: how long ago (3h, 90m, 2d), or a time (2026-05-04T12:00Z, "2026-05-04 12:00", 12:30, yesterday)
    /// [default: 3h]
    #[arg(long, env = "NEPHO_FROM", value_name = "TIME", value_parser = moment::parse)]
    from: Option<Moment>,
    /// End, which is not part of the range: as --from [default: now]
    #[arg(long, env = "NEPHO_TO", value_name = "TIME", value_parser = moment::parse)]
    to: Option<Moment>,
    /// Read and show times in UTC instead of the local time zone
    #[arg(long, env = "NEPHO_UTC")]
    utc: bool,
}

/// A range of time: from `start` up to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    is_relative: bool,
}

impl Arguments {
    /// The range that is meant.
    pub(crate) fn range(&self, now: Timestamp) -> Result<TimeRange, Failure> {
        self.range_or(now, None, None)
    }

    /// The range that is meant; where neither end was given, those of a file.
    pub(crate) fn range_or(
        &self,
        now: Timestamp,
        start: Option<Moment>,
        end: Option<Moment>,
    ) -> Result<TimeRange, Failure> {
        // Text without a zone is UTC in a file.
        let at = |moment: Moment, zone: &TimeZone| moment.at(now, zone).map_err(Failure::usage);
        let of = |given: Option<Moment>, of_file: Option<Moment>, default: Moment| match (given, of_file) {
            (Some(given), _) => at(given, &self.zone()),
            (None, Some(of_file)) => at(of_file, &TimeZone::UTC),
            (None, None) => at(default, &self.zone()),
        };
        let is_relative = self.from.or(start).is_none_or(Moment::is_relative);
        let (start, end) = (of(self.from, start, FROM)?, of(self.to, end, Moment::Ago(0))?);
        if start >= end {
            return Err(Failure::usage(format!(
                "--from {start} is not before --to {end}: try --from 3h --to now, or --from 2026-05-04 --to 2026-05-05"
            )));
        }
        Ok(TimeRange { start, end, is_relative })
    }

    /// The time zone in which times are read and shown.
    pub(crate) fn zone(&self) -> TimeZone {
        if self.utc { TimeZone::UTC } else { TimeZone::system() }
    }
}

impl TimeRange {
    /// A range that was counted back from now.
    pub(crate) fn relative(start: Timestamp, end: Timestamp) -> Self {
        TimeRange { start, end, is_relative: true }
    }

    /// As people read it: `4 May 2026 11:00 to 12:00 UTC`.
    pub(crate) fn words(self, zone: &TimeZone) -> String {
        let (start, end) = (self.start.to_zoned(zone.clone()), self.end.to_zoned(zone.clone()));
        let end_format = if start.date() == end.date() { "%H:%M %Z" } else { "%-d %b %Y %H:%M %Z" };
        format!("{} to {}", start.strftime("%-d %b %Y %H:%M"), end.strftime(end_format))
    }

    /// The range with a start at a multiple of the period, when the start was only "some time ago": CloudWatch
    /// counts its periods from the start, and points at round times are easier to read.
    pub(crate) fn rounded(self, period: Period) -> Self {
        if !self.is_relative {
            return self;
        }
        let seconds = self.start.as_second().div_euclid(period.seconds()) * period.seconds();
        TimeRange { start: Timestamp::from_second(seconds).unwrap_or(self.start), ..self }
    }
}

/// A time as the model has it.
pub(crate) fn model_time(time: Timestamp) -> nepho_model::Timestamp {
    nepho_model::Timestamp::from_millis(time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        range: Arguments,
    }

    fn range(line: &str) -> Result<TimeRange, Failure> {
        let now: Timestamp = "2026-05-04T12:01:07Z".parse().unwrap();
        let words = std::iter::once("get").chain(line.split_whitespace()).chain(["--utc"]);
        Line::try_parse_from(words).unwrap().range.range(now)
    }

    #[test]
    fn a_relative_start_is_rounded_to_the_period_and_an_absolute_one_is_not() {
        let five_minutes = Period::from_seconds(300).unwrap();
        let start = |line| range(line).unwrap().rounded(five_minutes).start.to_string();
        assert_eq!(start("--from 1h"), "2026-05-04T11:00:00Z");
        assert_eq!(start("--from 2026-05-04T11:03"), "2026-05-04T11:03:00Z");
        assert_eq!(range("").unwrap().end.to_string(), "2026-05-04T12:01:07Z");
    }

    #[test]
    fn the_range_of_a_file_gives_way_to_flags() {
        let now: Timestamp = "2026-05-04T12:00:00Z".parse().unwrap();
        let file = |text| Some(moment::parse(text).unwrap());
        let range = |line: &str| {
            let words = std::iter::once("get").chain(line.split_whitespace());
            let arguments = Line::try_parse_from(words).unwrap().range;
            let range = arguments.range_or(now, file("2026-05-01"), file("2026-05-02")).unwrap();
            (range.start.to_string(), range.end.to_string(), range.is_relative)
        };
        let pair = |start: &str, end: &str, is_relative| (start.to_owned(), end.to_owned(), is_relative);
        assert_eq!(range("--utc"), pair("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", false));
        assert_eq!(range("--from 1h --to now"), pair("2026-05-04T11:00:00Z", "2026-05-04T12:00:00Z", true));
    }

    #[test]
    fn the_start_is_before_the_end() {
        let message = range("--from 1h --to 2h").unwrap_err().to_string();
        assert!(message.contains("2026-05-04T11:01:07Z is not before --to 2026-05-04T10:01:07Z"), "{message}");
    }
}
