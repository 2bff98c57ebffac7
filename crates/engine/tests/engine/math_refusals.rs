//! What is said about expressions that are wrong.

use crate::text::{lines, refused};

#[test]
fn wrong_expressions_are_refused_each_with_its_id() {
    let metrics = "m1 60 Sum Shop Errors\n m2 60 Sum Shop Orders\n";
    let cases = [
        (
            "e = m1 +",
            "e': unexpected end at character 5: expected a number, a string, an id, a function, '-', '(' or '['",
        ),
        ("e = m3 + 1", "e': Id 'm3' not found at character 1, did you mean 'm1'?"),
        ("e = 1 + errors", "e': Id 'errors' not found at character 5, known are 'm1', 'm2'"),
        ("e = M1", "e': Id 'M1' not found at character 1, did you mean 'm1'?"),
        ("e = FILL(m1, repeat)", "e': Id 'repeat' not found at character 10, did you mean 'REPEAT'?"),
        ("e = SORT(METRICS(), AVG, desc)", "e': Id 'desc' not found at character 22, did you mean 'DESC'?"),
        (
            "e = SEARCH('(', 'Sum') ; hidden\n f = SEARCH(')', 'Sum')",
            "e': in the string at character 8: at character 2: found the end, expected a term, a name in double quotes, \
             NOT or `(`\nError in expression 'f': in the string at character 8: at character 1: found `)`, expected a term, \
             a name in double quotes, NOT or `(`",
        ),
        ("e = e + 1", "e': it depends on itself: e -> e"),
        ("e1 = e2\n e2 = e3 + m1\n e3 = -e2", "e2': it depends on itself: e2 -> e3 -> e2"),
        (
            "e = AVG(m1)",
            "e': the result is a scalar: expected a time series or an array of time series, which TIME_SERIES(...) makes \
             of a scalar",
        ),
        (
            "e = 10",
            "e': the result is a scalar: expected a time series or an array of time series, which TIME_SERIES(...) makes \
             of a scalar",
        ),
        ("e = 'a' ; hidden", "e': the result is a string: expected a time series or an array of time series"),
        ("e = AVG", "e': the result is AVG: expected a time series or an array of time series"),
        (
            "e = PERIOD(e1)\n e1 = m1",
            "e': argument 1 of PERIOD at character 8 is a time series: expected the id of a metric",
        ),
        (
            "e = LAMBDA('f', m1)",
            "e': Function 'LAMBDA' at character 1 is not available: it calls a function of AWS Lambda, and this server \
             has no connected data sources",
        ),
        (
            "e = SUM(SEARCH('Errors', 'Sum'))",
            "e': Function 'SEARCH' at character 5 is not available: no metrics are looked up here",
        ),
        (
            "e = ANOMALY_DETECTION_BAND(m1)",
            "e': Function 'ANOMALY_DETECTION_BAND' at character 1 is not available: no models are trained here",
        ),
        (
            "e = SEARCH('(Errors', 'Sum')",
            "e': in the string at character 8: at character 8: found the end, expected `)`, AND, OR or another term; it \
             closes the `(` at character 1",
        ),
        (
            "e = select AVG(a) from b",
            "e': queries of Metrics Insights (SELECT ...) are not available: no metrics are looked up here",
        ),
    ];
    for (expressions, expected) in cases {
        let said = refused(&format!("{metrics}{expressions}"));
        assert_eq!(said, format!("Error in expression '{expected}"), "{expressions}");
    }
}

#[test]
fn every_wrong_expression_is_told_and_what_refers_to_it_is_not() {
    let queries = "m1 60 Sum Shop A\n e1 = e2 * 2\n e2 = AVGG(m1)\n e3 = m1 +";
    let expected = "
        Error in expression 'e2': Function 'AVGG' not found at character 1, did you mean 'AVG'?
        Error in expression 'e3': unexpected end at character 5: expected a number, a string, an id, a function, '-', '(' or '['
    ";
    assert_eq!(lines(&refused(queries)), lines(expected));
    let queries = "m1 60 Sum Shop A\n e1 = e2 * 2\n e2 = m3\n e3 = m1 + 'a' ; hidden";
    let expected = "
        Error in expression 'e2': Id 'm3' not found at character 1, did you mean 'm1'?
        Error in expression 'e3': operator + at character 1 does not take the id of a metric and a string: expected scalars, time series, or an array of time series with either
    ";
    assert_eq!(lines(&refused(queries)), lines(expected));
}

#[test]
fn at_most_ten_wrong_expressions_are_told() {
    for text in ["m1 +", "m2"] {
        let many = |count: usize| (0..count).map(|at| format!("e{at} = {text} ; hidden\n")).collect::<String>();
        assert_eq!(refused(&many(10)).lines().count(), 10);
        assert_eq!(refused(&many(11)).lines().count(), 10);
    }
}
