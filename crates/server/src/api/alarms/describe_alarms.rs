//! DescribeAlarms.

use nepho_engine::turn::{CompositeEntry, MetricEntry, ScopeAlarms};
use nepho_model::AlarmState;
use nepho_protocol::error::constraint::{Constraint, Violations};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::composite_alarm::CompositeAlarm;
use nepho_protocol::shapes::describe_alarms::{DescribeAlarmsInput, DescribeAlarmsOutput};
use nepho_protocol::shapes::metric_alarm::MetricAlarm;

use super::page;
use crate::alarms::describe::{self, time};
use crate::api::call::{Call, Reply};

/// How many alarms are on a page when nothing is said.
const PAGE: i32 = 50;
/// Names of one call.
const NAMES_MAX: usize = 100;
/// The kinds of alarms, in the order in which AWS lists them.
const TYPES: [&str; 3] = ["CompositeAlarm", "LogAlarm", "MetricAlarm"];
const STATES: [&str; 3] = ["INSUFFICIENT_DATA", "ALARM", "OK"];

/// Describes alarms by name, metric alarms unless others are asked for.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: DescribeAlarmsInput = call.decode(body)?;
    check(&input)?;
    let limit = page::limit(input.max_records, PAGE)?;
    let after = page::after(input.next_token.as_deref())?;
    let output = call.instance.alarms.look(&call.scope, |alarms| {
        let (mut found, is_related) = match (&input.children_of_alarm_name, &input.parents_of_alarm_name) {
            (Some(parent), _) => (children(alarms, parent)?, true),
            (None, Some(child)) => (parents(alarms, child)?, true),
            (None, None) => (matching(alarms, &input), false),
        };
        found.sort_unstable_by_key(|one| one.name());
        if let Some(after) = &after {
            found.retain(|one| one.name() > after.as_str());
        }
        let has_more = found.len() > limit;
        found.truncate(limit);
        let next_token = found.last().filter(|_| has_more).map(|last| page::token(last.name()));
        Ok(DescribeAlarmsOutput { next_token, ..described(&found, is_related, &input) })
    });
    Ok(call.encode(&output?))
}

/// An alarm that is described.
#[derive(Clone, Copy)]
enum Found<'a> {
    Metric(&'a MetricEntry),
    Composite(&'a CompositeEntry),
}

impl<'a> Found<'a> {
    fn of(alarms: &'a ScopeAlarms, name: &str) -> Option<Self> {
        let composite = || alarms.composite.get(name).map(Found::Composite);
        alarms.metric.get(name).map(Found::Metric).or_else(composite)
    }

    fn name(&self) -> &'a str {
        match self {
            Found::Metric(entry) => entry.alarm.name(),
            Found::Composite(entry) => entry.alarm.name(),
        }
    }

    fn state(&self) -> AlarmState {
        match self {
            Found::Metric(entry) => entry.status.state.value,
            Found::Composite(entry) => entry.state.state,
        }
    }

    fn has_action(&self, prefix: &str) -> bool {
        match self {
            Found::Metric(entry) => entry.alarm.actions().all().any(|action| action.arn().starts_with(prefix)),
            Found::Composite(entry) => AlarmState::ALL
                .into_iter()
                .any(|state| entry.alarm.actions(state).iter().any(|arn| arn.starts_with(prefix))),
        }
    }

    fn is_type(&self, name: &str) -> bool {
        name == match self {
            Found::Metric(_) => "MetricAlarm",
            Found::Composite(_) => "CompositeAlarm",
        }
    }
}

fn check(input: &DescribeAlarmsInput) -> Result<(), ServiceError> {
    let mut violations = Violations::default();
    if let Some(names) = input.alarm_names.as_ref().filter(|names| names.len() > NAMES_MAX) {
        violations.add("alarmNames", format!("[{}]", names.join(", ")), Constraint::LengthMax(NAMES_MAX));
    }
    if let Some(state) = input.state_value.as_deref().filter(|state| AlarmState::parse(state).is_none()) {
        violations.add("stateValue", state, Constraint::OneOf(&STATES));
    }
    let types = input.alarm_types.as_deref().unwrap_or_default();
    if types.iter().any(|name| !TYPES.contains(&name.as_str())) {
        violations.add("alarmTypes", format!("[{}]", types.join(", ")), Constraint::OneOf(&TYPES));
    }
    violations.check()?;
    let has_names = input.alarm_names.as_ref().is_some_and(|names| !names.is_empty());
    if has_names && input.alarm_name_prefix.is_some() {
        return Err(
            code::INVALID_PARAMETER_COMBINATION.message("AlarmNamePrefix and AlarmNames.member are mutually exclusive")
        );
    }
    let related = [&input.children_of_alarm_name, &input.parents_of_alarm_name];
    let others = [
        has_names,
        input.alarm_name_prefix.is_some(),
        !types.is_empty(),
        input.state_value.is_some(),
        input.action_prefix.is_some(),
        related.iter().all(|name| name.is_some()),
    ];
    if related.iter().any(|name| name.is_some()) && others.contains(&true) {
        return Err(code::VALIDATION.message(
            "ChildrenOfAlarmName and ParentsOfAlarmName cannot be combined with each other or with any parameter but \
             MaxRecords and NextToken",
        ));
    }
    Ok(())
}

