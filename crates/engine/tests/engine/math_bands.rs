//! What bands are around: what a model is of, and what has none.

use nepho_engine::anomaly::{MAX_BANDS, MAX_SUBJECT_QUERIES, Subject};
use nepho_engine::math::{Band, BandModel};
use nepho_engine::{Answers, DataRequest, Period, Source, finish_with, prepare};
use nepho_model::Timestamp;

use crate::text::{HOUR, NOON, STORED, lines, queries, read_all, request, scope, written};

/// What the bands of a request are around, or why not.
fn subjects(text: &str) -> Result<Vec<String>, String> {
    let prepared = prepare(request(text), &scope(), NOON).map_err(|error| error.to_string())?;
    let subjects = prepared.subjects().map_err(|error| error.to_string())?;
    let written = |(subject, period): (Subject, Period)| {
        let identity = subject.identity().replace('\0', "/").replace('\u{1}', " | ");
        format!("{} {identity}", period.seconds())
    };
    Ok(subjects.into_iter().map(written).collect())
}

#[test]
fn a_band_is_around_a_metric_or_an_expression() {
    let cases = [
        ("m1 300 p99 Shop Latency{Host=a,Az=b}\n e = ANOMALY_DETECTION_BAND(m1)", "300 Shop/Latency/Az/b/Host/a/p99"),
        ("m1 86400 Sum Shop Orders unit=Count\n e = ANOMALY_DETECTION_BAND(m1, 3)", "86400 Shop/Orders/Sum"),
        (
            "a 60 Sum Shop Errors\n b 60 Sum Shop Orders unit=Count\n rate = 100 * (a) / b\n e = ANOMALY_DETECTION_BAND(rate)",
            "60 100*{q1}/{q2} | Shop/Errors/Sum | Shop/Orders/Sum/Count | ",
        ),
        (
            "x 60 Sum Shop Errors\n y = FILL(x, 0)\n e = ANOMALY_DETECTION_BAND(y)",
            "60 FILL({q1},0) | Shop/Errors/Sum | ",
        ),
    ];
    for (text, expected) in cases {
        let found = subjects(text).map(|all| all.join("\n").replace("q1", "{q1}").replace("q2", "{q2}"));
        assert_eq!(found.as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn ids_labels_and_periods_are_no_part_of_what_it_is() {
    let text = |a: &str, b: &str, period: i64, spaces: &str| {
        format!(
            "{a} {period} Sum Shop Errors label=bad\n{b} {period} Sum Shop Orders\n\
             r = {a}{spaces}/{spaces}{b}\n e = ANOMALY_DETECTION_BAND(r)"
        )
    };
    let identity = |text: &str| subjects(text).unwrap()[0].split_once(' ').unwrap().1.to_owned();
    let one = identity(&text("m1", "m2", 60, ""));
    assert_eq!(identity(&text("bad", "all", 300, "  ")), one);
    assert_ne!(identity(&text("m1", "m2", 60, "").replace("Sum Shop Orders", "Average Shop Orders")), one);
    assert_ne!(identity(&text("m1", "m2", 60, "").replace("r = m1/m2", "r = m2/m1")), one);
}

#[test]
fn what_has_no_model_is_refused_by_name() {
    let around = |text: &str| subjects(&format!("{text}\n e = ANOMALY_DETECTION_BAND(x)")).unwrap_err();
    let cannot = "Error in expression 'e': ANOMALY_DETECTION_BAND cannot be around x: ";
    let many: String = (0..9).map(|at| format!("m{at} 60 Sum Shop M{at}\n")).collect();
    let sum = |count: usize| (0..count).map(|at| format!("m{at}")).collect::<Vec<_>>().join("+");
    assert_eq!(many.lines().count() + 1, MAX_SUBJECT_QUERIES);
    assert!(subjects(&format!("{many}x = {}\n e = ANOMALY_DETECTION_BAND(x)", sum(9))).is_ok());
    let cases = [
        ("x 30 Sum Shop Errors", "its period of 30 seconds is shorter than the limit of 60"),
        (
            "m 7200 Sum Shop Errors\n x = m * 2",
            "its period of 7200 seconds is longer than the limit of 3600 for expressions",
        ),
        ("m 60 Sum Shop Errors\n x = SUM(METRICS())", "there is no anomaly detection of expressions with METRICS"),
        ("x = SUM(SEARCH('{Shop}', 'Sum', 60))", "there is no anomaly detection of expressions with SEARCH"),
        (
            "m 60 Sum Shop Errors\n b = ANOMALY_DETECTION_BAND(m)\n x = LAST(b)",
            "there is no anomaly detection of expressions with ANOMALY_DETECTION_BAND",
        ),
        ("x = SELECT SUM(Errors) FROM Shop", "there is no anomaly detection of Metrics Insights queries"),
        ("x = TIME_SERIES(1) ; period=60", "it is computed of no metric"),
        (
            "a 60 Sum Shop Errors\n b 300 Sum Shop Errors\n x = IF(AVG(a) > 1, b)",
            "it is computed of metrics with periods of 300 and of 60 seconds: expected one period",
        ),
    ];
    for (text, expected) in cases {
        let said = around(text);
        let said = said.lines().last().unwrap().to_owned();
        // The first of two metrics is that which is found first.
        let swapped = expected.replace("of 300 and of 60", "of 60 and of 300");
        assert!([expected, &swapped].contains(&said.strip_prefix(cannot).unwrap_or(&said)), "{text}: {said}");
    }
    let eleven = format!("{many}m9 60 Sum Shop M9\nx = {}", sum(10));
    let said = "it is computed of 11 metrics and expressions, more than the limit of 10";
    assert_eq!(around(&eleven).strip_prefix(cannot), Some(said));
}

#[test]
fn an_expression_has_one_band_and_a_request_a_hundred() {
    let two = "m1 60 Sum Shop Errors\n e = FIRST(ANOMALY_DETECTION_BAND(m1)) - LAST(ANOMALY_DETECTION_BAND(m1))";
    let said = "Error in expression 'e': it has 2 ANOMALY_DETECTION_BAND functions, more than the limit of 1";
    assert_eq!(subjects(two), Err(said.to_owned()));
    let many = |count: usize| {
        let bands: String = (0..count).map(|at| format!("\nb{at} = ANOMALY_DETECTION_BAND(m1, {})", at + 1)).collect();
        subjects(&format!("m1 60 Sum Shop Errors{bands}")).map(|subjects| subjects.len())
    };
    assert_eq!(many(MAX_BANDS), Ok(100));
    let said = "The expressions of the request have 101 ANOMALY_DETECTION_BAND functions, more than the limit of 100.";
    assert_eq!(many(MAX_BANDS + 1), Err(said.to_owned()));
}

#[test]
fn a_detector_is_of_the_expression_that_returns_data() {
    let of = |text: &str| {
        let subject = Subject::of_queries(queries(text), &scope(), NOON).map_err(|fault| fault.to_string())?;
        Ok::<_, String>(format!("{} {}", subject.1.seconds(), subject.0.identity().replace(['\0', '\u{1}'], "/")))
    };
    let rate = "a 60 Sum Shop Errors hidden\n b 60 Sum Shop Orders hidden\n e = a / b";
    assert_eq!(of(rate).as_deref(), Ok("60 q1/q2/Shop/Errors/Sum/Shop/Orders/Sum/"));
    let cases = [
        ("a 60 Sum Shop Errors\n b = a * 2", "Exactly one element of the metrics list should return data."),
        (
            "a 60 Sum Shop Errors hidden\n b = a * 2 ; hidden",
            "Exactly one element of the metrics list should return data.",
        ),
        ("a 60 Sum Shop Errors", "The element a of the metrics list that returns data must be an expression."),
        (
            "a 60 Sum Shop Errors hidden\n b = [a, a]",
            "The element b of the metrics list that returns data must give a single time series.",
        ),
        (
            "a 30 Sum Shop Errors hidden\n b = a * 2",
            "Error in expression 'b': its period of 30 seconds is shorter than the limit of 60",
        ),
        ("b = a", "Error in expression 'b': Id 'a' not found at character 1"),
    ];
    for (text, expected) in cases {
        let said = of(text).unwrap_err();
        assert!(said.starts_with(expected), "{text}: {said}");
    }
}

#[test]
fn its_datapoints_are_asked_for_in_any_period() {
    let prepared = prepare(request("a 60 Sum Shop Errors\n e = a * 2\n b = ANOMALY_DETECTION_BAND(e)"), &scope(), NOON);
    let (subject, _) = prepared.unwrap().subjects().unwrap().remove(0);
    let asked: DataRequest = subject.request(Period::from_seconds(300).unwrap(), NOON, NOON.plus_seconds(HOUR));
    let returned: Vec<_> =
        asked.queries.iter().filter(|query| query.return_data).map(|query| query.id.as_str()).collect();
    assert_eq!((returned, asked.start, asked.end), (vec!["q0"], NOON, NOON.plus_seconds(HOUR)));
    let periods = asked.queries.iter().filter_map(|query| match &query.source {
        Source::Metric(stat) => Some(stat.period.seconds()),
        Source::Expression(_) => None,
    });
    assert_eq!(periods.collect::<Vec<_>>(), [300]);
    let plan = prepare(asked, &scope(), NOON.plus_seconds(HOUR)).unwrap().plan(vec![]).unwrap();
    let answer = finish_with(&plan, &Answers { reads: &read_all(plan.reads(), STORED), ..Answers::default() });
    assert_eq!(written(&answer), ["q0 [q0] Complete 0=14"]);
}

struct Untrained;

impl BandModel for Untrained {
    fn band(&self, _: Timestamp, _: f64) -> Option<Band> {
        None
    }

    fn remark(&self) -> Option<String> {
        Some("too little data".to_owned())
    }
}

#[test]
fn a_model_without_a_band_says_why() {
    let prepared = prepare(request("m1 60 Sum Shop Errors\n e = ANOMALY_DETECTION_BAND(m1)"), &scope(), NOON).unwrap();
    let plan = prepared.plan(vec![]).unwrap();
    let reads = read_all(plan.reads(), STORED);
    let answer = finish_with(&plan, &Answers { reads: &reads, models: &[Some(&Untrained)], ..Answers::default() });
    let expected = "
        m1 [Errors] Complete 3=4 1=2 0=1
        e [Errors (lower)] Complete | InsufficientData: too little data
        e [Errors (upper)] Complete | InsufficientData: too little data
    ";
    assert_eq!(written(&answer), lines(expected));
}
