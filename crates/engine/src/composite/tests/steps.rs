use super::*;

fn others(text: &str) -> impl Fn(&str) -> Option<OtherAlarm> {
    let states = states(text);
    move |name| states(name).map(|state| OtherAlarm { state, since: START.plus_seconds(5) })
}

/// What a step of an alarm without a suppressor did.
fn told(step: &Step) -> String {
    let told = step.effects.iter().map(|effect| match effect {
        Effect::StateUpdated { old, new } => format!("{} -> {} because {}", old.state, new.state, new.reason),
        Effect::RunActions { of, actions } => {
            format!("run {} after {}: {}", of.state, of.previous, actions.join(","))
        }
        Effect::SuppressActions { .. } => panic!("there is no suppressor"),
    });
    told.collect::<Vec<_>>().join("; ")
}

fn created(site: &CompositeAlarm, text: &str) -> Step {
    step(site, &CompositeState::created(START), Event::Created, &others(text), START.plus_seconds(5))
}

const ARN: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm";

#[test]
fn a_new_alarm_is_evaluated_at_once() {
    let site = alarm("Site", "ALARM(a) OR ALARM(b)");
    let new = CompositeState::created(START);
    assert_eq!((new.state, new.reason.as_str()), (AlarmState::InsufficientData, "Unchecked: Initial alarm creation"));
    let first = created(&site, "a=OK b=OK");
    assert_eq!(
        told(&first),
        format!(
            "INSUFFICIENT_DATA -> OK because {ARN}:Site was created and its alarm rule evaluates to OK; \
             run OK after INSUFFICIENT_DATA: {TOPIC}-ok"
        )
    );
    let state = first.state;
    assert_eq!((state.updated, state.transitioned), (START.plus_seconds(5), START.plus_seconds(5)));
    assert_eq!(
        state.reason_data.unwrap().text(),
        format!(
            r#"{{"triggeringAlarms":[{{"arn":"{ARN}:a","state":{{"value":"OK","timestamp":"2022-07-22T15:57:45.000+0000"}}}},{{"arn":"{ARN}:b","state":{{"value":"OK","timestamp":"2022-07-22T15:57:45.000+0000"}}}}]}}"#
        )
    );
    assert!(told(&created(&site, "a=OK b=ALARM")).contains("evaluates to ALARM; run ALARM after INSUFFICIENT_DATA"));
}

#[test]
fn a_child_changes_the_state_and_is_named() {
    let site = alarm("Site", "ALARM(a) OR ALARM(b)");
    let first = created(&site, "a=OK b=OK").state;
    let second = step(&site, &first, Event::ChildChanged("b"), &others("a=OK b=ALARM"), START.plus_seconds(6));
    assert_eq!(
        told(&second),
        format!(
            "OK -> ALARM because {ARN}:b transitioned to ALARM at Friday 22 July, 2022 15:57:45 UTC; \
             run ALARM after OK: {TOPIC}"
        )
    );
    assert_eq!(
        second.state.reason_data.as_ref().unwrap().text(),
        format!(
            r#"{{"triggeringAlarms":[{{"arn":"{ARN}:b","state":{{"value":"ALARM","timestamp":"2022-07-22T15:57:45.000+0000"}}}}]}}"#
        )
    );
    // A second child that changes nothing leaves everything as it is.
    let third = step(&site, &second.state, Event::ChildChanged("a"), &others("a=ALARM b=ALARM"), START.plus_seconds(7));
    assert_eq!(third, Step { state: second.state, effects: Vec::new() });
}

#[test]
fn others_change_nothing() {
    let site = alarm("Site", "ALARM(a)");
    let first = created(&site, "a=OK").state;
    for event in
        [Event::ChildChanged("x"), Event::ChildChanged("gone"), Event::SuppressorChanged, Event::DeadlineReached]
    {
        let step = step(&site, &first, event, &others("a=ALARM x=ALARM"), START.plus_seconds(6));
        assert_eq!(step, Step { state: first.clone(), effects: Vec::new() });
    }
}

