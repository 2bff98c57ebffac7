//! From pieces to a query.
//!
//! ```text
//! query      := SELECT function "(" name ")" FROM source [WHERE comparison (AND comparison)*]
//!               [GROUP BY label ("," label)*] [ORDER BY function "(" ")" [ASC | DESC]] [LIMIT number]
//! function   := AVG | COUNT | MAX | MIN | SUM
//! source     := name | SCHEMA "(" name ("," name)* ")"
//! comparison := label ("=" | "!=") (value | CURRENT_ACCOUNT_ID "(" ")")
//! label      := name | AWS "." AccountId | tag "." name
//! name       := word | quoted
//! ```

use super::lexer::{Kind, Piece, pieces};
use super::query::{Comparison, Function, InsightsQuery, Label, Order, Value};
use super::{InsightsFault, MAX_INSIGHTS_SERIES};
use crate::math::nearest;
use crate::unexpected::{Unexpected, position};

/// Words that the grammar itself is made of: without quotes they are no names.
const KEYWORDS: [&str; 14] =
    ["SELECT", "FROM", "SCHEMA", "WHERE", "AND", "OR", "NOT", "GROUP", "ORDER", "BY", "ASC", "DESC", "LIMIT", "LIKE"];

const FUNCTIONS: &str = "AVG, COUNT, MAX, MIN or SUM";

pub(super) fn parse(text: &str) -> Result<InsightsQuery, InsightsFault> {
    let pieces = pieces(text)?;
    let mut parser = Parser { text, pieces: &pieces };
    let query = parser.query()?;
    match parser.next() {
        Kind::End => Ok(query),
        _ => Err(parser.after(&query).into()),
    }
}

struct Parser<'a> {
    text: &'a str,
    /// The last is the end, and is never taken.
    pieces: &'a [Piece<'a>],
}

impl<'a> Parser<'a> {
    fn next(&self) -> &'a Kind<'a> {
        &self.pieces[0].kind
    }

