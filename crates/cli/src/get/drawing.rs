//! Points as charts: statistics of one kind of quantity on one pair of axes.

use jiff::tz::TimeZone;

use super::Answer;
use crate::chart::Line;
use crate::panel::Panel;
use crate::period::words;
use crate::statistic::Quantity;
use crate::terminal::{Ink, Terminal};
use crate::{dimension, table};

/// Draws everything that has points.
pub(super) fn chart(answer: &Answer, zone: &TimeZone, rows: usize, terminal: Terminal) -> String {
    let lines: Vec<(Quantity, Line)> = answer
        .series
        .iter()
        .enumerate()
        .map(|(position, (statistic, series))| {
            let (label, points) = (statistic.to_string(), series.points.clone());
            (Quantity::of(statistic), Line { label, position, points, period: answer.period.seconds() })
        })
        .collect();
    let panels = panels(&lines).into_iter().flat_map(|panel| panel.for_palette(terminal.palette));
    let charts = panels.map(|panel| panel.draw(answer.range, zone, rows, terminal));
    std::iter::once(heading(answer, zone, terminal)).chain(charts).collect()
}

/// Which lines are drawn together: those of one quantity.
fn panels(lines: &[(Quantity, Line)]) -> Vec<Panel<'_>> {
    let of = |wanted: Quantity| lines.iter().filter(move |(quantity, _)| *quantity == wanted).map(|(_, line)| line);
    let panel = |quantity| Panel { lines: of(quantity).collect(), is_amount: quantity != Quantity::Values };
    Quantity::ALL.into_iter().map(panel).filter(|panel| !panel.lines.is_empty()).collect()
}

fn heading(answer: &Answer, zone: &TimeZone, terminal: Terminal) -> String {
    let metric = &answer.metric;
    let name = format!("{} {}", metric.namespace, metric.name);
    let dimensions = dimension::text_of(&metric.dimensions);
    let title = terminal.palette.paint(Ink::Strong, &table::cut(&name, terminal.width));
    let room = terminal.width.saturating_sub(name.chars().count() + 2);
    let range = format!("{}, every {}", answer.range.words(zone), words(answer.period));
    let title = format!("{title}  {}", table::cut(&dimensions, room));
    format!("{}\n{}\n", title.trim_end(), terminal.palette.paint(Ink::Faint, &range))
}
