//! Why there is nothing to show: the metric is spelt in another way, has other dimensions, or has no data at that
//! time.

use aws_sdk_cloudwatch::Client;
use jiff::{Timestamp, ToSpan};
use nepho_engine::Statistic;

use super::{Answer, Arguments};
use crate::exit::Failure;
use crate::presence::{self, Absence, Instead, Presence};
use crate::print;
use crate::shell;

/// Finds the reason, and tells it with a command that works.
///
/// # Errors
/// When the metric does not exist.
pub(super) async fn explain(
    client: &Client,
    arguments: &Arguments,
    answer: &Answer,
    now: Timestamp,
) -> Result<(), Failure> {
    let metric = &answer.metric;
    // The last data first: a metric that has been idle for long is not listed, but is still there.
    if let Some(last) = presence::last_day(client, &arguments.endpoint, metric, arguments.unit, now).await? {
        print::note(&no_data(arguments, answer, last));
        return Ok(());
    }
    let Absence { reason, instead } = match presence::look(client, &arguments.endpoint, metric).await? {
        Presence::Absent(absence) => absence,
        Presence::Listed => {
            let (start, end) = (answer.range.start, answer.range.end);
            print::note(&format!("there is no data of {metric} between {start} and {end}"));
            return Ok(());
        }
    };
    let command = match instead {
        Instead::Metric(nearest) => format!("get {}{}", nearest.words(), asked_for(arguments)),
        Instead::Others => "list".to_owned(),
        Instead::Nothing => format!("put {} 1", metric.words()),
    };
    Err(Failure::usage(format!("{reason}Try:\n  nepho {command}{}", arguments.endpoint.flags())))
}

fn no_data(arguments: &Arguments, answer: &Answer, last: Timestamp) -> String {
    let words = answer.metric.words();
    let (start, end) = (answer.range.start, answer.range.end);
    let flags = arguments.endpoint.flags();
    let day = last.strftime("%Y-%m-%d");
    let after = last.checked_add(24.hours()).unwrap_or(last).strftime("%Y-%m-%d");
    let statistics: Vec<_> = answer.series.iter().map(|(statistic, _)| statistic.to_string()).collect();
    let unit = arguments.unit.map(|unit| format!(" in {unit}")).unwrap_or_default();
    format!(
        "{} of {}{unit} has no point between {start} and {end}; its last data is of {day}. Try:\n  \
         nepho get {words}{} --from {day} --to {after} --utc{flags}",
        statistics.join(", "),
        answer.metric,
        asked_for(arguments),
    )
}

/// The flags of what was asked of the metric, with a space before each; not those that are the default.
fn asked_for(arguments: &Arguments) -> String {
    let statistics: Vec<_> = arguments.stat.iter().map(Statistic::as_str).collect();
    let stat = match statistics[..] {
        ["Average"] => String::new(),
        _ => format!(" --stat {}", shell::quoted(&statistics.join(","))),
    };
    let unit = arguments.unit.map(|unit| format!(" --unit {}", shell::quoted(unit.as_str()))).unwrap_or_default();
    format!("{stat}{unit}")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn a_suggestion_asks_for_the_same() {
        // A suggestion for `--stat Sum` was of the average.
        let cases: [(&[&str], &str); 4] = [
            (&[], ""),
            (&["--stat", "Average"], ""),
            (&["--stat", "Sum,p99"], " --stat Sum,p99"),
            (&["--stat", "TM(10%:90%)", "--unit", "Count/Second"], " --stat 'TM(10%:90%)' --unit Count/Second"),
        ];
        for (flags, expected) in cases {
            let line = ["get", "Shop", "Orders"].iter().chain(flags);
            assert_eq!(asked_for(&Line::parse_from(line).arguments), expected);
        }
    }
}
