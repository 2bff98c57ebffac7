//! The dashboards are bodies that CloudWatch takes, and show what is really there.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::journey::is_stored;
use crate::story::alarms;

const COLUMNS: u64 = 24;

fn widgets(text: &str) -> Vec<Value> {
    let body: Value = serde_json::from_str(text).unwrap();
    body["widgets"].as_array().unwrap().clone()
}

fn bodies() -> [(&'static str, Vec<Value>); 2] {
    [
        ("live", widgets(include_str!("../../dashboards/live.json"))),
        ("week", widgets(include_str!("../../dashboards/week.json"))),
    ]
}

#[test]
fn widgets_are_in_the_grid_beside_each_other() {
    for (name, widgets) in bodies() {
        let mut cells = BTreeSet::new();
        for widget in &widgets {
            let number = |member: &str| widget[member].as_u64().unwrap();
            assert!(number("x") + number("width") <= COLUMNS, "{name}: {widget}");
            for x in number("x")..number("x") + number("width") {
                for y in number("y")..number("y") + number("height") {
                    assert!(cells.insert((x, y)), "{name}: two widgets at {x}, {y}");
                }
            }
        }
    }
}

#[test]
fn every_metric_is_one_that_is_stored() {
    for (name, widgets) in bodies() {
        for widget in widgets.iter().filter(|widget| widget["type"] == "metric") {
            for entry in widget["properties"]["metrics"].as_array().unwrap() {
                let words: Vec<&str> = entry.as_array().unwrap().iter().filter_map(Value::as_str).collect();
                let [namespace, metric, pairs @ ..] = words.as_slice() else { continue };
                let pairs: Vec<_> = pairs.chunks(2).map(|pair| (pair[0], pair[1])).collect();
                assert!(is_stored(namespace, metric, &pairs), "{name}: {words:?}");
            }
        }
    }
}

#[test]
fn every_alarm_is_the_health_of_one_component() {
    let [(_, live), _] = bodies();
    let shown = live.iter().filter(|widget| widget["type"] == "alarm");
    let shown = shown.flat_map(|widget| widget["properties"]["alarms"].as_array().unwrap().clone());
    let mut shown: Vec<String> =
        shown.map(|arn| arn.as_str().unwrap().rsplit(':').next().unwrap().to_owned()).collect();
    let mut there: Vec<String> = alarms().iter().map(|it| it["AlarmName"].as_str().unwrap().to_owned()).collect();
    shown.sort();
    there.sort();
    assert_eq!(shown, there);
}
