//! The datapoints that a model is trained with.

use nepho_engine::anomaly::{Subject, TRAINING_SECONDS};
use nepho_engine::{Answers, Period, StatusCode, finish_with, prepare};
use nepho_model::{Scope, Timestamp, Unit, UnitSeries};

use crate::instance::Instance;

/// What was read for a training.
pub(super) struct Points {
    /// Starts of periods, ascending, and values.
    pub(super) values: Vec<(Timestamp, f64)>,
    /// The unit of a metric's data, if it is all under one.
    pub(super) unit: Option<Unit>,
}

/// Reads the datapoints of the two weeks before `now`, in whole periods that begin at multiples of their length.
///
/// # Errors
/// What could not be read or computed.
pub(super) fn read(
    instance: &Instance,
    scope: &Scope,
    subject: &Subject,
    period: Period,
    now: Timestamp,
) -> Result<Points, String> {
    let seconds = period.seconds();
    let end = now.seconds().div_euclid(seconds) * seconds;
    let start = end - (TRAINING_SECONDS - 1) / seconds * seconds;
    let request = subject.request(period, Timestamp::from_seconds(start), Timestamp::from_seconds(end));
    let prepared = prepare(request, scope, now).map_err(|error| error.to_string())?;
    let plan = prepared.plan(Vec::new()).map_err(|error| error.to_string())?;
    let answers = instance.samples.read(scope, plan.reads()).into_iter();
    let reads: Vec<Result<Vec<UnitSeries>, String>> =
        answers.map(|answer| answer.map_err(|error| error.to_string())).collect();
    let answer = finish_with(&plan, &Answers { reads: &reads, ..Answers::default() });
    let result = answer.results.into_iter().next().ok_or("it gives no series")?;
    if result.status == StatusCode::InternalError {
        return Err(result.messages.into_iter().map(|message| message.value).collect::<Vec<_>>().join(" "));
    }
    let mut values: Vec<_> = result.timestamps.into_iter().zip(result.values).collect();
    values.sort_unstable_by_key(|(time, _)| *time);
    let unit = match (subject.metric(), &reads[..]) {
        (Some(_), [Ok(units)]) => match &units[..] {
            [only] => Some(only.unit),
            _ => None,
        },
        _ => None,
    };
    Ok(Points { values, unit })
}
