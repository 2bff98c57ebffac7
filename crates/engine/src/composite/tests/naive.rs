//! Two other opinions on suppression. One takes each change of the alarm by itself and says when its actions run, from
//! the suppressor's whole history; the other counts seconds.

use proptest::prelude::*;

use super::suppression::Play;
use super::*;

type History = Vec<(i64, AlarmState)>;

/// The actions that run: when, and of which state.
fn naive(wait: i64, extension: i64, changes: &History, suppressor: &History) -> Vec<(i64, AlarmState)> {
    let mut run = Vec::new();
    for (at, (time, state)) in changes.iter().enumerate() {
        let next = changes.get(at + 1).map_or(i64::MAX, |(next, _)| *next);
        if let Some(when) = when(*time, wait, extension, suppressor).filter(|when| *when <= next) {
            run.push((when, *state));
        }
    }
    run
}

/// When the actions of a change would run if there were no further change.
fn when(time: i64, wait: i64, extension: i64, suppressor: &History) -> Option<i64> {
    // From..to of the stretches in which the suppressor is in ALARM.
    let stretches: Vec<(i64, i64)> = suppressor
        .iter()
        .enumerate()
        .filter(|(_, (_, state))| *state == AlarmState::Alarm)
        .map(|(at, (from, _))| (*from, suppressor.get(at + 1).map_or(i64::MAX, |(to, _)| *to)))
        .collect();
    let mut end = time + wait;
    let mut is_first = true;
    for (from, to) in stretches {
        let is_over = to <= time;
        let is_in_time = from < end || (is_first && from <= time);
        if is_over {
            continue;
        }
        if !is_in_time {
            break;
        }
        if to == i64::MAX {
            return None;
        }
        end = to + extension;
        is_first = false;
    }
    Some(end)
}

fn machine(wait: i32, extension: i32, events: &[(i64, usize, AlarmState)], end: i64) -> Seconds {
    let mut play = Play::new(suppressed("Site", "ALARM(C)", "S", wait, extension));
    let mut by = Vec::new();
    for second in 0..end {
        play.reach(second, 0);
        for (time, which, state) in events.iter().filter(|(time, _, _)| *time == second) {
            play.change(["C", "S"][*which], *state, *time);
        }
        by.push(play.state.suppression.by());
    }
    let told = play.told.iter().filter_map(|line| line.split_once(" run "));
    let run = told.map(|(time, what)| {
        let state = what.split_once(' ').unwrap().0;
        (time.parse().unwrap(), AlarmState::parse(state).unwrap())
    });
    Seconds { run: run.collect(), by }
}

/// What actions run, and what suppresses them at the end of each second.
fn by_seconds(wait: i64, extension: i64, events: &[(i64, usize, AlarmState)], end: i64) -> Seconds {
    let (mut alarm, mut suppressor) = (AlarmState::Ok, AlarmState::Ok);
    let (mut wait_left, mut extension_left, mut is_pending) = (None, None, false);
    let mut seconds = Seconds::default();
    for second in 0..end {
        if wait_left == Some(0) || extension_left == Some(0) {
            (wait_left, extension_left) = (None, None);
            if std::mem::take(&mut is_pending) {
                seconds.run.push((second, alarm));
            }
        }
        for (_, which, state) in events.iter().filter(|(time, _, _)| *time == second) {
            let is_out = *which == 1 && suppressor == AlarmState::Alarm;
            if *which == 0 {
                alarm = *state;
            } else {
                suppressor = *state;
            }
            let is_in = suppressor == AlarmState::Alarm;
            if *which == 0 {
                is_pending = true;
                extension_left = None;
                wait_left = (!is_in).then_some(wait);
            } else if is_in {
                (wait_left, extension_left) = (None, None);
            } else if is_out {
                extension_left = Some(extension);
            }
            if wait_left == Some(0) || extension_left == Some(0) {
                (wait_left, extension_left) = (None, None);
                if std::mem::take(&mut is_pending) {
                    seconds.run.push((second, alarm));
                }
            }
        }
        seconds.by.push(match suppressor {
            AlarmState::Alarm => Some(SuppressedBy::Alarm),
            _ if wait_left.is_some() => Some(SuppressedBy::WaitPeriod),
            _ => extension_left.map(|_| SuppressedBy::ExtensionPeriod),
        });
        wait_left = wait_left.map(|left| left - 1);
        extension_left = extension_left.map(|left| left - 1);
    }
    seconds
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Seconds {
    run: Vec<(i64, AlarmState)>,
    by: Vec<Option<SuppressedBy>>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn all_run_the_same_actions(
        wait in 0i32..6,
        extension in 0i32..6,
        steps in prop::collection::vec((1i64..5, 0usize..2, 0usize..3), 0..24),
    ) {
        let mut time = 0;
        let mut known = [AlarmState::Ok; 2];
        let mut events = Vec::new();
        let mut histories = [History::new(), History::new()];
        for (after, which, state) in steps {
            time += after;
            // The alarm's child has two states that matter to its rule, the suppressor three.
            let state = AlarmState::ALL[if which == 0 { state % 2 } else { state }];
            if known[which] != state {
                known[which] = state;
                events.push((time, which, state));
                histories[which].push((time, state));
            }
        }
        let [changes, suppressor] = histories;
        let (wait_seconds, extension_seconds) = (wait.into(), extension.into());
        let end = time + 2 * (wait_seconds + extension_seconds) + 2;
        let machine = machine(wait, extension, &events, end);
        prop_assert_eq!(&machine.run, &naive(wait_seconds, extension_seconds, &changes, &suppressor));
        prop_assert_eq!(&machine, &by_seconds(wait_seconds, extension_seconds, &events, end));
    }
}
