//! `nepho put`: sends datums.

mod batches;

use std::fs::File;
use std::io::{BufReader, IsTerminal, Read, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use aws_sdk_cloudwatch::Client;
use clap::Args;
use jiff::tz::TimeZone;
use nepho_model::Unit;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::datum::{Amount, CountedValue, Datum, Statistics, parse_statistics, parse_value};
use crate::dimension::{self, Dimension};
use crate::exit::{self, Failure};
use crate::input::{self, Defaults, Entry, InputError, Numbered};
use crate::metric::{self, Metric};
use crate::moment::{self, Moment};
use crate::number::counted;
use crate::{endpoint, own_path, print, unit};
use batches::Batches;

/// Datums that are read ahead.
const AHEAD_MAX: usize = 2000;
/// What has been read is sent when nothing more comes for so long.
const IDLE: Duration = Duration::from_millis(500);

const USAGE: &str = "\
nepho put [OPTIONS] <NAMESPACE> <NAME> <VALUE>...
       nepho put [OPTIONS] [NAMESPACE] --from <FILE>";

const EXAMPLES: &str = "\
Examples:
  nepho put Shop Orders 3 --unit Count --dimension Service=web
  nepho put Shop Latency 12.5 17x3 --unit Milliseconds --at 10m
  nepho put Shop Latency --statistics count=5,sum=60,min=8,max=20
  nepho put --from orders.csv
  nepho tail --json | nepho put --from - --endpoint aws

A file holds a datum a line, as JSON:
  {\"Namespace\":\"Shop\",\"MetricName\":\"Orders\",\"Value\":3,\"Unit\":\"Count\",\"Dimensions\":{\"Service\":\"web\"}}
with Value, or Values and Counts, or StatisticValues {SampleCount, Sum, Minimum, Maximum};
Timestamp and StorageResolution where they matter. Or it is CSV with a header:
  Namespace,MetricName,Dimension:Service,Value,Unit,Timestamp
  Shop,Orders,web,3,Count,2026-05-04T12:00Z
with Value, or with SampleCount, Sum, Minimum and Maximum. Times without a zone are UTC.

Where `nepho tail --json` says that it has dropped samples, that is a warning; the rest is put, and the exit code is 1.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Arguments {
    /// Namespace, such as Shop; with --from, for lines that name none
    #[arg(required_unless_present = "from", value_parser = metric::parse_namespace)]
    namespace: Option<String>,
    /// Name of the metric, such as Orders
    #[arg(required_unless_present = "from", value_parser = metric::parse_name)]
    name: Option<String>,
    /// Values; 5x3 is the value 5, three times
    #[arg(required_unless_present_any = ["from", "statistics"], value_parser = parse_value, allow_negative_numbers = true)]
    value: Vec<CountedValue>,
    /// Unit, such as Count, Milliseconds, Bytes or Percent
    #[arg(long, env = "NEPHO_UNIT", value_parser = unit::parse)]
    unit: Option<Unit>,
    /// Dimension; may be given several times
    #[arg(long, env = "NEPHO_DIMENSION", value_name = "NAME=VALUE", value_parser = dimension::parse)]
    dimension: Vec<Dimension>,
    /// Time of the values: a time (2026-05-04T12:00Z, 12:30), or how long ago (10m) [default: now]
    #[arg(long, env = "NEPHO_AT", value_name = "TIME", value_parser = moment::parse)]
    at: Option<Moment>,
    /// Seconds to which the time is kept: 1 or 60 [default: 60]
    #[arg(long, env = "NEPHO_RESOLUTION", value_name = "SECONDS", value_parser = parse_resolution)]
    resolution: Option<i32>,
    /// A statistic set instead of values: count=5,sum=10,min=1,max=4
    #[arg(long, env = "NEPHO_STATISTICS", value_parser = parse_statistics, conflicts_with = "value")]
    statistics: Option<Statistics>,
    /// Read datums from a file, or from standard input with -: JSON lines or CSV (see below)
    #[arg(long, env = "NEPHO_PUT_FROM", value_name = "FILE",
          conflicts_with_all = ["name", "value", "unit", "dimension", "at", "resolution", "statistics"])]
    from: Option<PathBuf>,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

fn parse_resolution(text: &str) -> Result<i32, String> {
    match text {
        "1" => Ok(1),
        "60" => Ok(60),
        _ => Err("expected 1 (kept by the second) or 60 (by the minute)".to_owned()),
    }
}

/// Sends what is asked for.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::run(async move {
        let client = arguments.endpoint.client().await?;
        match &arguments.from {
            Some(path) => put_file(&client, &arguments, path).await,
            None => put_values(&client, &arguments).await,
        }
    })
}