    fn take(&mut self) -> &'a Piece<'a> {
        let piece = &self.pieces[0];
        if self.pieces.len() > 1 {
            self.pieces = &self.pieces[1..];
        }
        piece
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.next().is(keyword);
        if found {
            self.take();
        }
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.next(), Kind::Sign(next) if *next == sign);
        if found {
            self.take();
        }
        found
    }

    fn unexpected(&self, expected: impl Into<String>) -> Unexpected {
        Unexpected::new(self.text, self.pieces[0].at, self.pieces[0].length, expected)
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), Unexpected> {
        if self.take_keyword(keyword) {
            Ok(())
        } else {
            Err(self.near(self.unexpected(keyword), [keyword].into_iter()))
        }
    }

    fn sign(&mut self, sign: &str) -> Result<(), Unexpected> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.unexpected(format!("`{sign}`"))) }
    }

    fn query(&mut self) -> Result<InsightsQuery, InsightsFault> {
        self.keyword("SELECT")?;
        let function = self.function()?;
        self.sign("(")?;
        let metric_name = self.name("the name of a metric")?;
        self.sign(")")?;
        self.keyword("FROM")?;
        let (namespace, schema) = self.source()?;
        let mut query = InsightsQuery {
            function,
            metric_name,
            namespace,
            schema,
            conditions: Vec::new(),
            group_by: Vec::new(),
            order: None,
            limit: None,
        };
        if self.take_keyword("WHERE") {
            query.conditions.push(self.comparison()?);
            while self.take_keyword("AND") {
                query.conditions.push(self.comparison()?);
            }
        }
        if self.take_keyword("GROUP") {
            self.keyword("BY")?;
            query.group_by.push(self.label()?);
            while self.take_sign(",") {
                query.group_by.push(self.label()?);
            }
        }
        if self.take_keyword("ORDER") {
            self.keyword("BY")?;
            query.order = Some(self.order()?);
        }
        if self.take_keyword("LIMIT") {
            query.limit = Some(self.limit()?);
        }
        Ok(query)
    }

    /// What is wrong with what follows a query.
    fn after(&self, query: &InsightsQuery) -> Unexpected {
        let InsightsQuery { conditions, group_by, order, limit, .. } = query;
        let clauses = [
            ("AND", !conditions.is_empty() && group_by.is_empty() && order.is_none() && limit.is_none()),
            ("WHERE", conditions.is_empty() && group_by.is_empty() && order.is_none() && limit.is_none()),
            ("GROUP BY", group_by.is_empty() && order.is_none() && limit.is_none()),
            ("ORDER BY", order.is_none() && limit.is_none()),
            ("LIMIT", limit.is_none()),
        ];
        let possible: Vec<_> = clauses.iter().filter(|(_, possible)| *possible).map(|(clause, _)| *clause).collect();
        let expected = match possible[..] {
            [] => "the end".to_owned(),
            _ => format!("{} or the end", possible.join(", ")),
        };
        let unexpected = self.unexpected(expected);
        if self.next().is("OR") {
            return unexpected.hint("conditions are joined by AND only");
        }
        if clauses.iter().any(|(clause, _)| self.next().is(clause.split(' ').next().unwrap_or_default())) {
            return unexpected.hint("the clauses come in the order WHERE, GROUP BY, ORDER BY, LIMIT, each once");
        }
        self.near(unexpected, possible.into_iter())
    }

    /// Adds what may have been meant, out of what could be there.
    fn near<'k>(&self, unexpected: Unexpected, known: impl Iterator<Item = &'k str>) -> Unexpected {
        let Kind::Word(word) = self.next() else { return unexpected };
        match nearest(word, known.map(|one| one.split(' ').next().unwrap_or_default())) {
            Some(nearest) => unexpected.hint(format_args!("did you mean {nearest}?")),
            None => unexpected,
        }
    }

    fn function(&mut self) -> Result<Function, Unexpected> {
        let found = Function::ALL.into_iter().find(|function| self.next().is(function.as_str()));
        let names = Function::ALL.into_iter().map(Function::as_str);
        let found = found.ok_or_else(|| self.near(self.unexpected(FUNCTIONS), names))?;
        self.take();
        Ok(found)
    }

    fn name(&mut self, expected: &str) -> Result<String, Unexpected> {
        match self.next() {
            Kind::Word(word) if KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) => Err(self
                .unexpected(expected)
                .hint(format_args!("as a name, {word} is a reserved word and stands in double quotes"))),
            Kind::Word(word) => {
                self.take();
                let found = self.pieces[0].at;
                if matches!(self.next(), Kind::Other | Kind::Sign(".")) && self.text[..found].ends_with(word) {
                    let expected = "a name of letters, digits and underscores";
                    return Err(self.unexpected(expected).hint("any other name stands in double quotes"));
                }
                Ok((*word).to_owned())
            }
            Kind::Name(name) if !name.is_empty() => {
                self.take();
                Ok(name.clone())
            }
            Kind::Value(_) => {
                Err(self.unexpected(expected).hint("names stand in double quotes, values in single quotes"))
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn source(&mut self) -> Result<(String, Option<Vec<String>>), Unexpected> {
        if !self.take_keyword("SCHEMA") {
            return Ok((self.name("a namespace or SCHEMA")?, None));
        }
        self.sign("(")?;
        let namespace = self.name("a namespace")?;
        let mut names = Vec::new();
        while self.take_sign(",") {
            names.push(self.name("the name of a dimension")?);
        }
        if !self.take_sign(")") {
            return Err(self.unexpected("`,` or `)`"));
        }
        Ok((namespace, Some(names)))
    }

    fn label(&mut self) -> Result<Label, InsightsFault> {
        let (first, second) = (&self.pieces[0], self.pieces.get(1).map(|piece| &piece.kind));
        let is_dotted = second == Some(&Kind::Sign("."));
        match first.kind {
            Kind::Word("AWS") if is_dotted => {
                self.take();
                self.take();
                match self.next() {
                    Kind::Word("AccountId") => {
                        self.take();
                        Ok(Label::Account)
                    }
                    _ => Err(self.unexpected("AccountId").into()),
                }
            }
            Kind::Word("tag") if is_dotted => {
                self.take();
                self.take();
                let key = self.name("the key of a tag")?;
                Err(InsightsFault::Tag { key, position: position(self.text, first.at) })
            }
            _ => Ok(Label::Dimension(self.name("the name of a dimension, or AWS.AccountId")?)),
        }
    }

    fn comparison(&mut self) -> Result<Comparison, InsightsFault> {
        if matches!(self.next(), Kind::Sign("(")) {
            let hint = "conditions are joined by AND only, without parentheses";
            return Err(self.unexpected("the name of a dimension, or AWS.AccountId").hint(hint).into());
        }
        let label = self.label()?;
        let is_equal = match self.next() {
            Kind::Sign("=") => true,
            Kind::Sign("!=") => false,
            _ => return Err(self.unexpected("`=` or `!=`").into()),
        };
        self.take();
        Ok(Comparison { value: self.value(&label)?, label, is_equal })
    }

    fn value(&mut self, label: &Label) -> Result<Value, Unexpected> {
        match self.next() {
            Kind::Value(text) => {
                self.take();
                Ok(Value::Text(text.clone()))
            }
            kind if kind.is("CURRENT_ACCOUNT_ID") && *label == Label::Account => {
                self.take();
                self.sign("(")?;
                self.sign(")")?;
                Ok(Value::OwnAccount)
            }
            _ if *label == Label::Account => {
                Err(self.unexpected("an account id in single quotes, or CURRENT_ACCOUNT_ID()"))
            }
            _ => Err(self.unexpected("a value in single quotes")),
        }
    }

    fn order(&mut self) -> Result<Order, Unexpected> {
        let function = self.function()?;
        self.sign("(")?;
        if !self.take_sign(")") {
            return Err(self.unexpected("`)`").hint("it is always the metric of the query that series are ordered by"));
        }
        let is_descending = self.take_keyword("DESC");
        if !is_descending {
            self.take_keyword("ASC");
        }
        Ok(Order { function, is_descending })
    }

    fn limit(&mut self) -> Result<usize, Unexpected> {
        let expected = || format!("a number from 1 to {MAX_INSIGHTS_SERIES}");
        let Kind::Word(digits) = self.next() else { return Err(self.unexpected(expected())) };
        let number = digits.parse().ok().filter(|number| (1..=MAX_INSIGHTS_SERIES).contains(number));
        let number = number.ok_or_else(|| self.unexpected(expected()))?;
        self.take();
        Ok(number)
    }
}
