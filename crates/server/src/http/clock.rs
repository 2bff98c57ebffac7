//! `/clock`: reads the clock, and moves it when it is one that can be moved.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use jiff::SpanRelativeTo;
use nepho_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::answer::{Answer, Refusal, json};
use crate::instance::Instance;
use crate::schedule;
use crate::tail::text_of;

/// The farthest that one call moves through what falls due on the way. A jump has no such limit.
const ADVANCE_DAYS_MAX: u64 = 500;

#[derive(Serialize)]
struct Reading {
    now: String,
    clock: &'static str,
}

/// What a client wants of the clock: one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    now: Option<String>,
    advance: Option<String>,
}

/// Reads the clock.
pub(crate) fn read(instance: &Instance) -> Answer {
    let clock = if instance.clock.is_manual() { "manual" } else { "system" };
    json(StatusCode::OK, &Reading { now: text_of(instance.clock.now()), clock })
}

/// Moves the clock, and answers when all that fell due is done.
pub(crate) async fn set(instance: Arc<Instance>, body: Vec<u8>) -> Result<Answer, Refusal> {
    if !instance.clock.is_manual() {
        let message = "the clock is the system's: start with --clock manual to move it";
        return Err(Refusal::new(StatusCode::CONFLICT, message));
    }
    match wish(&body)? {
        Wanted::Jump(to) => jump(&instance, to).await?,
        Wanted::Advance(by) => {
            schedule::advance(&instance, by).await;
        }
    }
    Ok(read(&instance))
}

async fn jump(instance: &Arc<Instance>, to: Timestamp) -> Result<(), Refusal> {
    let refused = |not_empty: schedule::NotEmpty| {
        let (now, metrics) = (text_of(instance.clock.now()), not_empty.metrics);
        let message = format!(
            "the clock stands at {now} and can only go back while the store is empty, but there are {metrics} metrics"
        );
        Refusal::new(StatusCode::CONFLICT, message)
    };
    schedule::jump(instance, to).await.map_err(refused)
}

#[derive(Debug, PartialEq)]
enum Wanted {
    Jump(Timestamp),
    Advance(Duration),
}

fn wish(body: &[u8]) -> Result<Wanted, Refusal> {
    let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, message);
    let expected = r#"expected {"now": "2026-05-04T12:00:00Z"} or {"advance": "PT1M"}"#;
    let wish: Wish = serde_json::from_slice(body).map_err(|error| bad(format!("{error}: {expected}")))?;
    match (wish.now, wish.advance) {
        (Some(now), None) => {
            let time: jiff::Timestamp = now.parse().map_err(|_| {
                bad(format!("{now:?} is no time in ISO 8601 with a zone, such as 2026-05-04T12:00:00Z"))
            })?;
            Ok(Wanted::Jump(Timestamp::from_millis(time.as_millisecond())))
        }
        (None, Some(advance)) => {
            let by = duration(&advance)
                .ok_or_else(|| bad(format!("{advance:?} is no duration in ISO 8601, such as PT1M, PT1H30M or P2D")))?;
            if by > Duration::from_secs(ADVANCE_DAYS_MAX * 24 * 3600) {
                let message = format!("{advance} exceeds the limit of {ADVANCE_DAYS_MAX} days: jump with \"now\"");
                return Err(bad(message));
            }
            Ok(Wanted::Advance(by))
        }
        _ => Err(bad(expected.to_owned())),
    }
}

/// A duration that is not negative; a day has 24 hours.
fn duration(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(duration).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read() {
        let hours = |hours: u64| Wanted::Advance(Duration::from_secs(hours * 3600));
        let cases = [
            (r#"{"now":"2026-05-04T12:00:00Z"}"#, Some(Wanted::Jump(Timestamp::from_seconds(1_777_896_000)))),
            (r#"{"now":"2026-05-04T14:00:00+02:00"}"#, Some(Wanted::Jump(Timestamp::from_seconds(1_777_896_000)))),
            (r#"{"advance":"PT2H"}"#, Some(hours(2))),
            (r#"{"advance":"P500D"}"#, Some(hours(12_000))),
            (r#"{"advance":"PT0S"}"#, Some(hours(0))),
            (r#"{"advance":"P500DT1S"}"#, None),
            (r#"{"advance":"-PT1S"}"#, None),
            (r#"{"advance":"1 minute later"}"#, None),
            (r#"{"advance":"P1M"}"#, None),
            (r#"{"now":"2026-05-04T12:00:00"}"#, None),
            (r#"{"now":"2026-05-04T12:00:00Z","advance":"PT1M"}"#, None),
            (r#"{"then":"2026-05-04T12:00:00Z"}"#, None),
            ("{}", None),
            ("", None),
        ];
        for (body, expected) in cases {
            assert_eq!(wish(body.as_bytes()).ok(), expected, "{body}");
        }
    }
}
