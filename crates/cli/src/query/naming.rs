//! What series are called where people read them.

use std::collections::HashMap;

use super::line::Asked;
use super::request::Request;
use crate::metric_data::Found;

/// A name for each result, all of them different. That is its label; an expression that has neither an id nor a
/// label is called by its text rather than by the id that was made up for it.
pub(super) fn names(request: &Request, results: &[Found]) -> Vec<String> {
    let mut names: Vec<_> = results.iter().map(|result| name(request, result)).collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for name in &names {
        *counts.entry(name.clone()).or_default() += 1;
    }
    let mut taken: HashMap<String, usize> = HashMap::new();
    for (name, result) in names.iter_mut().zip(results) {
        if counts[name] > 1 {
            let with_id = format!("{name} ({})", result.id);
            let count = taken.entry(with_id.clone()).or_default();
            *count += 1;
            *name = if *count == 1 { with_id } else { format!("{name} ({} {count})", result.id) };
        }
    }
    names
}

fn name(request: &Request, result: &Found) -> String {
    match request.find(&result.id) {
        Some(query) if !query.has_own_id && result.label == query.id => match &query.asked {
            Asked::Expression(expression) => expression.text.split_whitespace().collect::<Vec<_>>().join(" "),
            Asked::Metric { .. } => result.label.clone(),
        },
        _ if result.label.is_empty() => result.id.clone(),
        _ => result.label.clone(),
    }
}

#[cfg(test)]
mod tests {
    use nepho_engine::{Period, Statistic};

    use super::*;
    use crate::query::draft::Draft;
    use crate::query::line::Line;
    use crate::query::request::Defaults;

    #[test]
    fn series_have_names_that_tell_them_apart() {
        let lines = ["rate = a  /  2", "a  /  3", "Shop Orders", "Shop Orders unit:Count", "SEARCH('x', 'Sum')"];
        let draft = |text: &str| Draft::of_line(Line::parse(text).unwrap(), text.to_owned());
        let defaults = Defaults { statistic: Statistic::AVERAGE, period: Period::MINUTE, shows_all: false };
        let request = Request::of(lines.map(draft).into(), &defaults).unwrap();
        let labels = [
            ("rate", "rate"),
            ("q2", "q2"),
            ("q3", "Orders"),
            ("q4", "Orders"),
            ("q5", "web"),
            ("q5", "api"),
            ("q5", "api"),
            ("q5", ""),
        ];
        let found =
            |(id, label): (&str, &str)| Found { id: id.to_owned(), label: label.to_owned(), ..Found::default() };
        let names = names(&request, &labels.map(found));
        let expected = ["rate", "a / 3", "Orders (q3)", "Orders (q4)", "web", "api (q5)", "api (q5 2)", "q5"];
        assert_eq!(names, expected);
    }
}
