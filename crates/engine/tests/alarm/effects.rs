//! What is done when states change: actions, warm-up, states set by hand.

use nepho_engine::FaultCode;
use nepho_engine::alarm::text::MAX_REASON_DATA;
use nepho_engine::alarm::{
    AlarmStatus, Effect, EvaluationState, MAX_REASON, MetricAlarm, Rule, RunCause, StateRequest, Step, set_state, step,
};
use nepho_model::AlarmState;

use super::text::{NOON, alarm, observed, status, stepped};

const ACTIONS: &str = "ok=arn:aws:sns:us-east-1:123456789012:fine \
     alarm=arn:aws:sns:us-east-1:123456789012:ops,arn:aws:lambda:us-east-1:123456789012:function:page \
     insufficient=arn:aws:sns:us-east-1:123456789012:unknown";

const SCALING: &str = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:id:autoScalingGroupName/g:policyName/p";

/// The last parts of the ARNs of the actions that are run, and whether because the state lasts.
fn runs(step: &Step) -> Vec<(String, bool)> {
    let run = |effect: &Effect| match effect {
        Effect::Run(run) => {
            let name = run.action.arn().rsplit(':').next().unwrap_or_default().to_owned();
            Some((name, matches!(run.cause, RunCause::Lasting(_))))
        }
        Effect::State(_) | Effect::Contributor(_) => None,
    };
    step.effects.iter().filter_map(run).collect()
}

fn once(names: &[&str]) -> Vec<(String, bool)> {
    names.iter().map(|name| ((*name).to_owned(), false)).collect()
}

#[test]
fn the_actions_of_the_new_state_are_run_once() {
    let alarm = alarm(ACTIONS);
    let cases = [
        (AlarmState::Ok, "9", &["ops", "page"][..]),
        (AlarmState::InsufficientData, "9", &["ops", "page"]),
        (AlarmState::Alarm, "9", &[]),
        (AlarmState::Alarm, "1", &["fine"]),
        (AlarmState::InsufficientData, "1", &["fine"]),
        (AlarmState::Ok, "", &["unknown"]),
        (AlarmState::InsufficientData, "", &[]),
    ];
    for (before, points, expected) in cases {
        let stepped = stepped(&alarm, before, points);
        assert_eq!(runs(&stepped), once(expected), "{before} {points}");
        let is_first = matches!(stepped.effects.first(), Some(Effect::State(_)) | None);
        assert!(is_first, "the state is written before it is acted on");
    }
}

#[test]
fn an_alarm_whose_actions_are_disabled_does_nothing() {
    let mut alarm = alarm(&format!("{ACTIONS} enabled=false"));
    let quiet = stepped(&alarm, AlarmState::Ok, "9");
    assert!(runs(&quiet).is_empty() && quiet.change().is_some());
    alarm.set_actions_enabled(true);
    assert_eq!(runs(&stepped(&alarm, AlarmState::Ok, "9")), once(&["ops", "page"]));
    // Nothing is made up for.
    assert!(runs(&stepped(&alarm, AlarmState::Alarm, "9")).is_empty());
}

#[test]
fn auto_scaling_is_told_every_minute() {
    let alarm = alarm(&format!("period=10 {ACTIONS},{SCALING} alarm={SCALING}"));
    let at = |before: AlarmState, seconds: i64, points: &str| {
        let now = NOON.plus_seconds(seconds);
        runs(&step(&alarm, &status(&alarm, before), &observed(&alarm, now, points), now))
    };
    let scaling = |is_repeat| vec![("policyName/p".to_owned(), is_repeat)];
    assert_eq!(at(AlarmState::Ok, 10, "9"), scaling(false));
    assert_eq!(at(AlarmState::Alarm, 0, "9"), scaling(true));
    assert_eq!(at(AlarmState::Alarm, 60, "9"), scaling(true));
    assert_eq!(at(AlarmState::Alarm, 30, "9"), []);
    assert_eq!(at(AlarmState::Alarm, 60, "1"), once(&["fine"]));
}

#[test]
fn a_new_alarm_knows_nothing() {
    let created = AlarmStatus::created(&alarm(""), NOON);
    assert_eq!(created.state.value, AlarmState::InsufficientData);
    assert_eq!(created.state.reason, "Unchecked: Initial alarm creation");
    assert_eq!((created.state.updated, created.transitioned, created.evaluation_state), (NOON, NOON, None));
    assert_eq!(created.state.reason_data, None);
}

