//! `format`.

use super::convert::to_number;
use super::{Outcome, Refusal, text_at};
use crate::artefacts::json::{self, Style};
use crate::artefacts::node::{Node, Number, Text, Value};

/// The widest field.
const WIDTH_MAX: usize = 1024;

/// One verb: `%[flags][width][.precision]letter`.
#[derive(Default)]
struct Verb {
    left: bool,
    zeros: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

/// Formats the arguments behind the first by the first. What is not known stays as placeholder.
pub(super) fn format(arguments: &[Node]) -> Outcome {
    let specification = text_at(arguments, 0)?;
    let mut rest = arguments.get(1..).unwrap_or_default().iter();
    let mut letters = specification.chars().peekable();
    let mut result = Text::default();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            result.text.push(letter);
            continue;
        }
        let verb = Verb::read(&mut letters)?;
        if verb.letter == '%' {
            result.text.push('%');
            continue;
        }
        let Some(argument) = rest.next() else {
            return Refusal::wrong("there are fewer arguments than verbs");
        };
        result.push(&verb.apply(argument)?);
    }
    match rest.next() {
        Some(_) => Refusal::wrong("there are more arguments than verbs"),
        None => Ok(Value::Text(result)),
    }
}

impl Verb {
    fn read(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Self, Refusal> {
        let mut verb = Self::default();
        while let Some(flag) = letters.next_if(|letter| "-+0# ".contains(*letter)) {
            match flag {
                '-' => verb.left = true,
                '+' => verb.plus = true,
                '0' => verb.zeros = true,
                _ => return Err(Refusal::NotComputed),
            }
        }
        verb.width = digits(letters).unwrap_or(0);
        if letters.next_if_eq(&'.').is_some() {
            verb.precision = Some(digits(letters).unwrap_or(0));
        }
        if verb.width > WIDTH_MAX || verb.precision.is_some_and(|precision| precision > WIDTH_MAX) {
            return Refusal::wrong(format!("a field is wider than the limit of {WIDTH_MAX}"));
        }
        match letters.next() {
            Some('[') => Err(Refusal::NotComputed),
            Some(letter) => Ok(Self { letter, ..verb }),
            None => Refusal::wrong("the format ends in the middle of a verb"),
        }
    }

    fn apply(&self, argument: &Node) -> Result<Text, Refusal> {
        if let Value::Unknown(unknown) = &argument.value {
            return Ok(Text::from(unknown));
        }
        let number = || match to_number(&argument.value) {
            Some(Value::Number(number)) => Ok(number),
            _ => Refusal::wrong(format!("%{} wants a number, found {}", self.letter, argument.value.kind())),
        };
        let text = match self.letter {
            's' => match argument.value.to_text() {
                Some(text) => self.cut(text),
                None => return Refusal::wrong(format!("%s wants a text, found {}", argument.value.kind())),
            },
            'v' => match argument.value.to_text() {
                Some(text) => text,
                None => json::write(argument, Style::Terraform),
            },
            'q' => {
                let text = Value::text(text_at(std::slice::from_ref(argument), 0)?);
                json::write(&Node::new(&argument.place, text), Style::Plain)
            }
            't' => Text::from(text_at(std::slice::from_ref(argument), 0)?),
            'd' => Text::from(self.signed(&number()?, |number| number.value.trunc().to_string())),
            'f' => {
                let precision = self.precision.unwrap_or(6);
                Text::from(self.signed(&number()?, |number| format!("{:.precision$}", number.value)))
            }
            'g' => Text::from(self.signed(&number()?, |number| number.text.clone())),
            _ => return Err(Refusal::NotComputed),
        };
        Ok(self.padded(text))
    }

    fn cut(&self, text: Text) -> Text {
        match self.precision.and_then(|precision| text.text.char_indices().nth(precision)) {
            Some((end, _)) => Text::from(&text.text[..end]),
            None => text,
        }
    }

    fn signed(&self, number: &Number, write: impl Fn(&Number) -> String) -> String {
        let sign = if self.plus && number.value >= 0.0 { "+" } else { "" };
        format!("{sign}{}", write(number))
    }

    fn padded(&self, text: Text) -> Text {
        let missing = self.width.saturating_sub(text.text.chars().count());
        let zeros = self.zeros && !self.left && "dfg".contains(self.letter);
        let padded = match (self.left, zeros) {
            (true, _) => format!("{}{}", text.text, " ".repeat(missing)),
            (false, false) => format!("{}{}", " ".repeat(missing), text.text),
            (false, true) => {
                let sign = text.text.len() - text.text.trim_start_matches(['-', '+']).len();
                format!("{}{}{}", &text.text[..sign], "0".repeat(missing), &text.text[sign..])
            }
        };
        Text { text: padded, unknown: text.unknown }
    }
}

fn digits(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
    let mut number = None;
    while let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(10)) {
        letters.next();
        number = Some(number.unwrap_or(0_usize).saturating_mul(10).saturating_add(digit as usize));
    }
    number
}
