//! `nepho deliveries`: what was sent to whom, how often it was tried, and where it ended.

mod full;
mod ledger;
mod overview;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::endpoint;
use crate::exit::{self, Failure};
use crate::moment::{self, Moment};
use crate::terminal::{self, Terminal};
use crate::{own_path, print};
use ledger::Filter;

/// Deliveries that are shown unless a limit is given.
const SHOWN: u32 = 100;

const EXAMPLES: &str = "\
Examples:
  nepho deliveries
  nepho deliveries --state discarded --from 1d
  nepho deliveries --topic alerts --protocol email --json
  nepho deliveries 22b80b92

The newest comes first. With the id of a message, or how it begins, every attempt is shown. One that is waiting or \
redriving is tried again, at its receiver or at the dead-letter queue; one that is held is kept for now, as the noise \
policy of its subscription wants it, and of one that is folded another message has gone out in its place.

Elsewhere than on a terminal there are lines of tab-separated columns: published, state, attempts, protocol, receiver, \
topic, what, why, message.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, override_usage = "nepho deliveries [OPTIONS] [MESSAGE]")]
pub(crate) struct Arguments {
    /// Id of a message, or its beginning: its deliveries in full
    message: Option<String>,
    /// Only of this topic: a name, or an ARN
    #[arg(long, env = "NEPHO_TOPIC")]
    topic: Option<String>,
    /// Only of this subscription: an id, or an ARN
    #[arg(long, env = "NEPHO_SUBSCRIPTION")]
    subscription: Option<String>,
    /// Only over this protocol, such as https, email or slack
    #[arg(long, env = "NEPHO_PROTOCOL")]
    protocol: Option<String>,
    /// Only to this receiver: a URL, a mail address, the ARN of a queue
    #[arg(long, env = "NEPHO_RECEIVER")]
    receiver: Option<String>,
    /// Only those that stand so
    #[arg(long, env = "NEPHO_STATE", value_enum)]
    state: Option<State>,
    /// Published then or later: how long ago (3h, 90m, 2d), or a time (2026-05-04T12:00Z, 12:30, yesterday)
    #[arg(long, env = "NEPHO_FROM", value_name = "TIME", value_parser = moment::parse)]
    from: Option<Moment>,
    /// Published before: as --from
    #[arg(long, env = "NEPHO_TO", value_name = "TIME", value_parser = moment::parse)]
    to: Option<Moment>,
    /// The most deliveries that are shown
    #[arg(long, env = "NEPHO_LIMIT", value_name = "COUNT", default_value_t = SHOWN,
          value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Read and show times in UTC instead of the local time zone
    #[arg(long, env = "NEPHO_UTC")]
    utc: bool,
    /// Print a line of JSON for each delivery, with every attempt, times in UTC
    #[arg(long, env = "NEPHO_JSON", help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    Waiting,
    Redriving,
    Delivered,
    DeadLettered,
    Discarded,
    Held,
    Folded,
}

/// Shows them.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::run(show(arguments))
}

async fn show(arguments: Arguments) -> Result<(), Failure> {
    let zone = if arguments.utc { TimeZone::UTC } else { TimeZone::system() };
    let filter = filter(&arguments, &zone).await?;
    let limit = arguments.limit as usize;
    let found = ledger::find(&arguments.endpoint, &filter, limit).await?;
    if !found.is_complete {
        print::note(&format!("only {} of more are shown: narrow with flags, or see more with --limit", count(limit)));
    }
    if found.deliveries.is_empty() {
        match &arguments.message {
            Some(message) => return Err(Failure::usage(nothing_of(&arguments, message))),
            None => print::note("no delivery fits"),
        }
    }
    if arguments.json {
        return print::out(&found.deliveries.iter().map(ledger::Delivery::json_line).collect::<String>());
    }
    let terminal = Terminal::of(&arguments.terminal);
    print::out(&match (&arguments.message, terminal.is_terminal) {
        _ if found.deliveries.is_empty() => String::new(),
        (Some(_), _) => full::text(&found.deliveries, &zone, terminal.palette),
        (None, true) => overview::people(&found.deliveries, &zone).aligned(terminal.width, terminal.palette),
        (None, false) => overview::programs(&found.deliveries, &zone).tabbed(),
    })
}

fn count(limit: usize) -> String {
    if limit == 1 { "1 delivery".to_owned() } else { format!("{limit} deliveries") }
}

fn nothing_of(arguments: &Arguments, message: &str) -> String {
    format!(
        "no delivery of a message whose id begins with {message:?}. To see what there is: nepho deliveries{}",
        arguments.endpoint.flags()
    )
}

async fn filter(arguments: &Arguments, zone: &TimeZone) -> Result<Filter, Failure> {
    let is_relative = |moment: &Option<Moment>| moment.is_some_and(Moment::is_relative);
    // Only what is counted back from now needs to know what time it is there.
    let now = match is_relative(&arguments.from) || is_relative(&arguments.to) {
        true => own_path::now(&arguments.endpoint).await,
        false => jiff::Timestamp::from_millisecond(nepho_server::system_time().millis()).unwrap_or(Timestamp::MAX),
    };
    let at = |moment: Option<Moment>| moment.map(|moment| moment.at(now, zone)).transpose().map_err(Failure::usage);
    let (since, until) = (at(arguments.from)?, at(arguments.to)?);
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        return Err(Failure::usage(format!("--from {since} is not before --to {until}")));
    }
    let state = arguments.state.and_then(|state| state.to_possible_value());
    let pairs = [
        ("message", arguments.message.clone()),
        ("topic", arguments.topic.clone()),
        ("subscription", arguments.subscription.clone()),
        ("protocol", arguments.protocol.clone()),
        ("endpoint", arguments.receiver.clone()),
        ("state", state.map(|state| state.get_name().to_owned())),
        ("since", since.map(|time| time.to_string())),
        ("until", until.map(|time| time.to_string())),
    ];
    let given: Vec<_> = pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    Ok(Filter::of(&given))
}
