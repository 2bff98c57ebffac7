//! `GET /metrics`: the figures in Prometheus' text format.

use std::fmt::Write;

use nepho_model::Unit;

use crate::own::figures::{Figure, Kind};

/// The content type of the format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes the figures, those of one name together.
pub(crate) fn write(figures: &[Figure]) -> String {
    let mut text = String::new();
    let mut written: Vec<&str> = Vec::new();
    for first in figures {
        if written.contains(&first.name) {
            continue;
        }
        written.push(first.name);
        let name = name(first);
        let kind = match first.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} {kind}", first.help);
        for figure in figures.iter().filter(|figure| figure.name == first.name) {
            let _ = writeln!(text, "{name}{} {}", labels(figure), figure.value);
        }
    }
    text
}

/// `ReceivedItems` of kind counter becomes `nepho_received_items_total`.
fn name(figure: &Figure) -> String {
    let mut name = String::from("nepho");
    for letter in figure.name.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    match figure.unit {
        Unit::Bytes => name.push_str("_bytes"),
        Unit::Seconds => name.push_str("_seconds"),
        _ => {}
    }
    if figure.kind == Kind::Counter {
        name.push_str("_total");
    }
    name
}

fn labels(figure: &Figure) -> String {
    if figure.dimensions.is_empty() {
        return String::new();
    }
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let pairs = figure.dimensions.iter().map(|(name, value)| format!("{}=\"{}\"", name.to_lowercase(), escaped(value)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_one_name_are_written_together() {
        let figure = |name, kind, unit, dimensions, value| Figure { name, help: "H.", kind, unit, dimensions, value };
        let figures = [
            figure("StoredItems", Kind::Counter, Unit::Count, vec![("Intake", "a\"b".to_owned())], 3.0),
            figure("JournalSize", Kind::Gauge, Unit::Bytes, Vec::new(), 1.5),
            figure("StoredItems", Kind::Counter, Unit::Count, vec![("Intake", "c".to_owned())], 4.0),
        ];
        let expected = "# HELP nepho_stored_items_total H.\n# TYPE nepho_stored_items_total counter\n\
                        nepho_stored_items_total{intake=\"a\\\"b\"} 3\nnepho_stored_items_total{intake=\"c\"} 4\n\
                        # HELP nepho_journal_size_bytes H.\n# TYPE nepho_journal_size_bytes gauge\n\
                        nepho_journal_size_bytes 1.5\n";
        assert_eq!(write(&figures), expected);
    }
}