#[test]
fn a_state_that_is_set_stays_until_a_child_changes() {
    let site = alarm("Site", "ALARM(a) OR ALARM(b)");
    let first = created(&site, "a=OK b=OK").state;
    let set = Event::StateSet { state: AlarmState::Alarm, reason: "a drill", reason_data: Some("{\"n\":1}") };
    let second = step(&site, &first, set, &others("a=OK b=OK"), START.plus_seconds(10));
    assert_eq!(told(&second), format!("OK -> ALARM because a drill; run ALARM after OK: {TOPIC}"));
    assert_eq!(second.state.reason_data, Some(ReasonData::Given("{\"n\":1}".to_owned())));
    let idle = step(&site, &second.state, Event::DeadlineReached, &others("a=OK b=OK"), START.plus_seconds(600));
    assert_eq!(idle, Step { state: second.state.clone(), effects: Vec::new() });
    let third = step(
        &site,
        &second.state,
        Event::ChildChanged("b"),
        &others("a=OK b=INSUFFICIENT_DATA"),
        START.plus_seconds(700),
    );
    assert_eq!(
        told(&third),
        format!(
            "ALARM -> OK because {ARN}:b transitioned to INSUFFICIENT_DATA at Friday 22 July, 2022 15:57:45 UTC; \
             run OK after ALARM: {TOPIC}-ok"
        )
    );
}

#[test]
fn setting_the_state_that_there_is_changes_the_reason_alone() {
    let site = alarm("Site", "ALARM(a)");
    let first = created(&site, "a=OK").state;
    let set = Event::StateSet { state: AlarmState::Ok, reason: "still fine", reason_data: None };
    let second = step(&site, &first, set, &others("a=OK"), START.plus_seconds(10));
    assert_eq!(told(&second), "OK -> OK because still fine");
    let state = second.state;
    assert_eq!((state.updated, state.transitioned), (START.plus_seconds(10), START.plus_seconds(5)));
    assert_eq!((state.reason_data, state.previous), (None, AlarmState::InsufficientData));
}

#[test]
fn setting_a_state_is_suppressed_like_any_change() {
    let site = suppressed("Site", "ALARM(a)", "S", 60, 60);
    let first = created(&site, "a=OK S=OK").state;
    assert_eq!(first.suppression, Suppression::WaitPeriod { until: START.plus_seconds(65) });
    let set = Event::StateSet { state: AlarmState::Alarm, reason: "a drill", reason_data: None };
    let second = step(&site, &first, set, &others("a=OK S=ALARM"), START.plus_seconds(20));
    assert_eq!(second.state.suppression, Suppression::Alarm { is_pending: true });
}

#[test]
fn another_rule_is_evaluated_at_once() {
    let before = alarm("Site", "ALARM(a)");
    let first = created(&before, "a=OK b=ALARM").state;
    let after = alarm("Site", "ALARM(b)");
    let second = step(&after, &first, Event::Replaced(&before), &others("a=OK b=ALARM"), START.plus_seconds(30));
    assert_eq!(
        told(&second),
        format!(
            "OK -> ALARM because {ARN}:Site was updated and its new alarm rule evaluates to ALARM; \
             run ALARM after OK: {TOPIC}"
        )
    );
    assert_eq!(second.state.reason_data.unwrap().triggering()[0].arn, format!("{ARN}:b"));
    // One that comes to the same leaves the state alone, and its reason.
    let same = step(&before, &first, Event::Replaced(&before), &others("a=OK b=ALARM"), START.plus_seconds(30));
    assert_eq!(same, Step { state: first, effects: Vec::new() });
}

#[test]
fn actions_run_if_there_are_any_and_if_they_are_enabled() {
    let mut site = alarm("Site", "ALARM(a)");
    let first = created(&site, "a=OK").state;
    let none = Event::StateSet { state: AlarmState::InsufficientData, reason: "a drill", reason_data: None };
    let second = step(&site, &first, none, &others("a=OK"), START.plus_seconds(10));
    assert_eq!(told(&second), "OK -> INSUFFICIENT_DATA because a drill");
    site.set_actions_enabled(false);
    let third = step(&site, &first, Event::ChildChanged("a"), &others("a=ALARM"), START.plus_seconds(10));
    assert_eq!(third.state.state, AlarmState::Alarm);
    assert_eq!(third.effects.len(), 1);
}

#[test]
fn actions_that_are_late_are_those_of_the_state_that_they_are_of() {
    let site = suppressed("Site", "ALARM(a)", "S", 60, 60);
    let waiting = created(&site, "a=ALARM S=OK").state;
    let late = step(&site, &waiting, Event::ChildChanged("a"), &others("a=OK S=OK"), START.plus_seconds(65));
    let [Effect::RunActions { of, actions }, Effect::StateUpdated { old, new }, Effect::SuppressActions { state, .. }] =
        &late.effects[..]
    else {
        panic!("{:?}", late.effects);
    };
    assert_eq!((of.state, of.previous), (AlarmState::Alarm, AlarmState::InsufficientData));
    assert_eq!((&of.reason, &actions[..]), (&waiting.reason, &[TOPIC.to_owned()][..]));
    assert_eq!((old.suppression, old.state), (Suppression::NotSuppressed, AlarmState::Alarm));
    assert_eq!((new.state, *state), (AlarmState::Ok, AlarmState::Ok));
}
