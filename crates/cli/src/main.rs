//! The `nepho` binary: a table of commands, one file each.

mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// CloudWatch's metrics, alarms and dashboards, with AWS or without it.
#[derive(Debug, Parser)]
#[command(name = "nepho", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(Box<serve::Arguments>),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(arguments) => serve::command(*arguments),
    }
}
