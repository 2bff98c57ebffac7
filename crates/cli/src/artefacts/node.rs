//! Values with their places: what all formats are read into before anybody looks at their meaning.

use std::sync::Arc;

use super::budget::{ELEMENTS_MAX, TEXT_BYTES_MAX, VALUE_NESTING_MAX, steps_of};
use super::place::Place;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(Text),
    List(Vec<Node>),
    /// In the order of the file; no key is there twice.
    Map(Vec<Entry>),
    /// What the files do not say.
    Unknown(Arc<Unknown>),
}

/// One key of a map with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) place: Place,
    pub(crate) node: Node,
}

/// A number as it is written and as it is meant.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) text: String,
}

/// A text, which may have parts that are not known: they stand in it as [`Unknown::placeholder`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) unknown: Vec<Arc<Unknown>>,
}

/// What the files do not say, and why.
#[derive(Debug, Clone)]
pub(crate) struct Unknown {
    /// As it is written.
    pub(crate) source: String,
    /// Why, as a clause.
    pub(crate) reason: String,
    pub(crate) place: Place,
    /// Whether it is wrong rather than not known yet.
    pub(crate) failed: bool,
    /// The thing in the reader's own table that this is as a whole; of its parts some may be known.
    pub(crate) whole: Option<usize>,
}

impl Unknown {
    /// What stands for it where text is wanted.
    pub(crate) fn placeholder(&self) -> String {
        format!("${{{}}}", self.source)
    }
}

impl Number {
    /// A number without a text of its own: written without an exponent, as Terraform does.
    pub(crate) fn new(value: f64) -> Self {
        // Adding zero makes zero of its negative twin.
        Self { value, text: (value + 0.0).to_string() }
    }
}

impl Text {
    /// Appends a text with its unknown parts.
    pub(crate) fn push(&mut self, more: &Self) {
        self.text.push_str(&more.text);
        self.unknown.extend(more.unknown.iter().cloned());
    }

    pub(crate) fn is_known(&self) -> bool {
        self.unknown.is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), unknown: Vec::new() }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, unknown: Vec::new() }
    }
}

impl From<&Arc<Unknown>> for Text {
    fn from(unknown: &Arc<Unknown>) -> Self {
        Self { text: unknown.placeholder(), unknown: vec![Arc::clone(unknown)] }
    }
}

impl Value {
    pub(crate) fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn number(value: f64) -> Self {
        Self::Number(Number::new(value))
    }

    /// What kind of value it is, for errors.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => format!("the number {}", number.text),
            Self::Text(text) => format!("\"{}\"", shortened(&text.text)),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "a map".to_owned(),
            Self::Unknown(unknown) => unknown.placeholder(),
        }
    }

    /// The text that a scalar stands for where text is wanted.
    pub(crate) fn to_text(&self) -> Option<Text> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(Text::from(number.text.as_str())),
            Self::Bool(value) => Some(Text::from(value.to_string())),
            Self::Unknown(unknown) => Some(Text::from(unknown)),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }
}

impl Node {
    pub(crate) fn new(place: &Place, value: Value) -> Self {
        Self { place: place.clone(), value }
    }

    /// The value of a key, if this is a map that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        Some(&self.entries()?.iter().find(|entry| entry.key == key)?.node)
    }

    pub(crate) fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub(crate) fn elements(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// A text of which all is known.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if text.is_known() => Some(&text.text),
            _ => None,
        }
    }

    /// How many steps of a budget it takes to make another one like it.
    pub(crate) fn steps(&self) -> u64 {
        1 + match &self.value {
            Value::Text(value) => steps_of(&value.text),
            Value::List(elements) => elements.iter().map(Self::steps).sum(),
            Value::Map(entries) => entries.iter().map(|entry| steps_of(&entry.key) + entry.node.steps()).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unknown(_) => 0,
        }
    }

    /// Whether it can be kept: it has neither too many elements nor too many lists and maps in each
    /// other.
    pub(crate) fn is_kept(&self) -> bool {
        self.fits(VALUE_NESTING_MAX)
    }

    fn fits(&self, nesting: usize) -> bool {
        let inner = |length: usize| if length <= ELEMENTS_MAX { nesting.checked_sub(1) } else { None };
        match &self.value {
            Value::List(elements) => {
                inner(elements.len()).is_some_and(|nesting| elements.iter().all(|element| element.fits(nesting)))
            }
            Value::Map(entries) => {
                inner(entries.len()).is_some_and(|nesting| entries.iter().all(|entry| entry.node.fits(nesting)))
            }
            Value::Text(text) => text.text.len() <= TEXT_BYTES_MAX,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unknown(_) => true,
        }
    }

    /// Everything in it that is not known.
    pub(crate) fn unknowns(&self) -> Vec<Arc<Unknown>> {
        let mut found = Vec::new();
        self.gather_unknowns(&mut found);
        found
    }

    fn gather_unknowns(&self, found: &mut Vec<Arc<Unknown>>) {
        match &self.value {
            Value::Unknown(unknown) => found.push(Arc::clone(unknown)),
            Value::Text(text) => found.extend(text.unknown.iter().cloned()),
            Value::List(elements) => elements.iter().for_each(|element| element.gather_unknowns(found)),
            Value::Map(entries) => entries.iter().for_each(|entry| entry.node.gather_unknowns(found)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The most characters of a value or a source that are shown.
const SHOWN_MAX: usize = 80;

/// The beginning of a text that may be long, on one line.
pub(crate) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_MAX) {
        None => line,
        Some((end, _)) => format!("{}...", &line[..end]),
    }
}
