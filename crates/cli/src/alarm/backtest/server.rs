//! What an alarm would have done on the data of a server, which replays it itself: the data stays where it is.

use http::StatusCode;
use nepho_engine::backtest::Replayed;
use nepho_engine::explanation::IsoTime;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use serde::{Deserialize, Serialize};

use super::Range;
use super::subjects::MetricSubject;
use crate::endpoint;
use crate::exit::Failure;
use crate::own_path::{self, GetError};
use crate::refusal;

/// Where a server replays alarms.
const PATH: &str = "/alarms/replay";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    start_time: IsoTime,
    end_time: IsoTime,
    metric_alarm: &'a PutMetricAlarmInput,
}

/// What the server says on its own paths when it refuses.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Whether whoever listens replays alarms itself: it says in its own way that nothing is no replay.
pub(super) async fn replays(endpoint: &endpoint::Arguments) -> Result<bool, Failure> {
    let answer = own_path::post(endpoint, PATH, b"{}".to_vec()).await;
    let answer = answer.map_err(|error| own_path::failure(endpoint, &error))?;
    let text = own_path::text(answer).await;
    Ok(text.is_some_and(|text| serde_json::from_str::<Refusal>(&text).is_ok()))
}

/// Lets the server replay an alarm.
pub(super) async fn replay(
    endpoint: &endpoint::Arguments,
    subject: &MetricSubject,
    range: Range,
) -> Result<Replayed, Failure> {
    let asked = Asked { start_time: IsoTime(range.start), end_time: IsoTime(range.end), metric_alarm: &subject.input };
    let body = serde_json::to_vec(&asked).expect("an alarm has only strings and numbers");
    let answer = own_path::post(endpoint, PATH, body).await;
    let answer = answer.map_err(|error| own_path::failure(endpoint, &error))?;
    let status = answer.status();
    let text = own_path::long_text(answer).await.ok_or_else(|| own_path::failure(endpoint, &GetError::Slow))?;
    let whom = endpoint.endpoint();
    let strange = || Failure::unreachable(format!("{whom} gives an answer on {PATH} that is no replay"));
    if status == StatusCode::OK {
        return serde_json::from_str(&text).map_err(|_| strange());
    }
    match (status, serde_json::from_str::<Refusal>(&text)) {
        (StatusCode::BAD_REQUEST, Ok(Refusal { error })) => {
            Err(Failure::usage(format!("{}: {whom} refuses {}: {error}", subject.place, subject.name)))
        }
        (_, Ok(Refusal { error })) => Err(refusal::refused_because(whom, &error)),
        (_, Err(_)) => Err(strange()),
    }
}