async fn put_values(client: &Client, arguments: &Arguments) -> Result<(), Failure> {
    let namespace = arguments.namespace.as_deref().expect("required without --from");
    let name = arguments.name.as_deref().expect("required without --from");
    let time = match arguments.at {
        None => None,
        Some(moment) => {
            let now = own_path::now(&arguments.endpoint).await;
            Some(moment.at(now, &TimeZone::system()).map_err(Failure::usage)?)
        }
    };
    let amounts = match arguments.statistics {
        Some(statistics) => vec![Amount { statistics: Some(statistics), ..Amount::default() }],
        None => Amount::of(&arguments.value),
    };
    let metric = Metric::new(namespace, name, &arguments.dimension);
    let mut batches = Batches::new(client, &arguments.endpoint);
    for amount in amounts {
        let (unit, resolution) = (arguments.unit, arguments.resolution);
        let datum = Datum { metric: metric.clone(), amount, unit, time, resolution };
        batches.add(Numbered { line: 0, datum }).await?;
    }
    batches.send_all().await?;
    if stdout().is_terminal() {
        print::note(&format!("written; to see it: nepho get {}{}", metric.words(), arguments.endpoint.flags()));
    }
    Ok(())
}

async fn put_file(client: &Client, arguments: &Arguments, path: &Path) -> Result<(), Failure> {
    if path == Path::new("-") && stdin().is_terminal() {
        print::note("reading datums from the terminal; Ctrl-D ends them, nepho put --help shows how they look");
    }
    let input = BufReader::new(open(path)?);
    let now = own_path::now(&arguments.endpoint).await;
    let defaults = Defaults { namespace: arguments.namespace.clone(), now };
    let (sender, mut receiver) = mpsc::channel(AHEAD_MAX);
    // Reading may block, as on a terminal; a thread of its own does not keep the command from sending or from ending.
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let read = input::read(input, &defaults, |entry| sender.blocking_send(entry).is_ok());
        drop(sender);
        let _ = ended.send(read);
    });
    let mut batches = Batches::new(client, &arguments.endpoint);
    let mut dropped = 0;
    loop {
        match timeout(IDLE, receiver.recv()).await {
            Ok(Some(Entry::Datum(numbered))) => batches.add(numbered).await?,
            Ok(Some(Entry::Dropped(count))) => {
                print::note(&format!("warning: {} dropped upstream: tail could not keep up", counted(count, "sample")));
                dropped += count;
            }
            Ok(None) => break,
            Err(_) => batches.send_all().await?,
        }
    }
    batches.send_all().await?;
    let read = end.await.unwrap_or_else(|_| Err(InputError::Read("reading stopped".to_owned())));
    read.map_err(|error| input_failure(path, &error, &batches))?;
    print::note(&batches.words());
    match dropped {
        0 => Ok(()),
        count => Err(Failure::Incomplete(format!("not everything: {} dropped upstream", counted(count, "sample")))),
    }
}

fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(stdin()));
    }
    let file =
        File::open(path).map_err(|error| Failure::unreachable(format!("cannot read {}: {error}", path.display())))?;
    Ok(Box::new(file))
}

fn input_failure(path: &Path, error: &InputError, batches: &Batches<'_>) -> Failure {
    let name = if path == Path::new("-") { "standard input".into() } else { path.to_string_lossy() };
    let words = batches.words();
    match error {
        InputError::Line { line, message } => {
            Failure::usage(format!("{name}, line {line}: {message}\nbefore that line: {words}; from it on, nothing"))
        }
        InputError::Read(message) => {
            Failure::unreachable(format!("cannot read {name}: {message}\nbefore that: {words}"))
        }
    }
}
