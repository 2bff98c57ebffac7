//! `nepho serve`: the server, with its settings from flags, environment and a file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use nepho_model::Scope;
use nepho_server::{
    Clock, ClockKind, Config, Credentials, DeliverySettings, Limits, Listeners, MailSettings, OperationalSamples,
    Stores, manual_time, monotonic, run, system_time,
};
use nepho_store::{EmbeddedLog, EmbeddedRecords, EmbeddedSamples, LogOptions, Options, Retention};
use serde::Deserialize;

use crate::exit::{self, Failure};
use crate::operational::parse_address;
use crate::{address, log, period, shutdown};

/// What the credentials file looks like, for `--help`.
const CREDENTIALS_HELP: &str = "\
File with the access keys that may use the server (TOML). With it, every request must be signed with \
Signature Version 4, POST /emf, /tail and /clock included; only /health and /metrics are open. EMF sockets \
know no signatures, so they stay on loopback unless --insecure is given.

  [[credentials]]
  access-key-id = \"AKIDSHOP\"
  secret = \"wJalrXUtnFEMI/K7MDENG\"
  account = \"123456789012\"
  session-token = \"...\"   # only if requests carry one

Without credentials, an access key of 12 digits is taken for the account.";

/// What the configuration file looks like, for `--help`.
const CONFIG_HELP: &str = "\
File with settings (TOML): the names of these flags, and tables for what has no flag. Flags and the environment \
come before it; unknown keys are refused.

  listen = \"127.0.0.1:4582\"
  [retention]              # how long data is kept, by resolution
  second = \"PT3H\"
  minute = \"P15D\"
  five-minutes = \"P63D\"
  hour = \"P455D\"
  [store]                  # when what is in memory goes to a segment, and the log of queues to another file
  journal-bytes = 134217728
  head-bytes = 201326592
  queue-file-bytes = 33554432
  [limits]                 # bounds of what comes in
  http-connections = 1024
  [deliveries]             # how messages of topics leave the server
  public-url = \"https://nepho.example.com\"
  allow = [\"10.0.0.0/8\", \"127.0.0.1:8080\"]   # addresses that are not public, and may be sent to
  authorities = \"ca.pem\"  # certificates that are trusted besides the machine's
  timeout-ms = 15000
  ledger-days = 14
  [mail]                   # the server that takes mail; without it mail becomes files in DIR/mail
  host = \"smtp.example.com\"
  port = 587
  tls = \"starttls\"       # or tls, or none
  from = \"Alerts <alerts@example.com>\"
  user = \"alerts\"
  password = \"...\"";

#[derive(Debug, Args)]
#[command(override_usage = "nepho serve [OPTIONS]")]
pub(crate) struct Arguments {
    #[arg(long, env = "NEPHO_CONFIG", value_name = "FILE", help = CONFIG_HELP)]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

/// The settings that a flag, an environment variable or a key of the file gives.
#[derive(Debug, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    /// Folder that holds everything [default: ./nepho-data]
    #[arg(long, env = "NEPHO_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address for AWS's protocols, POST /emf, /health, /metrics and /tail [default: 127.0.0.1:4582]
    #[arg(long, env = "NEPHO_LISTEN", value_name = "ADDR", value_parser = address::parse)]
    listen: Option<SocketAddr>,
    /// Address for EMF documents, over TCP and UDP [default: 127.0.0.1:25888]
    #[arg(long, env = "NEPHO_EMF", value_name = "ADDR", value_parser = address::parse)]
    emf: Option<SocketAddr>,
    /// Region of requests that name none, and of EMF [default: us-east-1]
    #[arg(long, env = "NEPHO_REGION")]
    region: Option<String>,
    /// Account of requests that name none, and of EMF [default: 000000000000]
    #[arg(long, env = "NEPHO_ACCOUNT", value_name = "ID")]
    account: Option<String>,
    #[arg(long, env = "NEPHO_CREDENTIALS", value_name = "FILE", help = CREDENTIALS_HELP)]
    credentials: Option<PathBuf>,
    /// Allow addresses off loopback to be open to everybody
    #[arg(long, env = "NEPHO_INSECURE", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    insecure: Option<bool>,
    /// The clock: the system's, or one that only POST /clock moves, which begins at the system's time and after a restart
    /// goes on from where it stood [default: system]
    #[arg(long, env = "NEPHO_CLOCK")]
    clock: Option<ClockChoice>,
    /// How long after the full minute (or ten seconds) alarms are evaluated, so that what was measured until then has
    /// arrived: 0 to 9 seconds, such as 5s [default: 5s; 0s with --clock manual]
    #[arg(long, env = "NEPHO_EVALUATION_DELAY", value_name = "DURATION")]
    evaluation_delay: Option<String>,
    /// Show the operational metrics of this PostgreSQL (postgres://user:password@host:port/name) as the namespace
    /// Operational, read only, in the server's own account and region
    #[arg(long, env = "NEPHO_OPERATIONAL", value_name = "URL", hide_env_values = true)]
    operational: Option<String>,
    /// What is written to stderr, such as warn, or info,nepho_server=debug for every request [default: info]
    #[arg(long, env = "NEPHO_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// The bounds; only in the file.
    #[arg(skip)]
    limits: Option<Limits>,
    /// How long data is kept; only in the file.
    #[arg(skip)]
    retention: Option<RetentionTable>,
    /// When samples go from the journal and from memory to a segment, and when a file of a log is full; only in the file.
    #[arg(skip)]
    store: Option<StoreTable>,
    /// How messages of topics leave the server; only in the file.
    #[arg(skip)]
    deliveries: Option<DeliverySettings>,
    /// The server that takes mail; only in the file, because of its password.
    #[arg(skip)]
    mail: Option<MailSettings>,
}

/// How long cells of each resolution are kept, as ISO 8601 durations.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct RetentionTable {
    second: Option<String>,
    minute: Option<String>,
    five_minutes: Option<String>,
    hour: Option<String>,
}

