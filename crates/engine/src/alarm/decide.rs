//! From the datapoints of one series to a state.

use nepho_model::AlarmState;

use super::definition::MetricAlarm;
use super::low_samples::{LowSamples, needed_samples};
use super::missing::TreatMissingData;
use super::observed::Datum;
use super::rule::Rule;
use super::source::ScalarMetric;

/// Why an evaluation came to what it came to, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Why {
    /// The rule that decided.
    pub rule: Rule,
    /// How many datapoints were used: the newest, N at most.
    pub used: u32,
    /// How many missing datapoints stood in for those that N lacks.
    pub fillers: u32,
    /// How many of those that were used breach; of a query with GROUP BY how many of its series are in ALARM.
    pub breaching: u32,
}

/// What is decided of the datapoints of one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision {
    /// The state; `None` where it stays as it is.
    pub(super) state: Option<AlarmState>,
    pub(super) why: Why,
}

impl Why {
    /// For what is not decided by datapoints.
    pub(super) const fn of(rule: Rule) -> Self {
        Why { rule, used: 0, fillers: 0, breaching: 0 }
    }
}

/// Decides about the newest datapoints, which come first.
///
/// N of them are used, however many periods lie in between. Only when there are fewer in the whole range do missing ones
/// stand in for the rest.
pub(super) fn decide(alarm: &MetricAlarm, data: &[Option<Datum>]) -> Decision {
    let (needed, to_alarm) = (alarm.evaluation_periods(), alarm.needed_to_alarm());
    let (mut used, mut breaching, mut oldest) = (0, 0, 0);
    let mut is_scarce = false;
    let needed_samples = samples_to_count(alarm);
    for (window, datum) in data.iter().enumerate() {
        let Some(datum) = datum else { continue };
        used += 1;
        breaching += u32::from(alarm.condition().is_breaching(datum));
        is_scarce |= datum.sample_count.is_some_and(|count| count < needed_samples);
        oldest = window as u32;
        if used == needed {
            break;
        }
    }
    let fillers = needed - used;
    let decided = |rule, state| Decision { state, why: Why { rule, used, fillers, breaching } };
    if is_scarce {
        return decided(Rule::LowSamples, None);
    }
    let treatment = alarm.treatment();
    let counted = if treatment == TreatMissingData::Breaching { breaching + fillers } else { breaching };
    if counted >= to_alarm {
        let rule = if breaching >= to_alarm { Rule::EnoughBreach } else { Rule::EnoughBreachWithMissing };
        return decided(rule, Some(AlarmState::Alarm));
    }
    match treatment {
        TreatMissingData::Breaching | TreatMissingData::NotBreaching => {
            decided(Rule::TooFewBreach, Some(AlarmState::Ok))
        }
        _ if breaching < used => decided(Rule::SomeDoNotBreach, Some(AlarmState::Ok)),
        TreatMissingData::Ignore if used == 0 => decided(Rule::NoDatapointsIgnored, None),
        TreatMissingData::Ignore => decided(Rule::TooFewIgnored, None),
        TreatMissingData::Missing if used == 0 => decided(Rule::NoDatapoints, Some(AlarmState::InsufficientData)),
        // The newest period is 1 period old.
        TreatMissingData::Missing if oldest + 1 >= to_alarm => decided(Rule::Premature, Some(AlarmState::Alarm)),
        TreatMissingData::Missing => decided(Rule::TooFewYet, None),
    }
}

/// How many samples a datapoint needs to be counted; 0 where any number does.
fn samples_to_count(alarm: &MetricAlarm) -> f64 {
    let is_ignored = alarm.low_samples() == Some(LowSamples::Ignore);
    let statistic = alarm.source().metric().filter(|_| is_ignored).map(ScalarMetric::statistic);
    statistic.and_then(needed_samples).unwrap_or(0.0)
}
