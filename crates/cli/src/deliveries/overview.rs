//! Deliveries as a table, a row each.

use jiff::tz::TimeZone;

use super::ledger::{Delivery, local};
use crate::table::{Side, Table};

/// Characters of a message's id that tell it from others.
const SHORT_ID: usize = 8;

/// For people: what matters, and an id that is long enough to ask for more.
pub(super) fn people(deliveries: &[Delivery], zone: &TimeZone) -> Table {
    let mut table = Table::new([
        ("PUBLISHED", Side::Left),
        ("STATE", Side::Left),
        ("TRIES", Side::Right),
        ("TO", Side::Left),
        ("WHAT", Side::Left),
        ("WHY", Side::Left),
        ("MESSAGE", Side::Left),
    ]);
    for delivery in deliveries {
        table.row(vec![
            short_time(&delivery.published, zone),
            delivery.state.clone(),
            delivery.attempts.to_string(),
            receiver(delivery),
            delivery.what().to_owned(),
            delivery.why(),
            delivery.message_id.chars().take(SHORT_ID).collect(),
        ]);
    }
    table
}

/// The year and the zone are those that everybody expects.
fn short_time(time: &str, zone: &TimeZone) -> String {
    local(time, zone).get(5..19).unwrap_or(time).to_owned()
}

/// The protocol, unless the receiver tells it.
fn receiver(delivery: &Delivery) -> String {
    match delivery.protocol.as_str() {
        "http" | "https" | "sqs" => delivery.endpoint.clone(),
        protocol => format!("{protocol} {}", delivery.endpoint),
    }
}

/// For programs: whole values.
pub(super) fn programs(deliveries: &[Delivery], zone: &TimeZone) -> Table {
    let columns = ["PUBLISHED", "STATE", "TRIES", "PROTOCOL", "TO", "TOPIC", "WHAT", "WHY", "MESSAGE"];
    let mut table = Table::new(columns.map(|name| (name, Side::Left)));
    for delivery in deliveries {
        table.row(vec![
            local(&delivery.published, zone),
            delivery.state.clone(),
            delivery.attempts.to_string(),
            delivery.protocol.clone(),
            delivery.endpoint.clone(),
            delivery.topic().to_owned(),
            delivery.what().replace('\t', " "),
            delivery.why(),
            delivery.message_id.clone(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ledger::tests::delivery;
    use super::*;
    use crate::terminal::Palette;

    #[test]
    fn people_see_what_matters_and_programs_everything() {
        let failed =
            json!([{"At": "2026-05-04T12:00:00Z", "TookMilliseconds": 5, "Outcome": "failed", "Said": "no answer"}]);
        let deliveries = [delivery("waiting", &failed), delivery("delivered", &json!([]))];
        let shown = people(&deliveries, &TimeZone::UTC).aligned(90, Palette::Plain);
        assert_eq!(shown.lines().count(), 3);
        assert!(shown.lines().all(|line| line.chars().count() <= 90), "{shown}");
        assert!(shown.contains("no answer  22b80b92"), "{shown}");
        let expected = "2026-05-04 12:00:00+00:00\twaiting\t1\thttps\thttps://example.com/hook\talerts\tALARM: \"Load\" in US \
                        East (N. Virginia)\tno answer\t22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n";
        assert_eq!(programs(&deliveries[..1], &TimeZone::UTC).tabbed(), expected);
    }
}
