//! What the output goes to: a terminal of some width, with colours, or a file or pipe.

use std::io::{IsTerminal, stdout};

use clap::{Args, ValueEnum};

/// The width where there is no terminal to ask.
const WIDTH: usize = 80;
/// The narrowest that is drawn on.
const WIDTH_MIN: u16 = 40;

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// When to use colours
    #[arg(long, env = "NEPHO_COLOR", value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: When,
    /// Columns to fill [default: the terminal's, or 80]
    #[arg(long, env = "NEPHO_WIDTH", value_name = "COLUMNS", help_heading = "Output",
          value_parser = clap::value_parser!(u16).range(i64::from(WIDTH_MIN)..))]
    width: Option<u16>,
    /// See no-color.org: any value but an empty one means no colours.
    #[arg(long, env = "NO_COLOR", hide = true)]
    no_color: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// What is known of standard output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Whether somebody looks at it.
    pub(crate) is_terminal: bool,
    /// Its columns.
    pub(crate) width: usize,
    /// What may be coloured.
    pub(crate) palette: Palette,
}

impl Terminal {
    /// Looks at standard output, and at what the user wants of it.
    pub(crate) fn of(arguments: &Arguments) -> Self {
        let is_terminal = stdout().is_terminal();
        let found = terminal_size::terminal_size().filter(|_| is_terminal).map(|(width, _)| width.0);
        let width = arguments.width.or(found.map(|width| width.max(WIDTH_MIN)));
        let is_unwanted = arguments.no_color.as_deref().is_some_and(|value| !value.is_empty());
        let palette = match arguments.color {
            When::Always => Palette::Colors,
            When::Auto if is_terminal && !is_unwanted => Palette::Colors,
            When::Auto | When::Never => Palette::Plain,
        };
        Terminal { is_terminal, width: width.map_or(WIDTH, usize::from), palette }
    }
}

/// Whether text may be coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Palette {
    Plain,
    Colors,
}

/// A way to show text, where there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Strong,
    Faint,
    /// The colour of the series at this position.
    Series(usize),
}

/// How many series have a colour of their own.
pub(crate) const SERIES_COLORS: usize = SERIES.len();

/// Colours that are told apart on dark and on light ground: cyan, yellow, magenta, green, blue, red, and the bright ones.
const SERIES: [&str; 12] = ["36", "33", "35", "32", "34", "31", "96", "93", "95", "92", "94", "91"];

impl Palette {
    /// The text, shown so.
    pub(crate) fn paint(self, ink: Ink, text: &str) -> String {
        if self == Palette::Plain || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Strong => "1",
            Ink::Faint => "2",
            Ink::Series(position) => SERIES[position % SERIES.len()],
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_colour() {
        assert_eq!(Palette::Plain.paint(Ink::Strong, "Orders"), "Orders");
        assert_eq!(Palette::Colors.paint(Ink::Strong, "Orders"), "\x1b[1mOrders\x1b[0m");
        let series = |position| Palette::Colors.paint(Ink::Series(position), "a");
        assert_eq!(series(SERIES_COLORS), series(0));
        assert_ne!(series(SERIES_COLORS - 1), series(0));
        assert_eq!(Palette::Colors.paint(Ink::Faint, ""), "");
    }
}
