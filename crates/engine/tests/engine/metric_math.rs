//! Expressions in GetMetricData as text: what refers to what, labels, periods, results, pages.

use nepho_engine::math::{Band, BandModel};
use nepho_engine::{
    DataRequest, FoundMetrics, MAX_FOUND_METRICS, MAX_QUERIES, Message, ScanBy, StatusCode, finish, finish_with, plan,
    prepare,
};
use nepho_model::{Cell, Metric, Point, Timestamp, Unit, UnitSeries};

use crate::text::{
    HOUR, NOON, answer, check, check_request, lines, pages, planned, read_all, request, scope, searched, written,
};

const STORED: &str = "
    Shop Errors Count 0=1 1=2 3=4
    Shop Orders Count 0=10 1=10 2=10
";

#[test]
fn expressions_refer_to_metrics_and_to_each_other_in_any_order() {
    let queries = "
        rate = 100 * ratio
        ratio = errors / orders ; hidden
        errors 60 Sum Shop Errors hidden
        orders 60 Sum Shop Orders hidden
    ";
    check(queries, STORED, "rate [rate] Complete 2=0 1=20 0=10");
}

#[test]
fn only_what_is_needed_is_read() {
    let queries = "
        a 60 Sum Shop A hidden
        b 60 Sum Shop B hidden
        c 60 Sum Shop C
        d 60 p90 Shop B hidden
        e1 = b + e2
        e2 = d ; hidden
        e3 = a ; hidden
    ";
    let names = |plan: &nepho_engine::Plan| {
        plan.reads().iter().map(|read| (read.metric.key().name().to_owned(), read.detail)).collect::<Vec<_>>()
    };
    let (numbers, distribution) = (nepho_model::Detail::Numbers, nepho_model::Detail::Distribution);
    assert_eq!(names(&planned(request(queries))), [("B".to_owned(), distribution), ("C".to_owned(), numbers)]);
    let all = "
        aa 60 Sum Shop A hidden
        ab 60 Sum Shop B hidden
        c 60 Sum Shop C hidden
        e1 = SUM(METRICS('a'))
    ";
    assert_eq!(names(&planned(request(all))), [("A".to_owned(), numbers), ("B".to_owned(), numbers)]);
}

#[test]
fn the_label_of_a_series_is_its_id_unless_it_has_one() {
    let queries = "
        m1 60 Sum Shop Errors{Host=a} hidden
        e1 = m1 * 2
        e2 = m1 * 2 ; label=double
        e3 = m1 * 2 ; label=${LABEL} of ${PROP('MetricName')} at ${PROP('Dim.Host')}: ${MAX} in ${PROP('Period')} s
        e4 = m1 + m1 ; label=${PROP('MetricName')} ${PROP('Region')}
        e5 = TIME_SERIES(1) - m1 * 0 ; label=${DATAPOINT_COUNT}
        e6 = e2 + 0 ; label=${LABEL}
    ";
    let labels: Vec<_> = answer(request(queries), "Shop Errors{Host=a} Count 0=1 1=3")
        .results
        .into_iter()
        .map(|one| one.label)
        .collect();
    assert_eq!(labels, ["e1", "double", "e3 of Errors at a: 6 in 60 s", "- eu-west-1", "60", "e6"]);
}

#[test]
fn an_array_has_a_result_for_each_series_with_its_own_label() {
    let queries = "
        m1 60 Sum Shop Errors hidden
        m2 60 Sum Shop Orders hidden label=all orders
        e1 = METRICS()
        e2 = METRICS() * 10 ; label=ten times
        e3 = METRICS() ; label=
        e4 = METRICS() ; label=${LABEL} (${PROP('MetricName')}, ${MAX})
        e5 = [m1, m1 / m2, e7, -m2]
        e6 = SORT(e5, MAX, DESC, 1) ; label=top
        e7 = m2 ; hidden
        e8 = METRICS('x')
    ";
    let expected = "
        e1 [Errors] Complete 1=2 0=1
        e1 [all orders] Complete 1=10 0=10
        e2 [ten times Errors] Complete 1=20 0=10
        e2 [ten times all orders] Complete 1=100 0=100
        e3 [Errors] Complete 1=2 0=1
        e3 [all orders] Complete 1=10 0=10
        e4 [Errors (Errors, 2)] Complete 1=2 0=1
        e4 [all orders (Orders, 10)] Complete 1=10 0=10
        e5 [Errors] Complete 1=2 0=1
        e5 [m1 / m2] Complete 1=0.2 0=0.1
        e5 [e7] Complete 1=10 0=10
        e5 [-m2] Complete 1=-10 0=-10
        e6 [top e7] Complete 1=10 0=10
    ";
    check(queries, "Shop Errors Count 0=1 1=2\n Shop Orders Count 0=10 1=10", expected);
}

