//! The server's settings, with every default in one place.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::deliveries::config::{DeliverySettings, MailSettings};
use crate::http::foreign::Hosts;

/// What a server is told at its start.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder that holds everything.
    pub data: PathBuf,
    /// Where HTTP listens.
    pub listen: SocketAddr,
    /// Where EMF listens, on TCP and on UDP.
    pub emf: SocketAddr,
    /// The Region of what says none.
    pub region: String,
    /// The account of what says none.
    pub account: String,
    /// Whether time passes by itself.
    pub clock: ClockKind,
    /// How many seconds after the time that it is about an evaluation of alarms is made: what is measured until then has
    /// to arrive first. Where nothing is said, [`EVALUATION_DELAY_SECONDS`] with the machine's clock, and none with one
    /// that is moved by hand.
    pub evaluation_delay_seconds: Option<i64>,
    /// Who may ask. When empty, everybody may.
    pub credentials: Credentials,
    /// Whether an address off loopback may be open to everybody.
    pub insecure: bool,
    /// The bounds.
    pub limits: Limits,
    /// How messages leave the server.
    pub deliveries: DeliverySettings,
    /// The server that takes mail; without one, mail becomes files in the data folder.
    pub mail: Option<MailSettings>,
}

/// How long evaluations wait with the machine's clock, unless told otherwise: what clients send at the full minute, and
/// what a flush of theirs takes, is there by then.
pub const EVALUATION_DELAY_SECONDS: i64 = 5;

/// The longest that evaluations may wait: the evaluation of alarms on seconds comes before their next.
pub const MAX_EVALUATION_DELAY_SECONDS: i64 = 9;

/// Whether time passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that only `POST /clock` moves.
    Manual,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            data: PathBuf::from("./nepho-data"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 4582)),
            emf: SocketAddr::from((Ipv4Addr::LOCALHOST, 25888)),
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            clock: ClockKind::System,
            evaluation_delay_seconds: None,
            credentials: Credentials::default(),
            insecure: false,
            limits: Limits::default(),
            deliveries: DeliverySettings::default(),
            mail: None,
        }
    }
}

/// The bounds of everything that comes in. Sizes are in bytes, times in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// Open HTTP connections. One more is answered with 503 and closed.
    pub http_connections: usize,
    /// Connections over the limit that are told so at the same time. Further ones are closed in silence.
    pub refusals: usize,
    /// The request line and all headers, with their line ends. One byte more is answered with 431.
    pub head_bytes: usize,
    /// Headers of a request. One more is answered with 431.
    pub headers: usize,
    /// From the end of one answer (or the connection's start) to the end of the next request's head: the time a
    /// connection may idle, and the time a slow client has for its headers.
    pub head_seconds: u64,
    /// From the end of a request's head to the end of its body. Longer is answered with 408.
    pub body_seconds: u64,
    /// How long an answer may wait for a client that does not read it. Then the connection is closed.
    pub write_seconds: u64,
    /// The body of a CloudWatch or STS request as sent. One byte more is answered with 413.
    pub api_body_bytes: usize,
    /// The body of a CloudWatch Logs request as sent: a batch of a megabyte, escaped.
    pub logs_body_bytes: usize,
    /// The body of an SQS request as sent: a batch of a mebibyte, escaped.
    pub sqs_body_bytes: usize,
    /// The body of `POST /emf` as sent.
    pub emf_body_bytes: usize,
    /// Any body after decompression.
    pub decompressed_bytes: usize,
    /// All bodies together that are held at one time, as sent. What finds no room waits; when that is longer than
    /// `body_seconds`, it is answered with 503.
    pub held_body_bytes: usize,
    /// Bytes of a refused body that are read and thrown away so that the client gets to read the answer.
    pub discard_bytes: usize,
    /// One EMF document on a TCP connection or in `POST /emf`.
    pub emf_line_bytes: usize,
    /// Open EMF connections on TCP. A further one takes the place of the one that has been idle the longest, or is
    /// closed at once.
    pub emf_connections: usize,
    /// How long an EMF connection has to be idle before another may take its place.
    pub emf_idle_seconds: u64,
    /// Writes of one EMF connection that may wait for the store before it stops reading.
    pub emf_writes: usize,
    /// Clients of `/tail`. One more is answered with 503.
    pub tails: usize,
    /// Lines that wait for one client of `/tail`. Further ones are dropped and counted to it.
    pub tail_lines: usize,
    /// Messages that all queues hold in memory, with what each takes besides its text. One byte more is refused.
    pub queue_bytes: usize,
    /// How long a stop waits for requests that are being answered.
    pub stop_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MB: usize = 1024 * 1024;
        Limits {
            http_connections: 1024,
            refusals: 64,
            head_bytes: 64 * 1024,
            headers: 100,
            head_seconds: 60,
            body_seconds: 30,
            write_seconds: 120,
            api_body_bytes: MB,
            logs_body_bytes: 6 * MB,
            sqs_body_bytes: 8 * MB,
            emf_body_bytes: 16 * MB,
            decompressed_bytes: 32 * MB,
            held_body_bytes: 256 * MB,
            discard_bytes: 32 * MB,
            emf_line_bytes: MB,
            emf_connections: 256,
            emf_idle_seconds: 120,
            emf_writes: 4,
            tails: 64,
            tail_lines: 4096,
            queue_bytes: 512 * MB,
            stop_seconds: 10,
        }
    }
}

