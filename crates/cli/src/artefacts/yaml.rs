//! YAML with places.
//!
//! The parser is `saphyr-parser`: it is kept, passes the YAML test suite, and tells the place and the
//! tag of every event, which the crates that go through serde do not.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};

use super::budget::Budget;
use super::error::ReadError;
use super::json::NESTING_MAX;
use super::node::{Entry, Node, Number, Value};
use super::place::Place;
use super::source::{Source, YAML_BYTES_MAX};

/// The tags that CloudFormation has for its functions, apart from those that are the name of the
/// function without `Fn::`.
const BARE_TAGS: [&str; 2] = ["Ref", "Condition"];

/// Reads all documents.
///
/// A tag of CloudFormation's becomes a map with the function as its only key: `!Ref a` is
/// `{Ref: a}`, and `!Sub a` is `{"Fn::Sub": a}`.
pub(crate) fn parse(source: &Source, budget: &Budget) -> Result<Vec<Node>, ReadError> {
    source.check_length(YAML_BYTES_MAX)?;
    let parser = Parser::new_from_str(&source.text);
    let mut reader = Reader { source, budget, parser, anchors: HashMap::new() };
    let mut documents = Vec::new();
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (Event::DocumentStart(_), _) => {
                reader.anchors.clear();
                let (event, span) = reader.next()?;
                documents.push(reader.node(event, span, 0)?);
            }
            _ => {}
        }
    }
}

struct Reader<'s> {
    source: &'s Source,
    budget: &'s Budget,
    parser: Parser<'s, StrInput<'s>>,
    anchors: HashMap<usize, Node>,
}

impl<'s> Reader<'s> {
    fn next(&mut self) -> Result<(Event<'s>, Span), ReadError> {
        match self.parser.next_event() {
            None => {
                let end = self.source.place(self.source.text.len());
                Err(ReadError::at(&end, "not YAML: the text ends too early"))
            }
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let place = self.place(*error.marker());
                Err(ReadError::at(&place, format!("not YAML: {}", error.info())))
            }
        }
    }

    fn place(&self, marker: Marker) -> Place {
        // The parser ends a line that has no end, and then stands behind it.
        match marker.line() > self.source.last_line() {
            true => self.source.place(self.source.text.len()),
            false => self.source.place_at(marker.line(), marker.col() + 1),
        }
    }

    fn node(&mut self, event: Event<'s>, span: Span, depth: usize) -> Result<Node, ReadError> {
        let place = self.place(span.start);
        let is_nested = matches!(event, Event::SequenceStart(..) | Event::MappingStart(..));
        if is_nested && depth == NESTING_MAX {
            return Err(ReadError::at(&place, format!("nesting exceeds the limit of {NESTING_MAX}")));
        }
        let (value, anchor, tag) = match event {
            Event::Alias(anchor) => return self.alias(anchor, &place),
            Event::Scalar(text, style, anchor, tag) => (scalar(text, style, tag.as_deref()), anchor, tag),
            Event::SequenceStart(anchor, tag) => (Value::List(self.elements(depth)?), anchor, tag),
            Event::MappingStart(anchor, tag) => (Value::Map(self.entries(depth)?), anchor, tag),
            other => return Err(ReadError::at(&place, format!("not YAML: found {other:?} where a value belongs"))),
        };
        let node = tagged(Node { place, value }, tag.as_deref())?;
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn alias(&self, anchor: usize, place: &Place) -> Result<Node, ReadError> {
        let node = self.anchors.get(&anchor);
        let node = node.ok_or_else(|| ReadError::at(place, "not YAML: an alias stands in what it is an alias of"))?;
        match self.budget.take(node.steps()) {
            true => Ok(Node::new(place, node.value.clone())),
            false => Err(ReadError::at(place, "aliases repeat more than can be read")),
        }
    }

    fn elements(&mut self, depth: usize) -> Result<Vec<Node>, ReadError> {
        let mut elements = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(elements),
                (event, span) => elements.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, ReadError> {
        let mut seen = HashSet::new();
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let place = self.place(span.start);
            let key = match event {
                Event::MappingEnd => return Ok(entries),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(ReadError::at(&place, "expected a text as key of a map")),
            };
            if !seen.insert(key.clone()) {
                return Err(ReadError::at(&place, format!("key \"{key}\" is there twice")));
            }
            let (event, span) = self.next()?;
            entries.push(Entry { key, place, node: self.node(event, span, depth + 1)? });
        }
    }
}

/// What a scalar is by its looks.
fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = style != ScalarStyle::Plain || tag.is_some();
    match &*text {
        _ if is_text => Value::text(text.into_owned()),
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        plain => match number(plain) {
            Some(value) => Value::Number(Number { value, text: text.into_owned() }),
            None => Value::text(text.into_owned()),
        },
    }
}

/// A number that is written with decimal digits. Leading zeros make a text of it, such as an account
/// that begins with one.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let begins = digits.bytes().find(|byte| *byte != b'.').is_some_and(|byte| byte.is_ascii_digit());
    let padded = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    let all = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    (begins && all && !padded).then(|| text.parse().ok()).flatten().filter(|value: &f64| value.is_finite())
}

