//! Which datapoints stand for a state.

use nepho_model::{AlarmState, Timestamp};

use crate::alarm::decide::Why;
use crate::alarm::definition::MetricAlarm;
use crate::alarm::missing::TreatMissingData;
use crate::alarm::observed::Datum;
use crate::alarm::windows::Windows;

/// A series that was evaluated, and what came of it.
#[derive(Clone, Copy)]
pub(in crate::alarm) struct Evaluated<'a> {
    pub(in crate::alarm) alarm: &'a MetricAlarm,
    pub(in crate::alarm) windows: &'a Windows,
    /// The datapoints, the newest first.
    pub(in crate::alarm) data: &'a [Option<Datum>],
    pub(in crate::alarm) why: Why,
    /// The state that was decided on.
    pub(in crate::alarm) state: AlarmState,
}

/// A datapoint and the start of its period.
pub(super) type Placed = (Timestamp, Datum);

impl<'a> Evaluated<'a> {
    /// The datapoints that were used, the newest first.
    pub(super) fn used(&self) -> impl Iterator<Item = Placed> + 'a {
        let windows = self.windows;
        let real = self.data.iter().enumerate().filter_map(move |(at, datum)| Some((windows.start(at), (*datum)?)));
        real.take(self.why.used as usize)
    }

    /// Those of them that speak for the state, the newest first: breaching ones for ALARM, others for OK.
    pub(super) fn speaking(&self) -> impl Iterator<Item = Placed> + 'a {
        let (alarm, state) = (self.alarm, self.state);
        self.used().filter(move |(_, datum)| alarm.condition().is_breaching(datum) == (state == AlarmState::Alarm))
    }

    /// The treatment of missing datapoints, if that makes them speak for the state.
    pub(super) fn filling(&self) -> Option<TreatMissingData> {
        let treatment = self.alarm.treatment();
        let speaks_for = match treatment {
            TreatMissingData::Breaching => AlarmState::Alarm,
            TreatMissingData::NotBreaching => AlarmState::Ok,
            TreatMissingData::Ignore | TreatMissingData::Missing => return None,
        };
        (self.why.fillers > 0 && speaks_for == self.state).then_some(treatment)
    }

    /// How many datapoints a state takes: M breaching ones for ALARM, and so many others that M cannot breach for OK.
    pub(super) fn minimum(&self) -> u32 {
        match self.state {
            AlarmState::Alarm => self.alarm.needed_to_alarm(),
            AlarmState::Ok => self.alarm.evaluation_periods() - self.alarm.needed_to_alarm() + 1,
            AlarmState::InsufficientData => self.alarm.evaluation_periods(),
        }
    }

    /// The newest of the datapoints that decided, missing ones among them, as many as the state takes.
    pub(super) fn deciding(&self) -> Vec<(Timestamp, Option<Datum>)> {
        let fillers = if self.filling().is_some() { self.why.fillers as usize } else { 0 };
        let missing = self.data.iter().enumerate().filter(|(_, datum)| datum.is_none()).take(fillers);
        let missing = missing.map(|(at, _)| (self.windows.start(at), None));
        let mut all: Vec<_> = self.speaking().map(|(time, datum)| (time, Some(datum))).chain(missing).collect();
        all.sort_unstable_by_key(|(time, _)| std::cmp::Reverse(*time));
        all.truncate(self.minimum() as usize);
        all
    }
}
