//! Turns: what follows from an evaluation, an operation or a deadline, in which order.

use nepho_engine::alarm::{AlarmStatus, step};
use nepho_engine::composite::{self, CompositeAlarm, CompositeState, Event};
use nepho_engine::mute::{self, MuteRule};
use nepho_engine::turn::{CompositeEntry, MetricEntry, MuteEntry, ScopeAlarms, Turn, Turned};
use nepho_model::Timestamp;

use super::text::{NOON, alarm, lines, observed, scope, zones};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:ops";

/// Alarms of a text, all in OK and with an action for ALARM: `name` is a metric alarm, `name = RULE [| suppressor wait
/// extension]` a composite one.
fn alarms(text: &str) -> ScopeAlarms {
    let mut alarms = ScopeAlarms::default();
    for line in lines(text) {
        match line.split_once(" = ") {
            None => drop(alarms.metric.insert(line.to_owned(), metric(line))),
            Some((name, rest)) => {
                let entry = composite(name, rest);
                alarms.graph.insert(&entry.alarm);
                alarms.composite.insert(name.to_owned(), entry);
            }
        }
    }
    for name in alarms.metric.keys().cloned().collect::<Vec<_>>() {
        turn(&mut alarms, NOON.plus_seconds(-60), &format!("{name} 1"));
    }
    let mut turn = Turn::new(&alarms, NOON.plus_seconds(-60));
    alarms.composite.keys().for_each(|name| turn.tell(name, Event::Created));
    turn.end().keep(&mut alarms);
    alarms
}

fn metric(name: &str) -> MetricEntry {
    let alarm = alarm(&format!("name={name} metric={name} alarm={TOPIC}"));
    let status = AlarmStatus::created(&alarm, NOON.plus_seconds(-3600));
    MetricEntry { alarm, status, updated: NOON }
}

fn composite(name: &str, text: &str) -> CompositeEntry {
    let (rule, suppressor) = text.split_once(" | ").unwrap_or((text, ""));
    let words: Vec<&str> = suppressor.split_whitespace().collect();
    let parameters = composite::Parameters {
        alarm_name: Some(name.to_owned()),
        alarm_rule: Some(rule.to_owned()),
        alarm_actions: vec![TOPIC.to_owned()],
        actions_suppressor: words.first().map(|name| (*name).to_owned()),
        actions_suppressor_wait_period: words.get(1).map(|seconds| seconds.parse().unwrap()),
        actions_suppressor_extension_period: words.get(2).map(|seconds| seconds.parse().unwrap()),
        ..composite::Parameters::default()
    };
    let alarm = CompositeAlarm::new(&scope(), parameters).unwrap();
    CompositeEntry { alarm, state: CompositeState::created(NOON.plus_seconds(-3600)), updated: NOON }
}

/// Mutes an alarm for some minutes from noon on.
fn mute(alarms: &mut ScopeAlarms, name: &str, minutes: u32) {
    let parameters = mute::Parameters {
        name: Some("quiet".to_owned()),
        expression: Some("at(2026-05-04T12:00)".to_owned()),
        duration: Some(format!("PT{minutes}M")),
        alarm_names: vec![name.to_owned()],
        ..mute::Parameters::default()
    };
    let rule = MuteRule::new(&scope(), parameters, &zones).unwrap();
    alarms.mutes.insert("quiet".to_owned(), MuteEntry { rule, created: NOON, updated: NOON });
}

/// Metric alarms see values: `name value`, with commas between.
fn turn(alarms: &mut ScopeAlarms, now: Timestamp, values: &str) -> String {
    let mut turn = Turn::new(alarms, now);
    for (name, value) in values.split(", ").map(|one| one.split_once(' ').unwrap()) {
        let entry = &alarms.metric[name];
        turn.take(entry, step(&entry.alarm, &entry.status, &observed(&entry.alarm, now, value), now));
    }
    keep(turn.end(), alarms)
}

fn deadlines(alarms: &mut ScopeAlarms, now: Timestamp) -> String {
    let mut turn = Turn::new(alarms, now);
    turn.reach_deadlines(now);
    keep(turn.end(), alarms)
}

/// `name=STATE` for each update in its order, and behind `!` whose actions are run.
fn keep(turned: Turned, alarms: &mut ScopeAlarms) -> String {
    let updates: Vec<_> = turned.updates.iter().map(|one| format!("{}={}", one.alarm, one.state)).collect();
    let runs: Vec<_> = turned.runs.iter().map(|run| run.alarm.as_str()).collect();
    let text = format!("{} ! {}", updates.join(" "), runs.join(" "));
    turned.keep(alarms);
    text.trim().to_owned()
}

#[test]
fn what_depends_on_an_alarm_follows_in_the_order_of_the_graph() {
    let mut alarms = alarms(
        "a
        b
        lower = ALARM(a) OR ALARM(b)
        higher = ALARM(lower) AND ALARM(a)
        both = ALARM(a) AND ALARM(b)",
    );
    assert_eq!(turn(&mut alarms, NOON, "a 9"), "a=ALARM lower=ALARM higher=ALARM ! a lower higher");
    assert_eq!(turn(&mut alarms, NOON.plus_seconds(60), "a 9, b 9"), "b=ALARM both=ALARM ! b both");
    // Each is told once of what came of both.
    let after = turn(&mut alarms, NOON.plus_seconds(120), "a 1, b 1");
    assert_eq!(after, "a=OK b=OK lower=OK higher=OK both=OK !");
    assert_eq!(turn(&mut alarms, NOON.plus_seconds(180), "a 1, b 1"), "!");
}

#[test]
fn what_is_not_kept_has_not_happened() {
    let mut alarms = alarms("a\nc = ALARM(a)");
    let turned = {
        let mut turn = Turn::new(&alarms, NOON);
        let entry = &alarms.metric["a"];
        turn.take(entry, step(&entry.alarm, &entry.status, &observed(&entry.alarm, NOON, "9"), NOON));
        turn.end()
    };
    assert!(!turned.is_empty() && turned.runs.len() == 2);
    drop(turned);
    assert_eq!(turn(&mut alarms, NOON.plus_seconds(60), "a 9"), "a=ALARM c=ALARM ! a c");
}

#[test]
fn a_suppressor_keeps_actions_until_its_period_ends() {
    let mut alarms = alarms(
        "a
        busy
        c = ALARM(a) | busy 30 90",
    );
    assert_eq!(turn(&mut alarms, NOON, "a 9"), "a=ALARM c=ALARM ! a");
    let ends = NOON.plus_seconds(30);
    assert_eq!(alarms.next_deadline(NOON), Some(ends));
    assert_eq!(deadlines(&mut alarms, NOON.plus_seconds(29)), "!");
    assert_eq!(deadlines(&mut alarms, ends), "! c");
    assert_eq!(alarms.next_deadline(ends), None);
}

#[test]
fn a_mute_rule_keeps_actions_until_its_window_ends() {
    let mut alarms = alarms("a\nc = ALARM(a)");
    mute(&mut alarms, "a", 5);
    assert_eq!(turn(&mut alarms, NOON, "a 9"), "a=ALARM c=ALARM ! c");
    let ends = NOON.plus_seconds(300);
    assert_eq!(alarms.next_deadline(NOON), Some(ends));
    assert_eq!(deadlines(&mut alarms, NOON.plus_seconds(299)), "!");
    assert_eq!(deadlines(&mut alarms, ends), "! a");
    assert_eq!(deadlines(&mut alarms, ends.plus_seconds(60)), "!", "once");
}
