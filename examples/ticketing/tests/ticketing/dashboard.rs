//! The dashboard is a body that CloudWatch takes, and shows what is really emitted.

use std::collections::BTreeSet;

use serde_json::Value;
use ticketing::domain::{NAMESPACE, SERVICE};

use crate::table::TABLE;

const COLUMNS: u64 = 24;

fn body() -> Value {
    serde_json::from_str(include_str!("../../dashboard.json")).unwrap()
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The metrics of a widget, with `.` and `...` written out.
fn metrics(widget: &Value) -> Vec<(Vec<String>, Value)> {
    let mut before: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for entry in list(&widget["properties"], "metrics") {
        let entry = entry.as_array().unwrap();
        let render = entry.last().filter(|last| last.is_object()).cloned().unwrap_or_default();
        let words: Vec<&str> = entry.iter().filter_map(Value::as_str).collect();
        let words: Vec<String> = match words.split_first() {
            Some((&"...", tail)) => {
                let copied = before[..before.len() - tail.len()].iter().cloned();
                copied.chain(tail.iter().map(|word| (*word).to_owned())).collect()
            }
            _ => words
                .iter()
                .enumerate()
                .map(|(at, word)| if *word == "." { before[at].clone() } else { (*word).to_owned() })
                .collect(),
        };
        if !words.is_empty() {
            before.clone_from(&words);
        }
        all.push((words, render));
    }
    all
}

#[test]
fn widgets_are_in_the_grid_and_have_what_they_need() {
    let body = body();
    let mut cells = BTreeSet::new();
    for widget in list(&body, "widgets") {
        let number = |member: &str| widget[member].as_u64().unwrap();
        let properties = &widget["properties"];
        assert_eq!(widget["type"], "metric");
        assert!(number("x") + number("width") <= COLUMNS, "{widget}");
        assert!(properties["region"].is_string() && properties["title"].is_string(), "{widget}");
        assert_eq!(properties["period"].as_u64().unwrap() % 60, 0, "{widget}");
        for x in number("x")..number("x") + number("width") {
            for y in number("y")..number("y") + number("height") {
                assert!(cells.insert((x, y)), "two widgets at {x}, {y}");
            }
        }
    }
}

#[test]
fn what_is_shown_is_what_is_emitted() {
    let body = body();
    let mut shown = BTreeSet::new();
    for widget in list(&body, "widgets") {
        let metrics = metrics(widget);
        let ids: BTreeSet<_> = metrics.iter().filter_map(|(_, render)| render["id"].as_str()).collect();
        for (words, render) in &metrics {
            if let Some(expression) = render["expression"].as_str() {
                assert!(words.is_empty(), "{widget}");
                assert!(expression.starts_with("SEARCH(") || ["success", "attempts"].iter().all(|id| ids.contains(id)));
                continue;
            }
            let (name, dimensions) = (words[1].as_str(), &words[2..]);
            assert_eq!(words[0], NAMESPACE);
            let (_, _, own) = TABLE.iter().find(|(of_table, ..)| *of_table == name).unwrap_or_else(|| panic!("{name}"));
            let names: Vec<&str> = dimensions.iter().step_by(2).map(String::as_str).collect();
            assert_eq!(names, ["Service", "Environment"].into_iter().chain(*own).collect::<Vec<_>>(), "{name}");
            assert_eq!(dimensions[1], SERVICE);
            shown.insert((name.to_owned(), render["stat"].as_str().unwrap().to_owned()));
        }
    }
    let expected = [
        ("booking.attempts", "Sum"),
        ("booking.duration", "p50"),
        ("booking.duration", "p95"),
        ("booking.duration", "p99"),
        ("booking.success", "Sum"),
        ("consumer.lag", "Average"),
        ("consumer.lag", "Maximum"),
    ];
    assert_eq!(shown, expected.map(|(name, stat)| (name.to_owned(), stat.to_owned())).into());
    let failures = "SEARCH('{TicketingSystem/Booking,Service,Environment,error_type} MetricName=\"booking.failure\" \
                    Environment=\"production\"', 'Sum', 60)";
    assert!(
        list(&body, "widgets").iter().any(|widget| widget["properties"]["metrics"][0][0]["expression"] == failures)
    );
}
