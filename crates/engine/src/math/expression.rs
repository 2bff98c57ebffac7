//! An expression, read: its nodes and where each stands in the text.

use std::ops::Range;

use super::fault::ExpressionFault;
use super::function::Function;
use super::operator::Operator;
use super::parser;
use super::types::Word;

/// The longest expression, in characters: what the API's model allows.
pub const MAX_EXPRESSION: usize = 2048;
/// How deep parentheses, brackets, calls, signs and powers may be nested in each other.
pub const MAX_NESTING: usize = 100;

/// Functions whose value in each period only depends on what their arguments have in it, unless one is a word.
const BY_PERIOD: [&str; 7] = ["ABS", "CEIL", "FILL", "FLOOR", "IF", "LOG", "LOG10"];

/// Functions whose value in each period depends on what their arguments have before and after it, too.
const BY_ROW: [&str; 5] = ["DIFF", "DIFF_TIME", "METRICS", "RATE", "RUNNING_SUM"];

/// Functions with a value in each period of an array, but one for the whole range of a series.
const ACROSS: [&str; 6] = ["AVG", "DATAPOINT_COUNT", "MAX", "MIN", "STDDEV", "SUM"];

/// The bytes of the text that a node was read from.
pub(super) type Span = Range<usize>;

/// An expression of metric math, read but not yet checked against what its ids are.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    text: Box<str>,
    /// Every node after its children, so that a walk from first to last finds what it needs done; the last is the
    /// whole. There is no recursion over an expression but that of the parser.
    nodes: Vec<Node>,
}