fn tagged(node: Node, tag: Option<&Tag>) -> Result<Node, ReadError> {
    let Some(tag) = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()) else {
        return Ok(node);
    };
    let key = match BARE_TAGS.contains(&tag.suffix.as_str()) {
        true => tag.suffix.clone(),
        false => format!("Fn::{}", tag.suffix),
    };
    let place = node.place.clone();
    Ok(Node::new(&place, Value::Map(vec![Entry { key, place: place.clone(), node }])))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::json::{Style, write};
    use super::*;

    fn read(text: &str) -> Result<Vec<Node>, ReadError> {
        let source = Source::from_bytes(Path::new("f"), text.as_bytes().to_vec()).unwrap();
        parse(&source, &Budget::default())
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let nodes = read(text).unwrap();
        let written: Vec<_> = nodes.iter().map(|node| write(node, Style::Plain).text).collect();
        assert_eq!(written.join(" "), expect, "{text}");
    }

    #[track_caller]
    fn check_wrong(text: &str, expect: &str) {
        assert_eq!(read(text).unwrap_err().to_string(), expect);
    }

    #[test]
    fn scalars_are_what_they_look_like() {
        for (text, expect) in [
            ("a: 1", r#"{"a":1}"#),
            ("a: 1.50", r#"{"a":1.50}"#),
            ("a: -2e3", r#"{"a":-2e3}"#),
            ("a: '1'", r#"{"a":"1"}"#),
            ("a: !!str 1", r#"{"a":"1"}"#),
            ("a: 012345678901", r#"{"a":"012345678901"}"#),
            ("a: 2012-10-17", r#"{"a":"2012-10-17"}"#),
            ("a: 1.2.3", r#"{"a":"1.2.3"}"#),
            ("a: .inf", r#"{"a":".inf"}"#),
            ("a: infinity", r#"{"a":"infinity"}"#),
            ("a: 1e999", r#"{"a":"1e999"}"#),
            ("a: -", r#"{"a":"-"}"#),
            ("a: yes", r#"{"a":"yes"}"#),
            ("a: True", r#"{"a":true}"#),
            ("a:", r#"{"a":null}"#),
            ("a: |\n  x\n  y\n", r#"{"a":"x\ny\n"}"#),
        ] {
            match text {
                "a: -" => assert!(read(text).is_err()),
                _ => check(text, expect),
            }
        }
    }

    #[test]
    fn tags_are_functions() {
        check("!Ref a", r#"{"Ref":"a"}"#);
        check("a: !Sub '${b}-c'", r#"{"a":{"Fn::Sub":"${b}-c"}}"#);
        check("!Join ['-', [a, !GetAtt b.Arn]]", r#"{"Fn::Join":["-",["a",{"Fn::GetAtt":"b.Arn"}]]}"#);
        check("!If\n- c\n- 1\n- !Ref AWS::NoValue", r#"{"Fn::If":["c",1,{"Ref":"AWS::NoValue"}]}"#);
        check("!Condition c", r#"{"Condition":"c"}"#);
    }

    #[test]
    fn documents_and_aliases() {
        check("a: 1\n---\n[2]\n", r#"{"a":1} [2]"#);
        check("a: &x {b: 1}\nc: *x", r#"{"a":{"b":1},"c":{"b":1}}"#);
        check("", "");
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        check_wrong("a: 1\na: 2", "f:2:1: key \"a\" is there twice");
        check_wrong("? [a]\n: b", "f:1:3: expected a text as key of a map");
        let unknown = read("a: *x").unwrap_err().to_string();
        assert!(unknown.starts_with("f:1:"), "{unknown}");
        let open = read("a: [1").unwrap_err().to_string();
        assert!(open.starts_with("f:1:") || open.starts_with("f:2:"), "{open}");
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| read(&("[".repeat(depth) + &"]".repeat(depth))).map(drop);
        assert_eq!(nested(NESTING_MAX), Ok(()));
        assert_eq!(nested(NESTING_MAX + 1).unwrap_err().to_string(), "f:1:65: nesting exceeds the limit of 64");
    }

    #[test]
    fn length_is_bounded() {
        let text = |length: usize| format!("a: {}", "x".repeat(length - 3));
        assert!(read(&text(YAML_BYTES_MAX)).is_ok());
        let error = read(&text(YAML_BYTES_MAX + 1)).unwrap_err().to_string();
        assert_eq!(error, "f: has 2097153 bytes, more than the limit of 2097152");
    }

    #[test]
    fn aliases_are_bounded() {
        let mut text = "a0: &a0 [x]\n".to_owned();
        for level in 1..40 {
            let (before, name) = (level - 1, format!("a{level}"));
            text += &format!("{name}: &{name} [*a{before}, *a{before}]\n");
        }
        let error = read(&text).unwrap_err().to_string();
        assert!(error.ends_with("aliases repeat more than can be read"), "{error}");
    }
}
