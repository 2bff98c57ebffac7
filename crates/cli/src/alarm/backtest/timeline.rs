//! The states over time as a picture in the terminal: a line for each alarm.

use jiff::tz::TimeZone;
use nepho_model::AlarmState;

use super::Range;
use super::report::{AlarmReport, Span, spans};
use crate::rows::local;
use crate::table::cut;
use crate::terminal::{Ink, Palette, Terminal};

/// How much of a column's time was in ALARM, from little to all.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// All of it was in OK.
const OK: char = '·';
/// None of it was in ALARM, and some in INSUFFICIENT_DATA.
const UNKNOWN: char = ' ';
/// The longest name that is not cut.
const NAME_MAX: usize = 30;
/// The colour of ALARM: red.
const ALARM_INK: Ink = Ink::Series(5);
/// Between the name and its line.
const GAP: usize = 2;

/// A line for each alarm, with the range below them.
pub(super) fn timeline(reports: &[AlarmReport], range: Range, zone: &TimeZone, terminal: Terminal) -> String {
    let longest = reports.iter().map(|report| report.alarm_name.chars().count()).max().unwrap_or(0);
    let names = longest.min(NAME_MAX);
    let columns = terminal.width.saturating_sub(names + GAP).max(1);
    let mut text = String::new();
    for report in reports {
        let line = line(&spans(&report.transitions, range), range, columns);
        let name = cut(&report.alarm_name, names);
        text += &format!("{name:<width$}{}", painted(&line, terminal.palette), width = names + GAP);
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    let (start, end) = (local(range.start.seconds(), zone), local(range.end.seconds(), zone));
    let gap = columns.saturating_sub(start.chars().count() + end.chars().count()).max(1);
    let axis = format!("{}{start}{}{end}", " ".repeat(names + GAP), " ".repeat(gap));
    text + &terminal.palette.paint(Ink::Faint, &axis) + "\n"
}

/// What each column shows.
fn line(spans: &[Span], range: Range, columns: usize) -> Vec<char> {
    let length = (range.end.millis() - range.start.millis()) as f64 / columns as f64;
    let of = |column: usize| {
        let from = range.start.millis() as f64 + length * column as f64;
        let share = |state: AlarmState| {
            let inside = spans.iter().filter(|span| span.state == state).map(|span| {
                let (start, end) = (span.start.millis() as f64, span.end.millis() as f64);
                (end.min(from + length) - start.max(from)).max(0.0)
            });
            inside.sum::<f64>() / length
        };
        match (share(AlarmState::Alarm), share(AlarmState::InsufficientData)) {
            (alarm, _) if alarm > 0.0 => {
                let block = (alarm * BLOCKS.len() as f64).ceil() as usize;
                BLOCKS[block.clamp(1, BLOCKS.len()) - 1]
            }
            (_, unknown) if unknown > 0.0 => UNKNOWN,
            _ => OK,
        }
    };
    (0..columns).map(of).collect()
}

/// The line with its blocks in the colour of ALARM.
fn painted(line: &[char], palette: Palette) -> String {
    let runs = line.chunk_by(|one, other| BLOCKS.contains(one) == BLOCKS.contains(other));
    let paint = |run: &[char]| {
        let text: String = run.iter().collect();
        if BLOCKS.contains(&run[0]) { palette.paint(ALARM_INK, &text) } else { text }
    };
    runs.map(paint).collect()
}

#[cfg(test)]
mod tests {
    use nepho_model::Timestamp;

    use super::*;

    #[test]
    fn a_column_shows_how_much_of_it_was_in_alarm() {
        let time = |minute: i64| Timestamp::from_seconds(60 * minute);
        let range = Range { start: time(0), end: time(100) };
        let span = |state, start, end| Span { state, start: time(start), end: time(end) };
        let spans = [
            span(AlarmState::InsufficientData, 0, 5),
            span(AlarmState::Ok, 5, 20),
            span(AlarmState::Alarm, 20, 35),
            span(AlarmState::Ok, 35, 89),
            span(AlarmState::Alarm, 89, 100),
        ];
        let text: String = line(&spans, range, 10).into_iter().collect();
        assert_eq!(text, " ·█▄····▁█");
        assert_eq!(painted(&line(&spans, range, 10), Palette::Colors), " ·\x1b[31m█▄\x1b[0m····\x1b[31m▁█\x1b[0m");
    }
}
