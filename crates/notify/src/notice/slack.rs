//! What an incoming webhook of Slack is sent.

use serde_json::{Value, json};

use super::alarm::{AlarmNotice, AlarmState};
use super::datapoints::sparkline;
use super::description::Severity;
use super::{Told, cut};
use crate::links::explain_url;

/// The most characters of one text; Slack takes 3000.
pub const SLACK_TEXT_MAX: usize = 2900;
/// The most characters of a headline; Slack takes 150.
const HEADLINE_MAX: usize = 150;
/// The most datapoints that are shown.
const DATAPOINTS_MAX: usize = 12;

/// The body of the request.
pub fn slack_message(told: &Told<'_>) -> Value {
    match AlarmNotice::read(told.message) {
        Some(notice) => of_alarm(&notice, told),
        None => of_text(told),
    }
}

/// Escapes what Slack takes for markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn text(markup: &str) -> Value {
    json!({"type": "mrkdwn", "text": cut(markup, SLACK_TEXT_MAX)})
}

fn section(markup: &str) -> Value {
    json!({"type": "section", "text": text(markup)})
}

fn headline(plain: &str) -> Value {
    json!({"type": "header", "text": {"type": "plain_text", "text": cut(plain, HEADLINE_MAX), "emoji": false}})
}

fn color(notice: &AlarmNotice) -> &'static str {
    match (notice.state, notice.severity()) {
        (AlarmState::Ok, _) => "#2eb67d",
        (AlarmState::InsufficientData, _) => "#9e9e9e",
        (AlarmState::Alarm, Severity::Critical | Severity::Error) => "#e01e5a",
        (AlarmState::Alarm, Severity::Warning) => "#ecb22e",
        (AlarmState::Alarm, Severity::Info) => "#36c5f0",
    }
}

fn of_alarm(notice: &AlarmNotice, told: &Told<'_>) -> Value {
    let mut blocks = vec![headline(&notice.summary(HEADLINE_MAX))];
    blocks.extend(notice.notes.iter().map(|note| section(&escaped(note))));
    let description = &notice.description;
    if !description.text.is_empty() {
        blocks.push(section(&escaped(&description.text)));
    }
    if let Some(impact) = &description.impact {
        blocks.push(section(&format!("*Impact*\n{}", escaped(impact))));
    }
    if let Some(runbook) = &description.runbook {
        let runbook = match description.runbook_url() {
            Some(url) => format!("<{}>", escaped(url)),
            None => escaped(runbook),
        };
        blocks.push(section(&format!("*What to do*\n{runbook}")));
    }
    blocks.push(fields(notice));
    blocks.push(section(&format!("*Why*\n{}", escaped(&notice.reason))));
    if let Some(recent) = recent(notice) {
        blocks.push(section(&format!("*Recent datapoints*\n{recent}")));
    }
    let explanation =
        format!("<{}|Explain this alarm>", escaped(&explain_url(told.base_url, &notice.name, &notice.arn)));
    let graph = told.graph_url.map(|url| format!("<{}|Graph> · ", escaped(url))).unwrap_or_default();
    blocks.push(json!({"type": "context", "elements": [text(&format!(
        "{graph}{explanation} · {} · {}", escaped(&notice.changed), escaped(told.topic)
    ))]}));
    json!({
        "text": cut(&escaped(&notice.summary(SLACK_TEXT_MAX)), SLACK_TEXT_MAX),
        "attachments": [{"color": color(notice), "blocks": blocks}],
    })
}

fn fields(notice: &AlarmNotice) -> Value {
    let mut fields = vec![
        text(&format!("*State*\n{} → {}", escaped(&notice.old_state), notice.state.as_str())),
        text(&format!("*Severity*\n{}", notice.severity().as_str())),
    ];
    if let Some(watched) = &notice.watched {
        fields.push(text(&format!("*Metric*\n{}", escaped(&watched.line()))));
    }
    fields.push(text(&format!("*Account*\n{}", escaped(&notice.account))));
    json!({"type": "section", "fields": fields})
}

/// The datapoints of the reason as blocks, the oldest on the left, and as numbers.
fn recent(notice: &AlarmNotice) -> Option<String> {
    let mut values: Vec<_> = notice.datapoints.iter().take(DATAPOINTS_MAX).map(|one| one.value).collect();
    values.reverse();
    let numbers: Vec<_> = values.iter().map(f64::to_string).collect();
    (!values.is_empty()).then(|| format!("`{}`  {}", sparkline(&values), numbers.join(" · ")))
}

