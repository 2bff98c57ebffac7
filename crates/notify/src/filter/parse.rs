//! From a text to a policy.

use serde_json::{Map, Value};

use super::condition::{Comparison, Condition};
use super::number::Fixed;
use super::{
    Field, Fields, FilterFault, FilterPolicy, MAX_COMBINATIONS, MAX_DEPTH, MAX_KEYS, MAX_POLICY, MAX_WILDCARDS, Scope,
    wildcard,
};

const OR: &str = "$or";

pub(super) fn parse(text: &str, scope: Scope) -> Result<FilterPolicy, FilterFault> {
    if text.len() > MAX_POLICY {
        return Err(FilterFault::TooLong(text.len()));
    }
    let members = match serde_json::from_str(text) {
        Ok(Value::Object(members)) => members,
        Ok(_) => return Err(FilterFault::Json("The policy is no object.".to_owned())),
        Err(error) => return Err(FilterFault::Json(error.to_string())),
    };
    if members.len() > MAX_KEYS {
        return Err(FilterFault::TooManyKeys(members.len()));
    }
    let root = fields(&members, scope, 1)?;
    let combinations = root.combinations(1);
    match combinations <= MAX_COMBINATIONS {
        true => Ok(FilterPolicy { scope, root }),
        false => Err(FilterFault::TooComplex(combinations)),
    }
}

fn fields(members: &Map<String, Value>, scope: Scope, depth: usize) -> Result<Fields, FilterFault> {
    if depth > MAX_DEPTH {
        return Err(FilterFault::TooDeep);
    }
    let mut fields = Fields::default();
    for (name, value) in members {
        match value {
            Value::Array(either) if name == OR => fields.any.push(or(either, scope, depth)?),
            _ if name == OR => return Err(FilterFault::Or),
            Value::Array(all) if all.is_empty() => return Err(FilterFault::EmptyArray),
            Value::Array(all) => {
                let conditions = all.iter().map(condition).collect::<Result<_, _>>()?;
                fields.all.push((name.clone(), Field::Conditions(conditions)));
            }
            Value::Object(_) if scope == Scope::MessageAttributes => return Err(FilterFault::Nested),
            Value::Object(inner) => {
                fields.all.push((name.clone(), Field::Object(self::fields(inner, scope, depth + 1)?)));
            }
            _ => return Err(FilterFault::NotArray(name.clone())),
        }
    }
    Ok(fields)
}

fn or(either: &[Value], scope: Scope, depth: usize) -> Result<Vec<Fields>, FilterFault> {
    let objects: Option<Vec<_>> = either.iter().map(Value::as_object).collect();
    let objects = objects.filter(|objects| objects.len() > 1).ok_or(FilterFault::Or)?;
    objects.into_iter().map(|members| fields(members, scope, depth + 1)).collect()
}

fn condition(value: &Value) -> Result<Condition, FilterFault> {
    Ok(match value {
        Value::String(text) => Condition::Text(text.clone()),
        Value::Number(number) => Condition::Number(Fixed::parse(number)?),
        Value::Bool(true) => Condition::True,
        Value::Bool(false) => Condition::False,
        Value::Null => Condition::Null,
        Value::Array(_) => return Err(FilterFault::MatchValue),
        Value::Object(members) => {
            let mut members = members.iter();
            match (members.next(), members.next()) {
                (Some((operator, pattern)), None) => operation(operator, pattern)?,
                _ => return Err(FilterFault::OperatorCount),
            }
        }
    })
}

fn operation(operator: &str, pattern: &Value) -> Result<Condition, FilterFault> {
    if let Some(condition) = of_text(operator, pattern)? {
        return Ok(condition);
    }
    match operator {
        "exists" => pattern
            .as_bool()
            .map(Condition::Exists)
            .ok_or(FilterFault::Pattern { operator: "exists", expected: "either true or false." }),
        "numeric" => numeric(pattern),
        "anything-but" => anything_but(pattern),
        other => Err(FilterFault::Operator(other.to_owned())),
    }
}

