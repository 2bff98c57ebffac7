//! What CloudWatch says about composite alarms: what alarms of all kinds have in common is said by
//! [`alarm::text`](crate::alarm::text).

use nepho_model::{AlarmState, Timestamp};
use serde::Serialize;

use super::definition::CompositeAlarm;
use super::reason::{ReasonData, TriggeringAlarm};
use super::state::CompositeState;
use crate::alarm::text::{
    ConfigurationFields, HistoryItem, Messages, Notice, Suppressed, iso_time, long_time, state_item,
};
use crate::alarm::{StateChange, StateSnapshot};

/// The most children that an email names.
const MAX_CHILDREN_TOLD: usize = 10;

/// The end of the JSON message.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tail<'a> {
    alarm_rule: &'a str,
    triggering_children: Vec<Child<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Child<'a> {
    arn: &'a str,
    state: ChildState,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChildState {
    value: &'static str,
    timestamp: String,
}

impl<'a> From<&'a TriggeringAlarm> for Child<'a> {
    fn from(child: &'a TriggeringAlarm) -> Self {
        let state = ChildState { value: child.state.as_str(), timestamp: iso_time(child.since) };
        Child { arn: &child.arn, state }
    }
}

/// The messages of an action of the state that the alarm is in; `previous` is the one before.
pub fn messages(
    alarm: &CompositeAlarm,
    state: &CompositeState,
    previous: AlarmState,
    is_after_mute_window: bool,
) -> Messages {
    let arn = alarm.arn();
    let arns = |state| alarm.actions(state).iter().map(String::as_str).collect();
    let notice = Notice {
        scope: alarm.scope(),
        name: alarm.name(),
        description: alarm.description(),
        arn: &arn,
        configuration_updated: None,
        old_state: previous,
        new_state: state.state,
        reason: &state.reason,
        changed: state.transitioned,
        contributor: None,
        is_after_mute_window,
        ok_actions: arns(AlarmState::Ok),
        alarm_actions: arns(AlarmState::Alarm),
        insufficient_data_actions: arns(AlarmState::InsufficientData),
    };
    let children = state.reason_data.as_ref().map(ReasonData::triggering).unwrap_or_default();
    let tail =
        Tail { alarm_rule: alarm.rule().text(), triggering_children: children.iter().map(Child::from).collect() };
    Messages {
        subject: notice.subject(),
        default: notice.json(&tail),
        sms: notice.sms(),
        email: email(alarm, &notice, children),
    }
}

fn email(alarm: &CompositeAlarm, notice: &Notice<'_>, children: &[TriggeringAlarm]) -> String {
    let (state, reason, changed) = (notice.new_state, notice.reason, long_time(notice.changed));
    let has_changed = format!("has transitioned to {state} state on {changed}, because \"{reason}\".");
    let details = format!("- Alarm Rule:                 {}\n", alarm.rule().text());
    let child =
        |child: &TriggeringAlarm| format!("- {} ({} since {})\n", child.arn, child.state, long_time(child.since));
    let told: String = children.iter().take(MAX_CHILDREN_TOLD).map(child).collect();
    notice.email(&has_changed, &details, &format!("Triggering children (max. {MAX_CHILDREN_TOLD}):\n{told}"))
}

/// The item of an update of the state, with what suppresses the actions.
pub fn update_item(alarm: &CompositeAlarm, old: &CompositeState, new: &CompositeState) -> HistoryItem {
    let by = new.suppression.by().zip(alarm.suppressor());
    let reason = by.map(|(by, suppressor)| by.reason(suppressor.alarm.name()));
    let suppressed = by.zip(reason.as_deref()).map(|((by, _), reason)| Suppressed { by: by.as_str(), reason });
    state_item(&StateChange { from: snapshot(old), to: snapshot(new) }, suppressed)
}

fn snapshot(state: &CompositeState) -> StateSnapshot {
    StateSnapshot {
        value: state.state,
        reason: state.reason.clone(),
        reason_data: state.reason_data.as_ref().map(ReasonData::text),
        updated: state.updated,
    }
}

/// The fields of an alarm that was put last at `updated`, as its history has them.
pub fn configuration_fields(alarm: &CompositeAlarm, state: &CompositeState, updated: Timestamp) -> ConfigurationFields {
    let mut fields = ConfigurationFields::default();
    fields.push("alarmName", &alarm.name());
    fields.push_some("alarmDescription", alarm.description());
    fields.push("alarmArn", &alarm.arn());
    fields.push("alarmConfigurationUpdatedTimestamp", &iso_time(updated));
    fields.push("alarmRule", &alarm.rule().text());
    if let Some(suppressor) = alarm.suppressor() {
        fields.push("actionsSuppressor", &suppressor.alarm.as_str());
        fields.push("actionsSuppressorWaitPeriod", &suppressor.wait_seconds);
        fields.push("actionsSuppressorExtensionPeriod", &suppressor.extension_seconds);
    }
    fields.push("stateValue", &state.state.as_str());
    fields.push("stateUpdatedTimestamp", &iso_time(state.updated));
    fields.push("actionsEnabled", &alarm.actions_enabled());
    fields.push("alarmActions", &alarm.actions(AlarmState::Alarm));
    fields.push("insufficientDataActions", &alarm.actions(AlarmState::InsufficientData));
    fields.push("okactions", &alarm.actions(AlarmState::Ok));
    fields
}

