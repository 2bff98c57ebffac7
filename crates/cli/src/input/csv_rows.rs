//! A datum a row; the header names the columns.

use std::io::BufRead;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::{Defaults, Entry, FORMS, InputError, Numbered, Parts};
use crate::datum::Statistics;
use crate::dimension::Dimension;

/// Before the name of a dimension in the header.
const DIMENSION: &str = "dimension:";

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Namespace,
    MetricName,
    Dimension(String),
    Value,
    Unit,
    Timestamp,
    StorageResolution,
    SampleCount,
    Sum,
    Minimum,
    Maximum,
}

pub(super) fn read(
    input: impl BufRead,
    defaults: &Defaults,
    mut sink: impl FnMut(Entry) -> bool,
) -> Result<(), InputError> {
    let mut rows = ReaderBuilder::new().trim(Trim::All).from_reader(input);
    let header = rows.headers().map_err(|error| fault(&error))?.clone();
    let columns = columns(&header).map_err(|message| InputError::at(1, message))?;
    let mut row = StringRecord::new();
    while rows.read_record(&mut row).map_err(|error| fault(&error))? {
        let line = row.position().map_or(0, csv::Position::line);
        let datum = parts(&columns, &row).and_then(|parts| parts.datum(defaults));
        let datum = datum.map_err(|error| InputError::at(line, error))?;
        if !sink(Entry::Datum(Numbered { line, datum })) {
            break;
        }
    }
    Ok(())
}

fn fault(error: &csv::Error) -> InputError {
    match (error.kind(), error.position()) {
        (csv::ErrorKind::Io(error), _) => InputError::Read(error.to_string()),
        (csv::ErrorKind::UnequalLengths { expected_len, len, .. }, Some(position)) => {
            InputError::at(position.line(), format!("{len} columns, but the header has {expected_len}"))
        }
        (_, Some(position)) => InputError::at(position.line(), error.to_string()),
        (_, None) => InputError::Read(error.to_string()),
    }
}

fn columns(header: &StringRecord) -> Result<Vec<Column>, String> {
    let columns: Result<Vec<_>, _> = header.iter().map(column).collect();
    let columns = columns?;
    if !columns.contains(&Column::MetricName) {
        return Err(format!("the header has no column MetricName\n{FORMS}"));
    }
    Ok(columns)
}

fn column(name: &str) -> Result<Column, String> {
    let lower = name.to_lowercase();
    if lower.starts_with(DIMENSION) {
        return Ok(Column::Dimension(name[DIMENSION.len()..].to_owned()));
    }
    Ok(match lower.as_str() {
        "namespace" => Column::Namespace,
        "metricname" => Column::MetricName,
        "value" => Column::Value,
        "unit" => Column::Unit,
        "timestamp" => Column::Timestamp,
        "storageresolution" => Column::StorageResolution,
        "samplecount" => Column::SampleCount,
        "sum" => Column::Sum,
        "minimum" => Column::Minimum,
        "maximum" => Column::Maximum,
        _ => {
            return Err(format!(
                "unknown column {name:?}: a dimension is written Dimension:{name}; the others are Namespace, MetricName, \
                 Value, Unit, Timestamp, StorageResolution, SampleCount, Sum, Minimum, Maximum\n{FORMS}"
            ));
        }
    })
}

fn parts(columns: &[Column], row: &StringRecord) -> Result<Parts, String> {
    let mut parts = Parts::default();
    let mut statistics = [None; 4];
    for (column, text) in columns.iter().zip(row).filter(|(_, text)| !text.is_empty()) {
        let number = || text.parse::<f64>().map_err(|_| format!("{column:?} {text:?} is no number"));
        match column {
            Column::Namespace => parts.namespace = Some(text.to_owned()),
            Column::MetricName => text.clone_into(&mut parts.name),
            Column::Dimension(name) => {
                parts.dimensions.push(Dimension { name: name.clone(), value: text.to_owned() });
            }
            Column::Value => parts.amount.value = Some(number()?),
            Column::Unit => parts.unit = Some(text.to_owned()),
            Column::Timestamp => parts.time = Some(text.to_owned()),
            Column::StorageResolution => parts.resolution = Some(number()? as i32),
            Column::SampleCount => statistics[0] = Some(number()?),
            Column::Sum => statistics[1] = Some(number()?),
            Column::Minimum => statistics[2] = Some(number()?),
            Column::Maximum => statistics[3] = Some(number()?),
        }
    }
    parts.amount.statistics = match statistics {
        [None, None, None, None] => None,
        [Some(count), Some(sum), Some(min), Some(max)] => Some(Statistics { count, sum, min, max }),
        _ => return Err("a statistic set needs all of SampleCount, Sum, Minimum and Maximum".to_owned()),
    };
    Ok(parts)
}
