//! The upload API, the worker, and what a model needs before both.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program to be read")]

mod commands;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Predictions of churn from CSV files, measured with `nepho`.
#[derive(Debug, Parser)]
#[command(name = "churn")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a pair of keys that models are signed with.
    Keys(commands::keys::Arguments),
    /// Train a model, and sign it.
    Train(commands::train::Arguments),
    /// Run the upload API.
    Serve(commands::serve::Arguments),
    /// Run the worker.
    Work(commands::work::Arguments),
    /// Write customers that never lived.
    Synthesize(commands::synthesize::Arguments),
    /// Let an operation of the storage or of the records fail, or succeed again.
    Fault(commands::fault::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("LOG").unwrap_or_else(|_| EnvFilter::new("warn,churn=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let done = match Arguments::parse().command {
        Command::Keys(arguments) => commands::keys::run(&arguments),
        Command::Train(arguments) => commands::train::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(arguments).await,
        Command::Work(arguments) => commands::work::run(arguments).await,
        Command::Synthesize(arguments) => commands::synthesize::run(&arguments),
        Command::Fault(arguments) => commands::fault::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