#[test]
fn a_default_label_knows_the_metrics_of_the_request_and_not_its_expressions() {
    let queries = "
        m1 60 Sum Shop Errors{Host=a} hidden
        m2 60 Sum Shop Errors{Host=b}
        e1 = METRICS()
        e2 = AVG(METRICS())
    ";
    let stored = "
        Shop Errors{Host=a} Count 0=1
        Shop Errors{Host=b} Count 0=3
    ";
    let expected = "
        m2 [b Errors] Complete 0=3
        e1 [a Errors] Complete 0=1
        e1 [b Errors] Complete 0=3
        e2 [e2] Complete 0=2
    ";
    check(queries, stored, expected);
}

#[test]
fn functions_with_a_value_for_each_period_have_those_of_the_range() {
    let mut quarter =
        request("m1 300 Sum Shop Errors hidden\n e1 = FILL(m1, 0)\n e2 = MINUTE(m1)\n e3 = TIME_SERIES(7)");
    quarter.start = NOON.plus_seconds(-61);
    quarter.end = NOON.plus_seconds(15 * 60);
    quarter.scan_by = ScanBy::TimestampAscending;
    let expected = "
        e1 [e1] Complete -2=0 3=1 8=2 13=0
        e2 [e2] Complete -2=58 3=3 8=8 13=13
        e3 [e3] Complete -2=7 3=7 8=7 13=7
    ";
    check_request(quarter, "Shop Errors Count 4=1 9=2", expected);
}

#[test]
fn the_period_of_an_expression_is_that_of_its_series() {
    let cases = [
        ("m1 60 Sum Shop A\n e = TIME_SERIES(1)", Ok(60)),
        ("m1 60 Sum Shop A\n m2 300 Sum Shop A\n e = m2 * TIME_SERIES(1)", Ok(300)),
        ("m1 60 Sum Shop A\n e = TIME_SERIES(1) ; period=300", Ok(300)),
        ("m1 60 Sum Shop A\n e = TIME_SERIES(SUM(m1)) ; period=300", Ok(300)),
        ("m1 60 Sum Shop A\n m2 300 Sum Shop A\n e = TIME_SERIES(SUM(m1)) * m2", Ok(300)),
        ("m1 60 Sum Shop A\n m2 300 Sum Shop A\n e = TIME_SERIES(AVG(m1)) ; period=20", Ok(20)),
        ("e = TIME_SERIES(1) ; period=20", Ok(20)),
        ("m1 60 Sum Shop A\n e = m1 ; period=60", Ok(60)),
        (
            "m1 60 Sum Shop A\n e = m1 + 1 ; period=300",
            Err("the Period of 300 seconds differs from the 60 seconds of m1"),
        ),
        (
            "m1 60 Sum Shop A\n m2 300 Sum Shop A\n e = METRICS() ; period=60",
            Err("the Period of 60 seconds differs from the 300 seconds of m2"),
        ),
        ("e = TIME_SERIES(1)", Err("a Period is required: nothing in the expression has one")),
        (
            "m1 60 Sum Shop A\n m2 300 Sum Shop A\n e = TIME_SERIES(1)",
            Err("a Period is required: nothing in the expression has one"),
        ),
    ];
    for (queries, expected) in cases {
        let mut request = request(queries);
        request.scan_by = ScanBy::TimestampAscending;
        let stored = "Shop A Count 0=1 1=1 2=1 3=1 4=1 5=1";
        let period = plan(request, &scope(), NOON).map(|plan| {
            let answer = finish(&plan, &read_all(plan.reads(), stored));
            let times = &answer.results.last().unwrap().timestamps;
            times[1].seconds() - times[0].seconds()
        });
        let expected = expected.map_err(|fault| format!("Error in expression 'e': {fault}"));
        assert_eq!(period.map_err(|error| error.to_string()), expected, "{queries}");
    }
}

