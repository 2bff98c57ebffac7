//! Dynamic labels: text with `${...}` in it.

use nepho_model::{Scope, Timestamp};

use super::number::number;
use super::span::{relative, span};
use super::zone::Zone;
use crate::period::Period;
use crate::query::MetricStat;

/// The most `${...}` in one label.
pub const MAX_LABEL_VALUES: usize = 6;

/// Stands where there is nothing to tell: no datapoints, no such dimension.
const NOTHING: &str = "-";

/// A label, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Label(Vec<Part>);

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Value(Value),
    Property(Property),
    Default,
}

/// A value of the datapoints.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Value {
    Average,
    Sum,
    DatapointCount,
    Of(Pick),
    Time(Pick),
    TimeRelative(Pick),
    Range(Pick, Pick),
    TimeRange(Pick, Pick),
}

/// One of the datapoints.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Pick {
    Minimum,
    Maximum,
    First,
    Last,
}

/// A property of the metric.
#[derive(Debug, Clone, PartialEq)]
enum Property {
    AccountId,
    AccountLabel,
    Dimension(String),
    MetricName,
    Namespace,
    Period,
    Region,
    Stat,
}

const VALUES: [(&str, Value); 19] = [
    ("AVG", Value::Average),
    ("SUM", Value::Sum),
    ("DATAPOINT_COUNT", Value::DatapointCount),
    ("MIN", Value::Of(Pick::Minimum)),
    ("MAX", Value::Of(Pick::Maximum)),
    ("FIRST", Value::Of(Pick::First)),
    ("LAST", Value::Of(Pick::Last)),
    ("MIN_TIME", Value::Time(Pick::Minimum)),
    ("MAX_TIME", Value::Time(Pick::Maximum)),
    ("FIRST_TIME", Value::Time(Pick::First)),
    ("LAST_TIME", Value::Time(Pick::Last)),
    ("MIN_TIME_RELATIVE", Value::TimeRelative(Pick::Minimum)),
    ("MAX_TIME_RELATIVE", Value::TimeRelative(Pick::Maximum)),
    ("FIRST_TIME_RELATIVE", Value::TimeRelative(Pick::First)),
    ("LAST_TIME_RELATIVE", Value::TimeRelative(Pick::Last)),
    ("MIN_MAX_RANGE", Value::Range(Pick::Minimum, Pick::Maximum)),
    ("FIRST_LAST_RANGE", Value::Range(Pick::First, Pick::Last)),
    ("MIN_MAX_TIME_RANGE", Value::TimeRange(Pick::Minimum, Pick::Maximum)),
    ("FIRST_LAST_TIME_RANGE", Value::TimeRange(Pick::First, Pick::Last)),
];

/// Why a text is no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelFault {
    /// `${` without its `}`.
    #[error("label {0:?} has a ${{ without a }}")]
    Unclosed(String),
    /// Something else than a dynamic value between the braces.
    #[error(
        "label has ${{{0}}}, which is no dynamic value: expected LABEL, PROP('...'), AVG, MIN, MAX, SUM, FIRST, LAST, \
         DATAPOINT_COUNT, or a _TIME, _TIME_RELATIVE, _RANGE or _TIME_RANGE of them"
    )]
    Token(String),
    /// A property that no metric has.
    #[error(
        "label has PROP('{0}'), which is no property: expected AccountId, AccountLabel, Dim.NAME, MetricName, Namespace, \
         Period, Region or Stat"
    )]
    Property(String),
    /// A property whose name is not in quotes.
    #[error("label has PROP({0}), whose name is not in quotes")]
    Unquoted(String),
    /// More than [`MAX_LABEL_VALUES`].
    #[error("label has {0} dynamic values, more than the limit of {MAX_LABEL_VALUES}")]
    TooMany(usize),
    /// `${LABEL}` twice.
    #[error("label has ${{LABEL}} more than once")]
    RepeatedLabel,
}

/// What a label is about.
#[derive(Debug, Clone, Copy)]
pub struct LabelSubject<'a> {
    /// The default label.
    pub default: &'a str,
    /// The metric; `None` when it is computed of several.
    pub metric: Option<&'a MetricStat>,
    /// The period of the datapoints.
    pub period: Period,
    /// Whose metric it is.
    pub scope: &'a Scope,
    /// All datapoints of the range, oldest first.
    pub points: &'a [(Timestamp, f64)],
    /// What relative times are relative to.
    pub now: Timestamp,
    /// The zone of absolute times.
    pub zone: Zone,
}

