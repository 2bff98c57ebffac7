//! `--file`: queries from a file, in JSON or a line each.

mod json;
mod lines;

use std::fs::File;
use std::io::{IsTerminal, Read, stdin};
use std::path::Path;

use aws_sdk_cloudwatch::types::ScanBy;

use super::draft::Draft;
use crate::exit::Failure;
use crate::moment::Moment;
use crate::print;

/// The longest file that is read, in bytes. 500 queries of the longest expressions are 1 MB.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What a file asks for.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Contents {
    pub(super) queries: Vec<Draft>,
    pub(super) start: Option<Moment>,
    pub(super) end: Option<Moment>,
    pub(super) scan_by: Option<ScanBy>,
    /// The most datapoints of a page.
    pub(super) max_datapoints: Option<i32>,
    /// The offset of times in labels, such as `+0200`.
    pub(super) label_zone: Option<String>,
}

/// Reads a file, or standard input for `-`.
pub(super) fn read(path: &Path) -> Result<Contents, Failure> {
    let name = if path == Path::new("-") { "standard input".into() } else { path.to_string_lossy() };
    let text = text(path).map_err(|error| Failure::unreachable(format!("cannot read {name}: {error}")))?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::usage(format!("{name} has more than the limit of {FILE_BYTES_MAX} bytes")));
    }
    parse(&text).map_err(|message| Failure::usage(format!("{name}{message}")))
}

fn text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    if path != Path::new("-") {
        File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
        return Ok(text);
    }
    if stdin().is_terminal() {
        print::note("reading queries from the terminal, a line each; Ctrl-D ends them");
    }
    stdin().take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// Reads queries in either form. What is wrong continues a sentence that begins with the file's name.
fn parse(text: &str) -> Result<Contents, String> {
    let asked = match is_json(text) {
        true => json::parse(text).map_err(|message| format!(", as JSON: {message}"))?,
        false => Contents { queries: lines::parse(text)?, ..Contents::default() },
    };
    match asked.queries.is_empty() {
        true => {
            Err(" has no queries: expected one a line, a GetMetricData request, or its MetricDataQueries".to_owned())
        }
        false => Ok(asked),
    }
}

/// Whether a text is JSON: an object, or an array of some. A line that begins with a bracket is an array of metric
/// math, whose elements are no objects.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let elements = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || elements.is_some_and(|elements| elements.starts_with(['{', ']']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_shows_in_the_first_characters() {
        for text in ["{}", " [ {\"Id\":\"a\"}]", "[]", "\n{"] {
            assert!(is_json(text), "{text}");
        }
        for text in ["", "Shop Orders", "[a, b]", "# [{", "[ [a], b]"] {
            assert!(!is_json(text), "{text}");
        }
        assert!(parse("# nothing\n").unwrap_err().starts_with(" has no queries"));
        assert!(parse("[]").unwrap_err().starts_with(" has no queries"));
    }
}
