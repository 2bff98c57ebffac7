//! What an alarm would have done, in figures.

use nepho_engine::backtest::{Replayed, Transition};
use nepho_engine::explanation::IsoTime;
use nepho_model::{AlarmState, Timestamp};
use serde::Serialize;

use super::Range;
use super::subjects::Subjects;

/// Seconds of a period of a composite alarm, which has none.
const COMPOSITE_PERIOD_SECONDS: i64 = 60;

/// What an alarm would have done.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AlarmReport {
    pub(super) alarm_name: String,
    pub(super) evaluations: u64,
    pub(super) failures: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_failure: Option<String>,
    #[serde(skip)]
    pub(super) with_data: u64,
    /// How often it fired.
    pub(super) fired: usize,
    pub(super) alarm_seconds: i64,
    pub(super) longest_seconds: i64,
    /// How often it fired again soon after it had recovered.
    pub(super) flaps: usize,
    /// How often it recovered soon after it had fired.
    pub(super) false_alarm_candidates: usize,
    /// How long it took to fire, in the middle of all times it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) median_seconds_to_detect: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) longest_seconds_to_detect: Option<i64>,
    pub(super) insufficient_data_seconds: i64,
    pub(super) episodes: Vec<Episode>,
    pub(super) transitions: Vec<Transition>,
}

/// A time in ALARM.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Episode {
    pub(super) start_time: IsoTime,
    /// Absent when it lasts beyond the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_time: Option<IsoTime>,
    pub(super) seconds: i64,
    /// The state that it ended in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recovered_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seconds_to_detect: Option<i64>,
    pub(super) is_flap: bool,
    pub(super) is_false_alarm_candidate: bool,
    pub(super) reason: String,
}

/// A state over a range of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) state: AlarmState,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// The figures of what an alarm would have done; what is shorter than `brief` of its periods is soon.
pub(super) fn report(replayed: Replayed, subjects: &Subjects, range: Range, brief: u32) -> AlarmReport {
    let period = subjects.period_seconds(&replayed.alarm_name).unwrap_or(COMPOSITE_PERIOD_SECONDS);
    let episodes = episodes(&replayed.transitions, range, i64::from(brief) * period);
    let mut detected: Vec<i64> = episodes.iter().filter_map(|episode| episode.seconds_to_detect).collect();
    detected.sort_unstable();
    let unknown =
        spans(&replayed.transitions, range).into_iter().filter(|span| span.state == AlarmState::InsufficientData);
    AlarmReport {
        fired: episodes.len(),
        alarm_seconds: episodes.iter().map(|episode| episode.seconds).sum(),
        longest_seconds: episodes.iter().map(|episode| episode.seconds).max().unwrap_or(0),
        flaps: episodes.iter().filter(|episode| episode.is_flap).count(),
        false_alarm_candidates: episodes.iter().filter(|episode| episode.is_false_alarm_candidate).count(),
        median_seconds_to_detect: (!detected.is_empty()).then(|| detected[(detected.len() - 1) / 2]),
        longest_seconds_to_detect: detected.last().copied(),
        insufficient_data_seconds: unknown.map(|span| span.end.seconds() - span.start.seconds()).sum(),
        episodes,
        alarm_name: replayed.alarm_name,
        evaluations: replayed.evaluations,
        failures: replayed.failures,
        first_failure: replayed.first_failure,
        with_data: replayed.with_data,
        transitions: replayed.transitions,
    }
}

