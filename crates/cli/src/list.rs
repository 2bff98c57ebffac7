//! `nepho list`: which metrics there are, and how they have been lately.

mod page;
mod summary;

use std::process::ExitCode;

use clap::Args;
use nepho_engine::Statistic;

use crate::dimension::{self, DimensionFilter};
use crate::exit::{self, Failure};
use crate::listing::Filter;
use crate::metric;
use crate::terminal::{self, Terminal};
use crate::{endpoint, print, statistic};

/// Metrics that are counted for the summary at most.
const COUNTED_MAX: usize = 100_000;
/// Metrics that are shown unless a limit is given: as many as one call answers and one call has sparklines for.
const SHOWN: usize = 500;

const EXAMPLES: &str = "\
Examples:
  nepho list
  nepho list Shop
  nepho list Shop --name Latency --dimension Service=web --dimension Stage
  nepho list --name Orders --recent --json

On a terminal there is a sparkline of the last three hours; elsewhere lines of tab-separated columns.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, override_usage = "nepho list [OPTIONS] [NAMESPACE]")]
pub(crate) struct Arguments {
    /// Namespace whose metrics are listed; without it and without a filter, a summary of all namespaces
    #[arg(value_parser = metric::parse_namespace)]
    namespace: Option<String>,
    /// Only metrics of this name
    #[arg(long, env = "NEPHO_NAME", value_parser = metric::parse_name)]
    name: Option<String>,
    /// Only metrics that have this dimension, perhaps among others; may be given several times
    #[arg(long, env = "NEPHO_DIMENSION", value_name = "NAME[=VALUE]", value_parser = dimension::parse_filter)]
    dimension: Vec<DimensionFilter>,
    /// Only metrics with data in the last three hours
    #[arg(long, env = "NEPHO_RECENT")]
    recent: bool,
    /// The most metrics that are shown [default: 500], or counted for a summary [default: 100000]
    #[arg(long, env = "NEPHO_LIMIT", value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Statistic of the sparklines
    #[arg(long, env = "NEPHO_STAT", default_value = "Average", value_parser = statistic::parse, help_heading = "Output")]
    stat: Statistic,
    /// Print a line of JSON for each metric or namespace
    #[arg(long, env = "NEPHO_JSON", help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// Lists what there is.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    exit::run(list(arguments))
}

async fn list(arguments: Arguments) -> Result<(), Failure> {
    let terminal = Terminal::of(&arguments.terminal);
    let client = arguments.endpoint.client().await?;
    let filter = Filter {
        namespace: arguments.namespace.clone(),
        name: arguments.name.clone(),
        dimensions: arguments.dimension.clone(),
        is_recent: arguments.recent,
    };
    let limit = |default: usize| arguments.limit.map_or(default, |limit| limit as usize);
    let is_summary = filter.namespace.is_none() && filter.name.is_none() && filter.dimensions.is_empty();
    let text = if is_summary {
        summary::text(&client, &arguments, &filter, limit(COUNTED_MAX), terminal).await?
    } else {
        page::text(&client, &arguments, &filter, limit(SHOWN), terminal).await?
    };
    print::out(&text)
}
