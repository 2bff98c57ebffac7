//! `nepho operational`: operational metrics in an application's PostgreSQL.

mod database;
mod migrate;
mod rollup;
mod rules;
mod schedule;
mod status;

use std::process::ExitCode;

use clap::{Args, Subcommand};

pub(crate) use database::parse as parse_address;

#[derive(Debug, Args)]
#[command(override_usage = "nepho operational <COMMAND> [OPTIONS]", subcommand_required = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the tables, take them down, or print the SQL that does.
    Migrate(Box<migrate::Arguments>),
    /// Roll up the days that are missing, and delete raw rows that are too old.
    Rollup(Box<rollup::Arguments>),
    /// Show how the tables stand, and which days are to be rolled up.
    Status(Box<status::Arguments>),
    /// Roll up on schedule, until SIGTERM or SIGINT.
    Schedule(Box<schedule::Arguments>),
}

/// Runs one of them.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    match arguments.command {
        Command::Migrate(arguments) => migrate::command(*arguments),
        Command::Rollup(arguments) => rollup::command(*arguments),
        Command::Status(arguments) => status::command(*arguments),
        Command::Schedule(arguments) => schedule::command(*arguments),
    }
}