fn matching<'a>(alarms: &'a ScopeAlarms, input: &DescribeAlarmsInput) -> Vec<Found<'a>> {
    let types = input.alarm_types.as_deref().filter(|types| !types.is_empty());
    let is_wanted = |found: &Found<'_>| {
        types.map_or(found.is_type("MetricAlarm"), |types| types.iter().any(|name| found.is_type(name)))
            && input.state_value.as_deref().is_none_or(|state| found.state().as_str() == state)
            && input.action_prefix.as_deref().is_none_or(|prefix| found.has_action(prefix))
    };
    let names = input.alarm_names.as_deref().filter(|names| !names.is_empty());
    if let Some(names) = names {
        let mut names: Vec<_> = names.iter().collect();
        names.sort_unstable();
        names.dedup();
        return names.into_iter().filter_map(|name| Found::of(alarms, name)).filter(is_wanted).collect();
    }
    let prefix = input.alarm_name_prefix.as_deref().unwrap_or_default();
    let has_prefix = |name: &&String| name.starts_with(prefix);
    let metric = alarms.metric.range(prefix.to_owned()..).take_while(|(name, _)| has_prefix(name));
    let composite = alarms.composite.range(prefix.to_owned()..).take_while(|(name, _)| has_prefix(name));
    let metric = metric.map(|(_, entry)| Found::Metric(entry));
    metric.chain(composite.map(|(_, entry)| Found::Composite(entry))).filter(is_wanted).collect()
}

fn children<'a>(alarms: &'a ScopeAlarms, parent: &str) -> Result<Vec<Found<'a>>, ServiceError> {
    Found::of(alarms, parent).ok_or_else(|| code::RESOURCE_NOT_FOUND.bare())?;
    Ok(alarms.graph.children(parent).filter_map(|name| Found::of(alarms, name)).collect())
}

fn parents<'a>(alarms: &'a ScopeAlarms, child: &str) -> Result<Vec<Found<'a>>, ServiceError> {
    Found::of(alarms, child).ok_or_else(|| code::RESOURCE_NOT_FOUND.bare())?;
    Ok(alarms.graph.parents(child).filter_map(|name| Found::of(alarms, name)).collect())
}

/// Related alarms are shown with the little that AWS shows of them.
fn described(found: &[Found<'_>], is_related: bool, input: &DescribeAlarmsInput) -> DescribeAlarmsOutput {
    let is_child = input.children_of_alarm_name.is_some();
    let (mut metric, mut composite) = (Vec::new(), Vec::new());
    for one in found {
        match one {
            Found::Metric(entry) if is_related => metric.push(MetricAlarm {
                alarm_name: Some(entry.alarm.name().to_owned()),
                alarm_arn: Some(entry.alarm.arn()),
                state_value: is_child.then(|| entry.status.state.value.to_string()),
                state_updated_timestamp: is_child.then(|| time(entry.status.state.updated)),
                ..MetricAlarm::default()
            }),
            Found::Composite(entry) if is_related => composite.push(CompositeAlarm {
                alarm_name: Some(entry.alarm.name().to_owned()),
                alarm_arn: Some(entry.alarm.arn()),
                state_value: is_child.then(|| entry.state.state.to_string()),
                state_updated_timestamp: is_child.then(|| time(entry.state.updated)),
                ..CompositeAlarm::default()
            }),
            Found::Metric(entry) => metric.push(describe::metric(entry)),
            Found::Composite(entry) => composite.push(describe::composite(entry)),
        }
    }
    DescribeAlarmsOutput {
        metric_alarms: Some(metric),
        composite_alarms: Some(composite),
        log_alarms: Some(Vec::new()),
        next_token: None,
    }
}
