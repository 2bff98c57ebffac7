//! What mail about an alarm says below what AWS says.

use super::Told;
use super::alarm::AlarmNotice;
use super::datapoints::sparkline;
use crate::links::explain_url;

/// The most datapoints that are listed.
const DATAPOINTS_MAX: usize = 12;
/// Where values begin, as in the text above.
const COLUMN: usize = 28;

/// The lines; none when it is no message of an alarm.
pub fn lines(told: &Told<'_>) -> Option<String> {
    let notice = AlarmNotice::read(told.message)?;
    let description = &notice.description;
    let mut lines = String::from("What To Do:\n");
    let mut line = |name: &str, value: &str| {
        let name = format!("- {name}:");
        lines.push_str(&format!("{name:COLUMN$}  {value}\n"));
    };
    line("Severity", notice.severity().as_str());
    line("Impact", description.impact.as_deref().unwrap_or("not specified"));
    line("Runbook", description.runbook.as_deref().unwrap_or("not specified"));
    if !notice.datapoints.is_empty() {
        let mut values: Vec<_> = notice.datapoints.iter().take(DATAPOINTS_MAX).map(|one| one.value).collect();
        values.reverse();
        let numbers: Vec<_> = values.iter().map(f64::to_string).collect();
        line("Recent Datapoints", &format!("{} ({})", numbers.join(", "), sparkline(&values)));
    }
    if let Some(url) = told.graph_url {
        line("Graph", url);
    }
    line("Explanation", &explain_url(told.base_url, &notice.name, &notice.arn));
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::alarm::tests::message;

    fn told(message: &str) -> Told<'_> {
        Told {
            message_id: "m",
            topic: "arn:aws:sns:us-east-1:000000000000:alerts",
            subject: None,
            message,
            published: "2026-05-04T12:01:00.000Z",
            base_url: "http://nepho",
            graph_url: Some("http://nepho/graphs/x.svg"),
        }
    }

    #[test]
    fn an_alarm_says_what_it_means_and_what_to_do() {
        let description = "Busy.\nSeverity: critical\nImpact: slow pages\nRunbook: https://wiki/load";
        let expected = "What To Do:\n\
                        - Severity:                   critical\n\
                        - Impact:                     slow pages\n\
                        - Runbook:                    https://wiki/load\n\
                        - Recent Datapoints:          11, 22 (▁█)\n\
                        - Graph:                      http://nepho/graphs/x.svg\n\
                        - Explanation:                \
                        http://nepho/alarms/explain?name=High%20%3Cload%3E%20%26%20more&region=us-east-1\n";
        assert_eq!(lines(&told(&message("ALARM", Some(description)))).as_deref(), Some(expected));
        let nothing = lines(&told(&message("ALARM", None))).unwrap();
        assert!(nothing.contains("- Runbook:                    not specified\n"), "{nothing}");
        assert_eq!(lines(&told("The load is high.")), None);
    }
}
