//! Why there is nothing to show: the metric is spelt in another way, has other dimensions, or has no data at that
//! time.

use aws_sdk_cloudwatch::Client;
use jiff::{Timestamp, ToSpan};

use super::{Answer, Arguments};
use crate::exit::Failure;
use crate::presence::{self, Absence, Instead, Presence};
use crate::print;

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
        Instead::Metric(nearest) => format!("get {}", nearest.words()),
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
         nepho get {words} --from {day} --to {after} --utc{flags}",
        statistics.join(", "),
        answer.metric,
    )
}
