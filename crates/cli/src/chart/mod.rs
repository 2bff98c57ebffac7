//! Line charts of text: braille dots, axes with round numbers, times below, a legend.

mod canvas;
mod scale;
mod time_axis;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::number;
use crate::terminal::{Ink, Palette};
use canvas::{Canvas, DOTS_HIGH, DOTS_WIDE, Dot};
use scale::Scale;
use time_axis::Tick;

/// Columns for each label below the chart, so that they keep apart.
const COLUMNS_A_TICK: usize = 14;
/// Before the name of a line in the legend.
const LEGEND_MARK: &str = "── ";
/// Rows for each label beside the chart.
const ROWS_A_TICK: usize = 3;

/// One line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Its name in the legend.
    pub(crate) label: String,
    /// Its place among the lines of the command, which is its colour.
    pub(crate) position: usize,
    /// The starts of its periods in seconds, ascending, with the value of each.
    pub(crate) points: Vec<(i64, f64)>,
    /// Length of its periods, in seconds. Points farther apart are not joined.
    pub(crate) period: i64,
}

/// Lines over the same time and the same values.
#[derive(Debug)]
pub(crate) struct Chart<'a> {
    pub(crate) lines: &'a [&'a Line],
    /// Start of the first period, in seconds.
    pub(crate) start: i64,
    /// End of the range, in seconds.
    pub(crate) end: i64,
    pub(crate) zone: &'a TimeZone,
    /// Whether the values are amounts, whose axis begins at zero.
    pub(crate) is_amount: bool,
}

impl Chart<'_> {
    /// Draws it with so many columns in all and so many rows for the lines.
    pub(crate) fn draw(&self, columns: usize, rows: usize, palette: Palette) -> String {
        let scale = self.scale(rows);
        let labels = scale.labels();
        let margin = labels.iter().map(|(_, label)| label.chars().count()).max().unwrap_or_default();
        let width = columns.saturating_sub(margin + 2).max(1);
        let canvas = self.canvas(&scale, width, rows);
        let mut text = String::new();
        for row in 0..rows {
            let here = labels.iter().find(|(value, _)| row_of(&scale, *value, rows) == row);
            let (label, edge) = here.map_or(("", "│"), |(_, label)| (label.as_str(), "┤"));
            let axis = palette.paint(Ink::Faint, &format!("{label:>margin$} {edge}"));
            text.push_str(&format!("{axis}{}\n", canvas.row(row, palette)));
        }
        text.push_str(&self.time_axis(margin, width, palette));
        text
    }

    /// The legend: name, least, greatest and last value of each line, within so many columns.
    pub(crate) fn legend(&self, columns: usize, palette: Palette) -> String {
        let width = self.lines.iter().map(|line| line.label.chars().count()).max().unwrap_or_default();
        self.lines.iter().map(|line| self.legend_line(line, width, columns, palette) + "\n").collect()
    }

    /// What does not fit goes to a line of its own, below the name.
    fn legend_line(&self, line: &Line, width: usize, columns: usize, palette: Palette) -> String {
        let label = format!("{LEGEND_MARK}{:width$}", line.label);
        let mut used = label.chars().count();
        let mut text = palette.paint(Ink::Series(line.position), &label);
        let by_value = |one: &&(i64, f64), other: &&(i64, f64)| one.1.total_cmp(&other.1);
        let (Some(least), Some(greatest), Some(last)) =
            (line.points.iter().min_by(by_value), line.points.iter().max_by(by_value), line.points.last())
        else {
            return format!("{text}  no data");
        };
        for (gap, name, (time, value)) in [("  ", "min", least), ("   ", "max", greatest), ("   ", "last", last)] {
            let (value, time) = (format!("{name} {} ", number::short(*value)), format!("at {}", self.time(*time)));
            let length = value.chars().count() + time.chars().count();
            let indent = LEGEND_MARK.chars().count();
            if used + gap.len() + length <= columns {
                used += gap.len() + length;
                text.push_str(gap);
            } else {
                used = indent + length;
                text.push_str(&format!("\n{:indent$}", ""));
            }
            text.push_str(&(value + &palette.paint(Ink::Faint, &time)));
        }
        text
    }

    fn time(&self, seconds: i64) -> String {
        let format = match self.end - self.start {
            range if self.period() < 60 && range <= 24 * 3600 => "%H:%M:%S",
            range if range <= 24 * 3600 => "%H:%M",
            _ => "%-d %b %H:%M",
        };
        zoned(seconds, self.zone).strftime(format).to_string()
    }

    fn scale(&self, rows: usize) -> Scale {
        let values = || self.lines.iter().flat_map(|line| &line.points).map(|(_, value)| *value);
        let (least, greatest) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        Scale::of(least, greatest, self.is_amount, (rows / ROWS_A_TICK).max(1))
    }

    fn canvas(&self, scale: &Scale, width: usize, rows: usize) -> Canvas {
        let mut canvas = Canvas::new(width, rows);
        for line in self.lines {
            let dot = |(time, value): &(i64, f64)| Dot {
                x: self.x(*time, width * DOTS_WIDE),
                y: y(scale, *value, rows * DOTS_HIGH),
            };
            for joined in line.points.chunk_by(|(before, _), (after, _)| after - before <= line.period) {
                match joined {
                    [point] => canvas.point(dot(point), line.position),
                    points => {
                        for ends in points.windows(2) {
                            canvas.line(dot(&ends[0]), dot(&ends[1]), line.position);
                        }
                    }
                }
            }
        }
        canvas
    }

    /// The shortest period of its lines.
    fn period(&self) -> i64 {
        self.lines.iter().map(|line| line.period).min().unwrap_or(1)
    }

    /// Where among so many places a time is. The last place is the start of the last period.
    fn x(&self, time: i64, places: usize) -> usize {
        let period = self.period();
        let length = (self.end - 1 - self.start).div_euclid(period).max(1) * period;
        let share = (time - self.start) as f64 / length as f64;
        (share.clamp(0.0, 1.0) * (places - 1) as f64).round() as usize
    }

    fn time_axis(&self, margin: usize, width: usize, palette: Palette) -> String {
        let ticks = time_axis::ticks(self.start, self.end, self.zone, (width / COLUMNS_A_TICK).max(1));
        let mut axis = vec!['─'; width];
        let mut labels = vec![' '; width];
        let mut free_from = 0;
        for Tick { time, label } in &ticks {
            let column = self.x(*time, width);
            let length = label.chars().count();
            let begin = column.saturating_sub(length / 2).min(width.saturating_sub(length));
            if begin < free_from || length > width {
                continue;
            }
            axis[column] = '┬';
            labels.splice(begin..begin + length, label.chars());
            free_from = begin + length + 1;
        }
        let axis = format!("{} └{}", " ".repeat(margin), String::from_iter(axis));
        let labels = format!("{}  {}", " ".repeat(margin), String::from_iter(labels));
        format!("{}\n{}\n", palette.paint(Ink::Faint, &axis), palette.paint(Ink::Faint, labels.trim_end()))
    }
}

/// A time in a time zone.
fn zoned(seconds: i64, zone: &TimeZone) -> jiff::Zoned {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_zoned(zone.clone())
}

/// Where among so many places from the top a value is.
fn y(scale: &Scale, value: f64, places: usize) -> usize {
    (scale.share_from_top(value) * (places - 1) as f64).round() as usize
}

fn row_of(scale: &Scale, value: f64, rows: usize) -> usize {
    y(scale, value, rows * DOTS_HIGH) / DOTS_HIGH
}

#[cfg(test)]
mod tests;