/// One part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// Positions of its operands, arguments or elements.
    pub(super) children: Vec<usize>,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Text(String),
    Id(String),
    Word(Word),
    Negate,
    Binary(Operator),
    Array,
    Call(&'static Function),
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it and where: an unexpected character, a function that does not exist, a limit.
    pub fn parse(text: &str) -> Result<Self, ExpressionFault> {
        Ok(Expression { text: text.into(), nodes: parser::parse(text)? })
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The ids it names, in the order of their appearance, repeated ones as well.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            Kind::Id(id) => Some(id.as_str()),
            _ => None,
        })
    }

    /// The parts of ids that it asks METRICS for; METRICS() without an argument asks for all, with an empty part.
    pub fn metrics_calls(&self) -> impl Iterator<Item = &str> {
        self.calls("METRICS").map(|call| self.first_text(call).unwrap_or_default())
    }

    /// The periods that its SEARCHes name, in seconds and as they are written; `None` for a SEARCH that has that of its
    /// query.
    pub fn search_periods(&self) -> impl Iterator<Item = Option<f64>> {
        self.calls("SEARCH").map(|call| match call.children.get(2).map(|period| &self.nodes[*period].kind) {
            Some(Kind::Number(seconds)) => Some(*seconds),
            _ => None,
        })
    }

    /// Whether a function is called somewhere in it.
    pub fn has_call(&self, name: &str) -> bool {
        self.calls(name).next().is_some()
    }

    /// Whether its value in each period only depends on what its ids have in that period, so that it comes to the same
    /// over any range.
    pub(crate) fn is_by_period(&self) -> bool {
        self.nodes.iter().all(|node| match &node.kind {
            Kind::Number(_) | Kind::Id(_) | Kind::Negate | Kind::Binary(_) => true,
            Kind::Call(function) => BY_PERIOD.contains(&function.name),
            Kind::Text(_) | Kind::Word(_) | Kind::Array => false,
        })
    }

    /// Whether its value in each period only depends on what its ids have within the same range of periods, not on when that
    /// is, so that ranges may be computed side by side.
    pub(crate) fn is_by_row(&self) -> bool {
        self.nodes.iter().all(|node| match &node.kind {
            Kind::Number(_) | Kind::Id(_) | Kind::Negate | Kind::Binary(_) | Kind::Array | Kind::Word(_) => true,
            // What METRICS is asked for.
            Kind::Text(_) => true,
            Kind::Call(function) if ACROSS.contains(&function.name) => self.takes_array(node),
            Kind::Call(function) => BY_PERIOD.contains(&function.name) || BY_ROW.contains(&function.name),
        })
    }

    /// Whether the first argument of a call is written as an array, or made of one.
    fn takes_array(&self, call: &Node) -> bool {
        let first = call.children.first().map(|child| &self.nodes[*child]);
        first.is_some_and(|node| match &node.kind {
            Kind::Array => true,
            Kind::Call(function) if function.name == "METRICS" => true,
            Kind::Call(function) if ACROSS.contains(&function.name) => false,
            Kind::Call(_) | Kind::Negate => self.takes_array(node),
            _ => false,
        })
    }

    fn calls<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.nodes.iter().filter(move |node| matches!(node.kind, Kind::Call(function) if function.name == name))
    }

    /// Where a function is called first, if it is: the first character, counted from 1.
    pub(crate) fn call_position(&self, name: &str) -> Option<usize> {
        self.calls(name).next().map(|node| self.position(node))
    }

    /// The text with other ids; parentheses around nothing but an id go.
    pub(crate) fn renamed(&self, name: impl Fn(&str) -> String) -> String {
        let mut ids: Vec<_> = self.nodes.iter().filter(|node| matches!(node.kind, Kind::Id(_))).collect();
        ids.sort_by_key(|node| node.span.start);
        let (mut text, mut done) = (String::new(), 0);
        for node in ids {
            let Kind::Id(id) = &node.kind else { continue };
            text.push_str(&self.text[done..node.span.start]);
            text.push_str(&name(id));
            done = node.span.end;
        }
        text + &self.text[done..]
    }

    /// The function whose only argument a node is, if it is one.
    pub(crate) fn only_taker(&self, node: usize) -> Option<&'static str> {
        self.nodes.iter().find_map(|taker| match taker.kind {
            Kind::Call(function) if taker.children == [node] => Some(function.name),
            _ => None,
        })
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The source text of a node.
    pub(super) fn source(&self, node: &Node) -> &str {
        &self.text[node.span.clone()]
    }

    /// The position of a node for people: its first character, counted from 1.
    pub(super) fn position(&self, node: &Node) -> usize {
        position(&self.text, node.span.start)
    }

    /// The first argument of a call, where it is a string.
    pub(super) fn first_text(&self, call: &Node) -> Option<&str> {
        match &self.nodes[*call.children.first()?].kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The character at a byte of a text, counted from 1.
pub(super) fn position(text: &str, byte: usize) -> usize {
    text[..byte].chars().count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_have_their_value_by_the_period() {
        let is_by_period = |text| Expression::parse(text).unwrap().is_by_period();
        for text in ["100 * errors / (errors + ok)", "-m1 > 3 && LOG(m2)", "FILL(m1, 0) + IF(m1, FILL(m2, 3), 1)"] {
            assert!(is_by_period(text), "{text}");
        }
        for text in ["FILL(m1, REPEAT)", "m1 - AVG(m1)", "RATE(m1)", "SUM([m1, m2])", "SUM(METRICS('m'))", "MINUTE(m1)"]
        {
            assert!(!is_by_period(text), "{text}");
        }
    }

    #[test]
    fn some_have_their_value_by_the_range() {
        let is_by_row = |text| Expression::parse(text).unwrap().is_by_row();
        for text in [
            "RATE(m1) + IF(m2 > 3, RUNNING_SUM(m2))",
            "FILL(m1, REPEAT) - DIFF(FILL(m1, LINEAR)) / DIFF_TIME(m2)",
            "SUM([m1, m2]) + MAX(METRICS('m')) + AVG(RATE([m1, m2])) + STDDEV(-[m1, m2])",
        ] {
            assert!(is_by_row(text), "{text}");
        }
        for text in ["m1 - AVG(m1)", "SUM(RATE(m1))", "MAX(SUM([m1, m2]))", "MINUTE(m1)", "AVG(REMOVE_EMPTY([m1]))"] {
            assert!(!is_by_row(text), "{text}");
        }
    }

    #[test]
    fn calls_tell_what_they_ask_for() {
        let text = "SUM(SEARCH('a', 'Sum', 300)) + AVG(SEARCH('b', 'Sum')) + SUM(METRICS('err')) + SUM(METRICS())";
        let expression = Expression::parse(text).unwrap();
        assert_eq!(expression.search_periods().collect::<Vec<_>>(), [Some(300.0), None]);
        assert_eq!(expression.metrics_calls().collect::<Vec<_>>(), ["err", ""]);
        assert!(expression.has_call("AVG") && !expression.has_call("MAX"));
    }
}
