//! Queries of Metrics Insights within requests: what they give, what is computed of it, what is refused.

use nepho_engine::insights::{InsightsAnswer, InsightsSeries};
use nepho_engine::{Answers, DataError, Message, finish_with, prepare};

use crate::text::{NOON, lines, refused, request, scope, searched, written};

const SHOP: &str = "
    Shop Latency{Host=a,Zone=x} Seconds 0=1 1=3
    Shop Latency{Host=b,Zone=x} Seconds 0=5
    Shop Latency{Host=c} Seconds 1=10
    Shop Orders Count 0=2 1=5
";

fn check(queries: &str, expected: &str) {
    assert_eq!(written(&searched(request(queries), SHOP)), lines(expected));
}

#[test]
fn a_query_is_an_expression_like_others() {
    check("q1 = SELECT SUM(Latency) FROM Shop ; period=60", "q1 [q1] Complete 1=13 0=6");
    check("q1 = SELECT SUM(Latency) FROM Shop ; period=300 label=latency", "q1 [latency] Complete 0=19");
    check("q1 = SELECT MAX(Latency) FROM Shop ; period=60 label=at most ${MAX}", "q1 [at most 10] Complete 1=10 0=5");
    check("q1 = SELECT SUM(Nothing) FROM Shop ; period=60", "q1 [q1] Complete");
    check(
        "q1 = select avg(Latency) from SCHEMA(Shop, Host, \"Zone\") group by Host order by max() desc ; period=60",
        "q1 [b] Complete 0=5\n q1 [a] Complete 1=3 0=1",
    );
    check(
        "q1 = SELECT SUM(Latency) FROM Shop GROUP BY \"Zone\" ; period=60 label=zone",
        "q1 [zone x] Complete 1=3 0=6\n q1 [zone Other] Complete 1=10",
    );
}

#[test]
fn a_query_is_what_other_expressions_are_computed_of() {
    let queries = "
        orders 60 Sum Shop Orders hidden
        each = SELECT SUM(Latency) FROM Shop GROUP BY Host ; period=60 hidden
        e1 = SUM(each) / orders
        e2 = SORT(each, SUM, DESC, 1)
        e3 = FILL(each, 0) * 2
    ";
    let expected = "
        e1 [e1] Complete 1=2.6 0=3
        e2 [c] Complete 1=10
        e3 [a] Complete 59=0 58=0
    ";
    let answer = searched(request(queries), SHOP);
    let starts: Vec<_> =
        written(&answer).into_iter().map(|line| line.split(" 57").next().unwrap_or_default().to_owned()).collect();
    assert_eq!(starts[..3], lines(expected));
    assert_eq!(answer.results.len(), 5);
    check(
        "total = SELECT SUM(Latency) FROM Shop ; period=60 hidden label=total\n e1 = [total, total * 2]",
        "e1 [total] Complete 1=13 0=6\n e1 [total * 2] Complete 1=26 0=12",
    );
}

#[test]
fn a_query_without_a_period_has_that_of_the_metrics() {
    check("m1 60 Sum Shop Orders hidden\n q1 = SELECT SUM(Latency) FROM Shop", "q1 [q1] Complete 1=13 0=6");
    check("q1 = SELECT SUM(Latency) FROM Shop", "q1 [q1] Complete 0=19");
    check("q1 = SELECT SUM(Latency) FROM Shop ; period=10", "q1 [q1] Complete 1=13 0=6");
}

#[test]
fn what_a_limit_cuts_is_partial_wherever_it_is_used() {
    let queries = "
        q1 = SELECT SUM(Latency) FROM Shop ; period=60
        e1 = q1 * 2
        e2 = TIME_SERIES(AVG(e1)) ; hidden
        m1 60 Sum Shop Orders
    ";
    let prepared = prepare(request(queries), &scope(), NOON).unwrap();
    let plan = prepared.plan(vec![]).unwrap();
    let message = Message { code: "MaxMetricsExceeded", value: "cut".to_owned() };
    let series = vec![InsightsSeries { label: None, values: Vec::new(), points: vec![(NOON, 3.0)] }];
    let insights = [InsightsAnswer { series, is_partial: true, messages: vec![message] }];
    let answer = finish_with(&plan, &Answers { reads: &[Ok(vec![])], insights: &insights, ..Answers::default() });
    let expected = "
        q1 [q1] PartialData 0=3 | MaxMetricsExceeded: cut
        e1 [e1] PartialData 0=6 | MaxMetricsExceeded: cut
        m1 [Orders] Complete
    ";
    assert_eq!(written(&answer), lines(expected));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let refused_by_prepare = |queries: &str| prepare(request(queries), &scope(), NOON).unwrap_err();
    let two = "q1 = SELECT SUM(a) FROM Shop\n q2 = SELECT SUM(b) FROM Shop ; hidden";
    assert_eq!(refused_by_prepare(two), DataError::TooManyInsights(2));
    assert_eq!(
        refused_by_prepare("q1 = SELECT MEDIAN(a) FROM Shop\n e1 = AVGG(q1)").to_string(),
        "Error in expression 'q1': at character 8: found `MEDIAN`, expected AVG, COUNT, MAX, MIN or SUM\n\
         Error in expression 'e1': Function 'AVGG' not found at character 1, did you mean 'AVG'?"
    );
    assert_eq!(
        refused_by_prepare("m1 300 Sum Shop Orders\n q1 = SELECT SUM(a) FROM Shop ; period=60\n e1 = q1 + m1")
            .to_string(),
        "Error in expression 'e1': q1 with period 60 and m1 with period 300 cannot be combined at character 1: series that \
         are used together share one period"
    );
    assert_eq!(
        refused("q1 = SELECT SUM(a) FROM Shop"),
        "Error in expression 'q1': queries of Metrics Insights (SELECT ...) are not available: no metrics are looked up here"
    );
    let array = "q1 = SELECT SUM(a) FROM Shop GROUP BY b\n e1 = IF(q1, q1)";
    assert!(refused_by_prepare(array).to_string().contains("argument 1 of IF"));
}
