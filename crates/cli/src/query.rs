//! `nepho query`: many metrics and expressions in one call of GetMetricData.

mod absent;
pub(crate) mod argument;
mod caret;
mod document;
mod draft;
mod drawing;
mod fault;
mod file;
pub(crate) mod line;
mod naming;
mod refused;
mod request;
pub(crate) mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use aws_sdk_cloudwatch::operation::get_metric_data::builders::GetMetricDataFluentBuilder;
use aws_sdk_cloudwatch::types::{LabelOptions, ScanBy};
use clap::Args;
use jiff::Timestamp;
use nepho_engine::{Period, Statistic};

use crate::exit::{self, Failure};
use crate::form::{self, Form};
use crate::metric_data::{self, Answer, Found, Message};
use crate::progress::Progress;
use crate::rows::{self, Column};
use crate::series::time_to_wire;
use crate::terminal::{self, Terminal};
use crate::time_range::{self, TimeRange, model_time};
use crate::{endpoint, number, own_path, period, print, statistic};
use draft::Draft;
use file::Contents;
use line::Line;
use request::{Defaults, Request};

const USAGE: &str = "\
nepho query [OPTIONS] <QUERY>...
       nepho query [OPTIONS] --file <FILE> [QUERY]...";

const EXAMPLES: &str = "\
Examples:
  nepho query Shop Orders Service=web Sum 5m
  nepho query 'errors = Shop Errors Sum' 'orders = Shop Orders Sum' '100 * errors / orders'
  nepho query 'Shop Latency Service=web p99' 'Shop Latency Service=api p99' --from 24h
  nepho query \"SEARCH('{Shop,Service} Latency', 'p99')\" --table
  nepho query 'SELECT MAX(Latency) FROM Shop GROUP BY Service ORDER BY MAX() DESC LIMIT 5'
  nepho query --file shop.txt 'FILL(errors, 0) label:\"All errors\"' --csv

A query is an argument in quotes, and one of these:
  [ID =] NAMESPACE NAME [DIMENSION=VALUE ...] [STATISTIC] [PERIOD] [unit:UNIT] [label:TEXT]
  [ID =] EXPRESSION [period:PERIOD] [label:TEXT]
Two names side by side make a metric; everything else is an expression: metric math over the ids of
other queries, SEARCH, or SELECT. A name or value with spaces is in quotes of its own:
  nepho query 'Shop \"Queue Depth\" Page=\"/a b\" Maximum'
A single metric needs no quotes around it, as in the first example.

What an expression uses is not shown itself, unless --all is given.

A file has a query a line; a line that begins with a space goes on with the one before, # begins a
comment. Or it is JSON: a GetMetricData request, or the list of its MetricDataQueries; then
ReturnData says what is shown.

On a terminal the points are drawn as a chart; elsewhere each is a line: time, name, value, with
tabs between.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Arguments {
    /// Queries, each in quotes: a metric, or an expression over others (see below)
    #[arg(required_unless_present = "file")]
    query: Vec<String>,
    /// Read queries from a file, or from standard input with -: one a line, or AWS's JSON (see below)
    #[arg(long, env = "NEPHO_QUERY_FILE", value_hint = clap::ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// Show also what expressions use
    #[arg(long, env = "NEPHO_ALL")]
    all: bool,
    /// Statistic of metrics that name none
    #[arg(long, env = "NEPHO_STAT", default_value = "Average", value_parser = statistic::parse)]
    stat: Statistic,
    /// Length of a point where a query names none: seconds, or 5m, 1h [default: what suits the range]
    #[arg(long, env = "NEPHO_PERIOD", value_parser = period::parse)]
    period: Option<Period>,
    #[command(flatten)]
    range: time_range::Arguments,
    #[command(flatten)]
    form: form::Arguments,
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// What came back, for people.
struct Outcome {
    /// The query, where there is one.
    title: Option<String>,
    range: TimeRange,
    series: Vec<Series>,
}

/// A result with a name.
struct Series {
    name: String,
    /// The starts of periods in seconds, ascending, with the value of each.
    points: Vec<(i64, f64)>,
    /// Length of the periods in seconds, as far as it is known or shows.
    period: i64,
}

/// Asks, and shows what comes back.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::run(query(arguments))
}

async fn query(arguments: Arguments) -> Result<(), Failure> {
    let terminal = Terminal::of(&arguments.terminal);
    let mut contents = arguments.file.as_deref().map(file::read).transpose()?.unwrap_or_default();
    let mut drafts = std::mem::take(&mut contents.queries);
    drafts.extend(arguments.drafts()?);
    let now = own_path::now(&arguments.endpoint).await;
    let range = arguments.range.range_or(now, contents.start, contents.end)?;
    let request = Request::of(drafts, &arguments.defaults(range, now)).map_err(Failure::usage)?;
    let range = request.longest_period().map_or(range, |period| range.rounded(period));
    let client = arguments.endpoint.client().await?;
    let call = call(client.get_metric_data(), &request, range, &contents, &arguments);
    let answer = metric_data::ask(call, &mut Progress::of("point"), &mut 0).await;
    let answer = answer.map_err(|error| refused::failure(&arguments.endpoint, &error, &request))?;
    let outcome = Outcome::of(&request, &answer, range);
    for remark in remarks(&answer, &outcome) {
        print::note(&format!("note: {remark}"));
    }
    print::out(&arguments.text(&answer, &outcome, terminal))?;
    let notes = absent::explain(&client, &arguments.endpoint, &request, &answer, now).await?;
    if outcome.is_empty() && !notes.is_empty() {
        return Err(Failure::usage(notes.join("\n")));
    }
    for note in notes.into_iter().chain(nothing(&request, &answer, range)) {
        print::note(&format!("note: {note}"));
    }
    refuse_failed(&answer)
}

