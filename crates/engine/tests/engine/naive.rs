//! Metric math once more, as plainly as it can be said: trees, maps from period to value, recursion. It shares nothing
//! with the engine, whose answers it is compared with.

use std::collections::BTreeMap;

/// A value for each period that has one.
pub(crate) type Points = BTreeMap<i64, f64>;

/// An expression.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Number(f64),
    Id(String),
    Text(String),
    Word(&'static str),
    Negate(Box<Tree>),
    Binary(&'static str, Box<Tree>, Box<Tree>),
    Array(Vec<Tree>),
    Call(&'static str, Vec<Tree>),
}

/// What a tree comes to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// `None` where there is no value.
    Scalar(Option<f64>),
    Series(Points),
    Array(Vec<Points>),
    Other(String),
}

/// What trees are computed of.
pub(crate) struct World {
    /// Metrics and expressions, by id.
    pub(crate) values: BTreeMap<String, Value>,
    /// The ids of the metrics, in their order.
    pub(crate) metrics: Vec<String>,
    /// How many periods there are.
    pub(crate) periods: i64,
    /// The start of the first, in seconds since 1970, which is a Thursday.
    pub(crate) start: i64,
    /// The length of a period in seconds.
    pub(crate) period: i64,
}

impl World {
    pub(crate) fn value(&self, tree: &Tree) -> Value {
        match tree {
            Tree::Number(number) => Value::Scalar(Some(*number)),
            Tree::Text(text) => Value::Other(text.clone()),
            Tree::Word(word) => Value::Other((*word).to_owned()),
            Tree::Id(id) => self.values[id].clone(),
            Tree::Negate(inner) => each(self.value(inner), |value| -value),
            Tree::Array(elements) => {
                Value::Array(elements.iter().flat_map(|element| self.value(element).array()).collect())
            }
            Tree::Binary(operator, left, right) => binary(operator, self.value(left), self.value(right)),
            Tree::Call(name, arguments) => {
                let values = arguments.iter().map(|argument| self.value(argument)).collect();
                self.call(name, values)
            }
        }
    }

    fn call(&self, name: &str, mut arguments: Vec<Value>) -> Value {
        let first = if arguments.is_empty() { Value::Other(String::new()) } else { arguments.remove(0) };
        match name {
            "ABS" => each(first, f64::abs),
            "CEIL" => each(first, f64::ceil),
            "FLOOR" => each(first, f64::floor),
            "LOG" => each(first, f64::ln),
            "LOG10" => each(first, f64::log10),
            "DIFF" | "DIFF_TIME" | "RATE" => per_series(first, |points| self.steps(name, points)),
            "RUNNING_SUM" => per_series(first, |points| {
                let up_to = |at: i64| points.range(..=at).fold(0.0, |sum, (_, value)| sum + value);
                points.keys().map(|at| (*at, up_to(*at))).collect()
            }),
            "AVG" | "SUM" | "MIN" | "MAX" | "STDDEV" | "DATAPOINT_COUNT" => match first {
                Value::Series(points) => {
                    Value::Scalar(of_values(name, &points.values().copied().collect::<Vec<_>>(), None))
                }
                other => Value::Series(self.across(name, &other.array())),
            },
            "METRIC_COUNT" => Value::Scalar(Some(first.array().len() as f64)),
            "METRICS" => {
                let part = match first {
                    Value::Other(text) => text,
                    _ => String::new(),
                };
                let ids = self.metrics.iter().filter(|id| id.contains(&part));
                Value::Array(ids.flat_map(|id| self.values[id].clone().array()).collect())
            }
            "FIRST" => Value::Series(first.array().first().cloned().unwrap_or_default()),
            "LAST" => Value::Series(first.array().last().cloned().unwrap_or_default()),
            "REMOVE_EMPTY" => Value::Array(first.array().into_iter().filter(|points| !points.is_empty()).collect()),
            "PERIOD" => Value::Scalar(Some(self.period as f64)),
            "TIME_SERIES" => Value::Series(self.every(|_| first.scalar())),
            "MINUTE" => Value::Series(self.every(|at| Some((self.time(at) / 60 % 60) as f64))),
            "HOUR" => Value::Series(self.every(|at| Some((self.time(at) / 3600 % 24) as f64))),
            "DAY" => Value::Series(self.every(|at| Some(((self.time(at) / 86_400 + 3) % 7 + 1) as f64))),
            "EPOCH" => Value::Series(self.every(|at| Some(self.time(at) as f64))),
            "FILL" => {
                let filler = arguments.remove(0);
                per_series(first, |points| self.fill(points, &filler))
            }
            "IF" => {
                let then = arguments.remove(0);
                let otherwise = arguments.pop();
                self.choose(first, then, otherwise)
            }
            "SLICE" => {
                let all = first.array();
                let bound = |value: &Value| value.scalar().map_or(0.0, |value| value.floor().max(0.0));
                let from = bound(&arguments[0]);
                let to = arguments.get(1).map_or(f64::INFINITY, bound);
                let is_inside = |at: usize| at as f64 >= from && (at as f64) < to;
                Value::Array(all.into_iter().enumerate().filter(|(at, _)| is_inside(*at)).map(|(_, one)| one).collect())
            }
            "SORT" => sort(first.array(), &arguments),
            other => panic!("{other} is not known here"),
        }
    }

    fn time(&self, at: i64) -> i64 {
        self.start + at * self.period
    }

    fn every(&self, value: impl Fn(i64) -> Option<f64>) -> Points {
        (0..self.periods).filter_map(|at| Some((at, value(at)?))).collect()
    }

    fn steps(&self, name: &str, points: &Points) -> Points {
        let step = |(at, value): (&i64, &f64)| {
            let (before, old) = points.range(..at).next_back()?;
            let seconds = ((at - before) * self.period) as f64;
            Some((
                *at,
                match name {
                    "DIFF" => value - old,
                    "DIFF_TIME" => seconds,
                    _ => (value - old) / seconds,
                },
            ))
        };
        finite(points.iter().filter_map(step).collect())
    }

    fn across(&self, name: &str, array: &[Points]) -> Points {
        self.every(|at| {
            let values: Vec<f64> = array.iter().filter_map(|points| points.get(&at).copied()).collect();
            if values.is_empty() { None } else { of_values(name, &values, Some(array.len())) }
        })
    }

    fn fill(&self, points: &Points, filler: &Value) -> Points {
        self.every(|at| {
            let before = || points.range(..=at).next_back();
            points.get(&at).copied().or_else(|| match filler {
                Value::Scalar(value) => *value,
                Value::Series(other) => other.get(&at).copied(),
                Value::Other(word) if word == "REPEAT" => before().map(|(_, value)| *value),
                _ => {
                    let ((from, first), (to, last)) = (before()?, points.range(at..).next()?);
                    Some(first + (last - first) * ((at - from) as f64 / (to - from) as f64))
                }
            })
        })
    }

    /// The table of the user guide.
    fn choose(&self, condition: Value, then: Value, otherwise: Option<Value>) -> Value {
        let condition = match condition {
            Value::Scalar(None) => return Value::Series(Points::new()),
            Value::Scalar(Some(value)) if value != 0.0 => return then,
            Value::Scalar(_) => return otherwise.unwrap_or(Value::Series(Points::new())),
            other => other.array().remove(0),
        };
        Value::Series(self.every(|at| match (condition.get(&at).map(|value| *value != 0.0)?, &then, &otherwise) {
            (true, Value::Scalar(value), _) => *value,
            (true, Value::Series(points), _) => Some(points.get(&at).copied().unwrap_or(0.0)),
            (false, _, None) => None,
            (false, _, Some(Value::Scalar(value))) => *value,
            (false, Value::Scalar(_), Some(Value::Series(points))) => points.get(&at).copied(),
            (false, Value::Series(_), Some(Value::Series(points))) => Some(points.get(&at).copied().unwrap_or(0.0)),
            other => panic!("{other:?} is checked"),
        }))
    }
}

impl Value {
    fn array(self) -> Vec<Points> {
        match self {
            Value::Series(points) => vec![points],
            Value::Array(all) => all,
            other => panic!("{other:?} is no array"),
        }
    }

    fn scalar(&self) -> Option<f64> {
        match self {
            Value::Scalar(value) => *value,
            other => panic!("{other:?} is no scalar"),
        }
    }
}

fn finite(points: Points) -> Points {
    points.into_iter().filter(|(_, value)| value.is_finite()).collect()
}

fn per_series(value: Value, change: impl Fn(&Points) -> Points) -> Value {
    match value {
        Value::Series(points) => Value::Series(finite(change(&points))),
        other => Value::Array(other.array().iter().map(|points| finite(change(points))).collect()),
    }
}

fn each(value: Value, change: impl Fn(f64) -> f64) -> Value {
    match value {
        Value::Scalar(value) => Value::Scalar(value.map(change)),
        other => per_series(other, |points| points.iter().map(|(at, value)| (*at, change(*value))).collect()),
    }
}

fn binary(operator: &str, left: Value, right: Value) -> Value {
    let compute = |left: f64, right: f64| operate(operator, left, right);
    match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => {
            let value = left.zip(right).map(|(left, right)| compute(left, right));
            Value::Scalar(value.filter(|value| value.is_finite()))
        }
        (Value::Scalar(None), other) | (other, Value::Scalar(None)) => per_series(other, |_| Points::new()),
        (Value::Scalar(Some(left)), other) => each(other, |value| compute(left, value)),
        (other, Value::Scalar(Some(right))) => each(other, |value| compute(value, right)),
        (Value::Series(left), Value::Series(right)) => Value::Series(both(&left, &right, compute)),
        (Value::Series(left), other) => per_series(other, |right| both(&left, right, compute)),
        (other, right) => {
            let right = right.array().remove(0);
            per_series(other, |left| both(left, &right, compute))
        }
    }
}

