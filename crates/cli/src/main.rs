//! The `nepho` binary: a table of commands, one file each.

mod address;
mod alarm;
mod chart;
mod completion;
mod datum;
mod deliveries;
mod dimension;
mod endpoint;
mod exit;
mod form;
mod get;
mod input;
mod list;
mod listing;
mod log;
mod metric;
mod metric_data;
mod moment;
mod number;
mod operational;
mod own_path;
mod panel;
mod period;
mod presence;
mod print;
mod progress;
mod put;
mod query;
mod refusal;
mod rows;
mod series;
mod serve;
mod shell;
mod shutdown;
mod sparkline;
mod statistic;
mod table;
mod tail;
mod terminal;
mod time_range;
mod unit;
mod usage;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use nepho_cli::nearest;

/// CloudWatch's metrics with AWS or without it: a server, and commands for it and for Amazon's.
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
    /// Put values, from the command line or from a file.
    Put(Box<put::Arguments>),
    /// Show a metric over time, as a chart, a table, CSV or JSON.
    Get(Box<get::Arguments>),
    /// Ask for many metrics and expressions at once: math, searches, SQL.
    Query(Box<query::Arguments>),
    /// List namespaces and metrics.
    List(Box<list::Arguments>),
    /// Follow what arrives at the server.
    Tail(Box<tail::Arguments>),
    /// Explain alarms, and try them out.
    Alarm(Box<alarm::Arguments>),
    /// Show what was sent to whom, how often it was tried, and where it ended.
    Deliveries(Box<deliveries::Arguments>),
    /// Operational metrics in an application's PostgreSQL.
    Operational(Box<operational::Arguments>),
    /// Print a script that completes commands, metrics and dimensions in a shell.
    Completion(completion::Arguments),
    /// Answer such a script.
    #[command(hide = true)]
    Complete(completion::Question),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::exit(&error),
    };
    match arguments.command {
        Command::Serve(arguments) => serve::command(*arguments),
        Command::Put(arguments) => put::command(*arguments),
        Command::Get(arguments) => get::command(*arguments),
        Command::Query(arguments) => query::command(*arguments),
        Command::List(arguments) => list::command(*arguments),
        Command::Tail(arguments) => tail::command(*arguments),
        Command::Alarm(arguments) => alarm::command(*arguments),
        Command::Deliveries(arguments) => deliveries::command(*arguments),
        Command::Operational(arguments) => operational::command(*arguments),
        Command::Completion(arguments) => completion::command(&arguments),
        Command::Complete(question) => completion::answer(&question),
    }
}
