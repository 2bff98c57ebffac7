//! What a service says of a request that it refuses, beside what was typed.

use std::fmt::Write;

use aws_sdk_cloudwatch::error::SdkError;

use super::caret;
use super::line::{Asked, Expression, Reading, is_name};
use super::request::{Query, Request};
use crate::endpoint;
use crate::exit::Failure;
use crate::metric_data::AskError;
use crate::refusal;

/// In front of what is wrong with an expression: the id of its query, in quotes.
const EXPRESSION: &str = "Error in expression '";
/// In front of the position of a query that is wrong, counted from 1.
const MEMBER: &str = "MetricDataQueries.member.";

/// Why there is no answer.
pub(super) fn failure(arguments: &endpoint::Arguments, error: &AskError, request: &Request) -> Failure {
    let metadata = match error {
        SdkError::ServiceError(refused) => refused.err().meta(),
        _ => return refusal::failure(arguments, error),
    };
    match (metadata.code(), metadata.message()) {
        (Some(code), Some(message)) => {
            refusal::refused_because(arguments.endpoint(), &format!("{code}: {}", pointed(message, request)))
        }
        _ => refusal::failure(arguments, error),
    }
}

/// The message; below each line that is about a query, that query, with a caret where the line names a place.
fn pointed(message: &str, request: &Request) -> String {
    let mut text = String::new();
    for line in message.lines().filter(|line| !line.trim().is_empty()) {
        let separator = if text.is_empty() { "" } else { "\n" };
        write!(text, "{separator}{line}").expect("a string takes everything");
        if let Some(shown) = shown(line, request) {
            write!(text, "\n{shown}").expect("a string takes everything");
        }
    }
    if request.queries.iter().any(|query| is_name_alone(query, request)) {
        for reading in [Reading::Metric, Reading::Expression] {
            write!(text, "\n{}", reading.form()).expect("a string takes everything");
        }
    }
    text
}

/// Whether a query is a name that is nobody's id: the beginning of a metric, rather than an expression.
fn is_name_alone(query: &Query, request: &Request) -> bool {
    match &query.asked {
        Asked::Expression(expression) => {
            let text = expression.text.trim();
            is_name(text) && text.parse::<f64>().is_err() && request.find(text).is_none()
        }
        Asked::Metric { .. } => false,
    }
}

fn shown(line: &str, request: &Request) -> Option<String> {
    if let Some((_, rest)) = line.split_once(EXPRESSION) {
        let (id, fault) = rest.split_once("': ")?;
        let query = request.find(id)?;
        return Some(match (caret::place(fault), &query.asked) {
            (Some(place), Asked::Expression(expression)) => below(query, expression, place),
            _ => format!("  {}", query.text.trim()),
        });
    }
    let (_, rest) = line.split_once(MEMBER)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let position: usize = rest[..digits].parse().ok()?;
    request.queries.get(position.checked_sub(1)?).map(|query| format!("  {}", query.text.trim()))
}

fn below(query: &Query, expression: &Expression, place: usize) -> String {
    caret::lines(&query.text, place.saturating_add(expression.offset))
}

#[cfg(test)]
mod tests {
    use nepho_engine::{Period, Statistic};

    use super::*;
    use crate::query::draft::Draft;
    use crate::query::line::Line;
    use crate::query::request::Defaults;

    fn request(lines: &[&str]) -> Request {
        let draft = |text: &&str| Draft::of_line(Line::parse(text).unwrap(), (*text).to_owned());
        let defaults = Defaults { statistic: Statistic::AVERAGE, period: Period::MINUTE, shows_all: false };
        Request::of(lines.iter().map(draft).collect(), &defaults).unwrap()
    }

    #[test]
    fn messages_point_into_what_was_typed() {
        let request = request(&["a = Shop Errors", "rate = 100 * a // 2", "SEARCH('it is)', 'Sum')"]);
        let cases = [
            (
                "Error in expression 'rate': unexpected '/' at character 10: expected a number\n\
                 Error in expression 'q3': in the string at character 8: at character 6: found `)`",
                "Error in expression 'rate': unexpected '/' at character 10: expected a number
  rate = 100 * a // 2
                  ^
Error in expression 'q3': in the string at character 8: at character 6: found `)`
  SEARCH('it is)', 'Sum')
               ^",
            ),
            (
                "The parameter MetricDataQueries.member.1.Label is invalid.\n",
                "The parameter MetricDataQueries.member.1.Label is invalid.\n  a = Shop Errors",
            ),
            (
                "Error in expression 'rate': it depends on itself",
                "Error in expression 'rate': it depends on itself\n  rate = 100 * a // 2",
            ),
            ("Error in expression 'x': no", "Error in expression 'x': no"),
            (
                "MetricDataQueries.member.0 MetricDataQueries.member.9",
                "MetricDataQueries.member.0 MetricDataQueries.member.9",
            ),
            ("Rate exceeded", "Rate exceeded"),
        ];
        for (message, expected) in cases {
            assert_eq!(pointed(message, &request), expected);
        }
    }

    #[test]
    fn a_name_alone_is_answered_with_what_queries_look_like() {
        let message = "Error in expression 'q1': Id 'Shop' not found at character 1";
        let forms = format!("{}\n{}", Reading::Metric.form(), Reading::Expression.form());
        assert_eq!(pointed(message, &request(&["Shop"])), format!("{message}\n  Shop\n  ^\n{forms}"));
        let others = request(&["Shop + 1", "a = Shop Orders", "a", "1"]);
        assert!(!pointed(message, &others).contains(&forms));
    }
}
