//! Texts that are no expressions, and expressions that nobody would write: they are refused or computed, always within
//! their limits.

use nepho_engine::math::{Expression, MAX_COMPUTED_DATAPOINTS, MAX_EXPRESSION, function_names};
use nepho_engine::{FoundMetrics, MAX_QUERIES, StatusCode, finish, plan, prepare};
use nepho_model::Metric;
use proptest::prelude::*;
use proptest::sample::select;

use crate::text::{NOON, answer, planned, read_all, request, scope};

const STORED: &str = "
    Shop A Count 0=1 1=-2 3=0 59=7
    Shop B Count 2=5 3=1e300
";

/// Everything that expressions are made of, and some that they are not.
fn piece() -> impl Strategy<Value = String> {
    let marks = "( ( ( ) ) ) [ ] , , + - * / ^ == != <= >= < > && || AND OR = ! & | ; % . ' \" \\ ü 🙂";
    let words = "m1 m1 m2 e1 e2 x REPEAT LINEAR ASC DESC AVG MIN MAX SUM 0 1 2.5 60 1e-36 1e308 9999999999 2147483640 2147483700 9000000000000000000 .5 5.";
    let texts = ["'m'", "'Sum'", "'{Shop} A'", "\"x\"", "'a\\'b'", " ", "\n"];
    let functions: Vec<_> = function_names().flat_map(|name| [format!("{name}("), name.to_owned()]).collect();
    let plain: Vec<String> = marks.split(' ').chain(words.split(' ')).chain(texts).map(str::to_owned).collect();
    prop_oneof![3 => select(plain), 1 => select(functions), 1 => any::<char>().prop_map(String::from)]
}

/// Prepares, plans and finishes requests, however far they get.
fn run(expressions: &[String]) {
    for metrics in ["m1 60 Sum Shop A\n m2 60 p90 Shop B hidden", "m1 300 Sum Shop A\n m2 60 p90 Shop B hidden"] {
        run_over(metrics, expressions);
    }
}

fn run_over(metrics: &str, expressions: &[String]) {
    let mut asked = request(metrics);
    for (at, text) in expressions.iter().enumerate() {
        let mut query = request(&format!("e{} = m1", at + 1)).queries.remove(0);
        query.source =
            nepho_engine::Source::Expression(nepho_engine::ExpressionQuery { text: text.clone(), period: None });
        query.return_data = at % 2 == 0;
        asked.queries.push(query);
    }
    let Ok(prepared) = prepare(asked, &scope(), NOON) else { return };
    let found = FoundMetrics { metrics: vec![Metric::new("Shop", "A", &[]).unwrap()], is_cut: false };
    let found = vec![found; prepared.searches().len()];
    let plan = prepared.plan(found).unwrap();
    let answer = finish(&plan, &read_all(plan.reads(), STORED));
    for result in answer.results {
        assert!(result.values.iter().all(|value| value.is_finite()));
        assert!(result.timestamps.is_sorted_by(|newer, older| newer > older));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Expression::parse(&text);
    }

    #[test]
    fn any_pieces_of_expressions_are_read_or_refused(pieces in prop::collection::vec(piece(), 0..400)) {
        let text = pieces.concat();
        if let Err(fault) = Expression::parse(&text) {
            prop_assert!(!fault.to_string().is_empty());
        }
    }

    #[test]
    fn what_can_be_read_is_computed_or_refused(all in prop::collection::vec(prop::collection::vec(piece(), 1..8), 1..4)) {
        run(&all.iter().map(|pieces| pieces.concat()).collect::<Vec<_>>());
    }

    #[test]
    fn a_piece_too_many_or_too_few_is_computed_or_refused(
        text in select(WHOLE.to_vec()),
        at in any::<prop::sample::Index>(),
        length in 0usize..4,
        piece in piece(),
    ) {
        let characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len() + 1);
        let rest = characters.get(at + length..).unwrap_or_default();
        let changed: String = characters[..at].iter().copied().chain(piece.chars()).chain(rest.iter().copied()).collect();
        run(&[changed, text.to_owned()]);
    }
}

/// Expressions with every function that is computed here.
const WHOLE: [&str; 12] = [
    "ABS(m1) + CEIL(m2 / 3) - FLOOR(-m1 ^ 2) * LOG(m1) / LOG10(m2)",
    "SUM([m1, m2]) / MAX(m1) + MIN(METRICS()) * AVG([m1])",
    "IF(m1 > 2 AND m2 <= 1e9 OR HOUR(m1) == 12, STDDEV([m1, m2, m1]), FILL(m2, REPEAT))",
    "FILL(METRICS('m'), LINEAR)",
    "FILL([m1], m2) * FILL(m1, MIN(m1))",
    "SORT(SLICE(METRICS(), 0, METRIC_COUNT(METRICS())), AVG, DESC, 3)",
    "REMOVE_EMPTY(SEARCH('{Shop} A', 'Sum', 60))",
    "FIRST(METRICS()) - LAST([m1, m2]) + TIME_SERIES(DATAPOINT_COUNT(m1))",
    "RUNNING_SUM(DIFF(m1)) + RATE(m2) / DIFF_TIME(m1)",
    "MINUTE(m1) + DAY(m1) + DATE(m1) + MONTH(m1) + YEAR(m1) + EPOCH(m1)",
    "m1 / PERIOD(m1)",
    "ANOMALY_DETECTION_BAND(m1, 2)",
];

