//! The periods of expressions, and which go together.

use nepho_engine::{FoundMetrics, ScanBy, finish, plan, prepare};

use crate::text::{NOON, STORED, check_request, read_all, refused, request, scope};

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
        ("m1 60 Sum Shop A\n m2 300 Sum Shop A\n e = TIME_SERIES(SUM(m1))", Ok(60)),
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
fn a_scalar_made_of_searches_has_their_period() {
    let cases = [
        "e = TIME_SERIES(METRIC_COUNT(SEARCH('Shop', 'Sum', 120)))",
        "s = SEARCH('Shop', 'Sum', 120) ; hidden\n e = TIME_SERIES(METRIC_COUNT(s))",
    ];
    for queries in cases {
        let plan = prepare(request(queries), &scope(), NOON).unwrap().plan(vec![FoundMetrics::default()]).unwrap();
        let answer = finish(&plan, &[]);
        let times = &answer.results[0].timestamps;
        assert_eq!(times[0].seconds() - times[1].seconds(), 120, "{queries}");
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
