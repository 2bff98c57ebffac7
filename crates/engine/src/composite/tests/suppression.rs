//! The timelines of CloudWatch's guide, and those that follow from its rules.

use super::*;

/// What happens to `Site` (rule `ALARM(C)`, suppressor `S`), seconds after the start.
///
/// Input: `2:C=ALARM 3:S=ALARM` and `wait/extension`. Output: what is done, and what suppresses actions when that
/// changes. `late` is how long after a deadline the caller comes to it.
pub(super) fn timeline(wait: i32, extension: i32, events: &str, late: i64) -> String {
    let site = suppressed("Site", "ALARM(C)", "S", wait, extension);
    let mut play = Play::new(site);
    for event in events.split_whitespace() {
        let (time, change) = event.split_once(':').unwrap();
        let (alarm, state) = change.split_once('=').unwrap();
        let time = time.parse().unwrap();
        play.reach(time, late);
        play.change(alarm, AlarmState::parse(state).unwrap(), time);
    }
    play.reach(i64::from(u32::MAX), late);
    play.told.join(", ")
}

pub(super) struct Play {
    pub(super) site: CompositeAlarm,
    pub(super) state: CompositeState,
    pub(super) others: [OtherAlarm; 2],
    pub(super) told: Vec<String>,
}

impl Play {
    /// Created long ago, while all was well.
    pub(super) fn new(site: CompositeAlarm) -> Self {
        let well = OtherAlarm { state: AlarmState::Ok, since: START };
        let state = CompositeState { state: AlarmState::Ok, ..CompositeState::created(START) };
        Play { site, state, others: [well; 2], told: Vec::new() }
    }

    pub(super) fn take(&mut self, event: Event<'_>, time: i64) {
        let [c, s] = self.others;
        let others = |name: &str| match name {
            "C" => Some(c),
            "S" => Some(s),
            _ => None,
        };
        let step = step(&self.site, &self.state, event, &others, START.plus_seconds(time));
        for effect in step.effects {
            self.told.extend(match effect {
                Effect::StateUpdated { .. } => None,
                Effect::RunActions { of, actions } => {
                    assert_eq!(actions, self.site.actions(of.state));
                    Some(format!("{time} run {} after {}", of.state, of.previous))
                }
                Effect::SuppressActions { state, by, reason, actions } => {
                    assert_eq!(actions, self.site.actions(state));
                    let name = if by == SuppressedBy::Alarm { "S" } else { by.as_str() };
                    assert_eq!(reason, format!("Actions suppressed by {name}"));
                    Some(format!("{time} suppress {state} by {}", by.as_str()))
                }
            });
        }
        if step.state.suppression.by() != self.state.suppression.by() {
            let by = step.state.suppression.by().map_or("nothing", SuppressedBy::as_str);
            self.told.push(format!("{time} by {by}"));
        }
        self.state = step.state;
    }

    /// Meets the deadlines before `time`, or those at it.
    pub(super) fn reach(&mut self, time: i64, late: i64) {
        while let Some(deadline) = self.state.deadline() {
            let deadline = deadline.seconds() - START.seconds() + late;
            if deadline > time {
                break;
            }
            let before = self.state.deadline();
            self.take(Event::DeadlineReached, deadline);
            assert_ne!(self.state.deadline(), before, "a period ends");
        }
    }

    pub(super) fn change(&mut self, alarm: &str, state: AlarmState, time: i64) {
        let at = usize::from(alarm == "S");
        self.others[at] = OtherAlarm { state, since: START.plus_seconds(time) };
        self.take(if alarm == "S" { Event::SuppressorChanged } else { Event::ChildChanged(alarm) }, time);
    }
}

#[track_caller]
fn check(wait: i32, extension: i32, events: &str, expected: &str) {
    assert_eq!(timeline(wait, extension, events, 0), expected, "{events}");
}

const WAITING: &str = "2 suppress ALARM by WaitPeriod, 2 by WaitPeriod";

#[test]
fn the_six_timelines_of_the_guide() {
    // The wait period is 2 units, the extension period 3.
    let cases = [
        ("2:C=ALARM", format!("{WAITING}, 4 run ALARM after OK, 4 by nothing")),
        ("2:C=ALARM 3:S=ALARM", format!("{WAITING}, 3 by Alarm")),
        ("2:C=ALARM 3:C=OK", format!("{WAITING}, 3 suppress OK by WaitPeriod, 5 run OK after ALARM, 5 by nothing")),
        ("1:S=ALARM 2:C=ALARM", "1 by Alarm, 2 suppress ALARM by Alarm".to_owned()),
        (
            "2:C=ALARM 3:S=ALARM 6:S=OK",
            format!("{WAITING}, 3 by Alarm, 6 by ExtensionPeriod, 9 run ALARM after OK, 9 by nothing"),
        ),
        (
            "2:C=ALARM 3:S=ALARM 6:S=OK 7:C=OK",
            format!(
                "{WAITING}, 3 by Alarm, 6 by ExtensionPeriod, 7 suppress OK by WaitPeriod, 7 by WaitPeriod, \
                 9 run OK after ALARM, 9 by nothing"
            ),
        ),
    ];
    for (events, expected) in &cases {
        check(2, 3, events, expected);
    }
}

