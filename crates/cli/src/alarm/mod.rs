//! `nepho alarm`: what alarms do, explained and tried out. One file for each of its commands.

mod artefact_options;
mod backtest;
mod definitions;
mod explain;
mod lint;
mod names;
mod test;

use std::process::ExitCode;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say why an alarm is in its state, or was at some time.
    Explain(Box<explain::Arguments>),
    /// Say what alarms would have done on the data that there is.
    Backtest(Box<backtest::Arguments>),
    /// Find definitions of alarms that can never work.
    Lint(Box<lint::Arguments>),
    /// Test alarms: feed them series, and compare what they do with what is expected.
    Test(Box<test::Arguments>),
}

/// Runs one of the commands.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    match arguments.command {
        Command::Explain(arguments) => explain::command(*arguments),
        Command::Backtest(arguments) => backtest::command(*arguments),
        Command::Lint(arguments) => lint::command(*arguments),
        Command::Test(arguments) => test::command(&arguments),
    }
}
