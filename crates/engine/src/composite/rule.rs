//! What an alarm rule says.

use std::collections::HashSet;
use std::fmt;

use nepho_model::AlarmState;

use super::lexer::is_sign;
use super::parser;
use super::reference::AlarmRef;
use super::rule_fault::RuleFault;

/// The longest alarm rule, in characters.
pub const MAX_RULE: usize = 10_240;

/// The most distinct alarms in a rule.
pub const MAX_RULE_CHILDREN: usize = 100;

/// The most elements of a rule: references to alarms, TRUE and FALSE, and pairs of parentheses that group.
pub const MAX_RULE_ELEMENTS: usize = 500;

/// The most parentheses and NOTs that stand within each other.
pub const MAX_RULE_DEPTH: usize = 100;

/// The rule of a composite alarm, read and checked.
///
/// `Display` writes it out anew, with the parentheses and quotes that it needs; [`text`](Self::text) is what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRule {
    text: String,
    root: Expression,
    children: Vec<AlarmRef>,
}

/// A condition on the states of alarms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// TRUE or FALSE.
    Constant(bool),
    /// An alarm is in a state.
    InState(AlarmState, AlarmRef),
    /// Some of several alarms are in a state, or are not.
    AtLeast(AtLeast),
    /// NOT.
    Not(Box<Expression>),
    /// AND over two or more.
    All(Vec<Expression>),
    /// OR over two or more.
    Any(Vec<Expression>),
}

/// AT_LEAST: so many of several alarms are in a state, or are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtLeast {
    /// How many have to be.
    pub threshold: Threshold,
    /// Whether the alarms are to be in any other state.
    pub is_negated: bool,
    /// The state.
    pub state: AlarmState,
    /// The alarms. One that is listed twice counts once.
    pub alarms: Vec<AlarmRef>,
}

/// How many alarms are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// So many.
    Count(u32),
    /// So many of a hundred, without rounding: 50 % of three alarms are two.
    Percent(u32),
}

impl AlarmRule {
    /// Reads a rule.
    ///
    /// # Errors
    /// It is too long, too large or too deep, or does not follow the grammar; says where, what was found and, mostly,
    /// what was expected.
    pub fn parse(text: &str) -> Result<Self, RuleFault> {
        let length = text.chars().count();
        if length > MAX_RULE {
            return Err(RuleFault::TooLong(length));
        }
        if text.is_empty() || text.trim().len() != text.len() {
            return Err(RuleFault::Blank);
        }
        let root = parser::parse(text)?;
        let children = distinct(root.alarms());
        if children.len() > MAX_RULE_CHILDREN {
            return Err(RuleFault::TooManyChildren(children.len()));
        }
        let children = children.into_iter().cloned().collect();
        Ok(AlarmRule { text: text.to_owned(), root, children })
    }

    /// The rule as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says.
    pub fn expression(&self) -> &Expression {
        &self.root
    }

    /// The alarms that it is about, each once, in the order in which they first occur.
    pub fn children(&self) -> &[AlarmRef] {
        &self.children
    }
}

impl Expression {
    /// All references, in their order.
    pub(super) fn alarms(&self) -> Vec<&AlarmRef> {
        match self {
            Expression::Constant(_) => Vec::new(),
            Expression::InState(_, alarm) => vec![alarm],
            Expression::AtLeast(at_least) => at_least.alarms.iter().collect(),
            Expression::Not(one) => one.alarms(),
            Expression::All(several) | Expression::Any(several) => {
                several.iter().flat_map(Expression::alarms).collect()
            }
        }
    }
}

impl AtLeast {
    /// The alarms, each once.
    pub(super) fn distinct(&self) -> Vec<&AlarmRef> {
        distinct(self.alarms.iter())
    }
}

/// The first reference to each alarm.
fn distinct<'a>(alarms: impl IntoIterator<Item = &'a AlarmRef>) -> Vec<&'a AlarmRef> {
    let mut seen = HashSet::new();
    alarms.into_iter().filter(|alarm| seen.insert(alarm.name())).collect()
}

impl fmt::Display for AlarmRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expression::Constant(true) => f.write_str("TRUE"),
            Expression::Constant(false) => f.write_str("FALSE"),
            Expression::InState(state, alarm) => write!(f, "{state}({})", Reference(alarm)),
            Expression::AtLeast(at_least) => at_least.fmt(f),
            Expression::Not(one) => {
                f.write_str("NOT ")?;
                within(f, one, matches!(**one, Expression::All(_) | Expression::Any(_)))
            }
            Expression::All(all) => {
                joined(f, all, " AND ", |one| matches!(one, Expression::All(_) | Expression::Any(_)))
            }
            Expression::Any(any) => joined(f, any, " OR ", |one| matches!(one, Expression::Any(_))),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    several: &[Expression],
    operator: &str,
    is_grouped: fn(&Expression) -> bool,
) -> fmt::Result {
    for (at, one) in several.iter().enumerate() {
        if at > 0 {
            f.write_str(operator)?;
        }
        within(f, one, is_grouped(one))?;
    }
    Ok(())
}

fn within(f: &mut fmt::Formatter<'_>, expression: &Expression, is_grouped: bool) -> fmt::Result {
    if is_grouped { write!(f, "({expression})") } else { write!(f, "{expression}") }
}

impl fmt::Display for AtLeast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.is_negated { "NOT " } else { "" };
        write!(f, "AT_LEAST({}, {not}{}, (", self.threshold, self.state)?;
        for (at, alarm) in self.alarms.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{}", Reference(alarm))?;
        }
        f.write_str("))")
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Threshold::Count(count) => write!(f, "{count}"),
            Threshold::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// A reference, in quotes where it needs them.
struct Reference<'a>(&'a AlarmRef);

impl fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.as_str();
        if !text.is_empty() && !text.starts_with('"') && !text.contains(|c: char| c.is_whitespace() || is_sign(c)) {
            return f.write_str(text);
        }
        let escaped = text.replace('\\', r"\\").replace('"', r#"\""#);
        write!(f, "\"{escaped}\"")
    }
}