#[test]
fn series_of_different_periods_stand_side_by_side_but_are_not_combined() {
    let two = "
        m1 60 Sum Shop Errors
        m2 120 Sum Shop Orders
    ";
    let apart = format!("{two}\n e1 = FILL(METRICS(), REPEAT)\n e2 = METRIC_COUNT(METRICS()) + m1 * PERIOD(m2)");
    let mut apart = request(&apart);
    apart.end = NOON.plus_seconds(180);
    let expected = "
        m1 [Errors 60] Complete 1=2 0=1
        m2 [Orders 120] Complete 2=10 0=20
        e1 [Errors 60] Complete 2=2 1=2 0=1
        e1 [Orders 120] Complete 2=10 0=20
        e2 [e2] Complete 1=242 0=122
    ";
    check_request(apart, STORED, expected);
    let together = [
        ("m1 + m2", 1),
        ("SUM(METRICS())", 1),
        ("1 + AVG([m1, m2])", 5),
        ("FILL([m1], m2)", 1),
        ("IF(m1, m2)", 1),
        ("IF(1, m1, m2)", 1),
        ("METRICS() * m1", 1),
        ("FIRST(METRICS()) + m1", 1),
        ("TIME_SERIES(1) * METRICS()", 1),
        ("[m1, FILL(SLICE(METRICS(), 0), REPEAT) - m2]", 6),
    ];
    for (expression, position) in together {
        let expected = format!(
            "Error in expression 'e': m1 with period 60 and m2 with period 120 cannot be combined at character {position}: \
             series that are used together share one period"
        );
        let refused = refused(&format!("{two}\n e = {expression}"));
        let refused =
            refused.replace("m2 with period 120 and m1 with period 60", "m1 with period 60 and m2 with period 120");
        assert_eq!(refused, expected, "{expression}");
    }
}

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
            "e': Function 'ANOMALY_DETECTION_BAND' at character 1 is not available: there are no anomaly detectors yet",
        ),
        (
            "e = SEARCH('(Errors', 'Sum')",
            "e': in the string at character 8: at character 8: found the end, expected `)`, AND, OR or another term; it \
             closes the `(` at character 1",
        ),
        ("e = select AVG(a) from b", "e': queries of Metrics Insights (SELECT ...) are not available yet"),
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

#[test]
fn a_scalar_may_stand_between_expressions() {
    let queries = "
        m1 60 Sum Shop Errors hidden
        mean = AVG(m1) ; hidden
        e1 = m1 - mean
    ";
    check(queries, "Shop Errors Count 0=1 1=3", "e1 [e1] Complete 1=1 0=-1");
}

#[test]
fn what_cannot_be_read_spoils_what_is_computed_of_it() {
    let queries = "
        m1 60 Sum Shop Errors
        m2 60 Sum Shop Orders label=${LABEL} ${MAX}
        e1 = m1 * 2
        e2 = m1 / m2
        e3 = e2 + 1 ; label=ratio
        e4 = SUM(METRICS()) ; label=${MAX}
    ";
    let plan = planned(request(queries));
    let errors = UnitSeries { unit: Unit::Count, points: vec![Point { time: NOON, cell: Cell::of(1.0) }] };
    let answer = finish(&plan, &[Ok(vec![errors]), Err("segment 7 is damaged".to_owned())]);
    let expected = "
        m1 [Errors] Complete 0=1
        m2 [Orders -] InternalError | InternalError: segment 7 is damaged
        e1 [e1] Complete 0=2
        e2 [e2] InternalError | InternalError: segment 7 is damaged
        e3 [ratio] InternalError | InternalError: segment 7 is damaged
        e4 [-] InternalError | InternalError: segment 7 is damaged
    ";
    assert_eq!(written(&answer), lines(expected));
}

