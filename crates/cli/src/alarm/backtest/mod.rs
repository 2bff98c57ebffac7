//! `nepho alarm backtest`: what alarms would have done on the data that there is.

mod cloud;
mod compare;
mod composites;
mod document;
mod report;
mod server;
mod subjects;
mod svg;
mod table;
mod timeline;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;
use nepho_engine::backtest::Replayed;
use nepho_model::Timestamp;

use super::definitions;
use crate::endpoint;
use crate::exit::{self, Failure};
use crate::moment::{self, Moment};
use crate::progress::Progress;
use crate::terminal::{self, Terminal};
use crate::time_range::model_time;
use crate::{own_path, print};
use cloud::History;
use compare::Comparison;
use report::AlarmReport;
use subjects::Subjects;

const EXAMPLES: &str = "\
Examples:
  nepho alarm backtest alarms.tf --from 30d
  nepho alarm backtest new/ --compare old/ --from 2026-05-01 --to 2026-05-08
  nepho alarm backtest template.yaml --svg alarms.svg --json > report.json
  nepho alarm backtest alarms.tf --from 14d --endpoint aws

Each alarm is evaluated as often as it would have been, from the start of the range on, as if it were created then.
An alarm is brief when it recovers in less than --brief periods: a candidate for a false alarm. It flaps when it fires
again in less than that. The time to detect is counted from the start of the oldest breaching period that counted.
A composite alarm has periods of 60 seconds here.

Of Amazon, the data is asked for once, and kept. GetMetricData costs USD 0.01 for 1,000 metrics; what it comes to is
shown, and asked for, first. Amazon keeps minutes for 15 days and five minutes for 63: what that leaves out is told.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, override_usage = "nepho alarm backtest [OPTIONS] <FILE>...")]
pub(crate) struct Arguments {
    #[command(flatten)]
    definitions: definitions::Arguments,
    /// Start: how long ago (30d, 12h), or a time (2026-05-04T12:00Z, yesterday)
    #[arg(long, env = "NEPHO_FROM", value_name = "TIME", value_parser = moment::parse, default_value = "30d")]
    from: Moment,
    /// End, which is not part of the range: as --from
    #[arg(long, env = "NEPHO_TO", value_name = "TIME", value_parser = moment::parse, default_value = "now")]
    to: Moment,
    /// Other definitions of the alarms, a file or a folder: what is different with them
    #[arg(long, env = "NEPHO_COMPARE", value_name = "OLD")]
    compare: Option<PathBuf>,
    /// Periods below which an alarm is brief
    #[arg(long, env = "NEPHO_BRIEF", value_name = "PERIODS", default_value_t = 3)]
    brief: u32,
    /// Draw the timeline into a file as well
    #[arg(long, env = "NEPHO_SVG", value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Read and show times in UTC instead of the local time zone
    #[arg(long, env = "NEPHO_UTC")]
    utc: bool,
    /// Print JSON, times in UTC
    #[arg(long, env = "NEPHO_JSON", help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(flatten)]
    cloud: cloud::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// The range that alarms are tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// Tries the alarms.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::run(backtest(arguments))
}

async fn backtest(arguments: Arguments) -> Result<(), Failure> {
    let zone = if arguments.utc { TimeZone::UTC } else { TimeZone::system() };
    let now = own_path::now(&arguments.endpoint).await;
    let range = range(&arguments, now, &zone)?;
    let region = arguments.endpoint.region();
    let new = arguments.definitions.read(region)?;
    let compared = arguments.compare.as_ref().map(std::slice::from_ref);
    let old = compared.map(|path| arguments.definitions.read_from(path, region)).transpose()?;
    arguments.definitions.check(&std::iter::once(&new).chain(&old).collect::<Vec<_>>())?;
    let subjects = |read| Subjects::of(read, arguments.definitions.account(), region);
    let (new, old) = (subjects(new)?, old.map(subjects).transpose()?);
    let all: Vec<_> = std::iter::once(&new).chain(&old).collect();
    let history = match cloud::is_needed(&arguments.endpoint).await? {
        false => None,
        true => Some(History::gather(&arguments.cloud, &arguments.endpoint, &all, range, model_time(now)).await?),
    };
    let mut progress = Progress::of("alarm");
    let new = tried(&arguments, history.as_ref(), &new, range, &mut progress).await?;
    let comparison = match old {
        None => None,
        Some(old) => {
            let old = tried(&arguments, history.as_ref(), &old, range, &mut progress).await?;
            Some(compare::compare(&old, &new))
        }
    };
    drop(progress);
    show(&arguments, &new, comparison.as_deref(), range, &zone)
}

fn range(arguments: &Arguments, now: jiff::Timestamp, zone: &TimeZone) -> Result<Range, Failure> {
    let at = |moment: Moment| moment.at(now, zone).map_err(Failure::usage);
    let (start, end) = (at(arguments.from)?, at(arguments.to)?);
    match start < end {
        true => Ok(Range { start: model_time(start), end: model_time(end) }),
        false => Err(Failure::usage(format!("--from {start} is not before --to {end}: try --from 30d --to now"))),
    }
}

/// What each alarm would have done, in the order of the files: on a history that was gathered, or as the server says.
async fn tried(
    arguments: &Arguments,
    history: Option<&History>,
    subjects: &Subjects,
    range: Range,
    progress: &mut Progress,
) -> Result<Vec<AlarmReport>, Failure> {
    let mut replayed: Vec<Replayed> = Vec::new();
    for subject in &subjects.metric {
        progress.show(replayed.len() as u64);
        replayed.push(match history {
            Some(history) => history.replay(subject),
            None => server::replay(&arguments.endpoint, subject, range).await?,
        });
    }
    replayed.extend(composites::replay(&subjects.composite, &replayed, range));
    let brief = arguments.brief;
    let reports = replayed.into_iter().map(|one| report::report(one, subjects, range, brief));
    Ok(reports.collect())
}

fn show(
    arguments: &Arguments,
    reports: &[AlarmReport],
    comparison: Option<&[Comparison]>,
    range: Range,
    zone: &TimeZone,
) -> Result<(), Failure> {
    if let Some(path) = &arguments.svg {
        let picture = svg::picture(reports, range, zone);
        std::fs::write(path, picture)
            .map_err(|error| Failure::unreachable(format!("cannot write {}: {error}", path.display())))?;
    }
    if arguments.json {
        return print::out(&document::json(reports, comparison, range));
    }
    for report in reports.iter().filter(|report| report.failures > 0) {
        print::note(&format!(
            "note: {} could not be evaluated {} times of {}: {}",
            report.alarm_name,
            report.failures,
            report.evaluations,
            report.first_failure.as_deref().unwrap_or_default()
        ));
    }
    for report in reports.iter().filter(|report| report.evaluations > 0 && report.with_data == 0) {
        print::note(&format!("note: there is no data for {} in the whole range", report.alarm_name));
    }
    let terminal = Terminal::of(&arguments.terminal);
    let mut text = table::figures(reports).aligned(terminal.width, terminal.palette);
    text += "\n";
    text += &timeline::timeline(reports, range, zone, terminal);
    if let Some(comparison) = comparison {
        text += "\n";
        text += &table::comparison(comparison).aligned(terminal.width, terminal.palette);
    }
    print::out(&text)
}
