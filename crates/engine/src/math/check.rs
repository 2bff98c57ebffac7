//! What an expression gives, once it is known what its ids are.

mod call;

use nepho_model::search::Search;

use crate::period::Period;
use crate::statistic::Statistic;

use super::expression::{Expression, Kind, Node};
use super::fault::{ExpressionFault, Hint};
use super::nearest::{hint, nearest};
use super::operator::Operator;
use super::periods::Periods;
use super::types::{Type, WORDS};

/// The period of what finds its metrics by itself and says none, when its query says none and the metrics of the request
/// do not share one.
pub(crate) const UNSAID_PERIOD: Period = Period::FIVE_MINUTES;

/// What an expression may name.
pub(crate) trait Names {
    /// What an id stands for.
    fn get(&self, id: &str) -> Option<&Named>;
    /// All ids.
    fn all(&self) -> Vec<&str>;
    /// The periods of the metrics whose ids contain a text.
    fn metrics(&self, part: &str) -> Periods;
}

/// What an id stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named {
    pub(crate) gives: Type,
    pub(crate) periods: Periods,
}

/// What is known of an expression that can be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Checked {
    pub(crate) gives: Type,
    /// Those of the result.
    pub(crate) periods: Periods,
    /// The period of a series that nothing else gives one to; `None` when there is no such series.
    pub(crate) period: Option<Period>,
    pub(crate) searches: Vec<SearchCall>,
    pub(crate) bands: Vec<BandCall>,
}

/// A SEARCH in an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SearchCall {
    /// Which node it is.
    pub(crate) node: usize,
    /// What it searches for.
    pub(crate) search: Search,
    pub(crate) statistic: Statistic,
    pub(crate) period: Period,
}

/// An ANOMALY_DETECTION_BAND in an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BandCall {
    /// Which node it is.
    pub(crate) node: usize,
    /// The id of what it is around.
    pub(crate) of: String,
}

/// Checks an expression: types, arguments, periods. `period` is that of its query.
///
/// # Errors
/// The first thing that is wrong, and where.
pub(crate) fn check(
    expression: &Expression,
    names: &dyn Names,
    period: Option<Period>,
) -> Result<Checked, ExpressionFault> {
    let mut check = Check { expression, names, given: period, floating: Periods::None, searches: Vec::new() };
    let (gives, periods) = check.root()?;
    let of_all = || names.metrics("").one().or_else(|| check.named().one());
    if let Some(given) = period {
        periods.check_given(given)?;
    }
    let period = periods.one().or(match &periods {
        Periods::None => period.or_else(of_all),
        _ => None,
    });
    if let (None, Periods::None, true) = (period, &periods, gives.is_series_or_array() && check.has_floating()) {
        return Err(ExpressionFault::NoPeriod);
    }
    // Now that the period of what has none of its own is known, it has to go together with the rest.
    check.floating = period.map_or(periods, |period| Periods::One(period, "TIME_SERIES".to_owned()));
    check.searches.clear();
    let (gives, periods) = check.root()?;
    let bands = call::bands(expression)?;
    Ok(Checked { gives, periods, period, searches: check.searches, bands })
}

struct Check<'a> {
    expression: &'a Expression,
    names: &'a dyn Names,
    /// The period of the query.
    given: Option<Period>,
    /// The periods of a series that takes any.
    floating: Periods,
    searches: Vec<SearchCall>,
}

/// What a node gives, and the periods of its series.
type Found = (Type, Periods);