#[test]
fn whole_expressions_are_computed() {
    for text in WHOLE {
        run(&[text.to_owned()]);
        assert!(
            prepare(request(&format!("m1 60 Sum Shop A\n m2 60 Sum Shop A\n e = {text}")), &scope(), NOON).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn what_has_no_period_does_not_bring_another_along() {
    let nothing = "FIRST(METRICS('nothing'))";
    for text in [
        format!("m1 * SUM(FILL({nothing} + m2, 0))"),
        format!("m1 * SUM(FILL(m2 + {nothing}, 0))"),
        format!("m1 * SUM(FILL(AVG([{nothing}, m2]), 0))"),
        format!("m1 * SUM(SUM(FILL([{nothing}], m2)))"),
        format!("m1 * SUM(FILL(IF({nothing}, m2, m2), 0))"),
        format!("m1 * SUM(FILL(IF(m2, {nothing}, {nothing}), 0))"),
        format!("m1 * SUM(FILL(FIRST([m2] * {nothing}), 0))"),
    ] {
        run(&[text]);
    }
}

#[test]
fn the_longest_and_deepest_expressions_do_not_exhaust_the_stack() {
    let chain = |start: &str, link: &str| {
        let links = (MAX_EXPRESSION - start.len()) / link.len();
        format!("{start}{}", link.repeat(links))
    };
    let level = "m1 OR 1 AND m1 == 1 + m1 * 2 ^ (";
    let deepest = MAX_EXPRESSION / (level.len() + 1);
    let all = [
        chain("m1", "+m1"),
        chain("m1", "^1*m1"),
        chain("m1", " OR 1"),
        chain("m1", "==1"),
        format!("{}m1{}", "(-".repeat(50), ")".repeat(50)),
        format!("{}m1{}", level.repeat(deepest.min(49)), ")".repeat(deepest.min(49))),
        format!("{}m1{}", "[".repeat(100), "]".repeat(100)),
        format!("{}m1{}", "ABS(".repeat(100), ")".repeat(100)),
        format!("{}m1", "-".repeat(100)),
        format!("m1^{}m1", "m1^".repeat(99)),
    ];
    for text in &all {
        assert!(Expression::parse(text).is_ok(), "{text}");
        run(std::slice::from_ref(text));
    }
}

#[test]
fn what_a_request_may_ask_for_at_most_is_answered_within_the_limit_of_datapoints() {
    // Each expression goes over all metrics 491 times, so that the fourth is cut short.
    let metrics: String = (0..250).map(|at| format!("m{at} 60 Sum Shop A hidden\n")).collect();
    let expressions: String =
        (250..MAX_QUERIES).map(|at| format!("e{at} = FILL(METRICS(), 0) {}\n", "* 2 ".repeat(490))).collect();
    let plan = planned(request(&(metrics + &expressions)));
    let answer = finish(&plan, &read_all(plan.reads(), STORED));
    let count = |status| answer.results.iter().filter(|result| result.status == status).count();
    assert_eq!((count(StatusCode::Complete), count(StatusCode::InternalError)), (3 * 250, 247));
    let told = answer.results.iter().flat_map(|result| &result.messages);
    let limit = format!("more than the limit of {MAX_COMPUTED_DATAPOINTS} datapoints");
    assert!(told.clone().count() > 0 && told.into_iter().all(|message| message.value.ends_with(&limit)));
}

#[test]
fn arrays_of_arrays_do_not_grow_without_end() {
    let copies = |of: &str, count: usize| vec![of; count].join(",");
    let first = format!("e0 = [{}] ; hidden", copies("m1", 22));
    let second = format!("e1 = [{}] ; hidden", copies("e0", 22));
    let third = "e2 = [e1, e1]";
    let asked = format!("m1 60 Sum Shop A hidden\n{first}\n{second}\n{third}\n e3 = e1");
    let results = answer(request(&asked), STORED).results;
    assert_eq!(results.len(), 1 + 22 * 22);
    assert_eq!(results[0].messages[0].value, "an array of 968 time series exceeds the limit of 500");
    assert!(plan(request("e1 = [e1, e1]"), &scope(), NOON).is_err());
}
