//! `GET /deliveries`, page by page.

use http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::endpoint::{self, Endpoint};
use crate::exit::Failure;
use crate::own_path::{self, GetError};
use crate::{refusal, rows};

/// The most deliveries on a page.
const PAGE_MAX: usize = 1000;

/// A delivery, as the server tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delivery {
    pub(super) message_id: String,
    pub(super) topic_arn: String,
    pub(super) subscription_arn: String,
    pub(super) protocol: String,
    pub(super) endpoint: String,
    /// What is delivered.
    pub(super) r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    pub(super) published: String,
    pub(super) state: String,
    pub(super) attempts: u64,
    /// When it is tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dead_letter_target_arn: Option<String>,
    /// The id of the message that has gone out in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) folded_into: Option<String>,
    pub(super) tries: Vec<Try>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) tries_left_out: u64,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Try {
    pub(super) at: String,
    pub(super) took_milliseconds: i64,
    pub(super) outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) said: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) at_dead_letter_queue: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Delivery {
    /// The delivery as a line.
    pub(super) fn json_line(&self) -> String {
        serde_json::to_string(self).expect("a delivery has only strings and numbers") + "\n"
    }

    /// What it says, in a line.
    pub(super) fn what(&self) -> &str {
        match self.subject.as_deref() {
            Some(subject) => subject,
            None => &self.r#type,
        }
    }

    /// Why it is not delivered: what came of the last attempt, if that is not well.
    pub(super) fn why(&self) -> String {
        match self.tries.last() {
            Some(last) if last.outcome != "delivered" => last.answer(),
            _ => self.folded_into.as_ref().map(|other| format!("in {other}")).unwrap_or_default(),
        }
    }

    /// The name of its topic.
    pub(super) fn topic(&self) -> &str {
        self.topic_arn.rsplit(':').next().unwrap_or_default()
    }
}

impl Try {
    /// What the receiver answered, or what went wrong, in a line.
    pub(super) fn answer(&self) -> String {
        let status = self.status.map(|status| status.to_string());
        let said = self.said.split_whitespace().collect::<Vec<_>>().join(" ");
        status.into_iter().chain(Some(said).filter(|said| !said.is_empty())).collect::<Vec<_>>().join(" ")
    }
}

/// A time of the server's, for people.
pub(super) fn local(time: &str, zone: &TimeZone) -> String {
    match time.parse::<Timestamp>() {
        Ok(time) => rows::local(time.as_second(), zone),
        Err(_) => time.to_owned(),
    }
}

/// Which deliveries are wanted.
#[derive(Debug, PartialEq)]
pub(super) struct Filter(String);

impl Filter {
    pub(super) fn of(pairs: &[(&str, String)]) -> Self {
        Filter(pairs.iter().map(|(name, value)| format!("&{name}={}", encoded(value))).collect())
    }
}

fn encoded(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    deliveries: Vec<Delivery>,
    next_token: Option<String>,
}

/// What the server says on its own paths when it refuses.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Deliveries that were found, the newest first.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) deliveries: Vec<Delivery>,
    /// Whether there are no more.
    pub(super) is_complete: bool,
}

/// Finds deliveries, at most so many.
pub(super) async fn find(arguments: &endpoint::Arguments, filter: &Filter, limit: usize) -> Result<Found, Failure> {
    if *arguments.endpoint() == Endpoint::Aws {
        return Err(Failure::usage(
            "Amazon SNS keeps no ledger of its deliveries: leave out --endpoint aws to see those of the local server",
        ));
    }
    let mut found = Found { deliveries: Vec::new(), is_complete: false };
    let mut next: Option<String> = None;
    loop {
        // One more than is wanted tells whether there are more.
        let left = limit - found.deliveries.len() + 1;
        let next_page = next.map(|token| format!("&next={}", encoded(&token))).unwrap_or_default();
        let path = format!("/deliveries?limit={}{}{next_page}", left.min(PAGE_MAX), filter.0);
        let page = ask(arguments, &path).await?;
        found.deliveries.extend(page.deliveries);
        if found.deliveries.len() > limit {
            found.deliveries.truncate(limit);
            return Ok(found);
        }
        next = page.next_token;
        if next.is_none() {
            return Ok(Found { is_complete: true, ..found });
        }
    }
}

async fn ask(arguments: &endpoint::Arguments, path: &str) -> Result<Page, Failure> {
    let endpoint = arguments.endpoint();
    let answer = own_path::get(arguments, path).await.map_err(|error| own_path::failure(arguments, &error))?;
    let status = answer.status();
    let text = own_path::long_text(answer).await;
    let text = text.ok_or_else(|| own_path::failure(arguments, &GetError::Slow))?;
    if status == StatusCode::OK {
        return serde_json::from_str(&text)
            .map_err(|error| Failure::unreachable(format!("{endpoint} gives an answer that is none: {error}")));
    }
    Err(match (status, serde_json::from_str::<Refusal>(&text)) {
        (StatusCode::NOT_FOUND, _) => {
            Failure::unreachable(format!("{endpoint} has no /deliveries: only `nepho serve` keeps a ledger of them"))
        }
        (StatusCode::BAD_REQUEST, Ok(Refusal { error })) => Failure::usage(format!("{endpoint} refuses: {error}")),
        (_, Ok(Refusal { error })) => refusal::refused_because(endpoint, &error),
        (status, Err(_)) => Failure::unreachable(format!("{endpoint} refuses ({status}): {}", text.trim())),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    pub(in crate::deliveries) fn delivery(state: &str, tries: &serde_json::Value) -> Delivery {
        serde_json::from_value(json!({
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": "arn:aws:sns:us-east-1:000000000000:alerts",
            "SubscriptionArn": "arn:aws:sns:us-east-1:000000000000:alerts:8a21d249-4329-4871-acc6-7be709c6ea7f",
            "Protocol": "https", "Endpoint": "https://example.com/hook", "Type": "Notification",
            "Subject": "ALARM: \"Load\" in US East (N. Virginia)", "Published": "2026-05-04T12:00:00Z",
            "State": state, "Attempts": 1, "Tries": tries,
        }))
        .unwrap()
    }

    #[test]
    fn the_filter_is_a_query_string() {
        let filter = Filter::of(&[("endpoint", "http://h/a?b=c&d".to_owned()), ("state", "waiting".to_owned())]);
        assert_eq!(filter, Filter("&endpoint=http%3A%2F%2Fh%2Fa%3Fb%3Dc%26d&state=waiting".to_owned()));
    }

    #[test]
    fn the_last_attempt_says_why() {
        let attempt = |outcome: &str, said: &str| json!({"At": "2026-05-04T12:00:00Z", "TookMilliseconds": 5, "Outcome": outcome, "Status": 503, "Said": said});
        assert_eq!(delivery("waiting", &json!([attempt("failed", "busy\n now")])).why(), "503 busy now");
        assert_eq!(delivery("delivered", &json!([attempt("failed", "busy"), attempt("delivered", "")])).why(), "");
        assert_eq!(delivery("waiting", &json!([])).why(), "");
    }
}
