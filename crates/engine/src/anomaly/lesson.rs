//! What a training reads, and what it makes of it: the same for whoever trains.

use nepho_model::{Read, Scope, Timestamp, Unit, UnitSeries};

use super::model::Model;
use super::subject::Subject;
use super::training::{Configuration, TRAINING_SECONDS, train};
use crate::finish::{Answers, StatusCode, finish_with};
use crate::period::Period;
use crate::plan::Plan;
use crate::prepare::prepare;
use crate::request_error::DataError;

/// A trained model is replaced by a new one after so many seconds: a day.
pub const RETRAINING_SECONDS: i64 = 24 * 3600;
/// One that had too little data, after an hour.
pub const UNTRAINED_SECONDS: i64 = 3600;
/// What a value under the unit Percent does not exceed.
const PERCENT: f64 = 100.0;

/// When something is to be learnt next: when it was last, and whether there was enough data then, or else when it was
/// first to be.
pub fn next_training(put: Timestamp, last: Option<(Timestamp, bool)>) -> Timestamp {
    match last {
        None => put,
        Some((at, true)) => at.plus_seconds(RETRAINING_SECONDS),
        Some((at, false)) => at.plus_seconds(UNTRAINED_SECONDS),
    }
}

/// A training of one model.
#[derive(Debug, Clone)]
pub struct Lesson {
    plan: Plan,
    period: Period,
    is_of_metric: bool,
    now: Timestamp,
}

impl Lesson {
    /// A training at `now`: it is of the two weeks before that, in whole periods that begin at multiples of their length.
    ///
    /// # Errors
    /// What keeps the subject from being computed.
    pub fn new(subject: &Subject, period: Period, scope: &Scope, now: Timestamp) -> Result<Self, DataError> {
        let seconds = period.seconds();
        let end = now.seconds().div_euclid(seconds) * seconds;
        let start = end - (TRAINING_SECONDS - 1) / seconds * seconds;
        let request = subject.request(period, Timestamp::from_seconds(start), Timestamp::from_seconds(end));
        let plan = prepare(request, scope, now)?.plan(Vec::new())?;
        Ok(Lesson { plan, period, is_of_metric: subject.metric().is_some(), now })
    }

    /// What has to be read.
    pub fn reads(&self) -> &[Read] {
        self.plan.reads()
    }

    /// Learns from the answers, of which there is one for each read.
    ///
    /// # Errors
    /// What could not be read or computed.
    pub fn learn(
        &self,
        answers: &[Result<Vec<UnitSeries>, String>],
        configuration: Configuration,
    ) -> Result<Model, String> {
        let answer = finish_with(&self.plan, &Answers { reads: answers, ..Answers::default() });
        let result = answer.results.into_iter().next().ok_or("it gives no series")?;
        if result.status == StatusCode::InternalError {
            return Err(result.messages.into_iter().map(|message| message.value).collect::<Vec<_>>().join(" "));
        }
        let mut values: Vec<_> = result.timestamps.into_iter().zip(result.values).collect();
        values.sort_unstable_by_key(|(time, _)| *time);
        let unit = if self.is_of_metric { only_unit(answers) } else { None };
        let ceiling = configuration.ceiling.or((unit == Some(Unit::Percent)).then_some(PERCENT));
        Ok(train(&values, self.period, &Configuration { ceiling, ..configuration }, self.now))
    }
}

/// The unit of all data, if it is all under one.
fn only_unit(answers: &[Result<Vec<UnitSeries>, String>]) -> Option<Unit> {
    match answers {
        [Ok(units)] if units.len() == 1 => Some(units[0].unit),
        _ => None,
    }
}