#[cfg(test)]
mod tests {
    use nepho_model::Scope;

    use super::*;
    use crate::composite::{Event, OtherAlarm, Parameters, Suppression, step};

    const NOON: Timestamp = Timestamp::from_seconds(1_777_896_000);

    fn alarm() -> CompositeAlarm {
        let parameters = Parameters {
            alarm_name: Some("Site".to_owned()),
            alarm_description: Some("the site".to_owned()),
            alarm_rule: Some("ALARM(CPU) OR ALARM(Disk)".to_owned()),
            alarm_actions: vec!["arn:aws:sns:us-east-1:123456789012:ops".to_owned()],
            actions_suppressor: Some("Maintenance".to_owned()),
            actions_suppressor_wait_period: Some(60),
            actions_suppressor_extension_period: Some(60),
            ..Parameters::default()
        };
        CompositeAlarm::new(&Scope::new("123456789012", "us-east-1"), parameters).unwrap()
    }

    /// After CPU went into ALARM.
    fn alarmed() -> (CompositeState, CompositeState) {
        let before = CompositeState { state: AlarmState::Ok, ..CompositeState::created(NOON) };
        let cpu = OtherAlarm { state: AlarmState::Alarm, since: NOON };
        let others = |name: &str| (name == "CPU").then_some(cpu);
        let step = step(&alarm(), &before, Event::ChildChanged("CPU"), &others, NOON);
        (before, step.state)
    }

    #[test]
    fn messages_name_the_rule_and_the_children() {
        let messages = messages(&alarm(), &alarmed().1, AlarmState::Ok, false);
        assert_eq!(messages.subject, "ALARM: \"Site\" in US East (N. Virginia)");
        let cpu = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:CPU";
        let json: serde_json::Value = serde_json::from_str(&messages.default).unwrap();
        assert_eq!(json["AlarmRule"], "ALARM(CPU) OR ALARM(Disk)");
        assert_eq!(json["OldStateValue"], "OK");
        let child =
            serde_json::json!([{"Arn": cpu, "State": {"Value": "ALARM", "Timestamp": "2026-05-04T12:00:00.000+0000"}}]);
        assert_eq!(json["TriggeringChildren"], child);
        assert!(json.get("Trigger").is_none() && json.get("AlarmConfigurationUpdatedTimestamp").is_none());
        let reason = format!("{cpu} transitioned to ALARM at Monday 4 May, 2026 12:00:00 UTC");
        let first =
            format!("has transitioned to ALARM state on Monday 4 May, 2026 12:00:00 UTC, because \"{reason}\".");
        assert!(messages.email.contains(&first), "{}", messages.email);
        assert!(messages.email.contains("- Alarm Rule:                 ALARM(CPU) OR ALARM(Disk)\n"));
        let told = format!("Triggering children (max. 10):\n- {cpu} (ALARM since Monday 4 May, 2026 12:00:00 UTC)\n");
        assert!(messages.email.contains(&told), "{}", messages.email);
    }

    #[test]
    fn the_history_says_what_suppresses() {
        let (before, after) = alarmed();
        assert!(matches!(after.suppression, Suppression::WaitPeriod { .. }));
        let item = update_item(&alarm(), &before, &after);
        assert_eq!(item.summary, "Alarm updated from OK to ALARM");
        let data: serde_json::Value = serde_json::from_str(&item.data).unwrap();
        assert_eq!(data["actionsSuppressedBy"], "WaitPeriod");
        assert_eq!(data["actionsSuppressedReason"], "Actions suppressed by WaitPeriod");
        assert_eq!(data["newState"]["stateReasonData"]["triggeringAlarms"][0]["state"]["value"], "ALARM");
    }

    #[test]
    fn fields_are_those_of_a_composite_alarm() {
        let state = CompositeState::created(NOON);
        let json = serde_json::to_value(configuration_fields(&alarm(), &state, NOON)).unwrap();
        assert_eq!(json["alarmRule"], "ALARM(CPU) OR ALARM(Disk)");
        assert_eq!(json["actionsSuppressorWaitPeriod"], 60);
        assert_eq!(json["stateValue"], "INSUFFICIENT_DATA");
        assert!(json.get("metricName").is_none());
    }
}
