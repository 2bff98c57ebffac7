//! `nepho operational schedule`: rolling up every day, in a process of its own.

use std::process::ExitCode;

use clap::Args;
use nepho_operational::{Routine, Schedule, SystemClock};

use super::database::{self, failed};
use super::rules;
use crate::exit::{self, Failure};
use crate::{log, shutdown};

const EXAMPLES: &str = "\
Examples:
  nepho operational schedule --database postgres://app@localhost/mail
  nepho operational schedule --database postgres://app@localhost/mail --cron '0 3 * * *' --zone Europe/Berlin

Days that were missed are rolled up at once. Any number of instances may run; one of them does the work.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    database: database::Arguments,
    /// When, as a cron expression (minute, hour, day of the month, month, day of the week)
    #[arg(long, env = "NEPHO_CRON", default_value = nepho_operational::DAILY, value_name = "EXPRESSION")]
    cron: String,
    #[command(flatten)]
    rules: rules::Arguments,
    /// What is written to stderr
    #[arg(long, env = "NEPHO_LOG", default_value = "info", value_name = "FILTER")]
    log: String,
}

pub(super) fn command(arguments: Arguments) -> ExitCode {
    exit::run(follow(arguments))
}

async fn follow(arguments: Arguments) -> Result<(), Failure> {
    log::start(Some(&arguments.log))?;
    let schedule = Schedule::new(&arguments.cron, arguments.rules.zone()).map_err(|error| failed(&error))?;
    let roll_up = arguments.rules.roll_up();
    let routine = Routine { schedule, roll_up, ..Routine::new(arguments.database.options()) };
    let shutdown = shutdown::signalled().map_err(|error| Failure::unreachable(error.to_string()))?;
    routine.follow(&SystemClock, shutdown).await;
    Ok(())
}
