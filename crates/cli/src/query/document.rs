//! Results as JSON: what GetMetricData answers, its pages put together.

use serde::Serialize;

use crate::metric_data::{Answer, Found, Message};
use crate::rows::utc;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    metric_data_results: Vec<OneResult<'a>>,
    messages: Vec<OneMessage<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct OneResult<'a> {
    id: &'a str,
    label: &'a str,
    timestamps: Vec<String>,
    values: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<OneMessage<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct OneMessage<'a> {
    code: &'a str,
    value: &'a str,
}

pub(super) fn json(answer: &Answer) -> String {
    let document = Document {
        metric_data_results: answer.results.iter().map(result).collect(),
        messages: answer.messages.iter().map(message).collect(),
    };
    serde_json::to_string_pretty(&document).expect("a document has only strings and finite numbers") + "\n"
}

fn result(found: &Found) -> OneResult<'_> {
    OneResult {
        id: &found.id,
        label: &found.label,
        timestamps: found.points.iter().map(|(time, _)| utc(*time)).collect(),
        values: found.points.iter().map(|(_, value)| *value).collect(),
        status_code: found.status.as_deref(),
        messages: found.messages.iter().map(message).collect(),
    }
}

fn message(message: &Message) -> OneMessage<'_> {
    OneMessage { code: &message.code, value: &message.value }
}
