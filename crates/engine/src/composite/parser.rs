//! From pieces to a rule.
//!
//! ```text
//! any      := all ("OR" all)*
//! all      := one ("AND" one)*
//! one      := "NOT" one | "TRUE" | "FALSE" | "(" any ")" | state "(" alarm ")" | at_least
//! at_least := "AT_LEAST" "(" (number | number "%") "," ["NOT"] state "," "(" alarm ("," alarm)* ")" ")"
//! state    := "ALARM" | "OK" | "INSUFFICIENT_DATA"
//! alarm    := word | quoted
//! ```

use nepho_model::AlarmState;

use super::lexer::{Kind, Lexer, Piece, char_index};
use super::reference::AlarmRef;
use super::rule::{AtLeast, Expression, MAX_RULE_DEPTH, MAX_RULE_ELEMENTS, Threshold};
use super::rule_fault::RuleFault;
use crate::math::nearest;

/// The longest piece of a rule that an error repeats, in characters.
pub(super) const FOUND_MAX: usize = 40;

/// What CloudWatch says can begin a condition.
const EXPRESSION: &str = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA";
const STATES: &str = "ALARM, OK, or INSUFFICIENT_DATA";
const KEYWORDS: [&str; 7] = ["ALARM", "OK", "INSUFFICIENT_DATA", "NOT", "AT_LEAST", "TRUE", "FALSE"];
const OPERATORS: [&str; 2] = ["AND", "OR"];

/// CloudWatch's reference tells those who are caught in a cycle to set a rule to `false`, so small letters are read too.
const CONSTANTS: [(&str, bool); 4] = [("TRUE", true), ("FALSE", false), ("true", true), ("false", false)];

