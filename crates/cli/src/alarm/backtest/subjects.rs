//! The alarms that are tried: what the files say, checked as a server checks it.

use nepho_cli::artefacts::{Artefacts, Found};
use nepho_engine::alarm::MetricAlarm;
use nepho_engine::composite::CompositeAlarm;
use nepho_model::Scope;
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;

use crate::exit::Failure;
use crate::print;

/// What a member is called that says what an alarm does, which is of no matter here.
const ACTIONS: &str = "Actions";

/// The alarms that are tried.
#[derive(Debug)]
pub(super) struct Subjects {
    pub(super) metric: Vec<MetricSubject>,
    pub(super) composite: Vec<CompositeAlarm>,
}

/// A metric alarm that is tried.
#[derive(Debug)]
pub(super) struct MetricSubject {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) input: PutMetricAlarmInput,
    pub(super) alarm: MetricAlarm,
}

impl Subjects {
    /// The alarms of artefacts.
    ///
    /// # Errors
    /// The first that is no alarm, or that there is twice.
    pub(super) fn of(artefacts: Artefacts, account: &str, region: &str) -> Result<Self, Failure> {
        let scope = Scope::new(account, region);
        artefacts.unresolved.iter().for_each(|unresolved| print::note(&format!("note: {unresolved}")));
        let metric: Result<Vec<_>, _> = artefacts.metric_alarms.into_iter().map(|one| metric(&scope, one)).collect();
        let composite: Result<Vec<_>, _> =
            artefacts.composite_alarms.into_iter().map(|one| composite(&scope, one)).collect();
        let subjects = Subjects { metric: metric?, composite: composite? };
        if subjects.metric.is_empty() && subjects.composite.is_empty() {
            return Err(Failure::usage("there are no alarms in the files"));
        }
        let mut names: Vec<_> = subjects.names().collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Failure::usage(format!("there are two alarms of the name {:?}", pair[0]))),
            None => Ok(subjects),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let metric = self.metric.iter().map(|subject| subject.name.as_str());
        metric.chain(self.composite.iter().map(CompositeAlarm::name))
    }

    /// Seconds of a period of an alarm; a composite alarm has none of its own.
    pub(super) fn period_seconds(&self, name: &str) -> Option<i64> {
        self.metric.iter().find(|subject| subject.name == name).map(|subject| subject.alarm.period().seconds())
    }
}

fn metric(scope: &Scope, found: Found<PutMetricAlarmInput>) -> Result<MetricSubject, Failure> {
    let place = found.place.to_string();
    tell_unresolved(&found);
    let mut input = found.value;
    let name = input.alarm_name.get_or_insert(found.address).clone();
    // What an alarm does is of no matter, and may not be known yet.
    (input.ok_actions, input.alarm_actions, input.insufficient_data_actions) = (None, None, None);
    (input.tags, input.action_configuration) = (None, None);
    let alarm = nepho_server::metric_alarm(scope, &input)
        .map_err(|faults| Failure::usage(format!("{place}: {name} is no alarm: {faults}")))?;
    Ok(MetricSubject { name, place, input, alarm })
}

fn composite(scope: &Scope, found: Found<PutCompositeAlarmInput>) -> Result<CompositeAlarm, Failure> {
    let place = found.place.to_string();
    tell_unresolved(&found);
    let mut input = found.value;
    let name = input.alarm_name.get_or_insert(found.address).clone();
    (input.ok_actions, input.alarm_actions, input.insufficient_data_actions) = (None, None, None);
    nepho_server::composite_alarm(scope, &input)
        .map_err(|faults| Failure::usage(format!("{place}: {name} is no alarm: {faults}")))
}

fn tell_unresolved<T>(found: &Found<T>) {
    let unresolved = found.unresolved.iter().filter(|unresolved| !unresolved.member.contains(ACTIONS));
    unresolved.for_each(|unresolved| print::note(&format!("note: {unresolved}")));
}
