//! Deliveries one by one, with every attempt.

use jiff::tz::TimeZone;

use super::ledger::{Delivery, Try, local};
use crate::table::{Side, Table};
use crate::terminal::{Ink, Palette};

/// The text of deliveries, with an empty line between two.
pub(super) fn text(deliveries: &[Delivery], zone: &TimeZone, palette: Palette) -> String {
    deliveries.iter().map(|delivery| one(delivery, zone, palette)).collect::<Vec<_>>().join("\n")
}

fn one(delivery: &Delivery, zone: &TimeZone, palette: Palette) -> String {
    let mut lines = vec![
        ("message", delivery.message_id.clone()),
        ("what", delivery.what().to_owned()),
        ("topic", delivery.topic_arn.clone()),
        ("subscription", delivery.subscription_arn.clone()),
        ("to", format!("{} {}", delivery.protocol, delivery.endpoint)),
        ("published", local(&delivery.published, zone)),
        ("state", delivery.state.clone()),
    ];
    lines.extend(delivery.due.as_deref().map(|due| ("next attempt", local(due, zone))));
    lines.extend(delivery.ended.as_deref().map(|ended| ("ended", local(ended, zone))));
    lines.extend(delivery.dead_letter_target_arn.clone().map(|queue| ("dead letters", queue)));
    lines.extend(delivery.folded_into.clone().map(|message| ("folded into", message)));
    lines.push(("attempts", delivery.attempts.to_string()));
    let mut text: String = lines.iter().map(|(name, value)| line(name, value, palette)).collect();
    if !delivery.tries.is_empty() {
        text.push_str(&tries(delivery, zone).aligned(usize::MAX, palette));
    }
    text
}

fn line(name: &str, value: &str, palette: Palette) -> String {
    format!("{} {value}\n", palette.paint(Ink::Faint, &format!("{name:<12}")))
}

/// Every attempt, the first one first; those of the middle may be left out.
fn tries(delivery: &Delivery, zone: &TimeZone) -> Table {
    let columns = [("  AT", Side::Left), ("TOOK", Side::Right), ("OUTCOME", Side::Left), ("ANSWER", Side::Left)];
    let mut table = Table::new(columns);
    let middle = delivery.tries.len() / 2;
    for (position, attempt) in delivery.tries.iter().enumerate() {
        if position == middle && delivery.tries_left_out > 0 {
            let left_out = format!("  … {} left out", delivery.tries_left_out);
            table.row(vec![left_out, String::new(), String::new(), String::new()]);
        }
        table.row(cells(attempt, zone));
    }
    table
}

fn cells(attempt: &Try, zone: &TimeZone) -> Vec<String> {
    let place = if attempt.at_dead_letter_queue { ", dead letters" } else { "" };
    vec![
        format!("  {}", local(&attempt.at, zone)),
        format!("{} ms", attempt.took_milliseconds),
        format!("{}{place}", attempt.outcome),
        attempt.answer(),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ledger::tests::delivery;
    use super::*;

    #[test]
    fn every_attempt_is_shown() {
        let mut shown = delivery(
            "dead-lettered",
            &json!([
                {"At": "2026-05-04T12:00:00Z", "TookMilliseconds": 5, "Outcome": "failed", "Status": 503, "Said": "busy"},
                {"At": "2026-05-04T12:00:20Z", "TookMilliseconds": 15, "Outcome": "delivered", "AtDeadLetterQueue": true},
            ]),
        );
        shown.ended = Some("2026-05-04T12:00:21Z".to_owned());
        shown.dead_letter_target_arn = Some("arn:aws:sqs:us-east-1:000000000000:dead".to_owned());
        shown.tries_left_out = 3;
        let expected = "\
message      22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324
what         ALARM: \"Load\" in US East (N. Virginia)
topic        arn:aws:sns:us-east-1:000000000000:alerts
subscription arn:aws:sns:us-east-1:000000000000:alerts:8a21d249-4329-4871-acc6-7be709c6ea7f
to           https https://example.com/hook
published    2026-05-04 12:00:00+00:00
state        dead-lettered
ended        2026-05-04 12:00:21+00:00
dead letters arn:aws:sqs:us-east-1:000000000000:dead
attempts     1
  AT                          TOOK  OUTCOME                  ANSWER
  2026-05-04 12:00:00+00:00   5 ms  failed                   503 busy
  … 3 left out
  2026-05-04 12:00:20+00:00  15 ms  delivered, dead letters
";
        assert_eq!(text(&[shown], &TimeZone::UTC, Palette::Plain), expected);
    }
}
