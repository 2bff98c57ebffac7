//! `POST /alarms/replay`: what an alarm that need not exist would have done on what is stored.

use std::sync::Arc;

use http::StatusCode;
use nepho_engine::explanation::IsoTime;
use nepho_model::Scope;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use serde::Deserialize;

use crate::alarms::crossing::metric_alarm;
use crate::alarms::replay::{MAX_EVALUATIONS, evaluations, replay};
use crate::http::answer::{Answer, Refusal, json};
use crate::instance::Instance;

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Asked {
    start_time: IsoTime,
    end_time: IsoTime,
    metric_alarm: PutMetricAlarmInput,
}

/// Replays an alarm over the data of a scope. One is replayed at a time, so that the server's own work goes on.
pub(crate) async fn answer(instance: &Arc<Instance>, scope: Scope, body: &[u8]) -> Result<Answer, Refusal> {
    let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, message);
    let asked: Asked =
        serde_json::from_slice(body).map_err(|error| bad(format!("the request is no replay: {error}")))?;
    let alarm = metric_alarm(&scope, &asked.metric_alarm).map_err(|faults| bad(faults.to_string()))?;
    let (start, end) = (asked.start_time.0, asked.end_time.0);
    let count = evaluations(&alarm, start, end);
    if count > MAX_EVALUATIONS {
        return Err(bad(format!("{count} evaluations exceed the limit of {MAX_EVALUATIONS}: ask for a shorter range")));
    }
    let _turn = instance.replaying.lock().await;
    match instance.blocking(move |instance| replay(instance, &scope, &alarm, start, end)).await {
        Ok(replayed) => Ok(json(StatusCode::OK, &replayed)),
        Err(error) => {
            instance.fault(&format!("an alarm could not be replayed: {error}"));
            Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the store cannot be read; the log says why"))
        }
    }
}