/// The times in ALARM.
fn episodes(transitions: &[Transition], range: Range, soon_seconds: i64) -> Vec<Episode> {
    let mut episodes: Vec<Episode> = Vec::new();
    for (number, transition) in transitions.iter().enumerate().filter(|(_, transition)| transition.is_into_alarm()) {
        let start = transition.time.0;
        let next = transitions.get(number + 1);
        let end = next.map_or(range.end, |next| next.time.0);
        let seconds = end.seconds() - start.seconds();
        let recovered_before = episodes.last().and_then(|episode| episode.end_time);
        let is_flap = recovered_before.is_some_and(|end| start.seconds() - end.0.seconds() < soon_seconds);
        let recovered_to = next.map(|next| next.to.clone());
        let is_ok = recovered_to.as_deref() == Some(AlarmState::Ok.as_str());
        episodes.push(Episode {
            start_time: transition.time,
            end_time: next.map(|next| next.time),
            seconds,
            recovered_to,
            seconds_to_detect: transition.breaching_since.map(|since| start.seconds() - since.0.seconds()),
            is_flap,
            is_false_alarm_candidate: is_ok && seconds < soon_seconds,
            reason: transition.reason.clone(),
        });
    }
    episodes
}

/// The states over the range, one after the other.
pub(super) fn spans(transitions: &[Transition], range: Range) -> Vec<Span> {
    let mut spans = Vec::with_capacity(transitions.len() + 1);
    let mut span = Span { state: AlarmState::InsufficientData, start: range.start, end: range.end };
    for transition in transitions {
        let Some(state) = AlarmState::parse(&transition.to) else { continue };
        let time = transition.time.0;
        if time > span.start {
            spans.push(Span { end: time, ..span });
        }
        span = Span { state, start: time, end: range.end };
    }
    spans.push(span);
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: Range = Range { start: Timestamp::from_seconds(0), end: Timestamp::from_seconds(3600) };

    fn transitions(text: &str) -> Vec<Transition> {
        let mut from = "INSUFFICIENT_DATA";
        let transition = |word| {
            let (minute, to): (&str, &str) = <str>::split_once(word, ':').unwrap();
            let time = IsoTime(Timestamp::from_seconds(60 * minute.parse::<i64>().unwrap()));
            let breaching_since = (to == "ALARM").then(|| IsoTime(time.0.plus_seconds(-120)));
            let before = std::mem::replace(&mut from, to);
            Transition {
                time,
                from: before.to_owned(),
                to: to.to_owned(),
                reason: String::new(),
                rule: None,
                breaching_since,
            }
        };
        text.split_whitespace().map(transition).collect()
    }

    fn check(text: &str, expected: &str) {
        let episodes = episodes(&transitions(text), RANGE, 180);
        let word = |episode: &Episode| {
            let flags = [(episode.is_flap, "flap"), (episode.is_false_alarm_candidate, "false")];
            let flags: Vec<_> = flags.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
            let end = episode.end_time.map_or_else(|| "-".to_owned(), |end| (end.0.seconds() / 60).to_string());
            format!("{}-{end} {}s {}", episode.start_time.0.seconds() / 60, episode.seconds, flags.join(" "))
        };
        let words: Vec<_> = episodes.iter().map(word).collect();
        assert_eq!(words.join("; "), expected, "{text}");
    }

    #[test]
    fn episodes_are_brief_or_flap() {
        check("1:OK", "");
        check("1:OK 10:ALARM 20:OK", "10-20 600s ");
        check("1:OK 10:ALARM 12:OK", "10-12 120s false");
        check("1:OK 10:ALARM 13:OK", "10-13 180s ");
        check("1:OK 10:ALARM 12:INSUFFICIENT_DATA", "10-12 120s ");
        check("1:OK 10:ALARM 20:OK 22:ALARM 40:OK", "10-20 600s ; 22-40 1080s flap");
        check("1:OK 10:ALARM 20:OK 23:ALARM", "10-20 600s ; 23-- 2220s ");
    }

    #[test]
    fn spans_fill_the_range() {
        let spans = spans(&transitions("0:OK 10:ALARM 20:OK"), RANGE);
        let words: Vec<_> = spans
            .iter()
            .map(|span| format!("{}-{} {}", span.start.seconds(), span.end.seconds(), span.state))
            .collect();
        assert_eq!(words, ["0-600 OK", "600-1200 ALARM", "1200-3600 OK"]);
    }
}
