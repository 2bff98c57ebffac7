//! `GET /deliveries`: what was sent to whom, how often it was tried, and where it ended.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use nepho_model::{Scope, Timestamp};
use nepho_notify::delivery::Delivery;
use nepho_notify::subscription::Protocol;
use serde::Serialize;

use crate::deliveries::listing::{self, State, Wanted};
use crate::deliveries::message::Message;
use crate::deliveries::record::{DeliveryRecord, KeptOutcome, Try, What};
use crate::http::answer::{Answer, Refusal, json};
use crate::http::query;
use crate::instance::Instance;
use crate::tail::text_of;

/// The most deliveries on a page.
const LIMIT_MAX: usize = 1000;
/// How many there are when nothing is said.
const LIMIT: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    deliveries: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line {
    message_id: String,
    topic_arn: String,
    subscription_arn: String,
    protocol: &'static str,
    endpoint: String,
    /// What is delivered.
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    published: String,
    state: &'static str,
    attempts: u32,
    /// When it is tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dead_letter_target_arn: Option<String>,
    /// The id of the message that has gone out in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    folded_into: Option<String>,
    tries: Vec<TryLine>,
    #[serde(skip_serializing_if = "is_zero")]
    tries_left_out: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TryLine {
    at: String,
    took_milliseconds: i64,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "String::is_empty")]
    said: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    at_dead_letter_queue: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Answers a page of the deliveries of one scope, the newest first.
pub(crate) async fn list(instance: &Arc<Instance>, scope: Scope, query: &str) -> Result<Answer, Refusal> {
    let Asked { wanted, limit, before } = asked(query)?;
    let found = instance
        .blocking(move |instance| listing::find(&*instance.records, &scope, &wanted, before.as_deref(), limit))
        .await;
    let page = found.map_err(|error| {
        instance.fault(&format!("deliveries could not be listed: {error}"));
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the store has failed: {error}"))
    })?;
    let deliveries = page.deliveries.into_iter().map(|(delivery, message)| line(delivery, message)).collect();
    let next_token = page.next.map(|key| URL_SAFE_NO_PAD.encode(key));
    Ok(json(StatusCode::OK, &Page { deliveries, next_token }))
}

#[derive(Debug, PartialEq)]
struct Asked {
    wanted: Wanted,
    limit: usize,
    before: Option<String>,
}

fn bad(message: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, message)
}

fn asked(query: &str) -> Result<Asked, Refusal> {
    let pairs = query::pairs(query).ok_or_else(|| bad("the query string is not UTF-8".to_owned()))?;
    let mut asked = Asked { wanted: Wanted::default(), limit: LIMIT, before: None };
    for (parameter, value) in pairs {
        let wanted = &mut asked.wanted;
        match parameter.as_str() {
            "topic" => wanted.topic = Some(value),
            "subscription" => wanted.subscription = Some(value),
            "endpoint" => wanted.endpoint = Some(value),
            "message" => wanted.message = Some(value),
            "protocol" => {
                wanted.protocol = Some(Protocol::parse(&value).map_err(|_| bad(format!("{value:?} is no protocol")))?);
            }
            "state" => wanted.state = Some(state(&value)?),
            "since" => wanted.since = Some(time(&value)?),
            "until" => wanted.until = Some(time(&value)?),
            "limit" => asked.limit = limit(&value)?,
            "next" => asked.before = Some(key(&value)?),
            _ => {
                let expected = "topic, subscription, endpoint, message, protocol, state, since, until, limit and next";
                return Err(bad(format!("unknown parameter {parameter:?}: expected {expected}")));
            }
        }
    }
    Ok(asked)
}

fn state(text: &str) -> Result<State, Refusal> {
    let found = State::ALL.into_iter().find(|state| state.as_str() == text);
    found.ok_or_else(|| bad(format!("{text:?} is no state: expected {}", State::ALL.map(State::as_str).join(", "))))
}

fn time(text: &str) -> Result<Timestamp, Refusal> {
    let time: Result<jiff::Timestamp, _> = text.parse();
    let time =
        time.map_err(|_| bad(format!("{text:?} is no time in ISO 8601 with a zone, such as 2026-05-04T12:00:00Z")))?;
    Ok(Timestamp::from_millis(time.as_millisecond()))
}

fn limit(text: &str) -> Result<usize, Refusal> {
    let limit = text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| bad(format!("limit {text:?} is not from 1 to {LIMIT_MAX}")))
}

fn key(token: &str) -> Result<String, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| bad("next is not one of our tokens".to_owned()))
}

fn line(delivery: DeliveryRecord, message: Option<Message>) -> Line {
    Line {
        message_id: delivery.message.id.clone(),
        topic_arn: delivery.subscription.topic.to_string(),
        subscription_arn: delivery.subscription.to_string(),
        protocol: delivery.protocol.as_str(),
        r#type: match delivery.what {
            What::Notification => "Notification",
            What::Confirmation(_) => "SubscriptionConfirmation",
            What::Farewell(_) => "UnsubscribeConfirmation",
        },
        subject: message.and_then(|message| message.draft.subject),
        published: text_of(delivery.message.published),
        state: State::of(&delivery.state).as_str(),
        attempts: delivery.state.attempts(),
        due: delivery.state.due().map(text_of),
        ended: delivery.ended.map(text_of),
        dead_letter_target_arn: match delivery.state {
            Delivery::Waiting { .. } | Delivery::Delivered { .. } => None,
            _ => delivery.dead_letter,
        },
        folded_into: delivery.folded_into,
        endpoint: delivery.endpoint,
        tries: delivery.tries.into_iter().map(try_line).collect(),
        tries_left_out: delivery.left_out,
    }
}

fn try_line(attempt: Try) -> TryLine {
    TryLine {
        at: text_of(Timestamp::from_millis(attempt.at)),
        took_milliseconds: attempt.took,
        outcome: match attempt.outcome {
            KeptOutcome::Delivered => "delivered",
            KeptOutcome::Refused => "refused",
            KeptOutcome::Failed => "failed",
        },
        status: attempt.status,
        said: attempt.said,
        at_dead_letter_queue: attempt.redrive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_string_says_what_is_wanted() {
        let asked =
            asked("topic=alerts&state=dead-lettered&protocol=email&since=2026-05-04T12:00:00Z&limit=1000").unwrap();
        let wanted = Wanted {
            topic: Some("alerts".to_owned()),
            state: Some(State::DeadLettered),
            protocol: Some(Protocol::Email),
            since: Some(Timestamp::from_seconds(1_777_896_000)),
            ..Wanted::default()
        };
        assert_eq!(asked, Asked { wanted, limit: 1000, before: None });
        for (query, expected) in [
            ("limit=0", "limit \"0\" is not from 1 to 1000"),
            ("limit=1001", "limit \"1001\" is not from 1 to 1000"),
            (
                "state=lost",
                "\"lost\" is no state: expected waiting, redriving, delivered, dead-lettered, discarded, held, folded",
            ),
            ("since=noon", "\"noon\" is no time in ISO 8601 with a zone, such as 2026-05-04T12:00:00Z"),
            ("protocol=pigeon", "\"pigeon\" is no protocol"),
            ("next=%21", "next is not one of our tokens"),
        ] {
            assert_eq!(super::asked(query).unwrap_err().message, expected);
        }
        assert!(super::asked("colour=red").unwrap_err().message.starts_with("unknown parameter \"colour\""));
    }
}
