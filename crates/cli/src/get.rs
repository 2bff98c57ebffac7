//! `nepho get`: a metric over time, as a chart, a table, CSV or JSON.

mod absent;
mod drawing;
mod rows;

use std::process::ExitCode;

use clap::Args;
use nepho_engine::{Period, Statistic};
use nepho_model::Unit;

use crate::dimension::{self, Dimension};
use crate::exit::{self, Failure};
use crate::metric::{self, Metric};
use crate::series::{self, Query, Series};
use crate::terminal::{self, Terminal};
use crate::time_range::{self, TimeRange, model_time};
use crate::{endpoint, own_path, period, print, statistic, unit};

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
    form: Form,
    /// Rows of a chart
    #[arg(long, env = "NEPHO_HEIGHT", value_name = "ROWS", default_value_t = 12, help_heading = "Output",
          value_parser = clap::value_parser!(u16).range(2..=200))]
    height: u16,
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// In which form the points are written.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Form {
    /// Draw a chart, also where there is no terminal
    #[arg(long, env = "NEPHO_CHART", help_heading = "Output")]
    chart: bool,
    /// Print a table
    #[arg(long, env = "NEPHO_TABLE", help_heading = "Output")]
    table: bool,
    /// Print comma-separated values, times in UTC
    #[arg(long, env = "NEPHO_CSV", help_heading = "Output")]
    csv: bool,
    /// Print JSON, times in UTC
    #[arg(long, env = "NEPHO_JSON", help_heading = "Output")]
    json: bool,
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
        match &self.form {
            Form { json: true, .. } => rows::json(answer),
            Form { csv: true, .. } => rows::csv(answer),
            Form { table: true, .. } => rows::table(answer, &zone).aligned(terminal.width, terminal.palette),
            Form { chart: true, .. } => drawing::chart(answer, &zone, usize::from(self.height), terminal),
            _ if answer.is_empty() => String::new(),
            _ if terminal.is_terminal => drawing::chart(answer, &zone, usize::from(self.height), terminal),
            _ => rows::table(answer, &zone).tabbed(),
        }
    }
}

impl Answer {
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