pub(super) fn parse(text: &str) -> Result<Expression, RuleFault> {
    let mut lexer = Lexer::new(text);
    let next = lexer.next()?;
    let mut parser = Parser { lexer, next, depth: 0, elements: 0 };
    let expression = parser.any()?;
    match parser.next.kind {
        Kind::End if parser.elements > MAX_RULE_ELEMENTS => Err(RuleFault::TooManyElements(parser.elements)),
        Kind::End => Ok(expression),
        _ => Err(parser.unexpected_operator("'AND' or 'OR'")),
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    next: Piece<'a>,
    depth: usize,
    elements: usize,
}

impl<'a> Parser<'a> {
    fn take(&mut self) -> Result<Piece<'a>, RuleFault> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    /// Takes a word if it is the next piece.
    fn take_word(&mut self, word: &str) -> Result<bool, RuleFault> {
        let found = self.next.kind == Kind::Word(word);
        if found {
            self.take()?;
        }
        Ok(found)
    }

    fn take_sign(&mut self, sign: char) -> Result<bool, RuleFault> {
        let found = self.next.kind == Kind::Sign(sign);
        if found {
            self.take()?;
        }
        Ok(found)
    }

    fn sign(&mut self, sign: char) -> Result<(), RuleFault> {
        if self.take_sign(sign)? { Ok(()) } else { Err(self.unexpected(format!("'{sign}'"))) }
    }

    fn unexpected(&self, expected: impl Into<String>) -> RuleFault {
        let at = char_index(self.lexer.text(), self.next.at);
        let expected = expected.into();
        match self.next.kind {
            Kind::End => RuleFault::End { at, expected },
            _ => {
                let found = shown(&self.lexer.text()[self.next.at..self.next.at + self.next.length]);
                RuleFault::Token { found, at, expected: Some(expected), hint: None }
            }
        }
    }

    fn unexpected_near(&self, expected: &str, known: &[&str]) -> RuleFault {
        let mut fault = self.unexpected(expected);
        if let (RuleFault::Token { hint, .. }, Kind::Word(word)) = (&mut fault, &self.next.kind) {
            *hint = nearest(word, known.iter().copied()).map(|known| format!("did you mean {known}?"));
        }
        fault
    }

    fn unexpected_operator(&self, expected: &str) -> RuleFault {
        self.unexpected_near(expected, &OPERATORS)
    }

    /// CloudWatch is not known to say what could stand there instead of a sign.
    fn unexpected_expression(&self) -> RuleFault {
        let mut fault = self.unexpected_near(EXPRESSION, &KEYWORDS);
        if let (RuleFault::Token { expected, .. }, Kind::Sign(_)) = (&mut fault, &self.next.kind) {
            *expected = None;
        }
        fault
    }

    fn any(&mut self) -> Result<Expression, RuleFault> {
        let first = self.all()?;
        let mut any = vec![first];
        while self.take_word("OR")? {
            any.push(self.all()?);
        }
        Ok(one_or(any, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, RuleFault> {
        let first = self.one()?;
        let mut all = vec![first];
        while self.take_word("AND")? {
            all.push(self.one()?);
        }
        Ok(one_or(all, Expression::All))
    }

    fn one(&mut self) -> Result<Expression, RuleFault> {
        match self.next.kind {
            Kind::Sign('(') => self.deeper(Self::group),
            Kind::Word("NOT") => self.deeper(|parser| {
                parser.take()?;
                Ok(Expression::Not(Box::new(parser.one()?)))
            }),
            Kind::Word("AT_LEAST") => self.at_least(),
            Kind::Word(word) => {
                if let Some((_, value)) = CONSTANTS.into_iter().find(|(name, _)| *name == word) {
                    self.take()?;
                    self.elements += 1;
                    return Ok(Expression::Constant(value));
                }
                let Some(state) = AlarmState::parse(word) else { return Err(self.unexpected_expression()) };
                self.take()?;
                self.sign('(')?;
                let alarm = self.alarm()?;
                self.sign(')')?;
                Ok(Expression::InState(state, alarm))
            }
            _ => Err(self.unexpected_expression()),
        }
    }

    fn group(&mut self) -> Result<Expression, RuleFault> {
        self.take()?;
        self.elements += 1;
        let inner = self.any()?;
        if !self.take_sign(')')? {
            return Err(self.unexpected_operator("')', 'AND' or 'OR'"));
        }
        Ok(inner)
    }

    fn deeper(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<Expression, RuleFault>,
    ) -> Result<Expression, RuleFault> {
        if self.depth == MAX_RULE_DEPTH {
            return Err(RuleFault::TooDeep(char_index(self.lexer.text(), self.next.at)));
        }
        self.depth += 1;
        let found = work(self);
        self.depth -= 1;
        found
    }

    fn alarm(&mut self) -> Result<AlarmRef, RuleFault> {
        let text = match &self.next.kind {
            Kind::Word(word) => (*word).to_owned(),
            Kind::Quoted(text) if !text.is_empty() => text.clone().into_owned(),
            _ => return Err(self.unexpected("the name or the ARN of an alarm")),
        };
        self.take()?;
        self.elements += 1;
        Ok(AlarmRef::new(text))
    }

    fn at_least(&mut self) -> Result<Expression, RuleFault> {
        let at = char_index(self.lexer.text(), self.next.at);
        self.take()?;
        self.sign('(')?;
        let threshold = self.threshold()?;
        self.sign(',')?;
        let is_negated = self.take_word("NOT")?;
        let state = self.state(is_negated)?;
        self.sign(',')?;
        self.sign('(')?;
        let first = self.alarm()?;
        let mut alarms = vec![first];
        while self.take_sign(',')? {
            alarms.push(self.alarm()?);
        }
        if !self.take_sign(')')? {
            return Err(self.unexpected("',' or ')'"));
        }
        self.sign(')')?;
        let at_least = AtLeast { threshold, is_negated, state, alarms };
        match (threshold, at_least.distinct().len()) {
            (Threshold::Count(count), listed) if count as usize > listed => {
                Err(RuleFault::Unreachable { at, count, listed })
            }
            _ => Ok(Expression::AtLeast(at_least)),
        }
    }

    fn state(&mut self, is_negated: bool) -> Result<AlarmState, RuleFault> {
        let state = match self.next.kind {
            Kind::Word(word) => AlarmState::parse(word),
            _ => None,
        };
        let Some(state) = state else {
            let expected = if is_negated { STATES.to_owned() } else { format!("NOT, {STATES}") };
            return Err(self.unexpected_near(&expected, &KEYWORDS[..4]));
        };
        self.take()?;
        Ok(state)
    }

    fn threshold(&mut self) -> Result<Threshold, RuleFault> {
        let threshold = match self.next.kind {
            Kind::Word(word) => threshold(word),
            _ => None,
        };
        let Some(threshold) = threshold else {
            return Err(self.unexpected("a number of alarms from 1 or a percentage from 1% to 100%"));
        };
        self.take()?;
        Ok(threshold)
    }
}

/// A piece as an error repeats it.
fn shown(piece: &str) -> String {
    match piece.char_indices().nth(FOUND_MAX) {
        Some((end, _)) => format!("{}...", &piece[..end]),
        None => piece.to_owned(),
    }
}

fn threshold(word: &str) -> Option<Threshold> {
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<u32>().ok()).flatten().filter(|number| *number > 0)
    };
    match word.strip_suffix('%') {
        Some(digits) => number(digits).filter(|percent| *percent <= 100).map(Threshold::Percent),
        None => number(word).map(Threshold::Count),
    }
}

fn one_or(mut expressions: Vec<Expression>, several: fn(Vec<Expression>) -> Expression) -> Expression {
    match expressions.len() {
        1 => expressions.remove(0),
        _ => several(expressions),
    }
}
