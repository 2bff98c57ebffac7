//! `--chart`, `--table`, `--csv`, `--json`: in which form points are written.

use clap::Args;

use crate::terminal::Terminal;

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// Rows of a chart
    #[arg(long, env = "NEPHO_HEIGHT", value_name = "ROWS", default_value_t = 12, help_heading = "Output",
          value_parser = clap::value_parser!(u16).range(2..=200))]
    height: u16,
}

#[derive(Debug, Args)]
#[group(id = "form", multiple = false)]
struct Flags {
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

/// A form of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lines of text, drawn.
    Chart {
        /// Rows for the lines of one pair of axes.
        rows: usize,
        /// Whether it was asked for, also where there is nothing to draw.
        is_asked: bool,
    },
    /// A row for each time, for people.
    Table,
    /// A row for each time, for spreadsheets.
    Csv,
    /// One document.
    Json,
    /// Lines for programs, with tabs.
    Lines,
}

impl Arguments {
    /// What is asked for, or what suits the output.
    pub(crate) fn form(&self, terminal: Terminal) -> Form {
        let chart = |is_asked| Form::Chart { rows: usize::from(self.height), is_asked };
        match self.flags {
            Flags { json: true, .. } => Form::Json,
            Flags { csv: true, .. } => Form::Csv,
            Flags { table: true, .. } => Form::Table,
            Flags { chart: true, .. } => chart(true),
            _ if terminal.is_terminal => chart(false),
            _ => Form::Lines,
        }
    }
}
