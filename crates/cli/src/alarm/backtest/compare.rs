//! What other definitions change.

use nepho_engine::explanation::IsoTime;
use serde::Serialize;

use super::report::{AlarmReport, Episode};

/// What another definition changes for an alarm.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Comparison {
    pub(super) alarm_name: String,
    /// How often it fired as it was; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fired_before: Option<usize>,
    /// How often it fires as it is; absent where there is none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fired_after: Option<usize>,
    pub(super) seconds_before: i64,
    pub(super) seconds_after: i64,
    /// When it fires where it did not.
    pub(super) new: Vec<IsoTime>,
    /// When it does not fire where it did.
    pub(super) gone: Vec<IsoTime>,
    /// How often it fires earlier than it did, and later.
    pub(super) earlier: usize,
    pub(super) later: usize,
}

/// Compares alarms of the same names, in the order of the new ones; those that are gone come last.
pub(super) fn compare(old: &[AlarmReport], new: &[AlarmReport]) -> Vec<Comparison> {
    let find = |name: &str| old.iter().find(|report| report.alarm_name == name);
    let kept = new.iter().map(|report| one(find(&report.alarm_name), Some(report)));
    let gone = old.iter().filter(|report| !new.iter().any(|other| other.alarm_name == report.alarm_name));
    kept.chain(gone.map(|report| one(Some(report), None))).collect()
}

fn one(old: Option<&AlarmReport>, new: Option<&AlarmReport>) -> Comparison {
    let of = |report: Option<&AlarmReport>| report.map(|report| report.episodes.clone()).unwrap_or_default();
    let (before, after) = (of(old), of(new));
    // Those that meet are the same incident.
    let without = |some: &[Episode], others: &[Episode]| -> Vec<IsoTime> {
        let alone = some.iter().filter(|episode| !others.iter().any(|other| meet(episode, other)));
        alone.map(|episode| episode.start_time).collect()
    };
    let pairs = after.iter().filter_map(|episode| Some((before.iter().find(|other| meet(episode, other))?, episode)));
    let (mut earlier, mut later) = (0, 0);
    for (before, after) in pairs {
        earlier += usize::from(after.start_time < before.start_time);
        later += usize::from(after.start_time > before.start_time);
    }
    Comparison {
        alarm_name: new.or(old).map(|report| report.alarm_name.clone()).unwrap_or_default(),
        fired_before: old.map(|report| report.fired),
        fired_after: new.map(|report| report.fired),
        seconds_before: old.map_or(0, |report| report.alarm_seconds),
        seconds_after: new.map_or(0, |report| report.alarm_seconds),
        new: without(&after, &before),
        gone: without(&before, &after),
        earlier,
        later,
    }
}

fn meet(one: &Episode, other: &Episode) -> bool {
    let ends_after = |one: &Episode, other: &Episode| one.end_time.is_none_or(|end| end > other.start_time);
    ends_after(one, other) && ends_after(other, one)
}

#[cfg(test)]
mod tests {
    use nepho_model::Timestamp;

    use super::*;

    fn episode(start: i64, end: i64) -> Episode {
        let time = |minute: i64| IsoTime(Timestamp::from_seconds(60 * minute));
        Episode {
            start_time: time(start),
            end_time: Some(time(end)),
            seconds: 60 * (end - start),
            recovered_to: None,
            seconds_to_detect: None,
            is_flap: false,
            is_false_alarm_candidate: false,
            reason: String::new(),
        }
    }

    fn report(name: &str, episodes: Vec<Episode>) -> AlarmReport {
        AlarmReport {
            alarm_name: name.to_owned(),
            evaluations: 0,
            failures: 0,
            first_failure: None,
            with_data: 0,
            fired: episodes.len(),
            alarm_seconds: episodes.iter().map(|episode| episode.seconds).sum(),
            longest_seconds: 0,
            flaps: 0,
            false_alarm_candidates: 0,
            median_seconds_to_detect: None,
            longest_seconds_to_detect: None,
            insufficient_data_seconds: 0,
            episodes,
            transitions: Vec::new(),
        }
    }

    #[test]
    fn incidents_that_meet_are_the_same() {
        let old = [report("a", vec![episode(10, 20), episode(30, 40), episode(50, 60)]), report("gone", vec![])];
        let new = [report("a", vec![episode(9, 15), episode(32, 40), episode(70, 80)]), report("new", vec![])];
        let compared = compare(&old, &new);
        let names: Vec<_> = compared.iter().map(|one| one.alarm_name.as_str()).collect();
        assert_eq!(names, ["a", "new", "gone"]);
        let minutes = |times: &[IsoTime]| times.iter().map(|time| time.0.seconds() / 60).collect::<Vec<_>>();
        let a = &compared[0];
        assert_eq!((minutes(&a.new), minutes(&a.gone), a.earlier, a.later), (vec![70], vec![50], 1, 1));
        assert_eq!((compared[1].fired_before, compared[1].fired_after), (None, Some(0)));
        assert_eq!((compared[2].fired_before, compared[2].fired_after), (Some(0), None));
    }
}
