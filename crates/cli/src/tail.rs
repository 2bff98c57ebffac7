//! `nepho tail`: follows what arrives at the server.

mod line;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use http::{Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use jiff::tz::TimeZone;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::dimension::{self, DimensionFilter};
use crate::endpoint::{self, Endpoint};
use crate::exit::{self, Failure};
use crate::own_path::{self, GetError};
use crate::terminal::{self, Terminal};
use crate::{metric, print, refusal};
use line::Received;

/// How long the first pause before a new connection is; each is twice as long as the one before ...
const PAUSE_MIN: Duration = Duration::from_millis(500);
/// ... up to this.
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// The longest line that is waited for.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// Where a server's own metrics are: so many a minute that they would bury everything else.
const OWN_NAMESPACE: &str = "Nephoscope";

const EXAMPLES: &str = "\
Examples:
  nepho tail
  nepho tail Shop --name Orders --dimension Service=web
  nepho tail Shop --json --count 10";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, override_usage = "nepho tail [OPTIONS] [NAMESPACE]")]
pub(crate) struct Arguments {
    /// Only this namespace [default: all but Nephoscope, which has the server's own metrics]
    #[arg(value_parser = metric::parse_namespace)]
    namespace: Option<String>,
    /// Only metrics of this name
    #[arg(long, env = "NEPHO_NAME", value_parser = metric::parse_name)]
    name: Option<String>,
    /// Only metrics that have this dimension, perhaps among others; may be given several times
    #[arg(long, env = "NEPHO_DIMENSION", value_name = "NAME[=VALUE]", value_parser = dimension::parse_filter)]
    dimension: Vec<DimensionFilter>,
    /// Stop after so many samples
    #[arg(long, env = "NEPHO_COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Show times in UTC instead of the local time zone
    #[arg(long, env = "NEPHO_UTC")]
    utc: bool,
    /// Print the server's lines of JSON as they come
    #[arg(long, env = "NEPHO_JSON", help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// Follows until it is stopped.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::run(follow(arguments))
}

async fn follow(arguments: Arguments) -> Result<(), Failure> {
    if *arguments.endpoint.endpoint() == Endpoint::Aws {
        return Err(Failure::usage(
            "Amazon CloudWatch cannot be followed: leave out --endpoint aws to follow the local server, or see what \
             there is with: nepho list --recent --endpoint aws",
        ));
    }
    let mut printer = Printer::new(&arguments);
    let path = path(&arguments);
    let mut answer = connect(&arguments, &path).await?;
    printer.say_connected();
    loop {
        if printer.print_all(answer).await? {
            return Ok(());
        }
        answer = reconnect(&arguments, &path).await?;
        print::note("connected again; what arrived in between is not shown");
    }
}

fn path(arguments: &Arguments) -> String {
    let filters = arguments.dimension.iter().map(|filter| match &filter.value {
        Some(value) => ("dimension", format!("{}={value}", filter.name)),
        None => ("dimension", filter.name.clone()),
    });
    let namespace = arguments.namespace.iter().map(|namespace| ("namespace", namespace.clone()));
    let name = arguments.name.iter().map(|name| ("name", name.clone()));
    let encoded = |(key, value): (&str, String)| format!("{key}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC));
    let pairs: Vec<_> = namespace.chain(name).chain(filters).map(encoded).collect();
    if pairs.is_empty() { "/tail".to_owned() } else { format!("/tail?{}", pairs.join("&")) }
}

async fn connect(arguments: &Arguments, path: &str) -> Result<Response<Incoming>, Failure> {
    let answer = own_path::get(&arguments.endpoint, path).await;
    let answer = answer.map_err(|error| own_path::failure(&arguments.endpoint, &error))?;
    match answer.status() {
        StatusCode::OK => Ok(answer),
        _ => Err(refused(arguments.endpoint.endpoint(), answer).await),
    }
}

async fn refused(endpoint: &Endpoint, answer: Response<Incoming>) -> Failure {
    let (status, text) = (answer.status(), own_path::text(answer).await.unwrap_or_default());
    let said = serde_json::from_str::<Refusal>(&text).map(|refusal| refusal.error);
    match (status, said) {
        (StatusCode::NOT_FOUND, _) => {
            Failure::unreachable(format!("{endpoint} has no /tail: only `nepho serve` can be followed"))
        }
        (StatusCode::BAD_REQUEST, Ok(reason)) => Failure::usage(format!("{endpoint} refuses: {reason}")),
        (_, Ok(reason)) => refusal::refused_because(endpoint, &reason),
        (status, Err(_)) => Failure::unreachable(format!("{endpoint} refuses ({status}): {}", text.trim())),
    }
}

/// What the server says on its own paths when it refuses.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Tries until there is a connection again. Only an answer that says no ends it.
async fn reconnect(arguments: &Arguments, path: &str) -> Result<Response<Incoming>, Failure> {
    let mut pause = PAUSE_MIN;
    loop {
        print::note(&format!(
            "the connection to {} is lost; trying again in {} s",
            arguments.endpoint.endpoint(),
            pause.as_secs_f32()
        ));
        tokio::time::sleep(pause).await;
        pause = (2 * pause).min(PAUSE_MAX);
        match own_path::get(&arguments.endpoint, path).await {
            Ok(answer) if answer.status() == StatusCode::OK => return Ok(answer),
            // A server that is stopping or starting, or has too many followers.
            Ok(answer) if answer.status().is_server_error() => {}
            Ok(answer) => return Err(refused(arguments.endpoint.endpoint(), answer).await),
            Err(GetError::Request(message)) => return Err(Failure::usage(message)),
            Err(_) => {}
        }
    }
}

/// Prints what comes, and counts it.
struct Printer<'a> {
    arguments: &'a Arguments,
    terminal: Terminal,
    zone: TimeZone,
    left: Option<u64>,
}

impl<'a> Printer<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        let zone = if arguments.utc { TimeZone::UTC } else { TimeZone::system() };
        Printer { arguments, terminal: Terminal::of(&arguments.terminal), zone, left: arguments.count }
    }

    fn say_connected(&self) {
        if self.terminal.is_terminal {
            print::note(&format!("following {}; Ctrl-C ends it", self.arguments.endpoint.endpoint()));
        }
    }

    /// Prints the lines of an answer. Whether that was all that was asked for.
    async fn print_all(&mut self, answer: Response<Incoming>) -> Result<bool, Failure> {
        let mut body = answer.into_body();
        let mut started: Vec<u8> = Vec::new();
        while let Some(Ok(frame)) = body.frame().await {
            let Ok(bytes) = frame.into_data() else { continue };
            if self.print_lines(&mut started, &bytes)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Prints the lines that end in `bytes`, and keeps the one that does not.
    fn print_lines(&mut self, started: &mut Vec<u8>, bytes: &Bytes) -> Result<bool, Failure> {
        started.extend_from_slice(bytes);
        let Some(end) = started.iter().rposition(|byte| *byte == b'\n') else {
            if started.len() > LINE_BYTES_MAX {
                return Err(Failure::unreachable(format!("a line is longer than {LINE_BYTES_MAX} bytes")));
            }
            return Ok(false);
        };
        let rest = started.split_off(end + 1);
        let lines = std::mem::replace(started, rest);
        let mut text = String::new();
        for line in String::from_utf8_lossy(&lines).lines().filter(|line| !line.is_empty()) {
            self.add(line, &mut text);
            if self.left == Some(0) {
                break;
            }
        }
        print::out(&text)?;
        Ok(self.left == Some(0))
    }

    fn add(&mut self, line: &str, text: &mut String) {
        let received = line::parse(line);
        if self.arguments.namespace.is_none() && received.is_of(OWN_NAMESPACE) {
            return;
        }
        if matches!(received, Received::Sample(_))
            && let Some(left) = &mut self.left
        {
            *left -= 1;
        }
        if self.arguments.json {
            text.push_str(line);
            text.push('\n');
            return;
        }
        match received {
            Received::Sample(sample) => {
                text.push_str(&sample.text(&self.zone, self.terminal.palette));
                text.push('\n');
            }
            Received::Dropped(count) => print::note(&line::dropped(count)),
            Received::Unknown => print::note(&format!("a line that is no sample: {line}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn the_filter_is_the_query_string() {
        let path = |line: &[&str]| path(&Line::try_parse_from([&["tail"], line].concat()).unwrap().arguments);
        assert_eq!(path(&[]), "/tail");
        let line = ["My App", "--name", "a&b", "--dimension", "Service=web=1", "--dimension", "Stage"];
        let expected = "/tail?namespace=My%20App&name=a%26b&dimension=Service%3Dweb%3D1&dimension=Stage";
        assert_eq!(path(&line), expected);
    }
}