#[test]
fn remarks_on_metrics_are_told_on_what_is_computed_of_them() {
    let queries = "
        m1 60 Sum Shop Latency hidden
        m2 60 Sum Shop Orders hidden
        e1 = m1 + m1
        e2 = e1 / m2
        e3 = m2
    ";
    let stored = "
        Shop Latency Seconds 0=1
        Shop Latency Milliseconds 0=1000
        Shop Orders Count 0=10
    ";
    let message = "| MultipleUnits: Multiple units returned: '[Milliseconds, Seconds]'";
    let expected =
        format!("e1 [e1] Complete 0=2000 {message}\n e2 [e2] Complete 0=200 {message}\n e3 [e3] Complete 0=10");
    check(queries, stored, &expected);
}

#[test]
fn searches_find_their_metrics_between_preparing_and_planning() {
    let queries = "
        m1 60 Sum Shop Orders hidden
        e1 = SEARCH('{Shop,Host} Errors', 'Sum')
        e2 = SUM(e1) / m1
        e3 = SEARCH('{Shop,Host} Errors', 'Maximum', 300) ; label=most of
        e4 = SEARCH('{Shop,Host}', 'Sum') ; label=${PROP('Dim.Host')}: ${PROP('MetricName')} ${PROP('Stat')}
        e5 = SEARCH('nothing', 'Sum')
        e6 = MAX(e5)
        e7 = SEARCH('unused', 'Sum') ; hidden
    ";
    let stored = "
        Shop Orders Count 0=10 1=10
        Shop Errors{Host=a} Count 0=1 1=2
        Shop Errors{Host=b} Count 1=3
        Shop Retries{Host=b} Count 1=1
    ";
    let expected = "
        e1 [a Errors] Complete 1=2 0=1
        e1 [b Errors] Complete 1=3
        e2 [e2] Complete 1=0.5 0=0.1
        e3 [most of a Errors] Complete 0=2
        e3 [most of b Errors] Complete 0=3
        e4 [a: Errors Sum] Complete 1=2 0=1
        e4 [b: Errors Sum] Complete 1=3
        e4 [b: Retries Sum] Complete 1=1
        e6 [e6] Complete
    ";
    assert_eq!(written(&searched(request(queries), stored)), lines(expected));
    let prepared = prepare(request(queries), &scope(), NOON).unwrap();
    let searches: Vec<_> =
        prepared.searches().iter().map(|one| (one.statistic.as_str(), one.period.seconds())).collect();
    assert_eq!(searches, [("Sum", 60), ("Maximum", 300), ("Sum", 60), ("Sum", 60)]);
}

#[test]
fn a_search_without_a_period_has_that_of_the_query_or_of_the_metrics_or_five_minutes() {
    let cases = [
        ("e = SEARCH('a', 'Sum', 20) ; period=20", 20),
        ("e = SEARCH('a', 'Sum') ; period=20", 20),
        ("m1 60 Sum Shop A\n e = SEARCH('a', 'Sum')", 60),
        ("m1 60 Sum Shop A\n m2 120 Sum Shop A\n e = SEARCH('a', 'Sum')", 300),
        ("e = SEARCH('a', 'Sum')", 300),
    ];
    for (queries, expected) in cases {
        let prepared = prepare(request(queries), &scope(), NOON).unwrap();
        assert_eq!(prepared.searches()[0].period.seconds(), expected, "{queries}");
    }
}

