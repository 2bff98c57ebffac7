//! Expressions in GetMetricData as text: what refers to what, and what comes of it.

use nepho_engine::{ScanBy, finish};
use nepho_model::{Cell, Point, Unit, UnitSeries};

use crate::text::{NOON, STORED, check, check_request, lines, planned, request, written};

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
fn a_scalar_may_stand_between_expressions() {
    let queries = "
        m1 60 Sum Shop Errors hidden
        mean = AVG(m1) ; hidden
        e1 = m1 - mean
    ";
    check(queries, "Shop Errors Count 0=1 1=3", "e1 [e1] Complete 1=1 0=-1");
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