impl Limits {
    pub(crate) fn head_time(&self) -> Duration {
        Duration::from_secs(self.head_seconds)
    }

    pub(crate) fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    pub(crate) fn write_time(&self) -> Duration {
        Duration::from_secs(self.write_seconds)
    }

    pub(crate) fn emf_idle_time(&self) -> Duration {
        Duration::from_secs(self.emf_idle_seconds)
    }

    pub(crate) fn stop_time(&self) -> Duration {
        Duration::from_secs(self.stop_seconds)
    }
}

/// The least that [`Limits::head_bytes`] may be: what the HTTP library reads at least.
const HEAD_BYTES_MIN: usize = 8192;

impl Limits {
    /// The limits below which nothing could be served, each with its name and the least it may be. For the others 0
    /// means none.
    fn minimums(&self) -> [(&'static str, u64, u64); 17] {
        let aws_body = self.api_body_bytes.max(self.logs_body_bytes).max(self.sqs_body_bytes);
        let largest_body = aws_body.max(self.emf_body_bytes);
        let bytes = |name, value: usize, least: usize| (name, value as u64, least as u64);
        [
            bytes("http-connections", self.http_connections, 1),
            bytes("head-bytes", self.head_bytes, HEAD_BYTES_MIN),
            bytes("headers", self.headers, 1),
            ("head-seconds", self.head_seconds, 1),
            ("body-seconds", self.body_seconds, 1),
            ("write-seconds", self.write_seconds, 1),
            bytes("api-body-bytes", self.api_body_bytes, 1),
            bytes("logs-body-bytes", self.logs_body_bytes, 1),
            bytes("sqs-body-bytes", self.sqs_body_bytes, 1),
            bytes("emf-body-bytes", self.emf_body_bytes, 1),
            bytes("decompressed-bytes", self.decompressed_bytes, 1),
            bytes("held-body-bytes", self.held_body_bytes, largest_body),
            bytes("emf-line-bytes", self.emf_line_bytes, 1),
            bytes("emf-connections", self.emf_connections, 1),
            bytes("emf-writes", self.emf_writes, 1),
            bytes("tail-lines", self.tail_lines, 1),
            bytes("queue-bytes", self.queue_bytes, 1),
        ]
    }

    fn check(&self) -> Result<(), ConfigError> {
        let too_small = self.minimums().into_iter().find(|(_, value, least)| value < least);
        too_small.map_or(Ok(()), |(name, value, least)| Err(ConfigError::Limit { name, value, least }))
    }
}

/// Settings that do not go together.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// HTTP would be open to the network.
    #[error(
        "{0} can be reached from the network: name the access keys that may use it with --credentials FILE, or \
         open it to everybody with --insecure"
    )]
    OpenHttp(SocketAddr),
    /// EMF would be open to the network.
    #[error(
        "EMF on {0} can be reached from the network, and EMF sockets know no credentials: keep it on loopback, or \
         open it to everybody with --insecure"
    )]
    OpenEmf(SocketAddr),
    /// No account id.
    #[error("account {0:?} is not 12 digits, such as 123456789012")]
    Account(String),
    /// A table that could not work.
    #[error("[{table}] {fault}")]
    Table {
        /// Its name.
        table: &'static str,
        /// What is wrong with it.
        fault: String,
    },
    /// No Region.
    #[error("region {0:?} is not made of lower-case letters, digits and hyphens, such as eu-west-1")]
    Region(String),
    /// Evaluations that would wait for too long.
    #[error("evaluation delay of {0} s is not between 0 and {MAX_EVALUATION_DELAY_SECONDS} s")]
    EvaluationDelay(i64),
    /// A limit with which nothing could be served.
    #[error("limit {name} is {value}, but must be at least {least}")]
    Limit {
        /// Its name in the file.
        name: &'static str,
        /// What it is.
        value: u64,
        /// What it has to be at least.
        least: u64,
    },
}

impl Config {
    /// Checks what can only be judged of all settings together.
    ///
    /// # Errors
    /// The first setting that cannot be.
    pub fn check(&self) -> Result<(), ConfigError> {
        if !self.insecure && !self.listen.ip().is_loopback() && self.credentials.is_empty() {
            return Err(ConfigError::OpenHttp(self.listen));
        }
        if !self.insecure && !self.emf.ip().is_loopback() {
            return Err(ConfigError::OpenEmf(self.emf));
        }
        if !is_account(&self.account) {
            return Err(ConfigError::Account(self.account.clone()));
        }
        if !is_region(&self.region) {
            return Err(ConfigError::Region(self.region.clone()));
        }
        if let Some(fault) = self.deliveries.fault() {
            return Err(ConfigError::Table { table: "deliveries", fault });
        }
        if let Some(fault) = self.mail.as_ref().and_then(MailSettings::fault) {
            return Err(ConfigError::Table { table: "mail", fault });
        }
        match self.evaluation_delay_seconds {
            None | Some(0..=MAX_EVALUATION_DELAY_SECONDS) => self.limits.check(),
            Some(seconds) => Err(ConfigError::EvaluationDelay(seconds)),
        }
    }

