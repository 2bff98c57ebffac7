//! Alarms on many series.

use nepho_engine::alarm::text::{contributor_change_detail, contributor_item, lambda_payload, messages};
use nepho_engine::alarm::{
    AlarmStatus, Answer, Contributor, ContributorSeries, Datum, Effect, EvaluationState, MAX_CONTRIBUTORS, MetricAlarm,
    Observed, RunCause, Step, Windows, step,
};
use nepho_engine::insights::Label;
use nepho_model::AlarmState;

use super::text::{NOON, alarm, observed, status};

const ACTIONS: &str = "ok=arn:aws:sns:us-east-1:123456789012:fine \
     alarm=arn:aws:sns:us-east-1:123456789012:ops,arn:aws:ssm:us-east-1:123456789012:opsitem:1 \
     insufficient=arn:aws:sns:us-east-1:123456789012:unknown";

fn hosts(options: &str) -> MetricAlarm {
    alarm(&format!(
        "{ACTIONS} {options}
        q1 = SELECT MAX(Latency) FROM Shop GROUP BY Host ; period=60"
    ))
}

fn host(name: &str) -> Contributor {
    Contributor::new(&[Label::Dimension("Host".to_owned())], &[name.to_owned()])
}

/// Hosts with the datapoints of each, the newest last: `a:9,- b:1`.
fn seen(alarm: &MetricAlarm, text: &str) -> Observed {
    let windows = Windows::of(alarm, NOON);
    let series = |word: &str| {
        let (name, points) = word.split_once(':').unwrap();
        let mut data: Vec<_> = points.rsplit(',').map(|point| point.parse().ok().map(Datum::of)).collect();
        data.resize(windows.len(), None);
        ContributorSeries { contributor: host(name), data }
    };
    let answer = Answer::Contributors(text.split_whitespace().map(series).collect());
    Observed { time: NOON, windows, answer, is_partial: false }
}

