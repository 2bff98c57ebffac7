//! The service, the stand-in of its model, and two commands that show it at work.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program to be read")]

mod commands;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// A service in front of a language model, with billing webhooks, measured with `nepho`.
#[derive(Debug, Parser)]
#[command(name = "llm-service")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve(commands::serve::Arguments),
    /// Run a stand-in of the language model, which answers as it is told.
    Model(commands::model::Arguments),
    /// Use the service in every way, and read its metrics back from a running `nepho serve`.
    Demo(commands::demo::Arguments),
    /// Measure requests while the back end of the metrics is up, slow, hanging, refusing and down.
    Measure(commands::measure::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("LOG").unwrap_or_else(|_| EnvFilter::new("warn,llm_service=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let done = match Arguments::parse().command {
        Command::Serve(arguments) => commands::serve::run(arguments).await,
        Command::Model(arguments) => commands::model::run(arguments).await,
        Command::Demo(arguments) => commands::demo::run(arguments).await,
        Command::Measure(arguments) => commands::measure::run(arguments).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.code()
        }
    }
}
