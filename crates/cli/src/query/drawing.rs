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

/// Which lines are drawn together: those of one order of magnitude. The order in which they were asked for says which is
/// wanted most.
fn panels(lines: &[Line]) -> Vec<Panel<'_>> {
    let mut by_size: Vec<(f64, &Line)> = lines.iter().map(|line| (greatest(line), line)).collect();
    by_size.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let mut panels: Vec<Panel<'_>> = together(&by_size)
        .into_iter()
        .filter(|some| !some.is_empty())
        .map(|some| {
            let mut lines: Vec<_> = some.iter().map(|(_, line)| *line).collect();
            lines.sort_by_key(|line| line.position);
            Panel { lines, is_amount: false }
        })
        .collect();
    panels.sort_by_key(|panel| panel.lines[0].position);
    panels
}

fn greatest(line: &Line) -> f64 {
    line.points.iter().map(|(_, value)| value.abs()).fold(0.0, f64::max)
}

/// Parts lines, the greatest first, where the next is smallest beside the one before, until none lies flat.
fn together<'a, 'b>(by_size: &'b [(f64, &'a Line)]) -> Vec<&'b [(f64, &'a Line)]> {
    // A line of zeros is flat anywhere.
    let sizes: Vec<_> = by_size.iter().map(|(size, _)| *size).take_while(|size| *size > 0.0).collect();
    let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else { return vec![by_size] };
    if *last >= first * SHARE_MIN {
        return vec![by_size];
    }
    let share = |at: &usize| sizes[*at] / sizes[*at - 1];
    let gap = (1..sizes.len()).min_by(|one, other| share(one).total_cmp(&share(other))).unwrap_or(1);
    [together(&by_size[..gap]), together(&by_size[gap..])].concat()
}

fn heading(outcome: &Outcome, lines: &[Line], zone: &TimeZone, terminal: Terminal) -> String {
    let periods: Vec<_> = lines.iter().map(|line| line.period).collect();
    let every = match periods.first() {
        Some(first) if periods.iter().all(|period| period == first) => {
            nepho_engine::Period::from_seconds(*first).map(|period| format!(", every {}", period::words(period)))
        }
        _ => Ok(String::new()),
    };
    let range = format!("{}{}", outcome.range.words(zone), every.unwrap_or_default());
    let title = match outcome.title.as_deref() {
        Some(title) => terminal.palette.paint(Ink::Strong, &table::cut(title, terminal.width)) + "\n",
        None => String::new(),
    };
    title + &terminal.palette.paint(Ink::Faint, &range) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The positions of the lines of each panel.
    fn check(sizes: &[f64], expected: &[&[usize]]) {
        let line = |(position, size): (usize, &f64)| {
            let points = vec![(0, -size), (60, size / 2.0)];
            Line { label: String::new(), position, points, period: 60 }
        };
        let lines: Vec<_> = sizes.iter().enumerate().map(line).collect();
        let panels: Vec<Vec<usize>> =
            panels(&lines).iter().map(|panel| panel.lines.iter().map(|line| line.position).collect()).collect();
        assert_eq!(panels, expected, "{sizes:?}");
    }

    #[test]
    fn lines_of_one_magnitude_are_drawn_together() {
        check(&[], &[]);
        check(&[5.0], &[&[0]]);
        check(&[40.0, 1.0], &[&[0, 1]]);
        check(&[41.0, 1.0], &[&[0], &[1]]);
        check(&[9.0, 500.0, 18.0], &[&[0, 2], &[1]]);
        check(&[1.0, 1e6, 1e3, 2.0, 2e6], &[&[0, 3], &[1, 4], &[2]]);
        check(&[500.0, 0.0, 1.0], &[&[0], &[1, 2]]);
        check(&[0.0, 0.0], &[&[0, 1]]);
    }
}
