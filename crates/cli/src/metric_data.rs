//! GetMetricData, page by page.

use std::collections::HashMap;

use aws_sdk_cloudwatch::config::http::HttpResponse;
use aws_sdk_cloudwatch::error::SdkError;
use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataError;
use aws_sdk_cloudwatch::operation::get_metric_data::builders::GetMetricDataFluentBuilder;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{MessageData, MetricDataResult, StatusCode};

use crate::progress::Progress;

/// Everything that a call answers, its pages put together.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Answer {
    /// In the order of the first page that has them.
    pub(crate) results: Vec<Found>,
    /// What the service says about the call as a whole.
    pub(crate) messages: Vec<Message>,
}

/// A result: one series.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Found {
    /// The id of the query that it answers. A query for an array has several.
    pub(crate) id: String,
    pub(crate) label: String,
    /// The starts of periods in seconds, as they came, with the value of each.
    pub(crate) points: Vec<(i64, f64)>,
    /// That of its last page: what the service calls whole or partial.
    pub(crate) status: Option<String>,
    /// What the service says about it, each once.
    pub(crate) messages: Vec<Message>,
}

/// Something that the service says beside the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) code: String,
    pub(crate) value: String,
}

/// Why there is no answer.
pub(crate) type AskError = SdkError<GetMetricDataError, HttpResponse>;

/// Asks, and goes on asking until there are no more pages. Adds the points to a count that is shown.
pub(crate) async fn ask(
    request: GetMetricDataFluentBuilder,
    progress: &mut Progress,
    points: &mut u64,
) -> Result<Answer, AskError> {
    let mut gathered = Gathered::default();
    let mut token = None;
    loop {
        let mut page = request.clone().set_next_token(token).send().await?;
        token = page.next_token.take().filter(|token| !token.is_empty());
        *points += page.metric_data_results().iter().map(|result| result.values().len() as u64).sum::<u64>();
        gathered.add(page.metric_data_results(), page.messages());
        progress.show(*points);
        if token.is_none() {
            return Ok(gathered.answer);
        }
    }
}

/// Two series of one array may have the same label: then the first of a page is the first of the next.
type Place = (String, String, usize);

#[derive(Debug, Default)]
struct Gathered {
    answer: Answer,
    places: HashMap<Place, usize>,
}

impl Gathered {
    fn add(&mut self, results: &[MetricDataResult], messages: &[MessageData]) {
        let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
        for result in results {
            let (id, label) = (result.id().unwrap_or_default(), result.label().unwrap_or_default());
            let count = seen.entry((id, label)).or_default();
            let place = (id.to_owned(), label.to_owned(), *count);
            *count += 1;
            let at = *self.places.entry(place).or_insert_with(|| {
                let (id, label) = (id.to_owned(), label.to_owned());
                self.answer.results.push(Found { id, label, ..Found::default() });
                self.answer.results.len() - 1
            });
            self.answer.results[at].add(result);
        }
        say(&mut self.answer.messages, messages);
    }
}

impl Found {
    fn add(&mut self, result: &MetricDataResult) {
        self.points.extend(result.timestamps().iter().map(DateTime::secs).zip(result.values().iter().copied()));
        self.status = result.status_code().map(|status| status.as_str().to_owned());
        say(&mut self.messages, result.messages());
    }

    /// Whether the service could not make it.
    pub(crate) fn has_failed(&self) -> bool {
        self.status.as_deref() == Some(StatusCode::InternalError.as_str())
    }

    /// What there is to say about it: its messages, and that it is not whole when they do not tell.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks: Vec<_> = self.messages.iter().map(Message::text).collect();
        match self.status.as_deref() {
            None => {}
            Some(status) if status == StatusCode::Complete.as_str() => {}
            Some(status) => remarks.push(format!("the result is not whole: {status}")),
        }
        remarks
    }
}

impl Message {
    /// What it says, or its code when it says nothing.
    pub(crate) fn text(&self) -> String {
        if self.value.is_empty() { self.code.clone() } else { self.value.clone() }
    }
}

fn say(known: &mut Vec<Message>, messages: &[MessageData]) {
    for message in messages {
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let message = Message { code: text(message.code()), value: text(message.value()) };
        if !known.contains(&message) {
            known.push(message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(id: &str, label: &str, points: &[(i64, f64)], status: StatusCode) -> MetricDataResult {
        MetricDataResult::builder()
            .id(id)
            .label(label)
            .set_timestamps(Some(points.iter().map(|(time, _)| DateTime::from_secs(*time)).collect()))
            .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
            .status_code(status)
            .messages(MessageData::builder().code("Note").value("careful").build())
            .build()
    }

    #[test]
    fn pages_are_put_together() {
        let mut gathered = Gathered::default();
        let partial = StatusCode::PartialData;
        let pages = [
            [result("a", "x", &[(0, 1.0)], partial.clone()), result("a", "x", &[(0, 2.0)], partial)],
            [result("a", "x", &[(60, 3.0)], StatusCode::Complete), result("a", "x", &[], StatusCode::InternalError)],
        ];
        for page in &pages {
            gathered.add(page, &[]);
        }
        let [one, other] = &gathered.answer.results[..] else { panic!("{:?}", gathered.answer) };
        assert_eq!((&one.points, one.remarks()), (&vec![(0, 1.0), (60, 3.0)], vec!["careful".to_owned()]));
        assert_eq!(other.points, [(0, 2.0)]);
        assert_eq!(other.remarks(), ["careful", "the result is not whole: InternalError"]);
    }
}
