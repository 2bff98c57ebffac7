//! Measures operational metrics against a PostgreSQL on the same machine, and prints what came out as Markdown.
//!
//! One subcommand for each claim; `bench/operational/run` starts the server and runs them all.

mod clock;
mod commands;
mod database;
#[path = "../../src/report.rs"]
#[expect(dead_code, reason = "it is the report of all benchmarks")]
mod report;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use nepho_operational::Storage;
use sqlx::postgres::PgConnectOptions;

/// What a measurement that could not be made says.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Debug, Parser)]
#[command(name = "nepho-bench-operational", about = "Measures operational metrics in PostgreSQL")]
struct Arguments {
    #[command(flatten)]
    setup: Setup,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Setup {
    /// A server whose databases may be made and dropped
    #[arg(long, global = true, default_value = "postgres://postgres@localhost/postgres")]
    postgres: PgConnectOptions,
    /// Rows of a day
    #[arg(long, global = true, default_value_t = 10_000_000)]
    day: i64,
    /// Runs of what is measured several times
    #[arg(long, global = true, default_value_t = 5)]
    runs: usize,
    /// How the raw table is stored, where that is measured one by one
    #[arg(long, global = true, value_enum, default_value_t = Kind::Plain)]
    storage: Kind,
    /// See whether it works: a day has 100,000 rows
    #[arg(long, global = true)]
    quick: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// One table
    Plain,
    /// A partition for each day
    Partitions,
}

impl Kind {
    fn storage(self) -> Storage {
        match self {
            Kind::Plain => Storage::Plain,
            Kind::Partitions => Storage::DailyPartitions,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Plain => "plain table",
            Kind::Partitions => "partitions",
        }
    }
}

impl Setup {
    fn day_rows(&self) -> i64 {
        if self.quick { 100_000 } else { self.day }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What the machine and the server are
    Machine,
    /// What recording adds to a transaction
    Record,
    /// Rows a second in batches
    Batch,
    /// Rolling up a day
    RollUp,
    /// What writers wait for while a day is deleted
    Retention,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { setup, command } = Arguments::parse();
    let outcome = match command {
        Command::Machine => commands::machine::measure(&setup).await,
        Command::Record => commands::record::measure(&setup).await,
        Command::Batch => commands::batch::measure(&setup).await,
        Command::RollUp => commands::roll_up::measure(&setup).await,
        Command::Retention => commands::retention::measure(&setup).await,
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
