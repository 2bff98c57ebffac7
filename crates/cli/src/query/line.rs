//! The short form of a query, which can be typed from memory:
//!
//! ```text
//! [ID =] NAMESPACE NAME [DIMENSION=VALUE ...] [STATISTIC] [PERIOD] [unit:UNIT] [label:TEXT]
//! [ID =] EXPRESSION [period:PERIOD] [label:TEXT]
//! ```
//!
//! Two names side by side make a metric; everything else is an expression. In metric math, no two operands ever stand
//! side by side, so a text is one or the other.

mod expression;
mod metric;

use std::fmt;

use nepho_engine::{Period, QueryId, Statistic};
use nepho_model::Unit;

use super::fault::Fault;
use super::words::in_quotes;
use crate::metric::Metric;
use crate::period;

/// Names of options, which stand in front of a colon.
const LABEL: &str = "label:";
const PERIOD: &str = "period:";
const UNIT: &str = "unit:";

/// The beginnings of words that are options.
pub(crate) fn options() -> impl Iterator<Item = &'static str> {
    [LABEL, PERIOD, UNIT].into_iter()
}

/// A query in the short form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) id: Option<QueryId>,
    pub(crate) asked: Asked,
    pub(crate) period: Option<Period>,
    pub(crate) label: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    /// A statistic of a metric.
    Metric { metric: Metric, statistic: Option<Statistic>, unit: Option<Unit> },
    /// Metric math, a search or a query of Metrics Insights.
    Expression(Expression),
}

/// An expression in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    pub(crate) text: String,
    /// Characters of the text that it was read from which stand in front of it.
    pub(crate) offset: usize,
}

/// As what a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Metric,
    Expression,
}

/// Why a text is no query, and as what it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineFault {
    pub(crate) reading: Reading,
    pub(crate) fault: Fault,
}

impl LineFault {
    /// How the text was read, where it is wrong, and how one that is right looks.
    pub(crate) fn shown(&self, text: &str) -> String {
        let (reading, fault) = (self.reading, self.fault.shown(text));
        format!("is read as {}:\n{fault}\n{}", reading.words(), reading.form())
    }
}

impl Line {
    /// A metric, and nothing said of it.
    pub(crate) fn of_metric(metric: Metric) -> Self {
        Line { id: None, asked: Asked::Metric { metric, statistic: None, unit: None }, period: None, label: None }
    }

    /// Reads a query.
    ///
    /// # Errors
    /// Names the character that cannot stand where it stands.
    pub(crate) fn parse(text: &str) -> Result<Self, LineFault> {
        let (id, from) = split_id(text);
        let reading = Reading::of(&text[from..]);
        let fault = |fault| LineFault { reading, fault };
        let id = match id {
            None => None,
            Some(id) => Some(QueryId::parse(id).map_err(|wrong| {
                let at = text.find(id).unwrap_or_default();
                fault(Fault::at(text, at, format!("{wrong}; what stands in front of '=' is the id of the query")))
            })?),
        };
        let (asked, period, label) = match reading {
            Reading::Metric => metric::parse(text, from).map_err(fault)?,
            Reading::Expression => expression::parse(text, from).map_err(fault)?,
        };
        Ok(Line { id, asked, period, label })
    }
}

/// What a line says behind its id: what is asked for, its period, its label.
type Parts = (Asked, Option<Period>, Option<String>);

/// The id that a text begins with, and the byte behind its `=`. A comparison (`==`) has none.
pub(crate) fn split_id(text: &str) -> (Option<&str>, usize) {
    let start = text.len() - text.trim_start().len();
    let is_end = |c: char| c.is_whitespace() || "=\"'()[],<>!+*^&|".contains(c);
    let end = text[start..].find(is_end).map_or(text.len(), |length| start + length);
    let rest = text[end..].trim_start();
    if end == start || !rest.starts_with('=') || rest.starts_with("==") {
        return (None, start);
    }
    (Some(&text[start..end]), text.len() - rest.len() + 1)
}

impl Reading {
    /// How a text is read that has no id in front.
    pub(crate) fn of(text: &str) -> Self {
        let text = text.trim_start();
        if text.starts_with(['"', '\'']) {
            return Reading::Metric;
        }
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (first, rest) = (&text[..end], text[end..].trim_start());
        match is_name(first) && !first.eq_ignore_ascii_case("SELECT") && begins_name(rest) {
            true => Reading::Metric,
            false => Reading::Expression,
        }
    }

    /// As what a text is read, and why.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Reading::Metric => "a metric, because two names stand side by side",
            Reading::Expression => "an expression, because it does not begin with two names side by side",
        }
    }

    /// What such a text looks like.
    pub(crate) fn form(self) -> &'static str {
        match self {
            Reading::Metric => {
                "A metric is: [ID =] NAMESPACE NAME [DIMENSION=VALUE ...] [STATISTIC] [PERIOD] [unit:UNIT] [label:TEXT]"
            }
            Reading::Expression => "An expression is: [ID =] EXPRESSION [period:PERIOD] [label:TEXT]",
        }
    }
}

/// Whether a text can be a name without quotes where an expression could stand.
pub(crate) fn is_name(text: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || "_.-/#:%@$\\~".contains(c);
    !text.is_empty() && !text.starts_with('-') && !text.ends_with(['-', '/']) && text.chars().all(is_name)
}

/// Whether a text goes on with a second name rather than with an operator.
fn begins_name(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    let is_operator = matches!(word, "AND" | "OR") && !text[word.len()..].starts_with(['.', '-', ':']);
    !text.is_empty()
        && !text.starts_with(['+', '-', '*', '/', '^', '<', '>', '=', '!', '&', '|', '(', ')', '[', ']', ','])
        && !is_operator
}

impl fmt::Display for Line {
    /// As it can be typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            write!(f, "{id} = ")?;
        }
        match &self.asked {
            Asked::Metric { metric, statistic, unit } => {
                metric::write(f, metric, statistic.as_ref())?;
                if let Some(period) = self.period {
                    write!(f, " {}", period::short(period))?;
                }
                if let Some(unit) = unit {
                    write!(f, " {UNIT}{unit}")?;
                }
            }
            Asked::Expression(expression) => {
                f.write_str(&expression.text)?;
                if let Some(period) = self.period {
                    write!(f, " {PERIOD}{}", period::short(period))?;
                }
            }
        }
        match &self.label {
            None => Ok(()),
            Some(label) => write!(f, " {LABEL}{}", in_quotes(label)),
        }
    }
}

#[cfg(test)]
mod tests;
