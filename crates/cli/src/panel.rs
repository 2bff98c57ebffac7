//! Charts below each other, each with its legend.

use jiff::tz::TimeZone;

use crate::chart::{Chart, Line};
use crate::terminal::{Palette, Terminal};
use crate::time_range::TimeRange;

/// Lines on one pair of axes.
#[derive(Debug, PartialEq)]
pub(crate) struct Panel<'a> {
    pub(crate) lines: Vec<&'a Line>,
    /// Whether the values are amounts, whose axis begins at zero.
    pub(crate) is_amount: bool,
}

impl<'a> Panel<'a> {
    /// The panels for a terminal: without colours to tell lines apart, each line has its own.
    pub(crate) fn for_palette(self, palette: Palette) -> Vec<Panel<'a>> {
        match palette {
            Palette::Colors => vec![self],
            Palette::Plain => {
                let is_amount = self.is_amount;
                self.lines.into_iter().map(|line| Panel { lines: vec![line], is_amount }).collect()
            }
        }
    }

    /// An empty line, the axes with so many rows for the lines, and the legend.
    pub(crate) fn draw(&self, range: TimeRange, zone: &TimeZone, rows: usize, terminal: Terminal) -> String {
        let chart = Chart {
            lines: &self.lines,
            start: range.start.as_second(),
            end: range.end.as_second(),
            zone,
            is_amount: self.is_amount,
        };
        let drawn = chart.draw(terminal.width, rows, terminal.palette);
        format!("\n{drawn}{}", chart.legend(terminal.width, terminal.palette))
    }
}
