//! What an evaluation made of each period.

use nepho_model::Timestamp;

use super::decide::{Why, decide};
use super::definition::MetricAlarm;
use super::missing::TreatMissingData;
use super::observed::{Datum, Observed};

/// A period of an evaluation, and what it was used for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExplainedWindow {
    /// Its start, inclusive.
    pub start: Timestamp,
    /// Its end, exclusive.
    pub end: Timestamp,
    /// Its datapoint; `None` where it is missing.
    pub datum: Option<Datum>,
    /// What it was used for.
    pub role: Role,
}

/// What a period was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Its datapoint is one of the newest N.
    Used {
        /// Whether it breaches.
        is_breaching: bool,
    },
    /// Its datapoint is older than the newest N.
    Older,
    /// It is missing and stands in for one of the N.
    StandsIn {
        /// Whether it counts as breaching; `None` where it counts as nothing.
        is_breaching: Option<bool>,
    },
    /// It is missing and passed over: there are enough others.
    PassedOver,
}

/// What an evaluation made of each period, the newest first, and which rule decided. `data` is what was observed, or the
/// datapoints of one contributor.
pub fn explain(alarm: &MetricAlarm, observed: &Observed, data: &[Option<Datum>]) -> (Vec<ExplainedWindow>, Why) {
    let why = decide(alarm, data).why;
    let (mut used, mut fillers) = (why.used, why.fillers);
    let take = |left: &mut u32| {
        let is_left = *left > 0;
        *left -= u32::from(is_left);
        is_left
    };
    let is_breaching = match alarm.treatment() {
        TreatMissingData::Breaching => Some(true),
        TreatMissingData::NotBreaching => Some(false),
        TreatMissingData::Ignore | TreatMissingData::Missing => None,
    };
    let mut role = |datum: Option<&Datum>| match datum {
        Some(datum) if take(&mut used) => Role::Used { is_breaching: alarm.condition().is_breaching(datum) },
        Some(_) => Role::Older,
        None if take(&mut fillers) => Role::StandsIn { is_breaching },
        None => Role::PassedOver,
    };
    let explained = data.iter().enumerate().map(|(at, datum)| ExplainedWindow {
        start: observed.windows.start(at),
        end: observed.windows.end(at),
        datum: *datum,
        role: role(datum.as_ref()),
    });
    (explained.collect(), why)
}