#[test]
fn the_two_pictures_of_the_guide() {
    // A wait period from 2 to 8, and the suppressor goes into ALARM at 4.
    check(6, 6, "2:C=ALARM 4:S=ALARM", &format!("{WAITING}, 4 by Alarm"));
    // The suppressor goes out of ALARM at 2, and the alarm follows before 8.
    check(
        6,
        6,
        "0:S=ALARM 1:C=ALARM 2:S=OK 7:C=OK",
        "0 by Alarm, 1 suppress ALARM by Alarm, 2 by ExtensionPeriod, 7 suppress OK by WaitPeriod, 7 by WaitPeriod, \
         13 run OK after ALARM, 13 by nothing",
    );
}

#[test]
fn a_suppressor_that_comes_when_a_period_ends_is_late() {
    check(2, 3, "2:C=ALARM 4:S=ALARM", &format!("{WAITING}, 4 run ALARM after OK, 4 by nothing, 4 by Alarm"));
    check(
        2,
        3,
        "2:C=ALARM 3:S=ALARM 6:S=OK 9:S=ALARM",
        &format!("{WAITING}, 3 by Alarm, 6 by ExtensionPeriod, 9 run ALARM after OK, 9 by nothing, 9 by Alarm"),
    );
}

#[test]
fn a_suppressor_may_come_back_in_the_extension_period() {
    check(
        2,
        3,
        "2:C=ALARM 3:S=ALARM 6:S=OK 8:S=ALARM 20:S=INSUFFICIENT_DATA",
        &format!(
            "{WAITING}, 3 by Alarm, 6 by ExtensionPeriod, 8 by Alarm, 20 by ExtensionPeriod, 23 run ALARM after OK, \
             23 by nothing"
        ),
    );
}

#[test]
fn nothing_is_run_when_nothing_is_pending() {
    check(2, 3, "2:S=ALARM 6:S=OK", "2 by Alarm, 6 by ExtensionPeriod, 9 by nothing");
    check(
        2,
        3,
        "2:C=ALARM 10:S=ALARM 12:S=OK",
        &format!("{WAITING}, 4 run ALARM after OK, 4 by nothing, 10 by Alarm, 12 by ExtensionPeriod, 15 by nothing"),
    );
    check(2, 3, "2:S=INSUFFICIENT_DATA 3:S=OK", "");
}

#[test]
fn periods_may_be_empty() {
    check(0, 3, "2:C=ALARM 3:S=ALARM", "2 run ALARM after OK, 3 by Alarm");
    check(
        0,
        0,
        "2:S=ALARM 3:C=ALARM 5:S=OK",
        "2 by Alarm, 3 suppress ALARM by Alarm, 5 run ALARM after OK, 5 by nothing",
    );
    check(2, 0, "2:S=ALARM 5:S=OK", "2 by Alarm, 5 by nothing");
}

#[test]
fn a_caller_that_comes_late_does_the_same_in_the_same_order() {
    // What is told without the times, and with neither the moments at which nothing but the reason changes.
    let done = |events: &str, late: i64| -> Vec<String> {
        let told = timeline(2, 3, events, late);
        let lines = told.split(", ").filter_map(|line| line.split_once(' '));
        lines.filter(|(_, what)| !what.starts_with("by ")).map(|(_, what)| what.to_owned()).collect()
    };
    for events in [
        "2:C=ALARM",
        "2:C=ALARM 3:S=ALARM",
        "2:C=ALARM 3:C=OK",
        "2:C=ALARM 5:C=OK 6:C=ALARM",
        "2:C=ALARM 3:S=ALARM 6:S=OK",
        "2:C=ALARM 3:S=ALARM 6:S=OK 7:C=OK",
        "2:C=ALARM 3:S=ALARM 6:S=OK 12:C=OK 13:C=ALARM",
    ] {
        let expected = done(events, 0);
        for late in 1..8 {
            assert_eq!(done(events, late), expected, "{events}, {late} late");
        }
    }
}