/// The states of an alarm that was created at noon, minute by minute; `w` where it warms up.
fn warming(definition: &str, points: &[&str]) -> String {
    let alarm = alarm(definition);
    let mut status = AlarmStatus::created(&alarm, NOON);
    let mut word = |(at, points): (usize, &&str)| {
        let now = NOON.plus_seconds(60 * (at as i64 + 1));
        let step = step(&alarm, &status, &observed(&alarm, now, points), now);
        if let Some(changed) = step.status {
            status = *changed;
        }
        let is_in_warm_up = status.evaluation_state == Some(EvaluationState::InWarmUp);
        assert_eq!(is_in_warm_up, step.why.rule == Rule::WarmingUp);
        assert!(!is_in_warm_up || step.effects.is_empty());
        match (is_in_warm_up, step.state) {
            (true, AlarmState::InsufficientData) => "w",
            (false, AlarmState::Ok) => "0",
            (false, AlarmState::Alarm) => "X",
            (false, AlarmState::InsufficientData) => "?",
            other => panic!("{other:?}"),
        }
    };
    points.iter().enumerate().map(&mut word).collect()
}

#[test]
fn a_new_alarm_may_warm_up() {
    let whole = ["9", "9 9", "9 9 9", "9 9 9 9"];
    assert_eq!(warming("N=2 treat=breaching", &whole), "XXXX");
    assert_eq!(warming("N=2 treat=breaching warmup=4", &whole), "wXXX");
    assert_eq!(warming("N=2 treat=breaching warmup=4,end", &whole), "wwwX");
    let gaps = ["9", "9 -", "9 - 9", "9 - 9 -", "9 - 9 - 9"];
    assert_eq!(warming("N=2 treat=breaching warmup=4", &gaps), "wwwXX");
    assert_eq!(warming("N=2 treat=breaching warmup=4,end", &["", "", "", "", ""]), "wwwXX");
    // Once it is over it does not begin again.
    assert_eq!(warming("N=1 warmup=60", &["9", "", "", "9"]), "X??X");
}

#[test]
fn a_warm_up_that_is_taken_away_is_over() {
    let (before, after) = (alarm("warmup=60,end"), alarm(""));
    let created = AlarmStatus::created(&before, NOON);
    let waiting = step(&before, &created, &observed(&before, NOON, "9"), NOON);
    assert_eq!((waiting.state, waiting.status), (AlarmState::InsufficientData, None));
    assert_eq!(step(&after, &created, &observed(&after, NOON, "9"), NOON).state, AlarmState::Alarm);
    // One that comes later does not make an old alarm wait.
    let old = AlarmStatus::created(&after, NOON);
    assert_eq!(step(&before, &old, &observed(&before, NOON, "9"), NOON).state, AlarmState::Alarm);
}

fn set(alarm: &MetricAlarm, before: AlarmState, value: AlarmState) -> Step {
    let request = StateRequest::new(value, "by hand".to_owned(), Some("{\"a\":1}".to_owned())).unwrap();
    set_state(alarm, &status(alarm, before), request, NOON)
}

#[test]
fn a_state_that_is_set_by_hand_lasts_until_the_next_evaluation() {
    let alarm = alarm(ACTIONS);
    let forced = set(&alarm, AlarmState::Ok, AlarmState::Alarm);
    assert_eq!(forced.why.rule, Rule::SetByHand);
    assert_eq!(runs(&forced), once(&["ops", "page"]));
    let after = forced.status.unwrap();
    assert_eq!((after.state.value, after.state.reason.as_str()), (AlarmState::Alarm, "by hand"));
    assert_eq!(after.state.reason_data.as_deref(), Some("{\"a\":1}"));
    assert_eq!((after.state.updated, after.transitioned), (NOON, NOON));
    let later = NOON.plus_seconds(60);
    let back = step(&alarm, &after, &observed(&alarm, later, "1"), later);
    assert_eq!(back.state, AlarmState::Ok);
    assert_eq!(runs(&back), once(&["fine"]));
}

#[test]
fn the_state_that_it_is_may_be_set_as_well() {
    let alarm = alarm(ACTIONS);
    let same = set(&alarm, AlarmState::Alarm, AlarmState::Alarm);
    assert!(runs(&same).is_empty() && same.change().is_some());
    let after = same.status.unwrap();
    assert_eq!((after.state.updated, after.transitioned), (NOON, NOON.plus_seconds(-86_400)));
}

#[test]
fn what_is_set_by_hand_is_checked() {
    let request = |reason: usize, data: Option<String>| StateRequest::new(AlarmState::Ok, "x".repeat(reason), data);
    let json = |length: usize| Some(format!("\"{}\"", "x".repeat(length - 2)));
    assert!(request(MAX_REASON, json(MAX_REASON_DATA)).is_ok() && request(0, None).is_ok());
    assert_eq!(request(MAX_REASON + 1, None).unwrap_err().code(), FaultCode::Validation);
    assert_eq!(request(1, json(MAX_REASON_DATA + 1)).unwrap_err().code(), FaultCode::Validation);
    for text in ["", "{", "{} {}", "nothing"] {
        assert_eq!(request(1, Some(text.to_owned())).unwrap_err().code(), FaultCode::InvalidFormat, "{text}");
    }
}