fn of_text(told: &Told<'_>) -> Value {
    let subject = told.subject.unwrap_or("Notification");
    json!({
        "text": cut(&escaped(subject), SLACK_TEXT_MAX),
        "blocks": [
            headline(subject),
            section(&escaped(told.message)),
            {"type": "context", "elements": [text(&format!("{} · {}", escaped(told.published), escaped(told.topic)))]},
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::alarm::tests::message;

    fn told<'a>(message: &'a str, subject: Option<&'a str>) -> Told<'a> {
        Told {
            message_id: "m",
            topic: "arn:aws:sns:us-east-1:000000000000:alerts",
            subject,
            message,
            published: "2026-05-04T12:01:00.000Z",
            base_url: "http://nepho",
            graph_url: Some("http://nepho/graphs/x.svg"),
        }
    }

    /// All texts of a message, a line each.
    fn texts(value: &Value) -> Vec<String> {
        match value {
            Value::String(text) => vec![text.clone()],
            Value::Array(all) => all.iter().flat_map(texts).collect(),
            Value::Object(members) => {
                members.iter().filter(|(name, _)| *name != "type").flat_map(|(_, v)| texts(v)).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn an_alarm_says_what_it_means_and_what_to_do() {
        let description = "Busy <web>.\nSeverity: critical\nImpact: slow pages\nRunbook: https://wiki/load?a=1&b=2";
        let alarm = message("ALARM", Some(description));
        let body = slack_message(&told(&alarm, None));
        assert_eq!(body["attachments"][0]["color"], "#e01e5a");
        let texts = texts(&body);
        for expected in [
            "ALARM: \"High <load> & more\" in US East (N. Virginia)",
            "ALARM: \"High &lt;load&gt; &amp; more\" in US East (N. Virginia)",
            "Busy &lt;web&gt;.",
            "*Impact*\nslow pages",
            "*What to do*\n<https://wiki/load?a=1&amp;b=2>",
            "*State*\nOK → ALARM",
            "*Severity*\ncritical",
            "*Metric*\nShop Load {Service=web} AVERAGE, 60 s",
            "*Recent datapoints*\n`▁█`  11 · 22",
            "<http://nepho/graphs/x.svg|Graph> · <http://nepho/alarms/explain?name=High%20%3Cload%3E%20%26%20more&amp;region=us-east-1|Explain this alarm> · \
             2026-05-04T12:01:00.000+0000 · arn:aws:sns:us-east-1:000000000000:alerts",
        ] {
            assert!(texts.iter().any(|text| text == expected), "{expected}\n{texts:#?}");
        }
        assert_eq!(slack_message(&told(&message("OK", None), None))["attachments"][0]["color"], "#2eb67d");
    }

    #[test]
    fn what_a_message_stands_for_is_said_first() {
        let alarm = message("ALARM", None);
        let note = r#","NephoscopeNoise":{"Kind":"Repeats","Text":"3 changes & more","Messages":3}}"#;
        let noted = format!("{}{note}", alarm.strip_suffix('}').unwrap());
        let body = slack_message(&told(&noted, None));
        assert_eq!(body["attachments"][0]["blocks"][1]["text"]["text"], "3 changes &amp; more");
    }

    #[test]
    fn the_headline_has_what_the_subject_has() {
        // A group's headline was that of the alarm that leads it.
        let group = |name: &str| {
            let alarm = message("ALARM", None).replace("High <load> & more", name);
            let note =
                r#","NephoscopeGroup":{"Kind":"Group","Text":"2 alarms","Short":"and 1 more alarm","Messages":2}}"#;
            slack_message(&told(&format!("{}{note}", alarm.strip_suffix('}').unwrap()), None))
        };
        let headline = |body: &Value| body["attachments"][0]["blocks"][0]["text"]["text"].as_str().unwrap().to_owned();
        let body = group("a");
        let expected = "ALARM: \"a\" in US East (N. Virginia) (and 1 more alarm)";
        assert_eq!((headline(&body).as_str(), body["text"].as_str()), (expected, Some(expected)));
        let long = headline(&group(&"a".repeat(255)));
        assert_eq!((long.chars().count(), long.ends_with("a… (and 1 more alarm)")), (HEADLINE_MAX, true));
    }

    #[test]
    fn other_messages_are_shown_as_they_are() {
        let body = slack_message(&told("a <b> & c", Some("Deployed")));
        assert_eq!(body["text"], "Deployed");
        assert_eq!(body["blocks"][1]["text"]["text"], "a &lt;b&gt; &amp; c");
        let long = "é".repeat(SLACK_TEXT_MAX + 1);
        let cut = slack_message(&told(&long, None))["blocks"][1]["text"]["text"].as_str().unwrap().to_owned();
        assert_eq!((cut.chars().count(), cut.chars().last()), (SLACK_TEXT_MAX, Some('…')));
        let fits = "é".repeat(SLACK_TEXT_MAX);
        assert_eq!(slack_message(&told(&fits, None))["blocks"][1]["text"]["text"], fits);
    }
}