/// Sizes in bytes at which samples go to a segment, and the log of queues goes on in another file.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct StoreTable {
    journal_bytes: Option<u64>,
    head_bytes: Option<usize>,
    queue_file_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClockChoice {
    System,
    Manual,
}

/// Runs the server until SIGTERM or SIGINT.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::end(serve(arguments))
}

fn serve(arguments: Arguments) -> Result<(), Failure> {
    let settings = settings(arguments)?;
    log::start(settings.log.as_deref())?;
    let retention = settings.retention.as_ref().map_or(Ok(Retention::default()), retention)?;
    let store = settings.store.unwrap_or_default();
    let operational = settings.operational.clone();
    if let Some(address) = &operational {
        parse_address(address).map_err(|fault| Failure::usage(format!("operational metrics: {fault}")))?;
    }
    let config = config(settings)?;
    config.check().map_err(|error| Failure::usage(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let stores = open(&config, retention, store)?;
        let stores = with_operational(stores, &config, operational.as_deref()).await?;
        let listeners = Listeners::bind(&config).await.map_err(failed)?;
        let clock = match config.clock {
            ClockKind::System => Clock::system(),
            ClockKind::Manual => {
                let kept = manual_time(&*stores.records).map_err(failed)?;
                Clock::manual(kept.unwrap_or_else(system_time))
            }
        };
        let shutdown = shutdown::signalled().map_err(failed)?;
        say_ready(&config, &listeners).map_err(failed)?;
        run(config, stores, listeners, clock, shutdown).await.map_err(failed)
    })
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::unreachable(error.to_string())
}

fn open(config: &Config, retention: Retention, store: StoreTable) -> Result<Stores, Failure> {
    let default = Options::new(&config.data);
    let options = Options {
        monotonic,
        retention,
        journal_bytes_max: store.journal_bytes.unwrap_or(default.journal_bytes_max),
        head_bytes_max: store.head_bytes.unwrap_or(default.head_bytes_max),
        ..default
    };
    let samples = EmbeddedSamples::open(options).map_err(failed)?;
    let records = EmbeddedRecords::open(&config.data).map_err(failed)?;
    let default = LogOptions::new(config.data.join("queues"));
    let file_bytes_max = store.queue_file_bytes.unwrap_or(default.file_bytes_max);
    let queue_log = EmbeddedLog::open(LogOptions { monotonic, file_bytes_max, ..default }).map_err(failed)?;
    Ok(Stores { samples: Arc::new(samples), records: Arc::new(records), queue_log: Arc::new(queue_log) })
}

/// The stores with operational metrics in front of them, if there are any to be shown.
async fn with_operational(stores: Stores, config: &Config, database: Option<&str>) -> Result<Stores, Failure> {
    let Some(database) = database else { return Ok(stores) };
    let scope = Scope::new(&config.account, &config.region);
    let samples = OperationalSamples::connect(database, scope, stores.samples).await;
    let samples = samples.map_err(|error| failed(format!("operational metrics: {error}")))?;
    Ok(Stores { samples: Arc::new(samples), ..stores })
}

