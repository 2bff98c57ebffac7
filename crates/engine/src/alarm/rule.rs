//! Which rule decided about a state.

use serde::{Deserialize, Serialize};

/// The rule that decided what an evaluation comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rule {
    /// Enough datapoints breach.
    EnoughBreach,
    /// Enough datapoints breach, with missing ones that count as such.
    EnoughBreachWithMissing,
    /// Too few datapoints breach, and missing ones count one way or the other.
    TooFewBreach,
    /// Some datapoint does not breach, and missing ones count as nothing.
    SomeDoNotBreach,
    /// All datapoints breach, too few of them, but the oldest has had its time.
    Premature,
    /// All datapoints breach, too few of them, and more may come.
    TooFewYet,
    /// All datapoints breach, too few of them, and the state stays where data is missing.
    TooFewIgnored,
    /// No datapoints at all.
    NoDatapoints,
    /// No datapoints at all, and the state stays where data is missing.
    NoDatapointsIgnored,
    /// A percentile of too few samples, and the state stays for those.
    LowSamples,
    /// The series of a query, of which some are in ALARM.
    SomeContributors,
    /// The series of a query, of which none is in ALARM.
    NoContributors,
    /// No series at all.
    NoSeries,
    /// The alarm is new and still waits.
    WarmingUp,
    /// It could not be evaluated.
    NotEvaluated,
    /// SetAlarmState.
    SetByHand,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 16] = [
        Rule::EnoughBreach,
        Rule::EnoughBreachWithMissing,
        Rule::TooFewBreach,
        Rule::SomeDoNotBreach,
        Rule::Premature,
        Rule::TooFewYet,
        Rule::TooFewIgnored,
        Rule::NoDatapoints,
        Rule::NoDatapointsIgnored,
        Rule::LowSamples,
        Rule::SomeContributors,
        Rule::NoContributors,
        Rule::NoSeries,
        Rule::WarmingUp,
        Rule::NotEvaluated,
        Rule::SetByHand,
    ];

    /// The rule in one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Rule::EnoughBreach => "At least DatapointsToAlarm of the datapoints breach.",
            Rule::EnoughBreachWithMissing => {
                "At least DatapointsToAlarm of the datapoints breach, missing ones included, which count as breaching."
            }
            Rule::TooFewBreach => "Fewer than DatapointsToAlarm of the datapoints breach, missing ones included.",
            Rule::SomeDoNotBreach => {
                "Fewer than DatapointsToAlarm of the datapoints breach, and at least one does not."
            }
            Rule::Premature => {
                "All datapoints that there are breach, and the oldest is at least DatapointsToAlarm periods old, so no \
                 more is waited for."
            }
            Rule::TooFewYet => {
                "All datapoints that there are breach, but they are too few and too recent: the state stays until more \
                 is known."
            }
            Rule::TooFewIgnored => {
                "All datapoints that there are breach, but they are too few, and missing data leaves the state as it is."
            }
            Rule::NoDatapoints => "There are no datapoints in the evaluation range.",
            Rule::NoDatapointsIgnored => {
                "There are no datapoints in the evaluation range, and missing data leaves the state as it is."
            }
            Rule::LowSamples => {
                "A datapoint is a percentile of too few samples to mean something, which leaves the state as it is."
            }
            Rule::SomeContributors => "At least one of the time series evaluates to ALARM.",
            Rule::NoContributors => "None of the time series evaluates to ALARM.",
            Rule::NoSeries => "The query returned no time series.",
            Rule::WarmingUp => "The alarm is new and still warming up.",
            Rule::NotEvaluated => "The data could not be read or computed, which leaves the state as it is.",
            Rule::SetByHand => "The state was set by SetAlarmState.",
        }
    }
}
