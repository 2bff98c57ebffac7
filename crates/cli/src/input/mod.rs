//! Datums from a file or from standard input: JSON lines or CSV, whichever the first character tells.

mod csv_rows;
mod json_lines;

use std::io::BufRead;

use nepho_model::MetricKey;

use crate::datum::{Amount, Datum};
use crate::dimension::Dimension;
use crate::metric::Metric;
use crate::moment::{self, Moment};
use crate::unit;

/// What an error tells those who have neither form at hand.
const FORMS: &str = "\
expected a datum a line, as JSON:
  {\"Namespace\":\"Shop\",\"MetricName\":\"Orders\",\"Value\":3,\"Unit\":\"Count\",\"Dimensions\":{\"Service\":\"web\"}}
or CSV with a header:
  Namespace,MetricName,Dimension:Service,Value,Unit,Timestamp
  Shop,Orders,web,3,Count,2026-05-04T12:00Z";

/// A datum and the line it stands on.
#[derive(Debug, PartialEq)]
pub(crate) struct Numbered {
    pub(crate) line: u64,
    pub(crate) datum: Datum,
}

/// What a line says.
#[derive(Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every entry is a datum")]
pub(crate) enum Entry {
    Datum(Numbered),
    /// So many samples are missing here: `nepho tail --json` could not keep up with them.
    Dropped(u64),
}

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InputError {
    /// The line is no datum.
    Line { line: u64, message: String },
    /// The input cannot be read.
    Read(String),
}

impl InputError {
    fn at(line: u64, message: impl Into<String>) -> Self {
        InputError::Line { line, message: message.into() }
    }
}

/// What lines leave to the command.
#[derive(Debug, Clone)]
pub(crate) struct Defaults {
    /// Namespace of lines that name none.
    pub(crate) namespace: Option<String>,
    /// What relative times are relative to.
    pub(crate) now: jiff::Timestamp,
}

/// Reads what there is and hands it on until there are no more, or until `sink` wants no more.
pub(crate) fn read(
    mut input: impl BufRead,
    defaults: &Defaults,
    sink: impl FnMut(Entry) -> bool,
) -> Result<(), InputError> {
    match first_character(&mut input)? {
        None => Ok(()),
        Some(b'{') => json_lines::read(input, defaults, sink),
        Some(_) => csv_rows::read(input, defaults, sink),
    }
}

/// The first byte that is not white space; it stays in the input, and so do the line ends before it.
fn first_character(input: &mut impl BufRead) -> Result<Option<u8>, InputError> {
    let buffer = input.fill_buf().map_err(|error| InputError::Read(error.to_string()))?;
    Ok(buffer.iter().copied().find(|byte| !byte.is_ascii_whitespace()))
}

/// The parts of a datum as text, before anybody has looked at them.
#[derive(Debug, Default)]
struct Parts {
    namespace: Option<String>,
    name: String,
    dimensions: Vec<Dimension>,
    unit: Option<String>,
    time: Option<String>,
    resolution: Option<i32>,
    amount: Amount,
}

impl Parts {
    fn datum(self, defaults: &Defaults) -> Result<Datum, String> {
        let namespace = self.namespace.or_else(|| defaults.namespace.clone());
        let namespace =
            namespace.ok_or("no Namespace: name one in each line, or for all of them: nepho put Shop --from FILE")?;
        let mut dimensions: Vec<_> = self.dimensions.iter().map(|d| (d.name.as_str(), d.value.as_str())).collect();
        let written = MetricKey::write(&mut String::new(), &namespace, &self.name, &mut dimensions);
        written.map_err(|error| error.to_string())?;
        let unit = |text: &str| unit::parse(text).map_err(|message| format!("unit {text:?}: {message}"));
        Ok(Datum {
            metric: Metric::new(&namespace, &self.name, &self.dimensions),
            unit: self.unit.as_deref().map(unit).transpose()?,
            time: self.time.as_deref().map(|text| time(text, defaults.now)).transpose()?,
            resolution: self.resolution,
            amount: self.amount,
        })
    }
}

/// A time of a file: as on the command line, but text without a zone is UTC.
fn time(text: &str, now: jiff::Timestamp) -> Result<jiff::Timestamp, String> {
    let named = |message: String| format!("timestamp {text:?}: {message}");
    let moment: Moment = moment::parse(text).map_err(named)?;
    moment.at(now, &jiff::tz::TimeZone::UTC).map_err(named)
}

#[cfg(test)]
mod tests;