impl Check<'_> {
    fn root(&mut self) -> Result<Found, ExpressionFault> {
        let mut found: Vec<Found> = Vec::with_capacity(self.expression.nodes().len());
        for (at, node) in self.expression.nodes().iter().enumerate() {
            let next = self.node(at, node, &found)?;
            found.push(next);
        }
        Ok(found.pop().expect("an expression has at least one node"))
    }

    /// The periods of what the expression names and searches for, whatever it makes of it.
    fn named(&self) -> Periods {
        let of_ids = self.expression.ids().filter_map(|id| self.names.get(id)).map(|named| &named.periods);
        let all = of_ids.fold(Periods::None, |all, one| all.and(one));
        self.searches.iter().fold(all, |all, one| all.and(&Periods::One(one.period, "SEARCH".to_owned())))
    }

    fn has_floating(&self) -> bool {
        self.expression.call_position("TIME_SERIES").is_some()
    }

    fn node(&mut self, at: usize, node: &Node, found: &[Found]) -> Result<Found, ExpressionFault> {
        let children: Vec<_> = node.children.iter().map(|child| &found[*child]).collect();
        match &node.kind {
            Kind::Number(_) => Ok((Type::Scalar, Periods::None)),
            Kind::Text(_) => Ok((Type::Text, Periods::None)),
            Kind::Word(word) => Ok((Type::Word(*word), Periods::None)),
            Kind::Id(id) => self.id(node, id),
            Kind::Array => self.array(node, &children),
            Kind::Negate => self.negate(node, children[0]),
            Kind::Binary(operator) => self.binary(node, *operator, children[0], children[1]),
            Kind::Call(function) => self.call(at, node, function, &children),
        }
    }

    fn id(&self, node: &Node, id: &str) -> Result<Found, ExpressionFault> {
        if let Some(named) = self.names.get(id) {
            return Ok((named.gives, named.periods.clone()));
        }
        // What is no keyword reads as an id: a misspelt keyword, or one in small letters.
        let keyword = match id.contains(char::is_lowercase) {
            true => WORDS.iter().map(|(word, _)| *word).find(|word| word.eq_ignore_ascii_case(id)),
            false => nearest(id, WORDS.iter().map(|(word, _)| *word)),
        };
        let hint = match keyword {
            Some(keyword) => Hint::Nearest(keyword.to_owned()),
            None => hint(id, self.names.all().into_iter()),
        };
        Err(ExpressionFault::UnknownId { name: id.to_owned(), position: self.expression.position(node), hint })
    }

    fn array(&self, node: &Node, elements: &[&Found]) -> Result<Found, ExpressionFault> {
        let is_texts = elements[0].0 == Type::Text;
        for ((gives, _), child) in elements.iter().zip(&node.children) {
            let fits = if is_texts { *gives == Type::Text } else { gives.is_series_or_array() };
            if !fits {
                let position = self.expression.position(&self.expression.nodes()[*child]);
                let expected = match is_texts {
                    true => "a string, as the first is one",
                    false => "a time series or an array of them",
                };
                return Err(ExpressionFault::Element { position, found: gives.to_string(), expected });
            }
        }
        let gives = if is_texts { Type::Texts } else { Type::Array };
        Ok((gives, together(elements)))
    }

    fn negate(&self, node: &Node, (gives, periods): &Found) -> Result<Found, ExpressionFault> {
        let gives = match gives {
            Type::Scalar => Type::Scalar,
            Type::Series | Type::Metric => Type::Series,
            Type::Array => Type::Array,
            other => {
                let expected = "expected a scalar, a time series or an array of time series";
                let position = self.expression.position(node);
                let operands = other.to_string();
                return Err(ExpressionFault::Operands { operator: "-", position, operands, expected });
            }
        };
        Ok((gives, periods.clone()))
    }

    fn binary(&self, node: &Node, operator: Operator, left: &Found, right: &Found) -> Result<Found, ExpressionFault> {
        let position = || self.expression.position(node);
        let gives = operation(operator, left.0, right.0).ok_or_else(|| {
            let operands = format!("{} and {}", left.0, right.0);
            let expected = match (operator.is_arithmetic(), left.0, right.0) {
                (true, Type::Array, Type::Array) => {
                    "aggregate one of them, as SUM(...) does, or combine the series one by one"
                }
                (true, ..) => "expected scalars, time series, or an array of time series with either",
                (false, ..) => "expected scalars or time series",
            };
            ExpressionFault::Operands { operator: operator.as_str(), position: position(), operands, expected }
        })?;
        let periods = together(&[left, right]);
        periods.check_together(position)?;
        Ok((gives, periods))
    }
}

/// What an operator gives of two types; `None` when it does not take them. The shapes are those that CloudWatch
/// documents.
fn operation(operator: Operator, left: Type, right: Type) -> Option<Type> {
    let plain = |found: Type| if found.fits(Type::Series) { Type::Series } else { found };
    match (plain(left), plain(right)) {
        (Type::Scalar, Type::Scalar) => Some(Type::Scalar),
        (Type::Scalar | Type::Series, Type::Scalar | Type::Series) => Some(Type::Series),
        (Type::Array, Type::Scalar | Type::Series) | (Type::Scalar | Type::Series, Type::Array)
            if operator.is_arithmetic() =>
        {
            Some(Type::Array)
        }
        _ => None,
    }
}

fn together(parts: &[&Found]) -> Periods {
    parts.iter().fold(Periods::None, |all, (_, periods)| all.and(periods))
}

/// Refuses a result that cannot be answered.
pub(crate) fn check_result(gives: Type) -> Result<(), ExpressionFault> {
    if gives.is_series_or_array() {
        return Ok(());
    }
    let hint = match gives {
        Type::Scalar => Hint::Advice("which TIME_SERIES(...) makes of a scalar"),
        _ => Hint::None,
    };
    Err(ExpressionFault::Result { found: gives.to_string(), hint })
}
