//! Points as charts: statistics of one kind of quantity on one pair of axes.

use jiff::tz::TimeZone;

use super::Answer;
use crate::chart::{Chart, Line};
use crate::period::words;
use crate::statistic::Quantity;
use crate::terminal::{Ink, Palette, Terminal};
use crate::{dimension, table};

/// Draws everything that has points.
pub(super) fn chart(answer: &Answer, zone: &TimeZone, rows: usize, terminal: Terminal) -> String {
    let lines: Vec<(Quantity, Line)> = answer
        .series
        .iter()
        .enumerate()
        .map(|(position, (statistic, series))| {
            let line = Line { label: statistic.to_string(), position, points: series.points.clone() };
            (Quantity::of(statistic), line)
        })
        .collect();
    let mut text = heading(answer, zone, terminal);
    for (quantity, lines) in panels(&lines, terminal.palette) {
        let chart = Chart {
            lines: &lines,
            start: answer.range.start.as_second(),
            end: answer.range.end.as_second(),
            period: answer.period.seconds(),
            zone,
            is_amount: quantity != Quantity::Values,
        };
        text.push('\n');
        text.push_str(&chart.draw(terminal.width, rows, terminal.palette));
        text.push_str(&chart.legend(terminal.width, terminal.palette));
    }
    text
}

/// Which lines are drawn together: those of one quantity; each by itself when there are no colours to tell them
/// apart.
fn panels(lines: &[(Quantity, Line)], palette: Palette) -> Vec<(Quantity, Vec<&Line>)> {
    let of = |wanted: Quantity| lines.iter().filter(move |(quantity, _)| *quantity == wanted).map(|(_, line)| line);
    if palette == Palette::Plain {
        return Quantity::ALL
            .into_iter()
            .flat_map(|quantity| of(quantity).map(move |line| (quantity, vec![line])))
            .collect();
    }
    let panels = Quantity::ALL.into_iter().map(|quantity| (quantity, of(quantity).collect::<Vec<_>>()));
    panels.filter(|(_, lines)| !lines.is_empty()).collect()
}

fn heading(answer: &Answer, zone: &TimeZone, terminal: Terminal) -> String {
    let metric = &answer.metric;
    let name = format!("{} {}", metric.namespace, metric.name);
    let dimensions = dimension::text_of(&metric.dimensions);
    let title = terminal.palette.paint(Ink::Strong, &table::cut(&name, terminal.width));
    let room = terminal.width.saturating_sub(name.chars().count() + 2);
    let (start, end) = (answer.range.start.to_zoned(zone.clone()), answer.range.end.to_zoned(zone.clone()));
    let end_format = if start.date() == end.date() { "%H:%M %Z" } else { "%-d %b %Y %H:%M %Z" };
    let (start, end) = (start.strftime("%-d %b %Y %H:%M"), end.strftime(end_format));
    let range = format!("{start} to {end}, every {}", words(answer.period));
    let title = format!("{title}  {}", table::cut(&dimensions, room));
    format!("{}\n{}\n", title.trim_end(), terminal.palette.paint(Ink::Faint, &range))
}
