//! From tokens to nodes: precedence climbing over one list of nodes.

use super::expression::{Kind, MAX_EXPRESSION, MAX_NESTING, Node, Span, position};
use super::fault::{ExpressionFault, Hint};
use super::function;
use super::lexer::{Token, tokens};
use super::nearest::{hint, nearest};
use super::operator::{NEGATION, Operator};
use super::types::Word;

const OPERAND: &str = "a number, a string, an id, a function, '-', '(' or '['";
const OPERATOR: &str = "an operator or the end";

/// Reads the nodes of an expression, every node after its children.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, ExpressionFault> {
    // More bytes than characters never makes a text shorter, so only a long text is counted.
    if text.len() > MAX_EXPRESSION {
        let length = text.chars().count();
        if length > MAX_EXPRESSION {
            return Err(ExpressionFault::TooLong(length));
        }
    }
    let tokens = tokens(text)?;
    if tokens.len() == 1 {
        return Err(ExpressionFault::Empty);
    }
    let mut parser = Parser { text, tokens, at: 0, depth: 0, nodes: Vec::new() };
    parser.expression(0)?;
    parser.expect_end()?;
    Ok(parser.nodes)
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token<'a>, Span)>,
    at: usize,
    depth: usize,
    nodes: Vec<Node>,
}

type Parsed = Result<usize, ExpressionFault>;

impl<'a> Parser<'a> {
    /// Operands joined by operators that bind at least so tightly.
    fn expression(&mut self, least: u8) -> Parsed {
        let mut left = self.operand()?;
        while let Some(operator) = self.operator().filter(|operator| operator.precedence() >= least) {
            self.at += 1;
            let right = match operator {
                // The only one that associates to the right.
                Operator::Power => self.nested(|parser| parser.expression(operator.precedence()))?,
                _ => self.expression(operator.precedence() + 1)?,
            };
            let span = self.nodes[left].span.start..self.nodes[right].span.end;
            left = self.push(Kind::Binary(operator), span, vec![left, right]);
        }
        Ok(left)
    }

    fn operator(&self) -> Option<Operator> {
        match &self.tokens[self.at].0 {
            Token::Mark(mark) => Operator::parse(mark),
            Token::Word(word) => Operator::parse(word),
            _ => None,
        }
    }

    fn operand(&mut self) -> Parsed {
        let (token, span) = self.tokens[self.at].clone();
        match token {
            Token::Number(value) => Ok(self.leaf(Kind::Number(value), span)),
            Token::Text(text) => Ok(self.leaf(Kind::Text(text), span)),
            Token::Word(word) if Operator::parse(word).is_none() => self.word(word, span),
            Token::Mark("-") => {
                self.at += 1;
                let inner = self.nested(|parser| parser.expression(NEGATION))?;
                let span = span.start..self.nodes[inner].span.end;
                Ok(self.push(Kind::Negate, span, vec![inner]))
            }
            Token::Mark("(") => {
                self.at += 1;
                let inner = self.nested(|parser| parser.expression(0))?;
                let end = self.expect_mark(")", "an operator or ')'")?;
                self.nodes[inner].span = span.start..end;
                Ok(inner)
            }
            Token::Mark("[") => {
                self.at += 1;
                let (elements, end) = self.list("]", "an operator, ',' or ']'", false)?;
                Ok(self.push(Kind::Array, span.start..end, elements))
            }
            _ => Err(self.unexpected(OPERAND, Hint::None)),
        }
    }

    /// A call, a keyword or an id.
    fn word(&mut self, word: &'a str, span: Span) -> Parsed {
        let is_call = self.tokens[self.at + 1].0 == Token::Mark("(");
        if !is_call {
            if let Some(word) = Word::parse(word) {
                return Ok(self.leaf(Kind::Word(word), span));
            }
            if function::find(word).is_some() {
                self.at += 1;
                return Err(self.unexpected("'(' behind the name of a function", Hint::None));
            }
            return Ok(self.leaf(Kind::Id(word.to_owned()), span));
        }
        let Some(function) = function::find(word) else {
            let hint = hint(word, function::function_names());
            let position = position(self.text, span.start);
            return Err(ExpressionFault::UnknownFunction { name: word.to_owned(), position, hint });
        };
        self.at += 2;
        let (arguments, end) = self.list(")", "an operator, ',' or ')'", true)?;
        Ok(self.push(Kind::Call(function), span.start..end, arguments))
    }

    /// Expressions with commas between, up to a closing mark; also where that ends.
    fn list(
        &mut self,
        close: &'static str,
        expected: &'static str,
        may_be_empty: bool,
    ) -> Result<(Vec<usize>, usize), ExpressionFault> {
        let mut items = Vec::new();
        if may_be_empty && self.tokens[self.at].0 == Token::Mark(close) {
            return Ok((items, self.expect_mark(close, expected)?));
        }
        loop {
            items.push(self.nested(|parser| parser.expression(0))?);
            if self.tokens[self.at].0 != Token::Mark(",") {
                return Ok((items, self.expect_mark(close, expected)?));
            }
            self.at += 1;
        }
    }

    /// One level deeper. What recurses goes through here, so the stack is bounded.
    fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        if self.depth == MAX_NESTING {
            return Err(ExpressionFault::TooDeep(position(self.text, self.tokens[self.at].1.start)));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn leaf(&mut self, kind: Kind, span: Span) -> usize {
        self.at += 1;
        self.push(kind, span, Vec::new())
    }

    fn push(&mut self, kind: Kind, span: Span, children: Vec<usize>) -> usize {
        self.nodes.push(Node { kind, span, children });
        self.nodes.len() - 1
    }

    /// Takes a mark, and says where it ends.
    fn expect_mark(&mut self, mark: &'static str, expected: &'static str) -> Parsed {
        let (token, span) = &self.tokens[self.at];
        if *token != Token::Mark(mark) {
            return Err(self.unexpected(expected, self.operator_hint()));
        }
        let end = span.end;
        self.at += 1;
        Ok(end)
    }

    fn expect_end(&self) -> Result<(), ExpressionFault> {
        if self.tokens[self.at].0 == Token::End {
            return Ok(());
        }
        Err(self.unexpected(OPERATOR, self.operator_hint()))
    }

    /// `and` for `AND`.
    fn operator_hint(&self) -> Hint {
        match self.tokens[self.at].0 {
            Token::Word(word) => {
                let operator = nearest(word, ["AND", "OR"].into_iter());
                operator.map_or(Hint::None, |operator| Hint::Nearest(operator.to_owned()))
            }
            _ => Hint::None,
        }
    }

    fn unexpected(&self, expected: &'static str, hint: Hint) -> ExpressionFault {
        let (token, span) = &self.tokens[self.at];
        let found = match token {
            Token::End => "end".to_owned(),
            _ => format!("'{}'", &self.text[span.clone()]),
        };
        ExpressionFault::Unexpected { found, position: position(self.text, span.start), expected, hint }
    }
}
