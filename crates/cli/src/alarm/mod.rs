//! `nepho alarm`: what alarms do, explained and tried out. One file for each of its commands.

mod backtest;
mod definitions;
mod explain;

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
}

/// Runs one of the commands.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    match arguments.command {
        Command::Explain(arguments) => explain::command(*arguments),
        Command::Backtest(arguments) => backtest::command(*arguments),
    }
}