#[test]
fn searches_share_reads_and_bring_in_no_more_than_their_limits() {
    let metric = |at: usize| Metric::new("Shop", &format!("M{at}"), &[]).unwrap();
    let found =
        |from: usize, count: usize| FoundMetrics { metrics: (from..from + count).map(metric).collect(), is_cut: false };
    let planned = |searches: usize, found: &dyn Fn(usize) -> FoundMetrics| {
        let all: Vec<_> = (0..searches).map(|at| format!("e{at} = SEARCH('Shop', 'Sum', 60)")).collect();
        let prepared = prepare(request(&all.join("\n")), &scope(), NOON).unwrap();
        let plan = prepared.plan((0..searches).map(found).collect()).unwrap();
        let answer = finish(&plan, &read_all(plan.reads(), ""));
        (plan.reads().len(), answer.results.len(), answer.messages)
    };
    let too_many =
        Message { code: "MaxMetricsExceeded", value: "Maximum number of allowed metrics exceeded".to_owned() };
    assert_eq!(planned(2, &|_| found(0, 3)), (3, 6, vec![]));
    assert_eq!(planned(1, &|_| found(0, 500)), (500, 500, vec![]));
    assert_eq!(planned(1, &|_| found(0, 501)), (500, 500, vec![too_many.clone()]));
    assert_eq!(planned(1, &|_| FoundMetrics { is_cut: true, ..found(0, 3) }), (3, 3, vec![too_many.clone()]));
    assert_eq!(planned(20, &|at| found(500 * at, 500)), (MAX_FOUND_METRICS, MAX_FOUND_METRICS, vec![]));
    assert_eq!(planned(21, &|at| found(500 * at, 500)), (MAX_FOUND_METRICS, MAX_FOUND_METRICS, vec![too_many]));
}

