//! `nepho alarm explain`: why an alarm is in its state.

mod cloud;
mod described;
mod muting;
mod text;

use std::process::ExitCode;

use aws_sdk_cloudwatch::Client;
use clap::Args;
use http::StatusCode;
use http::uri::Scheme;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use nepho_engine::explanation::Explanation;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::names;
use crate::endpoint::{self, Endpoint};
use crate::exit::{self, Failure};
use crate::moment::{self, Moment};
use crate::nearest::nearest;
use crate::own_path::{self, GetError};
use crate::terminal::{self, Terminal};
use crate::{print, refusal};

const EXAMPLES: &str = "\
Examples:
  nepho alarm explain Latency
  nepho alarm explain Latency --at 2026-05-04T12:00Z
  nepho alarm explain Latency --json | jq .Rule
  nepho alarm explain Latency --endpoint aws

What is explained with --at is the evaluation that was due then, by the data that is stored now.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, override_usage = "nepho alarm explain [OPTIONS] <NAME>")]
pub(crate) struct Arguments {
    /// Name of the alarm
    name: String,
    /// As of this time: how long ago (3h, 90m), or a time (2026-05-04T12:00Z, 12:30) [default: now]
    #[arg(long, env = "NEPHO_AT", value_name = "TIME", value_parser = moment::parse)]
    at: Option<Moment>,
    /// Read and show times in UTC instead of the local time zone
    #[arg(long, env = "NEPHO_UTC")]
    utc: bool,
    /// Print JSON, times in UTC
    #[arg(long, env = "NEPHO_JSON", help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// What the server says on its own paths when it refuses.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Explains the alarm.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::run(explain(arguments))
}

async fn explain(arguments: Arguments) -> Result<(), Failure> {
    let zone = if arguments.utc { TimeZone::UTC } else { TimeZone::system() };
    let at = match arguments.at {
        None => None,
        Some(moment) => {
            let now = own_path::now(&arguments.endpoint).await;
            let at = moment.at(now, &zone).map_err(Failure::usage)?;
            check_past(at, now)?;
            Some(at)
        }
    };
    let explanation = ask(&arguments, at).await?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&explanation).expect("an explanation has only strings and numbers");
        return print::out(&(text + "\n"));
    }
    let terminal = Terminal::of(&arguments.terminal);
    print::out(&text::text(&explanation, &zone, terminal.width, terminal.palette))
}

/// Refuses the future, of which nobody knows the data.
fn check_past(at: Timestamp, now: Timestamp) -> Result<(), Failure> {
    let [time, now_text] = [at, now].map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ"));
    match at > now {
        true => Err(Failure::usage(format!(
            "--at {time} is in the future, of which there is nothing to explain: it is {now_text} now"
        ))),
        false => Ok(()),
    }
}

/// Asks a `nepho serve`, which knows best, and whoever is none about the alarm and its data.
async fn ask(arguments: &Arguments, at: Option<Timestamp>) -> Result<Explanation, Failure> {
    match arguments.endpoint.endpoint() {
        Endpoint::Aws => cloud::explain(arguments, at).await,
        Endpoint::At(uri) if uri.scheme() != Some(&Scheme::HTTP) => cloud::explain(arguments, at).await,
        Endpoint::At(_) => match ask_server(arguments, at).await? {
            Some(explanation) => Ok(explanation),
            None => cloud::explain(arguments, at).await,
        },
    }
}

/// Which alarm may have been meant, to be put behind a message that there is none of this name; nothing where no name is
/// like it, or nobody tells the names.
async fn meant(client: &Client, arguments: &Arguments) -> String {
    let names = names::all(client, &arguments.endpoint).await.unwrap_or_default();
    match nearest(&arguments.name, names.iter().map(String::as_str)) {
        Some(meant) => format!(": did you mean {meant}?"),
        None => String::new(),
    }
}

/// Asks a `nepho serve`; `None` when it is none.
async fn ask_server(arguments: &Arguments, at: Option<Timestamp>) -> Result<Option<Explanation>, Failure> {
    let endpoint = arguments.endpoint.endpoint();
    let at = at.map(|at| format!("&at={}", utf8_percent_encode(&at.to_string(), NON_ALPHANUMERIC)));
    let name = utf8_percent_encode(&arguments.name, NON_ALPHANUMERIC);
    let path = format!("/alarms/explain?name={name}{}", at.unwrap_or_default());
    let answer = own_path::get(&arguments.endpoint, &path).await;
    let answer = answer.map_err(|error| own_path::failure(&arguments.endpoint, &error))?;
    let status = answer.status();
    let text = own_path::long_text(answer).await;
    let text = text.ok_or_else(|| own_path::failure(&arguments.endpoint, &GetError::Slow))?;
    if status == StatusCode::OK {
        return Ok(serde_json::from_str(&text).ok());
    }
    match (status, serde_json::from_str::<Refusal>(&text)) {
        (StatusCode::NOT_FOUND, Ok(Refusal { error })) => {
            let client = arguments.endpoint.client().await?;
            let meant = meant(&client, arguments).await;
            Err(Failure::usage(format!("{endpoint} refuses: {error}{meant}")))
        }
        (StatusCode::BAD_REQUEST, Ok(Refusal { error })) => Err(Failure::usage(format!("{endpoint} refuses: {error}"))),
        (_, Ok(Refusal { error })) => Err(refusal::refused_because(endpoint, &error)),
        (_, Err(_)) => Ok(None),
    }
}