/// Effects as words.
fn effects(step: &Step) -> String {
    let name = |arn: &str| arn.rsplit(':').next().unwrap_or_default().to_owned();
    let of = |contributor: &Contributor| contributor.attributes[0].1.clone();
    let word = |effect: &Effect| match effect {
        Effect::State(change) => format!("{}->{}", change.from.value, change.to.value),
        Effect::Contributor(change) => format!("{}:{}->{}", of(&change.contributor), change.from, change.to.value),
        Effect::Run(run) => match &run.cause {
            RunCause::Contributor(change) => format!("{}({})", name(run.action.arn()), of(&change.contributor)),
            RunCause::Change(_) | RunCause::Lasting(_) => name(run.action.arn()),
        },
    };
    step.effects.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Steps, each with what is seen, and what is done and said then.
fn check(alarm: &MetricAlarm, steps: &[(&str, &str, &str)]) {
    let mut status = AlarmStatus::created(alarm, NOON.plus_seconds(-60));
    for (text, expected, reason) in steps {
        let observed = seen(alarm, text);
        let stepped = step(alarm, &status, &observed, NOON);
        assert_eq!(effects(&stepped), *expected, "{text}");
        status = stepped.status.map_or(status, |status| *status);
        assert_eq!(status.state.reason, *reason, "{text}");
        let again = step(alarm, &status, &observed, NOON);
        assert!(again.status.is_none() && again.effects.is_empty(), "{text}");
    }
}

#[test]
fn an_alarm_is_in_alarm_if_any_of_its_series_is() {
    check(
        &hosts(""),
        &[
            ("a:1 b:2", "INSUFFICIENT_DATA->OK fine", "2 time series evaluated to OK"),
            ("a:1 b:9", "b:OK->ALARM ops(b) OK->ALARM 1", "1 out of 2 time series evaluated to ALARM"),
            ("a:9 b:9", "a:OK->ALARM ops(a)", "1 out of 2 time series evaluated to ALARM"),
            ("a:9 b:1", "b:ALARM->OK fine(b)", "1 out of 2 time series evaluated to ALARM"),
            ("a:1 b:1", "a:ALARM->OK fine(a) ALARM->OK", "2 time series evaluated to OK"),
        ],
    );
}

#[test]
fn a_series_that_is_gone_is_well_and_no_series_are_nothing() {
    for treatment in ["missing", "ignore", "breaching", "notBreaching"] {
        check(
            &hosts(&format!("treat={treatment}")),
            &[
                (
                    "a:9 b:9",
                    "a:OK->ALARM ops(a) b:OK->ALARM ops(b) INSUFFICIENT_DATA->ALARM 1",
                    "2 out of 2 time series \
                 evaluated to ALARM",
                ),
                ("a:9", "b:ALARM->OK fine(b)", "2 out of 2 time series evaluated to ALARM"),
                (
                    "",
                    "a:ALARM->OK fine(a) ALARM->INSUFFICIENT_DATA unknown",
                    "No time series were returned by the query.",
                ),
            ],
        );
    }
}

#[test]
fn missing_datapoints_of_a_series_are_treated_as_the_alarm_says() {
    let state = |options: &str, text: &str| {
        let alarm = hosts(options);
        step(&alarm, &status(&alarm, AlarmState::Ok), &seen(&alarm, text), NOON).state
    };
    assert_eq!(state("N=2", "a:9"), AlarmState::Ok);
    assert_eq!(state("N=2 treat=breaching", "a:9"), AlarmState::Alarm);
    assert_eq!(state("N=2", "a:9,-"), AlarmState::Alarm);
    // A series that was in ALARM stays so while it cannot be told.
    let alarm = hosts("N=2 treat=ignore");
    let first = step(&alarm, &status(&alarm, AlarmState::Ok), &seen(&alarm, "a:9,9 b:1,1"), NOON).status.unwrap();
    let second = step(&alarm, &first, &seen(&alarm, "a:9,- b:9,-"), NOON);
    assert!(second.status.is_none() && second.state == AlarmState::Alarm);
}

#[test]
fn a_hundred_series_are_told_of() {
    let alarm = hosts("");
    let list = |breaching: usize, well: usize| {
        let breaching: String = (0..breaching).map(|at| format!("h{at}:9 ")).collect();
        let well: String = (0..well).map(|at| format!("w{at}:1 ")).collect();
        format!("{breaching}{well}")
    };
    let stepped = |before: &AlarmStatus, text: &str| step(&alarm, before, &seen(&alarm, text), NOON);
    let before = status(&alarm, AlarmState::Ok);
    let cases = [
        (95, 55, "95 out of 150 time series evaluated to ALARM"),
        (100, 0, "100 out of 100 time series evaluated to ALARM"),
        (101, 0, "100+ time series evaluated to ALARM"),
    ];
    for (breaching, well, reason) in cases {
        let after = stepped(&before, &list(breaching, well)).status.unwrap();
        assert_eq!(after.state.reason, reason);
        assert_eq!(after.contributors.len(), breaching.min(MAX_CONTRIBUTORS));
        assert_eq!(
            after.state.reason_data.as_deref(),
            Some(r#"{"version":"1.0","queryDate":"2026-05-04T12:00:00.000+0000"}"#)
        );
    }
    // Those that are told of stay so, whatever comes before them.
    let after = stepped(&before, &list(101, 0)).status.unwrap();
    let reversed: Vec<_> = (0..101).rev().map(|at| format!("h{at}:9")).collect();
    let next = stepped(&after, &reversed.join(" "));
    assert!(next.effects.is_empty(), "{:?}", effects(&next));
    // When one of them is well, the next takes its place.
    let next = stepped(&after, &list(101, 0).replace("h7:9", "h7:1"));
    assert_eq!(effects(&next), "h100:OK->ALARM ops(h100) h7:ALARM->OK fine(h7)");
}

#[test]
fn contributors_have_reasons_messages_and_histories() {
    let alarm = hosts("threshold=1 op=< N=2 M=1 description=d");
    let observed = seen(&alarm, "a:0,5 b:0,0");
    let stepped = step(&alarm, &status(&alarm, AlarmState::Ok), &observed, NOON);
    let changes: Vec<_> = stepped
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Contributor(change) => Some(change),
            Effect::State(_) | Effect::Run(_) => None,
        })
        .collect();
    assert_eq!(
        changes[0].to.reason,
        "Threshold Crossed: 1 datapoint was less than the threshold (1.0). The most recent datapoint which crossed the \
         threshold: [0.0 (04/05/26 11:58:00)]."
    );
    assert_eq!(
        changes[1].to.reason,
        "Threshold Crossed: 2 datapoints were less than the threshold (1.0). The most recent datapoints which crossed \
         the threshold: [0.0 (04/05/26 11:59:00), 0.0 (04/05/26 11:58:00)]."
    );
    let id = &changes[0].contributor.id;
    let cause = RunCause::Contributor((**changes[0]).clone());
    let message = messages(&alarm, &cause, NOON, false).default;
    let part = format!(
        r#""OldStateValue":"OK","AlarmContributorId":"{id}","AlarmContributorAttributes":{{"Host":"a"}},"ActionExecutedAfterMuteWindow":false,"#
    );
    assert!(message.contains(&part), "{message}");
    let item = contributor_item(changes[0]);
    assert_eq!(item.summary, "Alarm contributor updated from OK to ALARM");
    assert_eq!(item.contributor.as_ref(), Some(&changes[0].contributor));
    for json in [contributor_change_detail(&alarm, changes[0]), lambda_payload(&alarm, &cause)] {
        assert!(json.contains(&format!(r#"{{"id":"{id}","attributes":{{"Host":"a"}}}}"#)), "{json}");
    }
}

#[test]
fn an_alarm_that_is_put_anew_on_one_series_has_no_contributors() {
    let (many, one) = (hosts(""), alarm(""));
    let before = step(&many, &status(&many, AlarmState::Ok), &seen(&many, "a:9"), NOON).status.unwrap();
    let after = step(&one, &before, &observed(&one, NOON, "9"), NOON);
    assert!(after.effects.is_empty() && after.status.unwrap().contributors.is_empty());
}

#[test]
fn what_is_known_in_part_is_told_so() {
    let alarm = hosts("");
    let partial = Observed { is_partial: true, ..seen(&alarm, "a:1") };
    let stepped = step(&alarm, &status(&alarm, AlarmState::Ok), &partial, NOON);
    assert_eq!(stepped.status.unwrap().evaluation_state, Some(EvaluationState::PartialData));
}
