//! `nepho alarm`: what alarms do, explained and tried out. One file for each of its commands.

mod artefact_options;
mod lint;
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
    /// Find definitions of alarms that can never work.
    Lint(Box<lint::Arguments>),
    /// Test alarms: feed them series, and compare what they do with what is expected.
    Test(Box<test::Arguments>),
}

/// Runs one of the commands.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    match arguments.command {
        Command::Lint(arguments) => lint::command(*arguments),
        Command::Test(arguments) => test::command(&arguments),
    }
}
