//! A model check: random alarms on random datapoints, evaluated twice.
//!
//! An ordinary run takes 100,000 cases; `PROPTEST_CASES=5000000` in the environment makes it five million.

use std::sync::LazyLock;

use nepho_engine::alarm::{
    ActionKind, Answer, Datum, Effect, MetricAlarm, Observed, RunCause, Windows, evaluation_range, step,
};
use nepho_model::AlarmState;
use proptest::prelude::*;

use super::naive::evaluate;
use super::text::{NOON, alarm, state, status};

const TREATMENTS: [&str; 4] = ["missing", "ignore", "breaching", "notBreaching"];

/// Operators and whether they hold for a value below the threshold, one at it, and one above.
const OPERATORS: [(&str, [bool; 3]); 4] = [
    (">", [false, false, true]),
    (">=", [false, true, true]),
    ("<", [true, false, false]),
    ("<=", [true, true, false]),
];

const MAX_PERIODS: usize = 9;

const ACTIONS: &str = "ok=arn:aws:sns:us-east-1:123456789012:ops \
     alarm=arn:aws:sns:us-east-1:123456789012:ops,\
     arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:a:autoScalingGroupName/b:policyName/c";

struct Case {
    alarm: MetricAlarm,
    n: usize,
    m: usize,
    treatment: &'static str,
    breaches: [bool; 3],
}

/// One alarm for each way in which they can differ.
static ALARMS: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let mut cases = Vec::new();
    for n in 1..=MAX_PERIODS {
        for m in 1..=n {
            for treatment in TREATMENTS {
                for (operator, breaches) in OPERATORS {
                    let alarm = alarm(&format!("N={n} M={m} treat={treatment} op={operator} threshold=1 {ACTIONS}"));
                    cases.push(Case { alarm, n, m, treatment, breaches });
                }
            }
        }
    }
    cases
});

/// How far the alarm looks, told once more.
fn range(n: usize) -> usize {
    match n {
        1..=8 => n + 2,
        _ => n + n / 3,
    }
}

fn cases() -> ProptestConfig {
    ProptestConfig { cases: ProptestConfig::default().cases.max(100_000), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn step_does_what_the_prose_says(
        which in 0..ALARMS.len(),
        // Three bits for each period, the oldest first: a value below, at or above the threshold, or none.
        periods in any::<u64>(),
        before in 0usize..3,
    ) {
        let Case { alarm, n, m, treatment, breaches } = &ALARMS[which];
        prop_assert_eq!(evaluation_range(alarm), range(*n));
        let before = AlarmState::ALL[before];
        let values: Vec<_> = (0..range(*n)).map(|at| [0, 0, 1, 2, 2, 3, 3, 3][(periods >> (3 * at)) as usize % 8]).collect();
        let data = values.iter().rev().map(|value| (*value < 3).then(|| Datum::of(*value as f64))).collect();
        let letters: String =
            values.iter().map(|value| breaches.get(*value).map_or('-', |is| if *is { 'X' } else { '0' })).collect();
        let observed =
            Observed { time: NOON, windows: Windows::of(alarm, NOON), answer: Answer::Series(data), is_partial: false };
        let status = status(alarm, before);

        let expected = evaluate(&letters, *n, *m, treatment).map_or(before, state);
        let stepped = step(alarm, &status, &observed, NOON);
        prop_assert_eq!(stepped.state, expected, "{} of {} {} {}", m, n, treatment, letters);

        // A change is told once, with its actions; the state that comes of it stays.
        prop_assert_eq!(stepped.change().map(|change| (change.from.value, change.to.value)),
            (expected != before).then_some((before, expected)));
        prop_assert_eq!(&step(alarm, &status, &observed, NOON), &stepped);
        let after = stepped.status.map_or(status, |status| *status);
        prop_assert_eq!(after.state.value, expected);
        let again = step(alarm, &after, &observed, NOON);
        prop_assert!(again.status.is_none() && again.state == expected);
        let is_repeat = |effect: &Effect| matches!(effect, Effect::Run(run)
            if run.action.kind() == ActionKind::Scaling && matches!(run.cause, RunCause::Lasting(_)));
        prop_assert!(again.effects.iter().all(is_repeat));
        prop_assert_eq!(again.effects.len(), usize::from(expected == AlarmState::Alarm));
    }
}