#[test]
fn a_suppressor_that_came_in_time_is_heeded_late() {
    // The caller was away from 3 to 7: S went into ALARM at 3, the deadline was 4.
    let mut play = Play::new(suppressed("Site", "ALARM(C)", "S", 2, 3));
    play.change("C", AlarmState::Alarm, 2);
    play.others[1] = OtherAlarm { state: AlarmState::Alarm, since: START.plus_seconds(3) };
    play.take(Event::DeadlineReached, 7);
    play.take(Event::SuppressorChanged, 7);
    assert_eq!(play.told.join(", "), format!("{WAITING}, 7 by Alarm"));
    // It went into ALARM when the deadline had come, or later.
    for since in [4, 5] {
        let mut play = Play::new(suppressed("Site", "ALARM(C)", "S", 2, 3));
        play.change("C", AlarmState::Alarm, 2);
        play.others[1] = OtherAlarm { state: AlarmState::Alarm, since: START.plus_seconds(since) };
        play.take(Event::DeadlineReached, 7);
        play.take(Event::SuppressorChanged, 7);
        assert_eq!(play.told.join(", "), format!("{WAITING}, 7 run ALARM after OK, 7 by nothing, 7 by Alarm"));
    }
}

fn replaced(events: &str, after: CompositeAlarm, time: i64) -> String {
    let mut play = Play::new(suppressed("Site", "ALARM(C)", "S", 4, 3));
    for event in events.split_whitespace() {
        let (at, change) = event.split_once(':').unwrap();
        let (alarm, state) = change.split_once('=').unwrap();
        play.change(alarm, AlarmState::parse(state).unwrap(), at.parse().unwrap());
    }
    play.told.clear();
    let before = std::mem::replace(&mut play.site, after);
    play.take(Event::Replaced(&before), time);
    play.reach(1000, 0);
    play.told.join(", ")
}

#[test]
fn another_suppressor_ends_the_periods() {
    let plain = || alarm("Site", "ALARM(C)");
    // `C` is the other suppressor: it is in ALARM.
    let other = || suppressed("Site", "ALARM(C)", "C", 4, 3);
    // `X` does not exist, and so is not in ALARM.
    let absent = || suppressed("Site", "ALARM(C)", "X", 4, 3);
    let run = "3 run ALARM after OK, 3 by nothing";
    assert_eq!(replaced("2:C=ALARM", plain(), 3), run);
    assert_eq!(replaced("2:C=ALARM", absent(), 3), run);
    assert_eq!(replaced("2:C=ALARM", other(), 3), "3 by Alarm");
    assert_eq!(replaced("1:S=ALARM 2:C=ALARM", plain(), 3), run);
    assert_eq!(replaced("1:S=ALARM", absent(), 3), "3 by nothing");
    assert_eq!(replaced("1:S=ALARM 1:C=ALARM 2:S=OK", absent(), 3), run);
    assert_eq!(replaced("0:C=OK", other(), 3), "");
}

#[test]
fn the_same_suppressor_keeps_the_period() {
    let longer = suppressed("Site", "ALARM(C)", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:S", 100, 100);
    assert_eq!(replaced("2:C=ALARM", longer.clone(), 3), "6 run ALARM after OK, 6 by nothing");
    // A period that is over ends as the alarm was.
    assert_eq!(replaced("2:C=ALARM", longer, 6), "6 run ALARM after OK, 6 by nothing");
    assert_eq!(replaced("2:C=ALARM", alarm("Site", "ALARM(C)"), 8), "8 run ALARM after OK, 8 by nothing");
}

#[test]
fn a_suppressor_that_is_deleted_is_out_of_alarm() {
    let mut play = Play::new(suppressed("Site", "ALARM(C)", "S", 2, 3));
    play.change("S", AlarmState::Alarm, 1);
    play.change("C", AlarmState::Alarm, 2);
    play.told.clear();
    let step = step(&play.site, &play.state, Event::SuppressorChanged, &|_| None, START.plus_seconds(5));
    assert_eq!(step.state.suppression, Suppression::ExtensionPeriod { until: START.plus_seconds(8), is_pending: true });
}

#[test]
fn actions_that_are_disabled_are_neither_run_nor_suppressed() {
    let mut play = Play::new(suppressed("Site", "ALARM(C)", "S", 2, 3));
    play.site.set_actions_enabled(false);
    play.change("C", AlarmState::Alarm, 2);
    play.reach(4, 0);
    assert_eq!(play.told.join(", "), "2 by WaitPeriod, 4 by nothing");
    // What counts is whether they are enabled when the period ends.
    play.change("C", AlarmState::Ok, 5);
    play.site.set_actions_enabled(true);
    play.told.clear();
    play.reach(7, 0);
    assert_eq!(play.told.join(", "), "7 run OK after ALARM, 7 by nothing");
}
