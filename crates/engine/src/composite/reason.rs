//! Why a composite alarm is in its state: the texts and the JSON that CloudWatch gives.

use nepho_model::{AlarmState, Timestamp};
use serde::Serialize;

use crate::alarm::text::{MAX_REASON_DATA, iso_time, long_time};

/// What a new alarm says until it is evaluated.
pub(super) const UNCHECKED: &str = "Unchecked: Initial alarm creation";

/// The explanation of a state for programs: StateReasonData.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReasonData {
    /// The alarms that made CloudWatch look at the rule.
    Triggering(Vec<TriggeringAlarm>),
    /// What SetAlarmState was given.
    Given(String),
}

/// An alarm of a rule that made CloudWatch look at it, and its state then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggeringAlarm {
    /// Its ARN.
    pub arn: String,
    /// Its state.
    pub state: AlarmState,
    /// When it went into that state.
    pub since: Timestamp,
}

impl ReasonData {
    /// The text that DescribeAlarms gives: JSON, except where SetAlarmState was given something else. Of the alarms
    /// those that fit into [`MAX_REASON_DATA`], from the first on.
    pub fn text(&self) -> String {
        match self {
            ReasonData::Given(text) => text.clone(),
            ReasonData::Triggering(alarms) => {
                let mut wire = Wire { triggering_alarms: alarms.iter().map(WireAlarm::new).collect() };
                loop {
                    let text = serde_json::to_string(&wire).expect("texts alone can be written");
                    if text.chars().count() <= MAX_REASON_DATA {
                        return text;
                    }
                    wire.triggering_alarms.pop();
                }
            }
        }
    }

    /// The alarms; none where SetAlarmState has set the state.
    pub fn triggering(&self) -> &[TriggeringAlarm] {
        match self {
            ReasonData::Triggering(alarms) => alarms,
            ReasonData::Given(_) => &[],
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    triggering_alarms: Vec<WireAlarm<'a>>,
}

#[derive(Serialize)]
struct WireAlarm<'a> {
    arn: &'a str,
    state: WireState,
}

#[derive(Serialize)]
struct WireState {
    value: &'static str,
    timestamp: String,
}

impl<'a> WireAlarm<'a> {
    fn new(alarm: &'a TriggeringAlarm) -> Self {
        let state = WireState { value: alarm.state.as_str(), timestamp: iso_time(alarm.since) };
        WireAlarm { arn: &alarm.arn, state }
    }
}

pub(super) fn created(arn: &str, state: AlarmState) -> String {
    format!("{arn} was created and its alarm rule evaluates to {state}")
}

pub(super) fn updated(arn: &str, state: AlarmState) -> String {
    format!("{arn} was updated and its new alarm rule evaluates to {state}")
}

pub(super) fn child_changed(child: &TriggeringAlarm) -> String {
    format!("{} transitioned to {} at {}", child.arn, child.state, long_time(child.since))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2022-07-22 15:57:45.394 UTC.
    const TIME: Timestamp = Timestamp::from_millis(1_658_505_465_394);

    fn triggering(name: &str, state: AlarmState) -> TriggeringAlarm {
        let arn = format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}");
        TriggeringAlarm { arn, state, since: TIME }
    }

    #[test]
    fn texts_are_those_of_cloudwatch() {
        let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SuppressionDemo.EventBridge.Main";
        assert_eq!(created(arn, AlarmState::Ok), format!("{arn} was created and its alarm rule evaluates to OK"));
        assert_eq!(updated(arn, AlarmState::Ok), format!("{arn} was updated and its new alarm rule evaluates to OK"));
        assert_eq!(
            child_changed(&triggering("SuppressionDemo.EventBridge.FirstChild", AlarmState::Alarm)),
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SuppressionDemo.EventBridge.FirstChild transitioned to \
             ALARM at Friday 22 July, 2022 15:57:45 UTC"
        );
    }

    #[test]
    fn json_has_the_members_in_their_order() {
        let data = ReasonData::Triggering(vec![
            triggering("TotalNetworkTrafficTooHigh", AlarmState::Ok),
            triggering("a \"b\" \\ ü", AlarmState::InsufficientData),
        ]);
        assert_eq!(
            data.text(),
            r#"{"triggeringAlarms":[{"arn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:TotalNetworkTrafficTooHigh","state":{"value":"OK","timestamp":"2022-07-22T15:57:45.394+0000"}},{"arn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a \"b\" \\ ü","state":{"value":"INSUFFICIENT_DATA","timestamp":"2022-07-22T15:57:45.394+0000"}}]}"#
        );
        assert_eq!(data.triggering().len(), 2);
        let given = ReasonData::Given("{}".to_owned());
        assert_eq!((given.text(), given.triggering()), ("{}".to_owned(), &[][..]));
    }

    #[test]
    fn json_has_a_limit() {
        let alarms = |count: usize, last: &str| {
            let mut alarms = vec![triggering(&"x".repeat(200), AlarmState::Alarm); count];
            alarms.push(triggering(last, AlarmState::Alarm));
            ReasonData::Triggering(alarms)
        };
        let shortest = alarms(11, "").text().chars().count();
        let full = "x".repeat(MAX_REASON_DATA - shortest);
        assert_eq!(alarms(11, &full).text().chars().count(), MAX_REASON_DATA);
        let cut = alarms(11, &(full + "x")).text();
        assert_eq!(cut, ReasonData::Triggering(alarms(11, "").triggering()[..11].to_vec()).text());
    }
}
