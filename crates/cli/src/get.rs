//! `nepho get`: a metric over time, as a chart, a table, CSV or JSON.

mod absent;
mod document;
mod drawing;

use std::process::ExitCode;

use clap::Args;
use nepho_engine::{Period, Statistic};
use nepho_model::Unit;

use crate::dimension::{self, Dimension};
use crate::exit::{self, Failure};
use crate::form::{self, Form};
use crate::metric::{self, Metric};
use crate::rows::{self, Column};
use crate::series::{self, Query, Series};
use crate::terminal::{self, Terminal};
use crate::time_range::{self, TimeRange, model_time};
use crate::{endpoint, number, own_path, period, print, statistic, unit};

const EXAMPLES: &str = "\
Examples:
  nepho get Shop Orders --dimension Service=web --stat Sum
  nepho get Shop Latency --dimension Service=web --stat Average,p99 --from 24h --period 5m
  nepho get Shop Latency --from 2026-05-04T12:00Z --to 2026-05-04T13:00Z --csv
  nepho get AWS/Lambda Errors --dimension FunctionName=pay --stat Sum --endpoint aws

On a terminal the points are drawn as a chart; elsewhere they are lines of tab-separated columns.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, override_usage = "nepho get [OPTIONS] <NAMESPACE> <NAME>")]
pub(crate) struct Arguments {
    /// Namespace, such as Shop
    #[arg(value_parser = metric::parse_namespace)]
    namespace: String,
    /// Name of the metric, such as Latency
    #[arg(value_parser = metric::parse_name)]
    name: String,
    /// Dimension; all that the metric has, each with this flag
    #[arg(long, env = "NEPHO_DIMENSION", value_name = "NAME=VALUE", value_parser = dimension::parse)]
    dimension: Vec<Dimension>,
    /// Statistics: Average, Sum, Minimum, Maximum, SampleCount, p99, TM(10%:90%) and the like
    #[arg(long, env = "NEPHO_STAT", default_value = "Average", value_delimiter = ',', value_parser = statistic::parse)]
    stat: Vec<Statistic>,
    /// Length of a point: seconds, or 5m, 1h [default: what suits the range]
    #[arg(long, env = "NEPHO_PERIOD", value_parser = period::parse)]
    period: Option<Period>,
    /// Only data of this unit
    #[arg(long, env = "NEPHO_UNIT", value_parser = unit::parse)]
    unit: Option<Unit>,
    #[command(flatten)]
    range: time_range::Arguments,
    #[command(flatten)]
    form: form::Arguments,
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// What was asked for, and what came back.
struct Answer {
    metric: Metric,
    range: TimeRange,
    period: Period,
    /// A series for each statistic, in the order in which they were asked for.
    series: Vec<(Statistic, Series)>,
}

/// Shows the metric.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::run(get(arguments))
}

async fn get(arguments: Arguments) -> Result<(), Failure> {
    let terminal = Terminal::of(&arguments.terminal);
    let now = own_path::now(&arguments.endpoint).await;
    let asked = arguments.range.range(now)?;
    let suited = || period::suited(model_time(asked.start), model_time(asked.end), model_time(now));
    let period = arguments.period.unwrap_or_else(suited);
    let range = asked.rounded(period);
    let metric = Metric::new(&arguments.namespace, &arguments.name, &arguments.dimension);
    let client = arguments.endpoint.client().await?;
    let query = |statistic| Query { metric: &metric, statistic, unit: arguments.unit };
    let queries: Vec<_> = arguments.stat.iter().map(query).collect();
    let series = series::fetch(&client, &arguments.endpoint, &queries, range, period).await?;
    let answer = Answer { range, period, series: arguments.stat.iter().cloned().zip(series).collect(), metric };
    for message in answer.messages() {
        print::note(&format!("note: {message}"));
    }
    if answer.is_empty() {
        absent::explain(&client, &arguments, &answer, now).await?;
    }
    print::out(&arguments.text(&answer, terminal))
}

impl Arguments {
    fn text(&self, answer: &Answer, terminal: Terminal) -> String {
        let zone = self.range.zone();
        let columns = answer.columns();
        match self.form.form(terminal) {
            Form::Json => document::json(answer),
            Form::Csv => rows::csv(&columns),
            Form::Table => rows::table(&columns, &zone, number::readable).aligned(terminal.width, terminal.palette),
            Form::Chart { rows, is_asked } if is_asked || !answer.is_empty() => {
                drawing::chart(answer, &zone, rows, terminal)
            }
            Form::Chart { .. } => String::new(),
            Form::Lines => rows::table(&columns, &zone, number::exact).tabbed(),
        }
    }
}

impl Answer {
    fn columns(&self) -> Vec<Column<'_>> {
        let series = self.series.iter();
        series.map(|(statistic, series)| Column { name: statistic.as_str(), points: &series.points }).collect()
    }

    fn is_empty(&self) -> bool {
        self.series.iter().all(|(_, series)| series.points.is_empty())
    }

    /// What the service said, each once.
    fn messages(&self) -> Vec<&str> {
        let mut messages: Vec<&str> = Vec::new();
        for message in self.series.iter().flat_map(|(_, series)| &series.messages) {
            if !messages.contains(&message.as_str()) {
                messages.push(message);
            }
        }
        messages
    }
}
