//! One test: what arrives, and what is expected of the alarms.

use nepho_model::{AlarmState, Cell, Metric, Resolution, Timestamp, Unit};

use super::definitions::Definitions;
use super::error::TestFileError;
use super::expectation::{Notifications, StateExpectation};
use super::fields::{self, Fields};
use super::{notation, offset};
use crate::artefacts::Place;
use crate::artefacts::node::Node;
use crate::nearest::nearest;

/// The longest test.
pub const LENGTH_SECONDS_MAX: i64 = 31 * 86_400;

/// When tests begin that do not say when: a Thursday.
const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// Between two points of a series that does not say.
const INTERVAL_SECONDS: i64 = 60;

/// One test.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) start: Timestamp,
    /// The last moment that is looked at.
    pub(super) end: Timestamp,
    /// What arrives, the first first.
    pub(super) arrivals: Vec<Arrival>,
    pub(super) states: Vec<StateExpectation>,
    pub(super) notifications: Notifications,
}

/// A sample, and when it arrives.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub(super) at: Timestamp,
    pub(super) metric: Metric,
    pub(super) unit: Unit,
    pub(super) resolution: Resolution,
    pub(super) time: Timestamp,
    pub(super) cell: Cell,
}

impl Case {
    /// Reads one element of `tests`.
    pub(super) fn read(node: &Node, number: usize, definitions: &Definitions) -> Result<Self, TestFileError> {
        let keys = ["name", "start", "until", "interval", "input", "expect", "notifications"];
        let fields = Fields::of(node, "a test", &keys)?;
        let start = fields.get("start").map(start).transpose()?.unwrap_or(START);
        let interval = interval(&fields)?.unwrap_or(INTERVAL_SECONDS);
        let mut arrivals = Vec::new();
        for input in fields.list("input")? {
            arrivals.extend(series(input, start, interval, definitions)?);
        }
        arrivals.sort_by_key(|arrival| arrival.at);
        let states = fields.list("expect")?.iter();
        let states = states.map(|node| StateExpectation::read(node, definitions)).collect::<Result<Vec<_>, _>>()?;
        let notifications = Notifications::read(fields.get("notifications"), definitions)?;
        if states.is_empty() && matches!(notifications, Notifications::Any) {
            return Err(TestFileError::at(
                &node.place,
                "a test expects something: it has neither expect nor notifications",
            ));
        }
        let latest_input = arrivals.last().map_or(0, |arrival| (arrival.at.millis() - start.millis()) / 1000);
        let latest = states.iter().map(|state| state.to).chain(notifications.latest()).chain([latest_input]).max();
        let until = match fields.seconds("until")? {
            None => latest.unwrap_or(0),
            Some(until) => match states.iter().find(|state| state.to > until) {
                None => until,
                Some(state) => {
                    let message = format!("the test ends at {} already: until", offset::text(until));
                    return Err(TestFileError::at(&state.place, message));
                }
            },
        };
        if !(0..=LENGTH_SECONDS_MAX).contains(&until) {
            let limit = offset::text(LENGTH_SECONDS_MAX);
            let message = format!("the test takes {}, which is not within the limit of {limit}", offset::text(until));
            return Err(TestFileError::at(&node.place, message));
        }
        Ok(Case {
            name: fields.text("name")?.unwrap_or_else(|| format!("test {number}")),
            place: node.place.clone(),
            start,
            end: start.plus_seconds(until),
            arrivals,
            states,
            notifications,
        })
    }
}

fn start(node: &Node) -> Result<Timestamp, TestFileError> {
    let text = fields::text(node, "start")?;
    let time = text.parse::<jiff::Timestamp>().map_err(|_| {
        let message = format!("start: expected a time such as 2026-05-04T12:00:00Z, found {text:?}");
        TestFileError::at(&node.place, message)
    })?;
    Ok(Timestamp::from_millis(time.as_millisecond()))
}

fn interval(fields: &Fields<'_>) -> Result<Option<i64>, TestFileError> {
    let interval = fields.seconds("interval")?;
    match (interval, fields.get("interval")) {
        (Some(..=0), Some(node)) => Err(TestFileError::at(&node.place, "interval: expected at least 1s")),
        _ => Ok(interval),
    }
}

fn series(
    node: &Node,
    start: Timestamp,
    interval_of_test: i64,
    definitions: &Definitions,
) -> Result<Vec<Arrival>, TestFileError> {
    let keys = ["namespace", "metric", "dimensions", "unit", "from", "interval", "values"];
    let fields = Fields::of(node, "an input", &keys)?;
    let metric = metric(&fields)?;
    definitions.check_read(&metric, &node.place)?;
    let unit = match fields.get("unit") {
        None => Unit::None,
        Some(node) => unit(node)?,
    };
    let from = fields.seconds("from")?.unwrap_or(0);
    let interval = interval(&fields)?.unwrap_or(interval_of_test);
    let resolution = if interval % 60 == 0 { Resolution::Minute } else { Resolution::Second };
    let (values, place) = fields.required_text("values")?;
    let items = notation::parse(&values).map_err(|fault| TestFileError::at(place, format!("values: {fault}")))?;
    let mut time = from;
    let mut arrivals = Vec::new();
    for item in items {
        if let Some(item) = item {
            arrivals.push(Arrival {
                at: start.plus_seconds(time + item.late_seconds),
                metric: metric.clone(),
                unit,
                resolution,
                time: start.plus_seconds(time),
                cell: item.cell,
            });
        }
        time = time.saturating_add(interval);
    }
    Ok(arrivals)
}

fn metric(fields: &Fields<'_>) -> Result<Metric, TestFileError> {
    let (namespace, _) = fields.required_text("namespace")?;
    let (name, place) = fields.required_text("metric")?;
    let mut dimensions = Vec::new();
    if let Some(node) = fields.get("dimensions") {
        let expected =
            || format!("dimensions: expected a map such as {{QueueName: jobs}}, found {}", node.value.kind());
        for entry in node.entries().ok_or_else(|| TestFileError::at(&node.place, expected()))? {
            dimensions.push((entry.key.as_str(), fields::text(&entry.node, &entry.key)?));
        }
    }
    let dimensions: Vec<_> = dimensions.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Metric::new(&namespace, &name, &dimensions).map_err(|error| TestFileError::at(place, error.to_string()))
}

fn unit(node: &Node) -> Result<Unit, TestFileError> {
    let name = fields::text(node, "unit")?;
    Unit::parse(&name).ok_or_else(|| {
        let meant = nearest(&name, nepho_model::UNITS.iter().map(|(_, name)| *name));
        let meant = meant
            .map_or_else(|| "expected one such as Count or Seconds".to_owned(), |unit| format!("did you mean {unit}?"));
        TestFileError::at(&node.place, format!("unit: there is no {name:?}: {meant}"))
    })
}

/// The state of a name.
pub(super) fn state(node: &Node) -> Result<AlarmState, TestFileError> {
    let name = fields::text(node, "state")?;
    AlarmState::parse(&name).ok_or_else(|| {
        let message = format!("state: expected OK, ALARM or INSUFFICIENT_DATA, found {name:?}");
        TestFileError::at(&node.place, message)
    })
}
