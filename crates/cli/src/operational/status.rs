//! `nepho operational status`: how the tables stand.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use nepho_operational::read::{self, Status};
use nepho_operational::{Clock, Schedule, SystemClock};
use serde_json::json;

use super::database::{self, failed};
use super::rules;
use crate::exit::{self, Failure};
use crate::print;

const EXAMPLES: &str = "\
Example:
  nepho operational status --database postgres://app@localhost/mail

The exit code is 1 when days are missing that should have been rolled up by the
last turn. Outdated days have rows that came later; the next turn does them.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    database: database::Arguments,
    #[command(flatten)]
    rules: rules::Arguments,
    /// When it is rolled up, as a cron expression
    #[arg(long, env = "NEPHO_CRON", default_value = nepho_operational::DAILY, value_name = "EXPRESSION")]
    cron: String,
    /// Print JSON
    #[arg(long, env = "NEPHO_JSON")]
    json: bool,
}

pub(super) fn command(arguments: Arguments) -> ExitCode {
    exit::run(status(arguments))
}

async fn status(arguments: Arguments) -> Result<(), Failure> {
    let now = SystemClock.now();
    let schedule = Schedule::new(&arguments.cron, arguments.rules.zone()).map_err(|error| failed(&error))?;
    let last = schedule.previous(now);
    let mut connection = arguments.database.connect().await?;
    // What has become due since the last turn is not late.
    let at = last.unwrap_or(now);
    let roll_up = arguments.rules.roll_up();
    let status = read::status(&mut connection, &roll_up, at).await.map_err(|error| failed(&error))?;
    let next = schedule.next(now).map_or_else(|| "never".to_owned(), |next| next.to_string());
    print::out(&if arguments.json { json_of(&status, &next) } else { text_of(&status, &next) })?;
    if let Some(zone) = status.zone.as_deref().filter(|zone| Some(*zone) != roll_up.zone.iana_name()) {
        print::note(&format!("the last day was rolled up in {zone}: give --zone {zone}, or all days are done again"));
    }
    match status.missing.len() {
        0 => Ok(()),
        1 => Err(Failure::Incomplete("a day is not rolled up".to_owned())),
        days => Err(Failure::Incomplete(format!("{days} days are not rolled up"))),
    }
}

fn list(dates: &[Date]) -> Vec<String> {
    dates.iter().map(Date::to_string).collect()
}

fn days(dates: &[Date]) -> String {
    match dates {
        [] => "none".to_owned(),
        dates => list(dates).join(", "),
    }
}

fn text_of(status: &Status, next: &str) -> String {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let raw_rows = match status.raw_rows {
        Some(rows) => format!("about {rows}"),
        None => "not counted yet".to_owned(),
    };
    let partitions = match &status.partitions {
        None => "none".to_owned(),
        Some(days) => match (days.first(), days.last()) {
            (Some(first), Some(last)) => format!("{}, {first} to {last}", days.len()),
            _ => "0".to_owned(),
        },
    };
    let lines = [
        ("migrations", status.migrations.len().to_string()),
        ("partitions", partitions),
        ("raw rows", format!("{raw_rows}, {} bytes", status.raw_bytes)),
        ("oldest", or_none(status.oldest.map(|time| time.to_string()))),
        ("newest", or_none(status.newest.map(|time| time.to_string()))),
        ("daily rows", status.daily_rows.to_string()),
        ("last day", or_none(status.last_day.map(|date| date.to_string()))),
        ("in the zone", or_none(status.zone.clone())),
        ("rolled up at", or_none(status.rolled_up_at.map(|time| time.to_string()))),
        ("missing days", days(&status.missing)),
        ("outdated days", days(&status.outdated)),
        ("next turn", next.to_owned()),
    ];
    lines.iter().map(|(name, value)| format!("{name:<13} {value}\n")).collect()
}

fn json_of(status: &Status, next: &str) -> String {
    let time = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string());
    let json = json!({
        "migrations": status.migrations.len(),
        "partitions": status.partitions.as_deref().map(list),
        "rawRows": status.raw_rows,
        "rawBytes": status.raw_bytes,
        "oldest": time(status.oldest),
        "newest": time(status.newest),
        "dailyRows": status.daily_rows,
        "zone": status.zone,
        "lastDay": status.last_day.map(|date| date.to_string()),
        "rolledUpAt": time(status.rolled_up_at),
        "missingDays": list(&status.missing),
        "outdatedDays": list(&status.outdated),
        "nextTurn": next,
    });
    format!("{json}\n")
}