    /// How many seconds evaluations wait by a clock.
    pub(crate) fn evaluation_delay(&self, clock: &Clock) -> i64 {
        self.evaluation_delay_seconds.unwrap_or(if clock.is_manual() { 0 } else { EVALUATION_DELAY_SECONDS })
    }

    /// Which names HTTP may be called by. Where nobody is asked who they are and only this machine can ask, a request
    /// for another name comes from a page that should not be able to ask.
    pub(crate) fn hosts(&self) -> Hosts {
        if self.credentials.is_empty() && self.listen.ip().is_loopback() { Hosts::Local } else { Hosts::Any }
    }
}

/// Whether `text` is an account id: 12 digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` may name a Region. It becomes part of record keys, so it may hold no separator.
pub(crate) fn is_region(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use nepho_model::Timestamp;

    use super::*;

    #[test]
    fn off_loopback_only_with_credentials_or_insecure() {
        let keys = Credentials::parse(
            "[[credentials]]\naccess-key-id = \"AKIA1\"\nsecret = \"s\"\naccount = \"123456789012\"",
        );
        let keys = keys.unwrap();
        let any: SocketAddr = "0.0.0.0:1".parse().unwrap();
        let home: SocketAddr = "127.0.0.1:1".parse().unwrap();
        let cases = [
            (home, home, false, false, Ok(())),
            (any, home, false, false, Err(ConfigError::OpenHttp(any))),
            (any, home, true, false, Ok(())),
            (any, home, false, true, Ok(())),
            (home, any, true, false, Err(ConfigError::OpenEmf(any))),
            (any, any, true, true, Ok(())),
        ];
        for (listen, emf, has_keys, insecure, expected) in cases {
            let credentials = if has_keys { keys.clone() } else { Credentials::default() };
            let config = Config { listen, emf, credentials, insecure, ..Config::default() };
            assert_eq!(config.check(), expected, "{listen} {emf} {has_keys} {insecure}");
        }
    }

    #[test]
    fn limits_with_which_nothing_could_be_served_are_refused() {
        // With no connections allowed, the server started and said that it was ready.
        type Change = fn(&mut Limits, u64);
        let cases: [(&str, u64, Change); 6] = [
            ("http-connections", 1, |limits, value| limits.http_connections = value as usize),
            ("head-bytes", 8192, |limits, value| limits.head_bytes = value as usize),
            ("body-seconds", 1, |limits, value| limits.body_seconds = value),
            ("held-body-bytes", 16 * 1024 * 1024, |limits, value| limits.held_body_bytes = value as usize),
            ("emf-writes", 1, |limits, value| limits.emf_writes = value as usize),
            ("tail-lines", 1, |limits, value| limits.tail_lines = value as usize),
        ];
        for (name, least, change) in cases {
            let mut config = Config::default();
            change(&mut config.limits, least);
            assert_eq!(config.check(), Ok(()), "{name}");
            change(&mut config.limits, least - 1);
            let value = least - 1;
            assert_eq!(config.check(), Err(ConfigError::Limit { name, value, least }));
        }
        let message = ConfigError::Limit { name: "http-connections", value: 0, least: 1 }.to_string();
        assert_eq!(message, "limit http-connections is 0, but must be at least 1");
        let none = Limits { refusals: 0, discard_bytes: 0, tails: 0, stop_seconds: 0, ..Limits::default() };
        assert_eq!(Config { limits: none, ..Config::default() }.check(), Ok(()));
    }

    #[test]
    fn evaluations_wait_for_less_than_the_next() {
        let waiting = |seconds| Config { evaluation_delay_seconds: Some(seconds), ..Config::default() };
        for seconds in [0, MAX_EVALUATION_DELAY_SECONDS] {
            assert_eq!(waiting(seconds).check(), Ok(()));
            assert_eq!(waiting(seconds).evaluation_delay(&Clock::system()), seconds);
        }
        for seconds in [-1, MAX_EVALUATION_DELAY_SECONDS + 1] {
            assert_eq!(waiting(seconds).check(), Err(ConfigError::EvaluationDelay(seconds)));
        }
        let message = ConfigError::EvaluationDelay(10).to_string();
        assert_eq!(message, "evaluation delay of 10 s is not between 0 and 9 s");
        let unset = Config::default();
        assert_eq!(unset.evaluation_delay(&Clock::system()), EVALUATION_DELAY_SECONDS);
        assert_eq!(unset.evaluation_delay(&Clock::manual(Timestamp::from_seconds(0))), 0);
    }

    #[test]
    fn accounts_and_regions_are_checked() {
        let account = Config { account: "12345".to_owned(), ..Config::default() };
        assert_eq!(account.check(), Err(ConfigError::Account("12345".to_owned())));
        let region = Config { region: "eu/west".to_owned(), ..Config::default() };
        assert_eq!(region.check(), Err(ConfigError::Region("eu/west".to_owned())));
    }
}
