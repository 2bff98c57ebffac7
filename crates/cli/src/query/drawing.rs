//! Series as charts: on one pair of axes as far as their values are of one order of magnitude.

use jiff::tz::TimeZone;

use super::Outcome;
use crate::chart::Line;
use crate::number::grouped;
use crate::panel::Panel;
use crate::period;
use crate::table;
use crate::terminal::{Ink, SERIES_COLORS, Terminal};

/// A line whose greatest value is below this share of another's would lie flat on the axis below it.
const SHARE_MIN: f64 = 1.0 / 40.0;
/// Lines that are drawn, so that each has a colour of its own.
const LINES_MAX: usize = SERIES_COLORS;

/// Draws what has points, and says what is not drawn.
pub(super) fn chart(outcome: &Outcome, zone: &TimeZone, rows: usize, terminal: Terminal) -> String {
    let lines = lines(outcome);
    let mut text = heading(outcome, &lines, zone, terminal);
    for panel in panels(&lines).into_iter().flat_map(|panel| panel.for_palette(terminal.palette)) {
        text.push_str(&panel.draw(outcome.range, zone, rows, terminal));
    }
    let count = outcome.series.iter().filter(|series| !series.points.is_empty()).count();
    if count > lines.len() {
        text.push_str(&format!(
            "\nthe first {} of {} series are drawn; --table and --csv have all, and SORT and SLICE choose others\n",
            lines.len(),
            grouped(count as u64)
        ));
    }
    text
}

fn lines(outcome: &Outcome) -> Vec<Line> {
    let drawn = outcome.series.iter().filter(|series| !series.points.is_empty()).take(LINES_MAX);
    let line = |(position, series): (usize, &super::Series)| Line {
        label: series.name.clone(),
        position,
        points: series.points.clone(),
        period: series.period,
    };
    drawn.enumerate().map(line).collect()
}

/// Which lines are drawn together. Each takes its place beside the greatest that it does not lie flat below.
fn panels(lines: &[Line]) -> Vec<Panel<'_>> {
    let greatest = |line: &Line| line.points.iter().map(|(_, value)| value.abs()).fold(0.0, f64::max);
    let mut panels: Vec<(f64, Vec<&Line>)> = Vec::new();
    let mut by_size: Vec<&Line> = lines.iter().collect();
    by_size.sort_by(|one, other| greatest(other).total_cmp(&greatest(one)));
    for line in by_size {
        match panels.last_mut() {
            // A line of zeros is flat anywhere.
            Some((limit, together)) if greatest(line) == 0.0 || greatest(line) >= *limit * SHARE_MIN => {
                together.push(line);
            }
            _ => panels.push((greatest(line), vec![line])),
        }
    }
    for (_, together) in &mut panels {
        together.sort_by_key(|line| line.position);
    }
    // The order in which they were asked for says which is the most wanted.
    panels.sort_by_key(|(_, together)| together[0].position);
    panels.into_iter().map(|(_, lines)| Panel { lines, is_amount: false }).collect()
}

fn heading(outcome: &Outcome, lines: &[Line], zone: &TimeZone, terminal: Terminal) -> String {
    let periods: Vec<_> = lines.iter().map(|line| line.period).collect();
    let every = match periods.first() {
        Some(first) if periods.iter().all(|period| period == first) => {
            nepho_engine::Period::from_seconds(*first).map(|period| format!(", every {}", period::words(period)))
        }
        _ => Ok(String::new()),
    };
    let range = format!("{}{}\n", outcome.range.words(zone), every.unwrap_or_default());
    let title = match outcome.title.as_deref() {
        Some(title) => terminal.palette.paint(Ink::Strong, &table::cut(title, terminal.width)) + "\n",
        None => String::new(),
    };
    title + &terminal.palette.paint(Ink::Faint, &range)
}
