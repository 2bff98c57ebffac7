//! `nepho operational rollup`: once, now.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use nepho_operational::{Outcome, Routine, Summary, SystemClock};
use serde_json::json;

use super::database::{self, failed};
use super::rules;
use crate::exit::{self, Failure};
use crate::{log, print};

/// Days that may be named in one call.
const DAYS_MAX: usize = 366;

const EXAMPLES: &str = "\
Examples:
  nepho operational rollup --database postgres://app@localhost/mail
  nepho operational rollup --database postgres://app@localhost/mail --from 2026-05-01 --to 2026-05-03

Without dates, every day is rolled up that is missing or that late rows came to, the last two again, and raw rows over
30 days old are deleted. With dates, just these days are rolled up again, and nothing is deleted. It may run at any time
and any number of times; of several at once, one does the work, and the others say so with exit code 1.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    database: database::Arguments,
    /// First of the days to roll up again
    #[arg(long, env = "NEPHO_FROM", value_name = "DATE")]
    from: Option<Date>,
    /// Last of these days [default: the first]
    #[arg(long, env = "NEPHO_TO", value_name = "DATE", requires = "from")]
    to: Option<Date>,
    #[command(flatten)]
    rules: rules::Arguments,
    /// How often to try while the database cannot be reached
    #[arg(long, env = "NEPHO_TRIES", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,
    /// What is written to stderr
    #[arg(long, env = "NEPHO_LOG", default_value = "warn", value_name = "FILTER")]
    log: String,
    /// Print JSON
    #[arg(long, env = "NEPHO_JSON")]
    json: bool,
}

pub(super) fn command(arguments: Arguments) -> ExitCode {
    exit::run(rollup(arguments))
}

async fn rollup(arguments: Arguments) -> Result<(), Failure> {
    log::start(Some(&arguments.log))?;
    let outcome = match arguments.from {
        None => {
            let routine = Routine { roll_up: arguments.rules.roll_up(), ..Routine::new(arguments.database.options()) };
            routine.run_with_retries(&SystemClock, arguments.tries).await
        }
        Some(from) => {
            let dates = dates(from, arguments.to.unwrap_or(from))?;
            let mut connection = arguments.database.connect().await?;
            arguments.rules.roll_up().days(&mut connection, &SystemClock, dates).await
        }
    };
    match outcome.map_err(|error| failed(&error))? {
        Outcome::Done(summary) => print::out(&if arguments.json { json_of(&summary) } else { format!("{summary}\n") }),
        Outcome::Elsewhere => Err(Failure::Incomplete("another instance is rolling up".to_owned())),
    }
}

fn dates(from: Date, to: Date) -> Result<Vec<Date>, Failure> {
    let dates: Vec<Date> =
        from.series(jiff::Span::new().days(1)).take_while(|date| *date <= to).take(DAYS_MAX + 1).collect();
    match dates.len() {
        0 => Err(Failure::usage(format!("--from {from} is after --to {to}"))),
        days if days > DAYS_MAX => Err(Failure::usage(format!("{from} to {to} are more than {DAYS_MAX} days"))),
        _ => Ok(dates),
    }
}

fn json_of(summary: &Summary) -> String {
    let day = |day: &nepho_operational::RolledDay| json!({"date": day.date.to_string(), "samples": day.samples, "rows": day.rows});
    let list = |dates: &[Date]| dates.iter().map(Date::to_string).collect::<Vec<_>>();
    let released = &summary.released;
    let json = json!({
        "days": summary.days.iter().map(day).collect::<Vec<_>>(),
        "deletedRows": released.rows,
        "droppedPartitions": list(&released.partitions),
        "postponedPartitions": list(&released.postponed),
    });
    format!("{json}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_dates_has_both_ends_and_a_limit() {
        let count = |from: &str, to: &str| {
            dates(from.parse().unwrap(), to.parse().unwrap())
                .map(|dates| dates.len())
                .map_err(|error| error.to_string())
        };
        assert_eq!(count("2028-02-28", "2028-03-01"), Ok(3));
        assert_eq!(count("2026-01-01", "2027-01-01"), Ok(DAYS_MAX));
        assert_eq!(
            count("2026-01-01", "2027-01-02"),
            Err("2026-01-01 to 2027-01-02 are more than 366 days".to_owned())
        );
        assert_eq!(count("2026-01-02", "2026-01-01"), Err("--from 2026-01-02 is after --to 2026-01-01".to_owned()));
    }
}
