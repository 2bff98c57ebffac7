//! `nepho alarm`: commands about alarms, one file each.

mod artefact_options;
mod test;

use std::process::ExitCode;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Test alarms: feed them series, and compare what they do with what is expected.
    Test(test::Arguments),
}

/// Runs the command.
pub(crate) fn command(command: Command) -> ExitCode {
    match command {
        Command::Test(arguments) => test::command(&arguments),
    }
}
