//! What a query says, and the metrics that it is about.

use std::fmt;

use nepho_model::search::{Condition, Pattern, Place, Schema, Search, Term};

use super::reserved::is_reserved;

/// A query as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsightsQuery {
    /// What is computed of all observations in a period.
    pub function: Function,
    /// Of metrics with this name.
    pub metric_name: String,
    /// In this namespace.
    pub namespace: String,
    /// With dimensions of exactly these names; with any when `None`.
    pub schema: Option<Vec<String>>,
    /// For which all of these hold.
    pub conditions: Vec<Comparison>,
    /// A series for each combination of values of these; one series when there are none.
    pub group_by: Vec<Label>,
    /// The order of the series.
    pub order: Option<Order>,
    /// The most series.
    pub limit: Option<usize>,
}

/// What can be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The mean of the observations.
    Avg,
    /// How many observations there are.
    Count,
    /// The greatest.
    Max,
    /// The least.
    Min,
    /// Their sum.
    Sum,
}

/// What metrics are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Label {
    /// The value of the dimension with this name.
    Dimension(String),
    /// The account that the metric is in.
    Account,
}

/// A condition of WHERE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What is compared.
    pub label: Label,
    /// Whether it has to be the value, or has to be another.
    pub is_equal: bool,
    /// With what.
    pub value: Value,
}

/// What a label is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// This text.
    Text(String),
    /// The account that asks.
    OwnAccount,
}

/// What the series are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Computed of all observations of a series.
    pub function: Function,
    /// Whether the greatest comes first.
    pub is_descending: bool,
}

impl Function {
    /// All of them.
    pub const ALL: [Function; 5] = [Function::Avg, Function::Count, Function::Max, Function::Min, Function::Sum];

    /// Its name in a query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Function::Avg => "AVG",
            Function::Count => "COUNT",
            Function::Max => "MAX",
            Function::Min => "MIN",
            Function::Sum => "SUM",
        }
    }
}

impl InsightsQuery {
    /// The metrics that it is about.
    pub fn search(&self) -> Search {
        let schema = match &self.schema {
            None => Schema::of_namespace(&self.namespace),
            Some(names) => Schema::exact(&self.namespace, names.clone()),
        };
        let mut all = vec![exact(Place::MetricName, &self.metric_name)];
        self.conditions.iter().for_each(|comparison| comparison.add_to(&mut all));
        Search { schema: Some(schema), condition: Condition::All(all) }
    }
}

impl Comparison {
    /// A metric without the dimension is neither equal nor unequal, as a null is in SQL.
    fn add_to(&self, all: &mut Vec<Condition>) {
        let is_equal = match (&self.label, &self.value) {
            (Label::Account, Value::OwnAccount) => Condition::ALWAYS,
            (_, Value::OwnAccount) => Condition::Any(Vec::new()),
            (Label::Account, Value::Text(account)) => exact(Place::Account, account),
            (Label::Dimension(name), Value::Text(value)) => exact(Place::Dimension(name.clone()), value),
        };
        if self.is_equal {
            all.push(is_equal);
            return;
        }
        if let Label::Dimension(name) = &self.label {
            all.push(exact(Place::DimensionName, name));
        }
        all.push(Condition::Not(Box::new(is_equal)));
    }
}

fn exact(place: Place, text: &str) -> Condition {
    Condition::Term(Term { place, pattern: Pattern::Exact(text.to_owned()) })
}

impl fmt::Display for InsightsQuery {
    /// The query as text that reads as the same query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SELECT {}({}) FROM ", self.function.as_str(), Name(&self.metric_name))?;
        match &self.schema {
            None => write!(f, "{}", Name(&self.namespace))?,
            Some(names) => {
                write!(f, "SCHEMA({}", Name(&self.namespace))?;
                names.iter().try_for_each(|name| write!(f, ", {}", Name(name)))?;
                f.write_str(")")?;
            }
        }
        for (at, Comparison { label, is_equal, value }) in self.conditions.iter().enumerate() {
            let (joint, operator) = (if at == 0 { "WHERE" } else { "AND" }, if *is_equal { "=" } else { "!=" });
            write!(f, " {joint} {label} {operator} {value}")?;
        }
        for (at, label) in self.group_by.iter().enumerate() {
            write!(f, "{} {label}", if at == 0 { " GROUP BY" } else { "," })?;
        }
        if let Some(Order { function, is_descending }) = self.order {
            write!(f, " ORDER BY {}() {}", function.as_str(), if is_descending { "DESC" } else { "ASC" })?;
        }
        self.limit.map_or(Ok(()), |limit| write!(f, " LIMIT {limit}"))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Dimension(name) => Name(name).fmt(f),
            Label::Account => f.write_str("AWS.AccountId"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => write_quoted(f, '\'', text),
            Value::OwnAccount => f.write_str("CURRENT_ACCOUNT_ID()"),
        }
    }
}

/// A name, in quotes if it needs them.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = !self.0.is_empty() && self.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_plain && !is_reserved(self.0) { f.write_str(self.0) } else { write_quoted(f, '"', self.0) }
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, quote: char, text: &str) -> fmt::Result {
    write!(f, "{quote}")?;
    for c in text.chars() {
        if matches!(c, '"' | '\'' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    write!(f, "{quote}")
}