impl Label {
    /// Reads a label.
    ///
    /// # Errors
    /// An unknown dynamic value, or too many of them.
    pub fn parse(text: &str) -> Result<Self, LabelFault> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (token, later) = after.split_once('}').ok_or_else(|| LabelFault::Unclosed(text.to_owned()))?;
            parts.extend((!before.is_empty()).then(|| Part::Text(before.to_owned())));
            parts.push(part(token)?);
            rest = later;
        }
        parts.extend((!rest.is_empty()).then(|| Part::Text(rest.to_owned())));
        let values = parts.iter().filter(|part| !matches!(part, Part::Text(_))).count();
        if values > MAX_LABEL_VALUES {
            return Err(LabelFault::TooMany(values));
        }
        if parts.iter().filter(|part| **part == Part::Default).count() > 1 {
            return Err(LabelFault::RepeatedLabel);
        }
        Ok(Label(parts))
    }

    /// Its text, when there is nothing dynamic about it.
    pub fn fixed_text(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The label of a result.
    pub fn of(&self, subject: &LabelSubject<'_>) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Default => subject.default.to_owned(),
            Part::Property(property) => subject.property(property),
            Part::Value(value) => subject.value(*value).unwrap_or_else(|| NOTHING.to_owned()),
        };
        self.0.iter().map(part).collect()
    }
}

fn part(token: &str) -> Result<Part, LabelFault> {
    if token == "LABEL" {
        return Ok(Part::Default);
    }
    if let Some(inside) = token.strip_prefix("PROP(").and_then(|rest| rest.strip_suffix(')')) {
        let name = ['\'', '"'].iter().find_map(|quote| inside.strip_prefix(*quote)?.strip_suffix(*quote));
        return property(name.ok_or_else(|| LabelFault::Unquoted(inside.to_owned()))?).map(Part::Property);
    }
    let value = VALUES.iter().find(|(name, _)| *name == token).map(|(_, value)| Part::Value(*value));
    value.ok_or_else(|| LabelFault::Token(token.to_owned()))
}

fn property(name: &str) -> Result<Property, LabelFault> {
    Ok(match name {
        "AccountId" => Property::AccountId,
        "AccountLabel" => Property::AccountLabel,
        "MetricName" => Property::MetricName,
        "Namespace" => Property::Namespace,
        "Period" => Property::Period,
        "Region" => Property::Region,
        "Stat" => Property::Stat,
        _ => match name.strip_prefix("Dim.") {
            Some(dimension) if !dimension.is_empty() => Property::Dimension(dimension.to_owned()),
            _ => return Err(LabelFault::Property(name.to_owned())),
        },
    })
}

/// What only a metric has.
fn of_metric<'a>(stat: &'a MetricStat, property: &Property) -> Option<&'a str> {
    let key = stat.metric.key();
    match property {
        Property::MetricName => Some(key.name()),
        Property::Namespace => Some(key.namespace()),
        Property::Stat => Some(stat.statistic.as_str()),
        Property::Dimension(wanted) => key.dimensions().find(|(name, _)| name == wanted).map(|(_, value)| value),
        _ => None,
    }
}

impl LabelSubject<'_> {
    fn property(&self, property: &Property) -> String {
        match property {
            // An account has no other label here than its number.
            Property::AccountId | Property::AccountLabel => self.scope.account.clone(),
            Property::Region => self.scope.region.clone(),
            Property::Period => self.period.seconds().to_string(),
            _ => self.metric.and_then(|stat| of_metric(stat, property)).unwrap_or(NOTHING).to_owned(),
        }
    }

    /// `None` when it is about datapoints and there are none.
    fn value(&self, value: Value) -> Option<String> {
        let sum: f64 = self.points.iter().map(|(_, value)| value).sum();
        Some(match value {
            Value::DatapointCount => self.points.len().to_string(),
            _ if self.points.is_empty() => return None,
            Value::Sum => number(sum),
            Value::Average => number(sum / self.points.len() as f64),
            Value::Of(pick) => number(self.pick(pick)?.1),
            Value::Time(pick) => self.zone.format(self.pick(pick)?.0),
            Value::TimeRelative(pick) => relative(self.now.millis().saturating_sub(self.pick(pick)?.0.millis())),
            Value::Range(from, to) => number(self.pick(to)?.1 - self.pick(from)?.1),
            Value::TimeRange(from, to) => span(self.pick(to)?.0.millis() - self.pick(from)?.0.millis()),
        })
    }

    /// The oldest of several that are equal.
    fn pick(&self, pick: Pick) -> Option<(Timestamp, f64)> {
        let points = self.points.iter().copied();
        match pick {
            Pick::First => points.into_iter().next(),
            Pick::Last => self.points.last().copied(),
            Pick::Minimum => points.reduce(|least, point| if point.1 < least.1 { point } else { least }),
            Pick::Maximum => points.reduce(|most, point| if point.1 > most.1 { point } else { most }),
        }
    }
}
