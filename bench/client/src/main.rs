//! Measures the client library beside its peers on one machine, and prints what came out as Markdown.
//!
//! One subcommand for each line of the speed table; `bench/client/run` runs them all.

mod allocations;
mod clock;
mod commands;
mod contest;
mod discard;
mod ours;
mod peers;
mod random;
mod report;
mod service;
mod setup;
mod values;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use setup::Setup;

/// What a measurement that could not be made says.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Debug, Parser)]
#[command(name = "nepho-bench-client", about = "Measures the client library against its peers")]
struct Arguments {
    #[command(flatten)]
    setup: Setup,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What the machine is, and which versions are compared
    Machine,
    /// A counter that was looked up beforehand
    Counter,
    /// A counter with three dimensions given at the call
    Dimensions,
    /// A histogram that was looked up beforehand
    Histogram,
    /// A unit of work that becomes an EMF document
    Unit,
    /// EMF documents through one background thread
    Documents,
    /// Increments lost on the way into PutMetricData
    Losses,
    /// How long callers wait while a sink hangs
    Hang,
    /// How long a stop takes while a sink hangs
    Stop,
    /// PutMetricData calls in a minute
    Calls,
}

fn main() -> ExitCode {
    let Arguments { setup, command } = Arguments::parse();
    let outcome = match command {
        Command::Machine => commands::machine::measure(),
        Command::Counter => commands::counter::measure(&setup),
        Command::Dimensions => commands::dimensions::measure(&setup),
        Command::Histogram => commands::histogram::measure(&setup),
        Command::Unit => commands::unit::measure(&setup),
        Command::Documents => commands::documents::measure(&setup),
        Command::Losses => commands::losses::measure(&setup),
        Command::Hang => commands::hang::measure(&setup),
        Command::Stop => commands::stop::measure(&setup),
        Command::Calls => commands::calls::measure(&setup),
    };
    match outcome {
        Ok(report) => {
            report.print();
            ExitCode::SUCCESS
        }
        Err(error) => {
            report::progress(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
