//! The service, its load test, and what its metrics cost.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use hyper::Uri;
use ticketing::adapters::metrics::{Destination, client};
use ticketing::app::{App, serve};
use ticketing::cost;
use ticketing::load::{Failure, Load, Outcome};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Seat booking, and its metrics.
#[derive(Debug, Parser)]
#[command(name = "ticketing")]
enum Command {
    /// Serve the HTTP API
    Serve {
        /// Where to listen
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// How many seats there are
        #[arg(long, default_value_t = 1_000)]
        seats: u32,
        /// The dimension Environment
        #[arg(long, env = "ENVIRONMENT", default_value = "production")]
        environment: String,
        /// Where metrics go: environment (the agent of AWS_EMF_AGENT_ENDPOINT, else standard output), stdout,
        /// tcp://HOST:PORT, udp://HOST:PORT or http://HOST:PORT/emf
        #[arg(long, default_value = "environment")]
        metrics: Destination,
    },
    /// Book seats over HTTP as fast as possible, and compare what was counted with what a server has stored
    Load {
        /// How many seats are asked for
        #[arg(long, default_value_t = 100_000)]
        bookings: u32,
        /// How many customers are there at the same time
        #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
        clients: u32,
        /// The server that is asked: a running `nepho serve`
        #[arg(long, default_value = "http://127.0.0.1:4582")]
        endpoint: Uri,
        /// Where metrics go, as with `serve` [default: /emf of the endpoint]
        #[arg(long)]
        metrics: Option<Destination>,
    },
    /// Say what the metrics cost at CloudWatch
    Cost {
        /// Bookings a second
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        rate: u32,
    },
}

/// When a check fails.
const CHECK_FAILED: u8 = 1;
/// When something cannot be reached.
const UNREACHABLE: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    // Standard output is for EMF.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .init();
    let ended = match Command::parse() {
        Command::Serve { listen, seats, environment, metrics } => run(listen, seats, &environment, &metrics).await,
        Command::Load { bookings, clients, endpoint, metrics } => load(bookings, clients, endpoint, metrics).await,
        Command::Cost { rate } => out(&cost::text(&cost::estimate(rate))),
    };
    ended.unwrap_or_else(|failure| {
        note(&format!("ticketing: {failure}"));
        ExitCode::from(UNREACHABLE)
    })
}

async fn run(
    listen: SocketAddr,
    seats: u32,
    environment: &str,
    destination: &Destination,
) -> Result<ExitCode, Failure> {
    let metrics = client(environment, destination).map_err(|error| Failure::new(error.to_string()))?;
    let (app, inbox) = App::open(Arc::new(metrics.clone()), seats);
    let listener = TcpListener::bind(listen).await?;
    let mut terminated = signal(SignalKind::terminate())?;
    note(&format!("ticketing: http://{}", listener.local_addr()?));
    serve(listener, app, inbox, async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
    })
    .await?;
    // The last client: what is left of the metrics goes out here.
    drop(metrics);
    Ok(ExitCode::SUCCESS)
}

async fn load(bookings: u32, clients: u32, endpoint: Uri, metrics: Option<Destination>) -> Result<ExitCode, Failure> {
    let url = format!("{}/emf", endpoint.to_string().trim_end_matches('/'));
    let metrics = metrics.unwrap_or(Destination::Http(url));
    let outcome = Load { bookings, clients, endpoint, metrics }.run().await?;
    out(&text(&outcome, clients))?;
    Ok(if outcome.is_exact() { ExitCode::SUCCESS } else { ExitCode::from(CHECK_FAILED) })
}

/// What came of a run, as a table.
fn text(outcome: &Outcome, clients: u32) -> String {
    let Outcome { environment, counts, elapsed, accounting, rows } = outcome;
    let rate = counts.bookings as f64 / elapsed.as_secs_f64();
    let mut text = format!(
        "{} bookings by {clients} customers in {:.2} s: {rate:.0} a second, with {} payments. Environment: {environment}\n\n\
         {:30} {:26} {:12} {:>9} {:>9} {:>12}\n",
        counts.bookings,
        elapsed.as_secs_f64(),
        counts.payments,
        "metric",
        "dimension",
        "unit",
        "counted",
        "stored",
        "average",
    );
    for (expected, stored) in rows {
        let dimension = expected.dimension.as_ref().map(|(name, value)| format!("{name}={value}")).unwrap_or_default();
        let average = if stored.samples > 0.0 { stored.sum / stored.samples } else { 0.0 };
        let verdict = if expected.is(stored) { "" } else { "  DIFFERS" };
        text += &format!(
            "{:30} {dimension:26} {:12} {:>9} {:>9} {average:>12.4}{verdict}\n",
            expected.name,
            expected.unit.as_str(),
            expected.samples,
            stored.samples
        );
    }
    let verdict = if outcome.is_exact() { "Every count is exact." } else { "Counts differ." };
    text += &format!(
        "\n{verdict} The client accepted {} samples and delivered {}; {} were dropped.\n",
        accounting.accepted,
        accounting.delivered,
        accounting.dropped_total()
    );
    text
}

fn out(text: &str) -> Result<ExitCode, Failure> {
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Says something beside the output. When standard error is gone, there is nobody to tell.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