/// The one line on standard output. Its form is a promise to whoever starts the server.
#[expect(clippy::print_stdout, reason = "this line is the command's output")]
fn say_ready(config: &Config, listeners: &Listeners) -> std::io::Result<()> {
    let (http, emf) = (listeners.http_address()?, listeners.emf_address()?);
    println!("nepho ready http={http} emf={emf} data={}", config.data.display());
    Ok(())
}

fn read(path: &Path, what: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| failed(format!("{what} {}: {error}", path.display())))
}

/// Flags and environment, and the file for what they leave open.
fn settings(arguments: Arguments) -> Result<Settings, Failure> {
    let Some(path) = arguments.config else { return Ok(arguments.settings) };
    let text = read(&path, "configuration")?;
    let file: Settings =
        toml::from_str(&text).map_err(|error| Failure::usage(format!("configuration {}: {error}", path.display())))?;
    let given = arguments.settings;
    Ok(Settings {
        data: given.data.or(file.data),
        listen: given.listen.or(file.listen),
        emf: given.emf.or(file.emf),
        region: given.region.or(file.region),
        account: given.account.or(file.account),
        credentials: given.credentials.or(file.credentials),
        insecure: given.insecure.or(file.insecure),
        clock: given.clock.or(file.clock),
        evaluation_delay: given.evaluation_delay.or(file.evaluation_delay),
        operational: given.operational.or(file.operational),
        log: given.log.or(file.log),
        limits: file.limits,
        retention: file.retention,
        store: file.store,
        deliveries: file.deliveries,
        mail: file.mail,
    })
}

/// The keys of `[retention]`, from the finest data to the coarsest.
const RESOLUTIONS: [&str; 4] = ["second", "minute", "five-minutes", "hour"];

/// A retention in which coarser data is kept at least as long as finer.
fn retention(table: &RetentionTable) -> Result<Retention, Failure> {
    let default = Retention::default();
    let retention = Retention {
        second: kept("second", table.second.as_deref(), default.second)?,
        minute: kept("minute", table.minute.as_deref(), default.minute)?,
        five_minutes: kept("five-minutes", table.five_minutes.as_deref(), default.five_minutes)?,
        hour: kept("hour", table.hour.as_deref(), default.hour)?,
    };
    let given = [&table.second, &table.minute, &table.five_minutes, &table.hour];
    let seconds = [retention.second, retention.minute, retention.five_minutes, retention.hour];
    let Some(finer) = (0..RESOLUTIONS.len() - 1).find(|at| seconds[*at] > seconds[at + 1]) else {
        return Ok(retention);
    };
    let named = |at: usize| match given[at] {
        Some(text) => format!("{} = {text:?}", RESOLUTIONS[at]),
        None => format!("{} = {:?} (the default)", RESOLUTIONS[at], period::iso(seconds[at])),
    };
    let (finer, coarser) = (named(finer), named(finer + 1));
    Err(Failure::usage(format!(
        "[retention] {finer} is longer than {coarser}: coarser data has to be kept at least as long as finer"
    )))
}

fn kept(key: &str, given: Option<&str>, default: i64) -> Result<i64, Failure> {
    let Some(text) = given else { return Ok(default) };
    match period::seconds_of(text) {
        Some(seconds @ 1..) => Ok(seconds),
        _ => {
            Err(Failure::usage(format!("[retention] {key}: {text:?} is no duration in ISO 8601, such as PT3H or P15D")))
        }
    }
}

fn evaluation_delay(text: &str) -> Result<i64, Failure> {
    let refused =
        || Failure::usage(format!("evaluation-delay: {text:?} is no duration in seconds, such as 5s or PT5S"));
    period::seconds_of(text).ok_or_else(refused)
}