#[test]
fn a_request_has_at_most_100_searches_and_500_queries() {
    let searches = |count: usize| {
        let all: Vec<_> = (0..count).map(|at| format!("e{at} = SEARCH('a', 'Sum')")).collect();
        prepare(request(&all.join("\n")), &scope(), NOON).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(searches(100), Ok(()));
    let said = "The expressions of the request have 101 SEARCH functions, more than the limit of 100.";
    assert_eq!(searches(101), Err(said.to_owned()));
    let chain = |count: usize| {
        let all: Vec<_> = (1..count).map(|at| format!("e{at} = e{} + 1 ; hidden", at - 1)).collect();
        request(&format!("e0 60 Sum Shop A hidden\n{}\n last = e{}", all.join("\n"), count - 1))
    };
    let longest = answer(chain(MAX_QUERIES - 1), "Shop A Count 0=1");
    assert_eq!(longest.results[0].values, [(MAX_QUERIES - 1) as f64]);
    assert!(plan(chain(MAX_QUERIES), &scope(), NOON).is_err());
}

struct Tenfold;

impl BandModel for Tenfold {
    fn band(&self, time: Timestamp, deviations: f64) -> Option<Band> {
        let minute = ((time.seconds() - NOON.seconds()) / 60) as f64;
        (minute < 2.0).then_some(Band { lower: minute - deviations, upper: minute + deviations })
    }
}

#[test]
fn bands_come_from_the_models_that_are_given() {
    let queries = "
        m1 60 Sum Shop Errors hidden label=errors
        e1 = m1 * 2 ; hidden
        band = ANOMALY_DETECTION_BAND(m1, 5)
        e2 = m1 > LAST(ANOMALY_DETECTION_BAND(e1))
    ";
    let prepared = prepare(request(queries), &scope(), NOON).unwrap();
    let uses: Vec<_> = prepared.bands().iter().map(|band| format!("{} of {}", band.id, band.of)).collect();
    assert_eq!(uses, ["band of m1", "e2 of e1"]);
    let plan = prepared.plan(vec![]).unwrap();
    let stored = read_all(plan.reads(), STORED);
    let expected = "
        band [errors (lower)] Complete 1=-4 0=-5
        band [errors (upper)] Complete 1=6 0=5
        e2 [e2] InternalError | InternalError: Function 'ANOMALY_DETECTION_BAND' has no model of e1 yet
    ";
    assert_eq!(written(&finish_with(&plan, &stored, &[Some(&Tenfold), None])), lines(expected));
    let answer = finish_with(&plan, &stored, &[Some(&Tenfold), Some(&Tenfold)]);
    assert_eq!(written(&answer)[2], "e2 [e2] Complete 3=1 1=0 0=0");
}

#[test]
fn pages_go_through_the_series_of_an_array() {
    let mut request = request("m1 60 Sum Shop Errors hidden\n m2 60 Sum Shop Orders\n e = [m1, m2 / 10, m1 * 2]");
    request.max_datapoints = 3;
    let expected = "
        m2 [Orders] PartialData 2=10
        e [Errors] PartialData 3=4
        e [m2 / 10] PartialData
        e [m1 * 2] PartialData 3=8
        --
        m2 [Orders] PartialData 1=10
        e [Errors] PartialData 1=2
        e [m2 / 10] PartialData 2=1
        e [m1 * 2] PartialData
        --
        m2 [Orders] Complete 0=10
        e [Errors] PartialData
        e [m2 / 10] PartialData 1=1
        e [m1 * 2] PartialData 1=4
        --
        m2 [Orders] Complete
        e [Errors] Complete 0=1
        e [m2 / 10] Complete 0=1
        e [m1 * 2] Complete 0=2
    ";
    let found: Vec<_> = pages(&request, STORED).iter().map(written).collect();
    assert_eq!(found, expected.split("--").map(lines).collect::<Vec<_>>());
    request.scan_by = ScanBy::TimestampAscending;
    let ascending = pages(&request, STORED);
    let whole = |at: usize| ascending.iter().flat_map(|page| page.results[at].values.clone()).collect::<Vec<_>>();
    assert_eq!(
        [whole(0), whole(1), whole(2), whole(3)],
        [vec![10.0; 3], vec![1.0, 2.0, 4.0], vec![1.0; 3], vec![2.0, 4.0, 8.0]]
    );
}

#[test]
fn a_token_knows_the_expressions() {
    let mut first = request("m1 60 Sum Shop Errors\n e = m1 * 2");
    first.max_datapoints = 2;
    let token = answer(first, STORED).next_token;
    let with = |queries: &str| {
        let next = DataRequest { next_token: token.clone(), ..request(queries) };
        plan(next, &scope(), NOON).is_ok()
    };
    assert!(with("m1 60 Sum Shop Errors\n e = m1 * 2"));
    assert!(!with("m1 60 Sum Shop Errors\n e = m1 * 3"));
    assert!(!with("m1 60 Sum Shop Errors\n e = m1 * 2 ; period=60"));
}

#[test]
fn a_range_has_at_most_as_many_periods_as_can_be_numbered() {
    let with = |seconds: i64, queries: &str| {
        let mut request = request(queries);
        request.start = Timestamp::from_seconds(NOON.seconds() - seconds);
        request.end = NOON;
        plan(request, &scope(), NOON).map(drop).map_err(|error| error.to_string())
    };
    // The start of so old a range is rounded to the hour.
    let most = i64::from(u32::MAX) / HOUR * HOUR;
    assert_eq!(with(most, "m1 1 Sum Shop A"), Ok(()));
    let said = "The range from StartTime to EndTime has more than 4294967295 periods of 1 seconds.";
    assert_eq!(with(most + HOUR, "m1 1 Sum Shop A"), Err(said.to_owned()));
    assert_eq!(with(most + HOUR, "m1 60 Sum Shop A\n e = TIME_SERIES(1) ; period=1"), Err(said.to_owned()));
}

#[test]
fn what_would_take_too_much_is_refused_alone() {
    let mut long = request("m1 1 Sum Shop Errors\n e1 = FILL(m1, 0)\n e2 = m1 * 2");
    long.end = NOON.plus_seconds(1_000_001);
    let plan = plan(long, &scope(), NOON).unwrap();
    let found = finish(&plan, &read_all(plan.reads(), "Shop Errors Count 1=3"));
    let expected = "
        m1 [Errors] Complete 1=3
        e1 [e1] InternalError | InternalError: the range has 1000001 periods of 1 seconds, more than the limit of 1000000 of a function that has a value for each
        e2 [e2] Complete 1=6
    ";
    assert_eq!(written(&found), lines(expected));
    let copies = vec!["m1"; 26].join(", ");
    let mut wide =
        request(&format!("m1 1 Sum Shop Errors hidden\n e1 = TIME_SERIES(1)\n e2 = SUM(FILL([{copies}], 0))"));
    wide.end = NOON.plus_seconds(1_000_000);
    let found = answer(wide, "").results;
    assert_eq!((found[0].status, found[1].status), (StatusCode::PartialData, StatusCode::InternalError));
    let said = "the expressions of the request compute more than the limit of 50000000 datapoints";
    assert_eq!(found[1].messages[0].value, said);
}

/// What is said about a request.
fn refused(queries: &str) -> String {
    plan(request(queries), &scope(), NOON).unwrap_err().to_string()
}