fn both(left: &Points, right: &Points, compute: impl Fn(f64, f64) -> f64) -> Points {
    let value = |points: &Points, at: i64| points.get(&at).copied().unwrap_or(0.0);
    let times = left.keys().chain(right.keys());
    finite(times.map(|at| (*at, compute(value(left, *at), value(right, *at)))).collect())
}

fn operate(operator: &str, left: f64, right: f64) -> f64 {
    let truth = |is_true: bool| if is_true { 1.0 } else { 0.0 };
    match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" if right == 0.0 => f64::NAN,
        "/" => left / right,
        "^" => left.powf(right),
        "==" => truth(left == right),
        "!=" => truth(left != right),
        "<" => truth(left < right),
        ">" => truth(left > right),
        "<=" => truth(left <= right),
        ">=" => truth(left >= right),
        "AND" | "&&" => truth(left != 0.0 && right != 0.0),
        "OR" | "||" => truth(left != 0.0 || right != 0.0),
        other => panic!("{other} is not known here"),
    }
}

/// The aggregate of some values; of an array of so many series, where `series` says. `None` when that is no number.
fn of_values(name: &str, values: &[f64], series: Option<usize>) -> Option<f64> {
    aggregate(name, values, series).filter(|value| value.is_finite())
}

fn aggregate(name: &str, values: &[f64], series: Option<usize>) -> Option<f64> {
    let sum = values.iter().fold(0.0, |sum, value| sum + value);
    let count = values.len() as f64;
    let value = match name {
        "SUM" => sum,
        "DATAPOINT_COUNT" => count,
        _ if values.is_empty() => return None,
        "AVG" => sum / series.map_or(count, |series| series as f64),
        "MIN" => values.iter().copied().fold(f64::NAN, f64::min),
        "MAX" => values.iter().copied().fold(f64::NAN, f64::max),
        _ => {
            let mean = sum / count;
            (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt()
        }
    };
    Some(value)
}

fn sort(array: Vec<Points>, arguments: &[Value]) -> Value {
    let word = |at: usize| match &arguments[at] {
        Value::Other(word) => word.clone(),
        other => panic!("{other:?} is no word"),
    };
    let key = |points: &Points| aggregate(&word(0), &points.values().copied().collect::<Vec<_>>(), None);
    // Insertion, each before the first that it has to precede.
    let mut sorted: Vec<Points> = Vec::new();
    for points in array.into_iter() {
        let precedes = |other: &Points| match (points.is_empty(), other.is_empty()) {
            (true, _) => false,
            (false, true) => true,
            _ if word(1) == "ASC" => key(&points) < key(other),
            _ => key(&points) > key(other),
        };
        let at = sorted.iter().position(precedes).unwrap_or(sorted.len());
        sorted.insert(at, points);
    }
    if let Some(limit) = arguments.get(2) {
        sorted.truncate(limit.scalar().map_or(0.0, |limit| limit.floor().max(0.0)).min(1000.0) as usize);
    }
    Value::Array(sorted)
}