/// What to say of queries that find no series, and of series without a point.
fn nothing(request: &Request, answer: &Answer, range: TimeRange) -> Vec<String> {
    let is_found = |id: &str| answer.results.iter().any(|found| found.id == id);
    let lost = request.shown().filter(|query| !is_found(&query.id));
    let mut notes: Vec<_> = lost.map(|query| format!("{}: it finds no series", query.text.trim())).collect();
    let is_without = |found: &Found| found.points.is_empty() && !found.has_failed();
    if !answer.results.is_empty() && answer.results.iter().all(is_without) {
        notes.push(format!("there is no data between {} and {}", range.start, range.end));
    }
    notes
}

fn call(
    request: GetMetricDataFluentBuilder,
    queries: &Request,
    range: TimeRange,
    contents: &Contents,
    arguments: &Arguments,
) -> GetMetricDataFluentBuilder {
    let offset = || range.end.to_zoned(arguments.range.zone()).strftime("%z").to_string();
    let zone = contents.label_zone.clone().or_else(|| queries.has_label_with_times().then(offset));
    request
        .set_metric_data_queries(Some(queries.to_wire()))
        .start_time(time_to_wire(range.start))
        .end_time(time_to_wire(range.end))
        .scan_by(contents.scan_by.clone().unwrap_or(ScanBy::TimestampAscending))
        .set_max_datapoints(contents.max_datapoints)
        .set_label_options(zone.map(|zone| LabelOptions::builder().timezone(zone).build()))
}

/// What the service says beside the data, each once and with the series that it is about.
fn remarks(answer: &Answer, outcome: &Outcome) -> Vec<String> {
    let mut remarks: Vec<(String, Vec<&str>)> = Vec::new();
    for (found, series) in answer.results.iter().zip(&outcome.series) {
        for remark in found.remarks() {
            match remarks.iter_mut().find(|(known, _)| *known == remark) {
                Some((_, names)) => names.push(&series.name),
                None => remarks.push((remark, vec![&series.name])),
            }
        }
    }
    let shown = |(remark, names): (String, Vec<&str>)| match &names[..] {
        [first, second, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second} and {} more: {remark}", rest.len())
        }
        few => format!("{}: {remark}", few.join(", ")),
    };
    answer.messages.iter().map(Message::text).chain(remarks.into_iter().map(shown)).collect()
}

/// Says of which queries there is no result because it could not be had.
fn refuse_failed(answer: &Answer) -> Result<(), Failure> {
    let mut failed: Vec<&str> =
        answer.results.iter().filter(|found| found.has_failed()).map(|found| found.id.as_str()).collect();
    failed.dedup();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(Failure::Incomplete(format!("no result for {}: see the notes above", failed.join(", ")))),
    }
}

impl Arguments {
    /// The queries of the command line.
    fn drafts(&self) -> Result<Vec<Draft>, Failure> {
        let texts = argument::queries(&self.query);
        let count = texts.len();
        let draft = |(at, text): (usize, String)| match Line::parse(&text) {
            Ok(line) => Ok(Draft::of_line(line, text)),
            Err(wrong) => {
                let which = if count > 1 { format!("query {}", at + 1) } else { "the query".to_owned() };
                Err(Failure::usage(format!("{which} {}", wrong.shown(&text))))
            }
        };
        texts.into_iter().enumerate().map(draft).collect()
    }

    fn defaults(&self, range: TimeRange, now: Timestamp) -> Defaults {
        let suited = || period::suited(model_time(range.start), model_time(range.end), model_time(now));
        Defaults { statistic: self.stat.clone(), period: self.period.unwrap_or_else(suited), shows_all: self.all }
    }

    fn text(&self, answer: &Answer, outcome: &Outcome, terminal: Terminal) -> String {
        let zone = self.range.zone();
        match self.form.form(terminal) {
            Form::Json => document::json(answer),
            Form::Csv => rows::csv(&outcome.columns()),
            Form::Table => {
                let wide = rows::table(&outcome.columns(), &zone, number::readable);
                let long = || rows::long_table(&outcome.columns(), &zone, number::readable);
                let table = if wide.fits(terminal.width) { wide } else { long() };
                table.aligned(terminal.width, terminal.palette)
            }
            Form::Chart { rows, is_asked } if is_asked || !outcome.is_empty() => {
                drawing::chart(outcome, &zone, rows, terminal)
            }
            Form::Chart { .. } => String::new(),
            Form::Lines => rows::lines(&outcome.columns(), &zone),
        }
    }
}

impl Outcome {
    fn of(request: &Request, answer: &Answer, range: TimeRange) -> Self {
        let names = naming::names(request, &answer.results);
        let series = answer.results.iter().zip(names).map(|(found, name)| {
            let mut points = found.points.clone();
            points.sort_by_key(|(time, _)| *time);
            let known = request.find(&found.id).and_then(|query| query.period);
            let period = known.map(Period::seconds).or_else(|| shortest_gap(&points)).unwrap_or(60);
            Series { name, points, period }
        });
        let mut shown = request.shown().map(|query| query.text.trim().to_owned());
        let title = shown.next().filter(|_| shown.next().is_none());
        Outcome { title, range, series: series.collect() }
    }

    fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.points.is_empty())
    }

    fn columns(&self) -> Vec<Column<'_>> {
        self.series.iter().map(|series| Column { name: &series.name, points: &series.points }).collect()
    }
}

/// The period of points as far as they show it.
fn shortest_gap(points: &[(i64, f64)]) -> Option<i64> {
    points.windows(2).map(|pair| pair[1].0 - pair[0].0).min()
}
