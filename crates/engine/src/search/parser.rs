//! From pieces to what is asked.
//!
//! ```text
//! search    := [schema [","]] [any]
//! schema    := "{" name ("," name)* "}"
//! any       := all ("OR" all)*
//! all       := one (["AND"] one)*
//! one       := "NOT" one | "(" any ")" | term
//! term      := pattern | property "=" value
//! property  := word | quoted
//! value     := pattern | "(" any ")"
//! pattern   := word | quoted
//! ```

use nepho_model::search::{Condition, Pattern, Phrase, Place, Schema, Search, Term};

use super::lexer::{Kind, Lexer, Piece};
use super::{MAX_SEARCH_DEPTH, SearchFault};
use crate::unexpected::{Unexpected, position};

/// The property of the account that a metric is in, and its value for the account that asks.
const ACCOUNT: &str = ":aws.AccountId";
const OWN_ACCOUNT: &str = "LOCAL";

const EXPECTED_TERM: &str = "a term, a name in double quotes, NOT or `(`";

pub(super) fn parse(text: &str) -> Result<Search, SearchFault> {
    let mut lexer = Lexer::new(text);
    let next = lexer.next()?;
    let mut parser = Parser { lexer, next, depth: 0 };
    let schema = match parser.next.kind {
        Kind::Sign('{') => Some(parser.schema()?),
        _ => None,
    };
    if parser.next.kind == Kind::End {
        return if schema.is_some() {
            Ok(Search { schema, condition: Condition::ALWAYS })
        } else {
            Err(SearchFault::Empty)
        };
    }
    let condition = parser.any(&Place::Anywhere)?;
    match parser.next.kind {
        Kind::End => Ok(Search { schema, condition }),
        _ => Err(parser.unexpected("AND, OR, another term or the end").into()),
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    next: Piece<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn take(&mut self) -> Result<Piece<'a>, Unexpected> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn unexpected(&self, expected: impl Into<String>) -> Unexpected {
        Unexpected::new(self.lexer.text(), self.next.at, self.next.length, expected)
    }

    /// What a schema of a namespace and these names asks; see `docs/decisions/search.md`.
    fn schema_of(namespace: String, dimensions: Vec<String>) -> Schema {
        if dimensions.is_empty() { Schema::of_namespace(namespace) } else { Schema::exact(namespace, dimensions) }
    }

    /// The lexer stands behind the brace.
    fn schema(&mut self) -> Result<Schema, SearchFault> {
        let namespace = self.lexer.schema_name("the namespace")?;
        let mut dimensions = Vec::new();
        loop {
            self.take()?;
            match self.next.kind {
                Kind::Sign(',') => dimensions.push(self.lexer.schema_name("the name of a dimension")?),
                Kind::Sign('}') => break,
                Kind::Word(_) => {
                    let hint = "a name with spaces in it stands in double quotes";
                    return Err(self.unexpected("`,` or `}`").hint(hint).into());
                }
                _ => return Err(self.unexpected("`,` or `}`").into()),
            }
        }
        self.take()?;
        if self.next.kind == Kind::Sign(',') {
            self.take()?;
        }
        Ok(Self::schema_of(namespace, dimensions))
    }

    fn any(&mut self, place: &Place) -> Result<Condition, SearchFault> {
        let mut any = vec![self.all(place)?];
        while self.next.kind == Kind::Word("OR") {
            self.take()?;
            any.push(self.all(place)?);
        }
        Ok(one_or(any, Condition::Any))
    }

    fn all(&mut self, place: &Place) -> Result<Condition, SearchFault> {
        let mut all = vec![self.one(place)?];
        loop {
            match self.next.kind {
                Kind::Word("AND") => {
                    self.take()?;
                }
                Kind::Word("OR") => break,
                Kind::Word(_) | Kind::Quoted(_) | Kind::Sign('(') => {}
                Kind::Sign(_) | Kind::End => break,
            }
            all.push(self.one(place)?);
        }
        Ok(one_or(all, Condition::All))
    }

    fn one(&mut self, place: &Place) -> Result<Condition, SearchFault> {
        match self.next.kind {
            Kind::Word("NOT") => {
                let one = self.deeper(|parser| {
                    parser.take()?;
                    parser.one(place)
                })?;
                Ok(Condition::Not(Box::new(one)))
            }
            Kind::Sign('(') => self.group(place),
            Kind::Word("AND" | "OR") | Kind::Sign(_) | Kind::End => Err(self.unexpected(EXPECTED_TERM).into()),
            Kind::Word(_) | Kind::Quoted(_) => self.term(place),
        }
    }

    fn group(&mut self, place: &Place) -> Result<Condition, SearchFault> {
        let open = self.next.at;
        self.deeper(|parser| {
            parser.take()?;
            let inner = parser.any(place)?;
            if parser.next.kind != Kind::Sign(')') {
                let open = position(parser.lexer.text(), open);
                let hint = format_args!("it closes the `(` at character {open}").to_string();
                return Err(parser.unexpected("`)`, AND, OR or another term").hint(hint).into());
            }
            parser.take()?;
            Ok(inner)
        })
    }

    fn deeper(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<Condition, SearchFault>,
    ) -> Result<Condition, SearchFault> {
        if self.depth == MAX_SEARCH_DEPTH {
            return Err(SearchFault::TooDeep { position: position(self.lexer.text(), self.next.at) });
        }
        self.depth += 1;
        let found = work(self);
        self.depth -= 1;
        found
    }

    fn term(&mut self, place: &Place) -> Result<Condition, SearchFault> {
        let piece = self.take()?;
        if self.next.kind != Kind::Sign('=') {
            return Ok(self.pattern(&piece, place)?);
        }
        if *place != Place::Anywhere {
            return Err(self.unexpected("`)`, AND, OR or another value of the same property").into());
        }
        let place = self.property(&piece)?;
        self.take()?;
        match self.next.kind {
            Kind::Sign('(') => self.group(&place),
            Kind::Word("AND" | "OR" | "NOT") | Kind::Sign(_) | Kind::End => {
                Err(self.unexpected("what the property has to be, or several of that in parentheses").into())
            }
            Kind::Word(_) | Kind::Quoted(_) => {
                let value = self.take()?;
                Ok(self.pattern(&value, &place)?)
            }
        }
    }

    /// Where a property is looked for. In quotes it is a dimension, whatever its name.
    fn property(&self, piece: &Piece<'_>) -> Result<Place, Unexpected> {
        match &piece.kind {
            Kind::Word("MetricName") => Ok(Place::MetricName),
            Kind::Word("Namespace") => Ok(Place::Namespace),
            Kind::Word(ACCOUNT) => Ok(Place::Account),
            Kind::Word(name) if !name.starts_with(':') => Ok(Place::Dimension((*name).to_owned())),
            Kind::Quoted(name) if !name.is_empty() => Ok(Place::Dimension(name.clone().into_owned())),
            _ => {
                let expected = format!("MetricName, Namespace, {ACCOUNT} or the name of a dimension");
                Err(Unexpected::new(self.lexer.text(), piece.at, piece.length, expected))
            }
        }
    }

    fn pattern(&self, piece: &Piece<'_>, place: &Place) -> Result<Condition, Unexpected> {
        let text = match &piece.kind {
            Kind::Word(word) => word,
            Kind::Quoted(text) => &**text,
            Kind::Sign(_) | Kind::End => "",
        };
        if text.is_empty() {
            return Err(Unexpected::new(self.lexer.text(), piece.at, piece.length, "a name"));
        }
        let pattern = match (&piece.kind, place) {
            (_, Place::Account) if text == OWN_ACCOUNT => return Ok(Condition::ALWAYS),
            (Kind::Quoted(_), _) | (_, Place::Account) => Pattern::Exact(text.to_owned()),
            _ => Pattern::Phrase(Phrase::parse(text).ok_or_else(|| {
                Unexpected::new(self.lexer.text(), piece.at, piece.length, "a term with a letter or a digit in it")
                    .hint("there are no wildcards: a term finds every name that has it among its words")
            })?),
        };
        Ok(Condition::Term(Term { place: place.clone(), pattern }))
    }
}

fn one_or(mut conditions: Vec<Condition>, several: fn(Vec<Condition>) -> Condition) -> Condition {
    match conditions.len() {
        1 => conditions.remove(0),
        _ => several(conditions),
    }
}
