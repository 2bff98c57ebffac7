//! What results of expressions are called.

use crate::text::{answer, check, request};

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
