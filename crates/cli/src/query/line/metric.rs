//! A metric in the short form: two names, and behind them, in any order, what else there is to say.

use std::fmt;

use nepho_engine::{Period, Statistic, StatisticFault};
use nepho_model::Unit;

use super::{Asked, LABEL, PERIOD, Parts, Reading, UNIT, options};
use crate::dimension::{self, Dimension};
use crate::metric::{Metric, parse_name, parse_namespace};
use crate::query::fault::Fault;
use crate::query::words::{Word, in_quotes, quoted, whole_words};
use crate::{period, statistic, unit};

const EXPECTED: &str = "expected DIMENSION=VALUE, a statistic such as Sum or p99, a period such as 5m, unit:UNIT or \
                        label:TEXT";

pub(super) fn parse(text: &str, from: usize) -> Result<Parts, Fault> {
    let words = whole_words(text, from)?;
    let [namespace, rest @ ..] = &words[..] else { return Err(Fault::at(text, from, "the namespace is missing")) };
    let fault = |word: &Word, message: String| Fault::at(text, word.span.start, message);
    parse_namespace(&namespace.value).map_err(|message| fault(namespace, message))?;
    let [name, rest @ ..] = rest else {
        let message = "the name of the metric is missing: expected NAMESPACE NAME, as in: Shop Orders";
        return Err(Fault::at(text, text.trim_end().len(), message));
    };
    parse_name(&name.value).map_err(|message| fault(name, message))?;
    let mut tail = Tail::default();
    for word in rest {
        tail.add(word).map_err(|message| fault(word, message))?;
    }
    let metric = Metric::new(&namespace.value, &name.value, &tail.dimensions);
    Ok((Asked::Metric { metric, statistic: tail.statistic, unit: tail.unit }, tail.period, tail.label))
}

/// What stands behind the names.
#[derive(Default)]
struct Tail {
    dimensions: Vec<Dimension>,
    statistic: Option<Statistic>,
    period: Option<Period>,
    unit: Option<Unit>,
    label: Option<String>,
}

impl Tail {
    fn add(&mut self, word: &Word) -> Result<(), String> {
        if let Some(label) = option(word, LABEL) {
            return set(&mut self.label, "label", label.to_owned());
        }
        if let Some(text) = option(word, UNIT) {
            let wrong = || format!("{text:?} is no unit: {}", unit::advice(text));
            return set(&mut self.unit, "unit", Unit::parse(text).ok_or_else(wrong)?);
        }
        if let Some(text) = option(word, PERIOD) {
            return set(&mut self.period, "period", period::parse(text)?);
        }
        if word.value.contains('=') {
            return self.add_dimension(word);
        }
        match Statistic::parse(&word.value) {
            Ok(statistic) => return set(&mut self.statistic, "statistic", statistic),
            Err(fault @ StatisticFault::AboveHundred(_)) => return Err(fault.to_string()),
            Err(_) => {}
        }
        if word.value.parse::<i64>().is_ok() || period::seconds_of(&word.value).is_some() {
            return set(&mut self.period, "period", period::parse(&word.value)?);
        }
        Err(unknown(&word.value))
    }

    fn add_dimension(&mut self, word: &Word) -> Result<(), String> {
        let dimension = match word.equals {
            Some(at) => dimension::checked(&word.value[..at], &word.value[at + 1..])?,
            None => dimension::parse(&word.value)?,
        };
        if dimension.name.ends_with(char::is_whitespace) {
            return Err(format!(
                "the name {:?} of a dimension ends with a space; for several queries, each is one argument in quotes",
                dimension.name
            ));
        }
        if self.dimensions.iter().any(|known| known.name == dimension.name) {
            return Err(format!("a metric has one dimension {}, and this is the second", dimension.name));
        }
        self.dimensions.push(dimension);
        Ok(())
    }
}

/// What is behind the colon, when a word is this option.
pub(super) fn option<'a>(word: &'a Word, name: &str) -> Option<&'a str> {
    word.value[..word.bare].starts_with(name).then(|| &word.value[name.len()..])
}

/// Keeps what there may be only one of.
pub(super) fn set<T>(place: &mut Option<T>, noun: &str, value: T) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("a query has one {noun}, and this is the second; give another query for it")),
    }
}

fn unknown(word: &str) -> String {
    if word.contains(',') && word.split(',').all(|one| Statistic::parse(one).is_ok()) {
        return "a query has one statistic; give another query for each other".to_owned();
    }
    match statistic::meant(word) {
        Some(meant) => format!("CloudWatch's name for the statistic is {meant}"),
        None => format!("{word} is neither a statistic nor a period: {EXPECTED}; a name with spaces is in quotes"),
    }
}

/// Writes it without its period, unit and label.
pub(super) fn write(f: &mut fmt::Formatter<'_>, metric: &Metric, statistic: Option<&Statistic>) -> fmt::Result {
    let names = format!("{} {}", quoted(&metric.namespace), quoted(&metric.name));
    match Reading::of(&names) {
        Reading::Metric if super::split_id(&names).0.is_none() => f.write_str(&names)?,
        _ => write!(f, "{} {}", in_quotes(&metric.namespace), quoted(&metric.name))?,
    }
    for Dimension { name, value } in &metric.dimensions {
        let is_option = options().any(|option| name.starts_with(option));
        let name = if name.contains('=') || is_option { in_quotes(name) } else { quoted(name) };
        write!(f, " {name}={}", quoted(value))?;
    }
    statistic.map_or(Ok(()), |statistic| write!(f, " {statistic}"))
}
