//! The states over time as a picture in a file.

use jiff::tz::TimeZone;
use nepho_model::{AlarmState, Timestamp};

use super::Range;
use super::report::{AlarmReport, spans};
use crate::rows::local;

/// Where the lines begin.
const LEFT: f64 = 220.0;
/// How long they are.
const LENGTH: f64 = 960.0;
/// How high a line is, with what is between it and the next.
const ROW: f64 = 24.0;
/// How high its colour is.
const BAR: f64 = 16.0;
/// Right of the lines, and below them.
const MARGIN: f64 = 20.0;
/// How narrow an ALARM is drawn at least, so that it is seen.
const ALARM_WIDTH_MIN: f64 = 1.0;
/// Marks on the axis of time.
const MARKS: i64 = 4;

/// The picture.
pub(super) fn picture(reports: &[AlarmReport], range: Range, zone: &TimeZone) -> String {
    let height = ROW * reports.len() as f64;
    let (width, total) = (LEFT + LENGTH + MARGIN, height + ROW + MARGIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {total}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{width}\" height=\"{total}\" fill=\"#ffffff\"/>\n"
    );
    for (number, report) in reports.iter().enumerate() {
        let top = ROW * number as f64 + (ROW - BAR) / 2.0;
        let name = escaped(&report.alarm_name);
        text += &format!("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>\n", LEFT - 8.0, top + BAR - 4.0);
        for span in spans(&report.transitions, range) {
            let (start, end) = (place(span.start, range), place(span.end, range));
            let (color, least) = match span.state {
                AlarmState::Ok => ("#d7ead9", 0.0),
                AlarmState::Alarm => ("#c62828", ALARM_WIDTH_MIN),
                AlarmState::InsufficientData => ("#e0e0e0", 0.0),
            };
            let width = (end - start).max(least);
            let title = format!("{} from {}", span.state, local(span.start.seconds(), zone));
            text += &format!(
                "<rect x=\"{start:.2}\" y=\"{top}\" width=\"{width:.2}\" height=\"{BAR}\" fill=\"{color}\">\
                 <title>{title}</title></rect>\n"
            );
        }
    }
    for mark in 0..=MARKS {
        let millis = range.start.millis() + (range.end.millis() - range.start.millis()) * mark / MARKS;
        let time = Timestamp::from_millis(millis);
        let anchor = if mark == 0 {
            "start"
        } else if mark == MARKS {
            "end"
        } else {
            "middle"
        };
        let (x, time) = (place(time, range), local(time.seconds(), zone));
        text += &format!("<text x=\"{x:.2}\" y=\"{}\" text-anchor=\"{anchor}\">{time}</text>\n", height + ROW);
    }
    text + "</svg>\n"
}

/// Where a time is on the axis.
fn place(time: Timestamp, range: Range) -> f64 {
    let passed = (time.millis() - range.start.millis()) as f64;
    LEFT + LENGTH * passed / (range.end.millis() - range.start.millis()) as f64
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
