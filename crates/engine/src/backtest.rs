//! What an alarm would have done over a range of time, as a value that can be sent and shown.

use nepho_model::{AlarmState, Timestamp};
use serde::{Deserialize, Serialize};

use crate::alarm::{Answer, Datum, MetricAlarm, Observed, Role, Rule, Step, explain};
use crate::explanation::IsoTime;

/// What an alarm would have done over a range of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Replayed {
    /// The alarm's name.
    pub alarm_name: String,
    /// How often it would have been evaluated.
    pub evaluations: u64,
    /// How often its data could not be read or computed.
    pub failures: u64,
    /// Why, the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_failure: Option<String>,
    /// How often there was any datapoint to look at.
    pub with_data: u64,
    /// The changes of its state, the oldest first.
    pub transitions: Vec<Transition>,
}

/// A change of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transition {
    /// When.
    pub time: IsoTime,
    /// The state before.
    pub from: String,
    /// The state after.
    pub to: String,
    /// Why, in words.
    pub reason: String,
    /// The rule that decided; of a composite alarm it is its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// Where the oldest breaching period begins that counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaching_since: Option<IsoTime>,
}

impl Transition {
    /// Whether the state became ALARM.
    pub fn is_into_alarm(&self) -> bool {
        self.to == AlarmState::Alarm.as_str()
    }
}

impl Replayed {
    /// What an alarm would have done that was never evaluated.
    pub fn new(name: &str) -> Self {
        Replayed {
            alarm_name: name.to_owned(),
            evaluations: 0,
            failures: 0,
            first_failure: None,
            with_data: 0,
            transitions: Vec::new(),
        }
    }

    /// Takes an evaluation: what [`Replay::run`](crate::alarm::Replay::run) shows.
    pub fn take(&mut self, alarm: &MetricAlarm, observed: &Observed, step: &Step) {
        self.evaluations += 1;
        match &observed.answer {
            Answer::Failed { reason, .. } => {
                self.failures += 1;
                self.first_failure.get_or_insert_with(|| reason.clone());
            }
            Answer::Series(data) => self.with_data += u64::from(data.iter().any(Option::is_some)),
            Answer::Contributors(series) => self.with_data += u64::from(!series.is_empty()),
        }
        let Some(change) = step.change().filter(|change| change.is_transition()) else { return };
        let is_into_alarm = change.to.value == AlarmState::Alarm;
        self.transitions.push(Transition {
            time: IsoTime(observed.time),
            from: change.from.value.to_string(),
            to: change.to.value.to_string(),
            reason: change.to.reason.clone(),
            rule: Some(step.why.rule),
            breaching_since: if is_into_alarm { breaching_since(alarm, observed).map(IsoTime) } else { None },
        });
    }
}

/// Where the oldest breaching period begins that counted.
fn breaching_since(alarm: &MetricAlarm, observed: &Observed) -> Option<Timestamp> {
    let oldest = |data: &[Option<Datum>]| {
        let (windows, _) = explain(alarm, observed, data);
        let breaching = windows.into_iter().filter(|window| match window.role {
            Role::Used { is_breaching } => is_breaching,
            Role::StandsIn { is_breaching } => is_breaching == Some(true),
            Role::Older | Role::PassedOver => false,
        });
        breaching.map(|window| window.start).min()
    };
    match &observed.answer {
        Answer::Series(data) => oldest(data),
        Answer::Contributors(series) => series.iter().filter_map(|series| oldest(&series.data)).min(),
        Answer::Failed { .. } => None,
    }
}
