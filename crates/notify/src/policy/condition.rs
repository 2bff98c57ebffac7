//! The operators of conditions.

use super::document::OneOrMany;
use super::{Met, pattern};

/// How the value of a key is compared with those of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    /// `ArnEquals` is the same as `ArnLike`.
    ArnLike,
    Bool,
    /// Whether the key is absent.
    Null,
}

/// An operator with what is written around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Condition {
    /// `None`: an operator that is not understood.
    comparison: Option<Comparison>,
    /// Whether it has to fail: `StringNotEquals` and its like.
    is_negated: bool,
    /// What an absent key means.
    absent: Met,
}

/// Operators by name, and whether they are negated.
const OPERATORS: [(&str, Comparison, bool); 12] = [
    ("StringEquals", Comparison::StringEquals, false),
    ("StringNotEquals", Comparison::StringEquals, true),
    ("StringEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, true),
    ("StringLike", Comparison::StringLike, false),
    ("StringNotLike", Comparison::StringLike, true),
    ("ArnEquals", Comparison::ArnLike, false),
    ("ArnNotEquals", Comparison::ArnLike, true),
    ("ArnLike", Comparison::ArnLike, false),
    ("ArnNotLike", Comparison::ArnLike, true),
    ("Bool", Comparison::Bool, false),
    ("Null", Comparison::Null, false),
];

impl Condition {
    /// The condition of this name, such as `ForAnyValue:StringEqualsIfExists`.
    pub(super) fn of(name: &str) -> Self {
        // A key has one value here, so that it does not matter whether one of them or all have to do.
        let (rest, set_absent) = match name.split_once(':') {
            Some(("ForAnyValue", rest)) => (rest, Some(Met::No)),
            Some(("ForAllValues", rest)) => (rest, Some(Met::Yes)),
            _ => (name, None),
        };
        let (operator, if_exists) = match rest.strip_suffix("IfExists") {
            Some(operator) => (operator, Some(Met::Yes)),
            None => (rest, None),
        };
        let found = OPERATORS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(operator));
        let is_negated = found.is_some_and(|(.., is_negated)| *is_negated);
        Condition {
            comparison: found.map(|(_, comparison, _)| *comparison),
            is_negated,
            absent: if_exists.or(set_absent).unwrap_or(Met::of(is_negated)),
        }
    }

    /// Whether a value, if there is one, meets the condition.
    pub(super) fn meets(self, wanted: &OneOrMany, value: Option<&str>) -> Met {
        let Some(comparison) = self.comparison else { return Met::Unknown };
        if comparison == Comparison::Null {
            return wanted.any(|wanted| Met::of(wanted.eq_ignore_ascii_case("true") == value.is_none()));
        }
        let Some(value) = value else { return self.absent };
        let met = wanted.any(|wanted| comparison.meets(wanted, value));
        if self.is_negated { met.not() } else { met }
    }
}

impl Comparison {
    fn meets(self, wanted: &str, value: &str) -> Met {
        match self {
            Comparison::StringEquals if wanted.contains("${") => Met::Unknown,
            Comparison::StringEquals => Met::of(wanted == value),
            Comparison::StringEqualsIgnoreCase => Met::of(wanted.eq_ignore_ascii_case(value)),
            Comparison::StringLike => pattern::matches(wanted, value),
            Comparison::ArnLike => pattern::matches_arn(wanted, value),
            Comparison::Bool => Met::of(wanted.eq_ignore_ascii_case(value)),
            Comparison::Null => Met::Unknown,
        }
    }
}
