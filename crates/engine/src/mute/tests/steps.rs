//! The scenarios of the guide, and those that follow from its rules.

use nepho_model::AlarmState;

use super::*;

/// What is done as an alarm changes (`3=ALARM`), rules change (`6!`), and time passes.
///
/// Rules are stretches `from-to` of minutes; a stretch is followed until a `!` takes it away. An alarm acts in every
/// state.
fn play(stretches: &[(i64, i64)], events: &str) -> String {
    let mut stretches = stretches.to_vec();
    let mut state = AlarmState::Ok;
    let mut muted = None;
    let mut told = Vec::new();
    let mut events = events.split_whitespace().peekable();
    for minute in 0..20 {
        let due = events.next_if(|event| event.split(['=', '!']).next() == Some(&minute.to_string()));
        if due.is_some_and(|event| event.ends_with('!')) {
            stretches.clear();
        }
        let changed = due.and_then(|event| event.split_once('=')).map(|(_, name)| AlarmState::parse(name).unwrap());
        let muting = muting_of(&stretches, minute);
        let mut take = |event, state, muted: &mut Option<MutedState>| {
            let step = step(*muted, event, state, muting.as_ref());
            *muted = step.muted;
            told.extend(step.effect.map(|effect| match effect {
                Effect::RunActions { is_after_mute_window: false } => format!("{minute} run {state}"),
                Effect::RunActions { is_after_mute_window: true } => format!("{minute} run {state} after window"),
                Effect::MuteActions => format!("{minute} mute {state}"),
            }));
        };
        // The caller may look as often as it likes.
        take(Event::MutingChanged, state, &mut muted);
        if let Some(next) = changed {
            state = next;
            take(Event::ActionsDue, state, &mut muted);
        }
    }
    assert_eq!(events.next(), None);
    told.join(", ")
}

fn muting_of(stretches: &[(i64, i64)], minute: i64) -> Option<Muting> {
    let at = |minute: i64| utc("2026-05-04T00:00").plus_seconds(minute * 60);
    let active = stretches.iter().filter(|(from, to)| (*from..*to).contains(&minute));
    active.clone().next().map(|(from, to)| Muting {
        rule: "Night".to_owned(),
        arn: String::new(),
        others: active.count() - 1,
        window: MuteWindow { start: at(*from), end: at(*to) },
        until: at(*to),
    })
}

#[test]
fn the_scenarios_of_the_guide() {
    // The alarm comes back before the window ends: what ran is the action of the state that it is in, not of ALARM.
    assert_eq!(play(&[(1, 5)], "2=ALARM 4=OK"), "2 mute ALARM, 4 mute OK, 5 run OK after window");
    assert_eq!(play(&[(1, 5)], "2=ALARM"), "2 mute ALARM, 5 run ALARM after window");
    assert_eq!(play(&[(1, 5), (3, 9)], "2=ALARM"), "2 mute ALARM, 9 run ALARM after window");
    assert_eq!(play(&[(1, 8)], "2=ALARM 6!"), "2 mute ALARM, 6 run ALARM after window");
}

#[test]
fn actions_run_at_once_outside_of_windows() {
    assert_eq!(play(&[], "2=ALARM 4=OK"), "2 run ALARM, 4 run OK");
    assert_eq!(play(&[(1, 5)], "5=ALARM"), "5 run ALARM");
    assert_eq!(play(&[(3, 5)], "2=ALARM"), "2 run ALARM");
}

#[test]
fn nothing_runs_twice() {
    assert_eq!(play(&[(1, 5), (7, 9)], "2=ALARM"), "2 mute ALARM, 5 run ALARM after window");
    assert_eq!(
        play(&[(1, 5), (7, 9)], "2=ALARM 8=OK"),
        "2 mute ALARM, 5 run ALARM after window, 8 mute OK, 9 run OK after window"
    );
}

#[test]
fn the_last_state_counts() {
    assert_eq!(
        play(&[(1, 9)], "2=INSUFFICIENT_DATA 3=ALARM"),
        "2 mute INSUFFICIENT_DATA, 3 mute ALARM, 9 run ALARM after window"
    );
    assert_eq!(
        play(&[(1, 9)], "0=ALARM 3=OK 4=ALARM"),
        "0 run ALARM, 3 mute OK, 4 mute ALARM, 9 run ALARM after window"
    );
}

#[test]
fn an_alarm_that_left_the_state_without_an_action_does_nothing() {
    // It went into OK, for which there is nothing to do, so that the last that was muted is ALARM.
    let muting = muting_of(&[(1, 5)], 2);
    let muted = step(None, Event::ActionsDue, AlarmState::Alarm, muting.as_ref()).muted;
    assert_eq!(muted, Some(AlarmState::Alarm));
    assert_eq!(step(muted, Event::MutingChanged, AlarmState::Ok, None), Step { muted: None, effect: None });
}

#[test]
fn actions_that_fall_due_when_a_window_has_ended_unseen_run_once() {
    let step = step(Some(AlarmState::Alarm), Event::ActionsDue, AlarmState::Ok, None);
    assert_eq!(step, Step { muted: None, effect: Some(Effect::RunActions { is_after_mute_window: false }) });
}
