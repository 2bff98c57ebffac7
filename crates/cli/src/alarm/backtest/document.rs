//! A report as JSON: one document.

use nepho_engine::explanation::IsoTime;
use serde::Serialize;

use super::Range;
use super::compare::Comparison;
use super::report::AlarmReport;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    start_time: IsoTime,
    end_time: IsoTime,
    alarms: &'a [AlarmReport],
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'a [Comparison]>,
}

pub(super) fn json(reports: &[AlarmReport], comparison: Option<&[Comparison]>, range: Range) -> String {
    let document =
        Document { start_time: IsoTime(range.start), end_time: IsoTime(range.end), alarms: reports, comparison };
    serde_json::to_string_pretty(&document).expect("a report has only strings and numbers") + "\n"
}
