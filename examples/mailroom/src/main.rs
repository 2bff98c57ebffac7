//! The service, and a command that shows it at work.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program to be read")]

mod command;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Email processing, with its operational metrics in its own PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "mailroom")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the tables, take mail in, sort and answer it, and roll up its metrics, until SIGTERM or SIGINT.
    Serve(command::serve::Arguments),
    /// Deliver some mail, work on it, and show what was measured.
    Demo(command::demo::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Arguments::parse().command;
    // A fifth of the demo's mail fails, which is in what it shows at the end.
    let usual = if matches!(command, Command::Demo(_)) { "error" } else { "warn,nepho_operational=info" };
    let filter = EnvFilter::try_from_env("LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let done = match command {
        Command::Serve(arguments) => command::serve::run(arguments).await,
        Command::Demo(arguments) => command::demo::run(arguments).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
