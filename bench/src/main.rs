//! Runs Nephoscope and its peers in turn on one machine, and prints what came out as Markdown.
//!
//! One subcommand for each line of the speed table; `bench/run` runs them all. The servers are started, loaded and
//! killed from here; the store alone is measured in this process.

mod clock;
mod commands;
mod fleet;
mod http;
mod load;
mod process;
mod random;
mod report;
mod setup;
mod template;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use report::Report;
use setup::Setup;

/// What a measurement that could not be made says.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Debug, Parser)]
#[command(name = "nepho-bench", about = "Measures Nephoscope against its peers")]
struct Arguments {
    #[command(flatten)]
    setup: Setup,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What the machine is, and how long its disk takes to sync
    Machine,
    /// PutMetricData with 1000 datums a request
    PutBatch,
    /// PutMetricData with one datum a request
    PutSmall,
    /// EMF over TCP
    Emf,
    /// Bytes on disk per cell
    Disk,
    /// Reading and listing
    Reads,
    /// Metric math, searches and Metrics Insights over many metrics
    Queries,
    /// Messages through queues
    Queues,
    /// A minute of a hundred thousand alarms
    Alarms,
    /// Trying a hundred alarms on thirty days
    Backtest,
    /// Resident memory with a million metrics
    Memory,
    /// Starting on a full folder
    Start,
    /// A server that answers every request with 200 and throws EMF away, to measure the generator by
    #[command(hide = true)]
    Null,
    /// Fills the store of a folder and stays until it is killed, to measure its memory by
    #[command(hide = true)]
    Fill(commands::memory::Fill),
}

fn main() -> ExitCode {
    let Arguments { setup, command } = Arguments::parse();
    let outcome = match command {
        Command::Machine => commands::machine::measure(&setup),
        Command::PutBatch => commands::put_batch::measure(&setup),
        Command::PutSmall => commands::put_small::measure(&setup),
        Command::Emf => commands::emf::measure(&setup),
        Command::Disk => commands::disk::measure(&setup),
        Command::Reads => commands::reads::measure(&setup),
        Command::Queries => commands::queries::measure(&setup),
        Command::Queues => commands::queues::measure(&setup),
        Command::Backtest => commands::backtest::measure(&setup),
        Command::Alarms => commands::alarms::measure(&setup),
        Command::Memory => commands::memory::measure(&setup),
        Command::Start => commands::start::measure(&setup),
        Command::Null => commands::null::serve().map(|()| Report::default()),
        Command::Fill(fill) => commands::memory::fill(&fill).map(|()| Report::default()),
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
