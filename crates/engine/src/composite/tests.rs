mod definition;
mod evaluation;
mod graph;
mod naive;
mod rule;
mod steps;
mod suppression;

use nepho_model::{AlarmState, Scope, Timestamp};

use super::*;

/// 2022-07-22 15:57:40 UTC.
const START: Timestamp = Timestamp::from_seconds(1_658_505_460);

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:ops";

fn scope() -> Scope {
    Scope::new("123456789012", "us-east-1")
}

fn parameters(name: &str, rule: &str) -> Parameters {
    Parameters {
        alarm_name: Some(name.to_owned()),
        alarm_rule: Some(rule.to_owned()),
        ok_actions: vec![format!("{TOPIC}-ok")],
        alarm_actions: vec![TOPIC.to_owned()],
        ..Parameters::default()
    }
}

fn alarm(name: &str, rule: &str) -> CompositeAlarm {
    CompositeAlarm::new(&scope(), parameters(name, rule)).unwrap()
}

/// An alarm that acts in every state.
fn suppressed(name: &str, rule: &str, suppressor: &str, wait_seconds: i32, extension_seconds: i32) -> CompositeAlarm {
    let parameters = Parameters {
        insufficient_data_actions: vec![format!("{TOPIC}-data")],
        actions_suppressor: Some(suppressor.to_owned()),
        actions_suppressor_wait_period: Some(wait_seconds),
        actions_suppressor_extension_period: Some(extension_seconds),
        ..parameters(name, rule)
    };
    CompositeAlarm::new(&scope(), parameters).unwrap()
}

/// States of alarms from `name=STATE name=STATE`.
fn states(text: &str) -> impl Fn(&str) -> Option<AlarmState> {
    let states: Vec<(String, AlarmState)> = text
        .split_whitespace()
        .map(|word| {
            let (name, state) = word.split_once('=').unwrap();
            (name.to_owned(), AlarmState::parse(state).unwrap())
        })
        .collect();
    move |name| states.iter().find(|(known, _)| known == name).map(|(_, state)| *state)
}