fn config(settings: Settings) -> Result<Config, Failure> {
    let default = Config::default();
    let credentials = match &settings.credentials {
        None => Credentials::default(),
        Some(path) => Credentials::parse(&read(path, "credentials")?)
            .map_err(|error| Failure::usage(format!("credentials {}: {error}", path.display())))?,
    };
    Ok(Config {
        data: settings.data.unwrap_or(default.data),
        listen: settings.listen.unwrap_or(default.listen),
        emf: settings.emf.unwrap_or(default.emf),
        region: settings.region.unwrap_or(default.region),
        account: settings.account.unwrap_or(default.account),
        clock: match settings.clock {
            None => default.clock,
            Some(ClockChoice::System) => ClockKind::System,
            Some(ClockChoice::Manual) => ClockKind::Manual,
        },
        evaluation_delay_seconds: settings.evaluation_delay.as_deref().map(evaluation_delay).transpose()?,
        credentials,
        insecure: settings.insecure.unwrap_or(default.insecure),
        limits: settings.limits.unwrap_or(default.limits),
        deliveries: settings.deliveries.unwrap_or(default.deliveries),
        mail: settings.mail,
    })
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

    fn parse(line: &[&str]) -> Result<Config, Failure> {
        let line = std::iter::once("serve").chain(line.iter().copied());
        settings(Line::try_parse_from(line).unwrap().arguments).and_then(config)
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn help_tells_the_defaults_that_there_are() {
        use clap::CommandFactory;
        let help = Line::command().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let config = Config::default();
        let defaults = [
            config.data.display().to_string(),
            config.listen.to_string(),
            config.emf.to_string(),
            config.region,
            config.account,
        ];
        for default in defaults {
            assert!(help.contains(&format!("[default: {default}]")), "{default}");
        }
    }

    #[test]
    fn flags_come_before_the_file_and_the_file_before_the_defaults() {
        let file = file("region = 'eu-west-1'\naccount = '123456789012'\n[limits]\ntails = 3\n");
        let path = file.path().to_str().unwrap();
        let config = parse(&["--config", path, "--account", "210987654321", "--insecure"]).unwrap();
        assert_eq!((config.region.as_str(), config.account.as_str()), ("eu-west-1", "210987654321"));
        assert_eq!(config.limits, Limits { tails: 3, ..Limits::default() });
        assert!(config.insecure);
        assert_eq!(config.listen, Config::default().listen);
    }

    #[test]
    fn the_evaluation_delay_is_a_duration() {
        let file = file("evaluation-delay = 'PT2S'");
        let path = file.path().to_str().unwrap();
        let cases: [(&[&str], Option<i64>); 4] = [
            (&[], None),
            (&["--evaluation-delay", "0s"], Some(0)),
            (&["--config", path], Some(2)),
            (&["--config", path, "--evaluation-delay", "9s"], Some(9)),
        ];
        for (line, expected) in cases {
            assert_eq!(parse(line).unwrap().evaluation_delay_seconds, expected, "{line:?}");
        }
        let error = parse(&["--evaluation-delay", "5"]).unwrap_err().to_string();
        assert_eq!(error, "evaluation-delay: \"5\" is no duration in seconds, such as 5s or PT5S");
    }

    #[test]
    fn unknown_keys_are_refused() {
        for text in [
            "colour = 'red'",
            "[deliveries]\ncolour = 1",
            "[mail]\ncolour = 1",
            "[limits]\ncolour = 3",
            "[retention]\ncolour = 'P1D'",
            "[store]\ncolour = 1",
        ] {
            let file = file(text);
            let error = parse(&["--config", file.path().to_str().unwrap()]).unwrap_err().to_string();
            assert!(error.contains("unknown field `colour`"), "{error}");
        }
    }

    #[test]
    fn retention_is_given_in_durations() {
        let table = |minute: &str| RetentionTable { minute: Some(minute.to_owned()), ..RetentionTable::default() };
        let default = Retention::default();
        assert_eq!(retention(&table("P30D")).unwrap(), Retention { minute: 30 * 86_400, ..default });
        let error = |table| retention(&table).unwrap_err().to_string();
        for text in ["15 days ago", "PT0S"] {
            assert!(error(table(text)).contains("minute: \""), "{text}");
            assert!(error(table(text)).contains("no duration"), "{text}");
        }
        let rule = "coarser data has to be kept at least as long as finer";
        assert_eq!(
            error(table("P64D")),
            format!("[retention] minute = \"P64D\" is longer than five-minutes = \"P63D\" (the default): {rule}")
        );
        let both = RetentionTable { second: Some("2h".to_owned()), ..table("PT90M") };
        assert_eq!(error(both), format!("[retention] second = \"2h\" is longer than minute = \"PT90M\": {rule}"));
        assert!(retention(&table("PT3H")).is_ok(), "as long as seconds");
    }
}