/// The operators that take a text.
fn of_text(operator: &str, pattern: &Value) -> Result<Option<Condition>, FilterFault> {
    let (operator, make): (&'static str, fn(&str) -> Option<Condition>) = match operator {
        "prefix" => ("prefix", |text| Some(Condition::Prefix(text.to_owned()))),
        "suffix" => ("suffix", |text| Some(Condition::Suffix(text.to_owned()))),
        "equals-ignore-case" => ("equals-ignore-case", |text| Some(Condition::EqualsIgnoreCase(text.to_owned()))),
        "wildcard" => ("wildcard", |text| {
            let parts = wildcard::parts(text).filter(|parts| parts.len() <= MAX_WILDCARDS + 1)?;
            Some(Condition::Wildcard(parts))
        }),
        "cidr" => ("cidr", Condition::cidr),
        _ => return Ok(None),
    };
    let expected = match operator {
        "wildcard" => "a string with at most 3 wildcards, and a backslash only before * and \\",
        "cidr" => "an address and the length of a prefix, such as 10.0.0.0/24",
        _ => "a string",
    };
    let condition = pattern.as_str().and_then(make);
    condition.map(Some).ok_or(FilterFault::Pattern { operator, expected })
}

fn anything_but(pattern: &Value) -> Result<Condition, FilterFault> {
    let fault = || FilterFault::Pattern {
        operator: "anything-but",
        expected: "a string, a number, an array of either, or one of prefix, suffix, wildcard and equals-ignore-case",
    };
    let one = |value: &Value| match value {
        Value::String(_) | Value::Number(_) => condition(value),
        _ => Err(fault()),
    };
    let none = match pattern {
        Value::Array(all) if !all.is_empty() => all.iter().map(one).collect::<Result<_, _>>()?,
        Value::Object(members) => match members.iter().next().map(|(operator, pattern)| (operator.as_str(), pattern)) {
            Some((operator @ ("prefix" | "suffix" | "wildcard" | "equals-ignore-case"), pattern))
                if members.len() == 1 =>
            {
                vec![operation(operator, pattern)?]
            }
            _ => return Err(fault()),
        },
        value => vec![one(value)?],
    };
    Ok(Condition::AnythingBut(none))
}

/// `["=", n]`, `["<", n]`, or a lower and an upper bound.
fn numeric(pattern: &Value) -> Result<Condition, FilterFault> {
    let Value::Array(parts) = pattern else {
        return Err(FilterFault::Pattern { operator: "numeric", expected: "an array" });
    };
    let mut comparisons = Vec::new();
    for pair in parts.chunks(2) {
        let [sign, number] = pair else { return Err(FilterFault::Numeric("Value of < must be numeric")) };
        let comparison = sign.as_str().and_then(Comparison::parse);
        let comparison = comparison.ok_or(FilterFault::Numeric("Unrecognized numeric range operator"))?;
        let Value::Number(number) = number else {
            return Err(FilterFault::Numeric("a numeric range operator must be followed by a number"));
        };
        comparisons.push((comparison, Fixed::parse(number)?));
    }
    match comparisons[..] {
        [_] => Ok(Condition::Numeric(comparisons)),
        [(lower, from), (upper, to)] if lower.is_lower() && !upper.is_lower() && upper != Comparison::Equal => {
            match from < to {
                true => Ok(Condition::Numeric(comparisons)),
                false => Err(FilterFault::Numeric("Bottom must be less than top")),
            }
        }
        [] => Err(FilterFault::Numeric("Invalid member in numeric match: ]")),
        _ => Err(FilterFault::Numeric("Too many elements in numeric expression")),
    }
}

impl Fields {
    /// How many combinations it has, its members being nested at a depth.
    fn combinations(&self, depth: u64) -> u64 {
        let all = self.all.iter().map(|(_, field)| match field {
            Field::Conditions(any) => (any.len() as u64).saturating_mul(depth),
            Field::Object(fields) => fields.combinations(depth + 1),
        });
        let any = self
            .any
            .iter()
            .map(|either| either.iter().map(|fields| fields.combinations(depth)).fold(0_u64, u64::saturating_add));
        all.chain(any).fold(1, u64::saturating_mul)
    }
}
