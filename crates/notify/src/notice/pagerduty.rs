//! What PagerDuty is sent: an event (Events v2).

use serde_json::{Value, json};

use super::alarm::{AlarmNotice, AlarmState};
use super::description::Severity;
use super::{Told, cut};
use crate::links::explain_url;

/// The most characters of a summary.
pub const PAGERDUTY_SUMMARY_MAX: usize = 1024;
/// The most characters of what tells that events are of one incident.
const KEY_MAX: usize = 255;
/// The most characters of a text among the details.
const DETAIL_MAX: usize = 8000;

/// The body of the request. An alarm opens an incident, and closes it when it is OK again; a state that nobody knows is
/// an incident of its own that is a warning.
pub fn pagerduty_event(routing_key: &str, told: &Told<'_>) -> Value {
    match AlarmNotice::read(told.message) {
        Some(notice) => of_alarm(routing_key, &notice, told),
        None => of_text(routing_key, told),
    }
}

fn of_alarm(routing_key: &str, notice: &AlarmNotice, told: &Told<'_>) -> Value {
    let (action, severity) = match notice.state {
        AlarmState::Ok => ("resolve", notice.severity()),
        AlarmState::Alarm => ("trigger", notice.severity()),
        AlarmState::InsufficientData => ("trigger", Severity::Warning),
    };
    let description = &notice.description;
    let mut links =
        vec![json!({"href": explain_url(told.base_url, &notice.name, &notice.arn), "text": "Explain this alarm"})];
    links.extend(told.graph_url.map(|url| json!({"href": url, "text": "Graph"})));
    links.extend(description.runbook_url().map(|url| json!({"href": url, "text": "Runbook"})));
    let datapoints: Vec<_> = notice.datapoints.iter().map(|one| json!({"at": one.at, "value": one.value})).collect();
    let watched = notice.watched.as_ref();
    json!({
        "routing_key": routing_key,
        "event_action": action,
        "dedup_key": cut(&notice.arn, KEY_MAX),
        "client": "Nephoscope",
        "client_url": told.base_url,
        "links": links,
        "payload": {
            "summary": notice.summary(PAGERDUTY_SUMMARY_MAX),
            "source": notice.arn,
            "severity": severity.as_str(),
            "timestamp": told.published,
            "component": notice.name,
            "group": watched.map(|watched| &watched.namespace),
            "class": watched.map(|watched| &watched.metric),
            "custom_details": {
                "state": format!("{} -> {}", notice.old_state, notice.state.as_str()),
                "reason": cut(&notice.reason, DETAIL_MAX),
                "description": cut(&description.text, DETAIL_MAX),
                "impact": description.impact,
                "runbook": description.runbook,
                "metric": watched.map(super::Watched::line),
                "recent_datapoints": datapoints,
                "account": notice.account,
                "region": notice.region,
                "topic": told.topic,
                "notes": notice.notes,
            },
        },
    })
}

fn of_text(routing_key: &str, told: &Told<'_>) -> Value {
    let summary = told.subject.unwrap_or_else(|| told.message.lines().next().unwrap_or_default());
    json!({
        "routing_key": routing_key,
        "event_action": "trigger",
        "dedup_key": told.message_id,
        "client": "Nephoscope",
        "client_url": told.base_url,
        "payload": {
            "summary": cut(summary, PAGERDUTY_SUMMARY_MAX),
            "source": told.topic,
            "severity": Severity::Error.as_str(),
            "timestamp": told.published,
            "custom_details": {"message": cut(told.message, DETAIL_MAX)},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::alarm::tests::message;

    fn event(message: &str, subject: Option<&str>) -> Value {
        let told = Told {
            message_id: "m",
            topic: "arn:aws:sns:us-east-1:000000000000:alerts",
            subject,
            message,
            published: "2026-05-04T12:01:00.000Z",
            base_url: "http://nepho",
            graph_url: Some("http://nepho/graphs/x.svg"),
        };
        pagerduty_event("key", &told)
    }

    #[test]
    fn an_alarm_opens_an_incident_and_closes_it() {
        let description = Some("Severity: warning\nImpact: slow\nRunbook: https://wiki/load");
        let alarm = event(&message("ALARM", description), None);
        assert_eq!((&alarm["event_action"], &alarm["payload"]["severity"]), (&json!("trigger"), &json!("warning")));
        assert_eq!(alarm["payload"]["summary"], "ALARM: \"High <load> & more\" in US East (N. Virginia)");
        assert_eq!(alarm["payload"]["custom_details"]["impact"], "slow");
        assert_eq!(alarm["links"][1]["href"], "http://nepho/graphs/x.svg");
        assert_eq!(alarm["links"][2]["href"], "https://wiki/load");
        assert_eq!(alarm["payload"]["custom_details"]["recent_datapoints"][0]["value"], 22.0);
        let ok = event(&message("OK", description), None);
        assert_eq!((&ok["event_action"], &ok["dedup_key"]), (&json!("resolve"), &alarm["dedup_key"]));
        let unknown = event(&message("INSUFFICIENT_DATA", Some("Severity: critical")), None);
        assert_eq!((&unknown["event_action"], &unknown["payload"]["severity"]), (&json!("trigger"), &json!("warning")));
    }

    #[test]
    fn other_messages_are_incidents_of_their_own() {
        let plain = event("disk full\non web-1", None);
        assert_eq!((&plain["payload"]["summary"], &plain["dedup_key"]), (&json!("disk full"), &json!("m")));
        let long = "s".repeat(PAGERDUTY_SUMMARY_MAX + 1);
        let cut = event("x", Some(&long))["payload"]["summary"].as_str().unwrap().chars().count();
        assert_eq!(cut, PAGERDUTY_SUMMARY_MAX);
    }
}
