//! What there is when all is over: messages for each change of state, and counts of what happened.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{PREFIX, Story, alarms};
use crate::receivers::Mail;
use crate::server::NOON;

/// For each change of state there is one mail and one message to the webhook, in its order, and no other one.
pub(super) async fn everything_is_told(story: &Story) {
    let mut total = 0;
    let mut told = BTreeMap::new();
    for alarm in alarms() {
        let name = alarm["AlarmName"].as_str().unwrap().to_owned();
        let changes = story.changes(&name).await;
        total += changes.len();
        assert!(changes.contains(&"Alarm updated from OK to ALARM".to_owned()), "{name}: {changes:?}");
        assert_eq!(changes.last().unwrap(), "Alarm updated from ALARM to OK", "{name}: {changes:?}");
        told.insert(name, changes);
    }
    let (mails, posts) = (story.mails.until(total + 1).await, story.posts.until(total + 1).await);
    assert_eq!((mails.len(), posts.len()), (total + 1, total + 1));
    let mut posted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for post in &posts[1..] {
        let message: Value = serde_json::from_str(post["Message"].as_str().unwrap()).unwrap();
        let (old, new) = (message["OldStateValue"].as_str().unwrap(), message["NewStateValue"].as_str().unwrap());
        let name = message["AlarmName"].as_str().unwrap();
        assert_eq!(post["Subject"], format!("{new}: \"{name}\" in US East (N. Virginia)"));
        says_what_to_do(name, message["AlarmDescription"].as_str().unwrap());
        posted.entry(name.to_owned()).or_default().push(format!("Alarm updated from {old} to {new}"));
    }
    posted.values_mut().zip(told.values()).for_each(|(posted, told)| {
        // Deliveries of one minute may overtake each other.
        posted.sort();
        let mut told = told.clone();
        told.sort();
        assert_eq!(*posted, told);
    });
    for (name, changes) in &told {
        for state in ["ALARM", "OK"] {
            let subject = format!("{state}: \"{name}\" in US East (N. Virginia)");
            let found: Vec<&Mail> = mails.iter().filter(|mail| mail.subject == subject).collect();
            let expected = changes.iter().filter(|change| change.ends_with(&format!(" to {state}"))).count();
            assert_eq!(found.len(), expected, "{subject}");
            found.iter().for_each(|mail| says_what_to_do(name, &mail.text));
        }
    }
}

#[track_caller]
fn says_what_to_do(name: &str, text: &str) {
    let runbook = format!("Runbook: https://runbooks.retainwise.example/churn/{}", name.strip_prefix(PREFIX).unwrap());
    for part in ["Severity: ", "Impact: ", "To do: ", &runbook] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// What is stored is what happened.
pub(super) async fn everything_is_counted(story: &Story) {
    story.stage.flush();
    for ((namespace, name), expected) in &story.happened {
        let input = json!({
            "Namespace": format!("RetainWise/{namespace}"), "MetricName": name, "Statistics": ["Sum"], "Period": 86_400,
            "StartTime": NOON - 86_400, "EndTime": NOON + 86_400,
        });
        let answer = story.stage.server.ask("GetMetricStatistics", &input).await;
        let points = answer["Datapoints"].as_array().unwrap();
        let sum: f64 = points.iter().map(|point| point["Sum"].as_f64().unwrap()).sum();
        assert_eq!(sum, *expected, "{namespace} {name}");
    }
    assert_eq!(story.stage.metrics.accounting().dropped_total(), 0);
}
