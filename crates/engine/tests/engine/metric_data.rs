//! GetMetricData as text: queries and stored data in, results out.

use nepho_engine::{
    DataError, DataRequest, Label, MAX_PAGE_DATAPOINTS, MAX_QUERIES, ScanBy, Source, Statistic, StatusCode, Zone,
    finish, plan,
};
use nepho_model::{Cell, Detail, Point, Unit, UnitSeries};
use proptest::prelude::*;

use crate::text::{
    DAY, NOON, answer, check, check_request, lines, pages, planned, queries, read_all, request, scope, written,
};

#[test]
fn results_are_newest_first_unless_told_otherwise() {
    let stored = "Shop Orders Count 0=1 1=2 7=3 59=4 60=5";
    check("m1 60 Sum Shop Orders", stored, "m1 [Orders] Complete 59=4 7=3 1=2 0=1");
    let mut ascending = request("m1 300 Sum Shop Orders");
    ascending.scan_by = ScanBy::TimestampAscending;
    check_request(ascending, stored, "m1 [Orders] Complete 0=3 5=3 55=4");
}

#[test]
fn buckets_begin_at_the_start_of_the_range() {
    let mut odd = request("m1 1200 Sum Shop Orders");
    odd.start = NOON.plus_seconds(-61 * 60 + 25);
    check_request(
        odd,
        "Shop Orders Count -61=1 -42=2 -41=4 -2=8 18=16",
        "m1 [Orders] Complete -1=16 -21=8 -41=4 -61=3",
    );
}

#[test]
fn no_data_is_one_empty_result() {
    check("m1 60 Sum Shop Orders", "Shop Other Count 0=1", "m1 [Orders] Complete");
    check("m1 60 Sum Shop Orders", "Shop Orders{Host=a} Count 0=1", "m1 [Orders] Complete");
    check("m1 60 p50 Shop Balance", "Shop Balance None 0=-1 1=5", "m1 [Balance] Complete 1=5");
}

#[test]
fn of_several_units_the_first_by_name_is_answered() {
    let stored = "
        Shop Latency Seconds 0=1
        Shop Latency Milliseconds 0=1000 1=2000
    ";
    let message = "| MultipleUnits: Multiple units returned: '[Milliseconds, Seconds]'";
    check("m1 60 Sum Shop Latency", stored, &format!("m1 [Latency] Complete 1=2000 0=1000 {message}"));
    check("m1 60 Sum Shop Latency unit=Seconds", stored, "m1 [Latency] Complete 0=1");
    check("m1 60 Sum Shop Latency unit=Bytes", stored, "m1 [Latency] Complete");
}

#[test]
fn a_query_may_keep_its_data_to_itself() {
    let queries = "
        m1 60 Sum Shop Orders
        m2 60 Average Shop Orders hidden
        m3 60 Sum Shop Returns
    ";
    let stored = "
        Shop Orders Count 0=1
        Shop Returns Count 0=2
    ";
    check(queries, stored, "m1 [Orders Sum] Complete 0=1\n m3 [Returns Sum] Complete 0=2");
    check("m1 60 Sum Shop Orders hidden", stored, "");
}

#[test]
fn a_default_label_is_what_tells_the_queries_apart() {
    let cases = [
        ("m1 60 Sum Shop Orders", "Orders"),
        ("m1 60 Sum Shop Orders\n m2 60 Sum Shop Returns", "Orders, Returns"),
        ("m1 60 Sum Shop Orders\n m2 60 Minimum Shop Orders", "Orders Sum, Orders Minimum"),
        ("m1 60 Sum Shop Orders\n m2 30 Sum Shop Orders", "Orders 60, Orders 30"),
        ("m1 60 Sum Shop Orders\n m2 30 p99 Shop Orders", "Orders Sum 60, Orders p99 30"),
        ("m1 60 Sum Shop Orders unit=Count\n m2 60 Sum Shop Orders unit=None", "Orders, Orders"),
        ("m1 60 Sum Shop Orders{Host=a}", "Orders"),
        ("m1 60 Sum Shop Orders{Host=a}\n m2 60 Sum Shop Orders{Host=b}", "a Orders, b Orders"),
        ("m1 60 Sum Shop Orders{Host=a,Zone=z}\n m2 60 Sum Shop Orders{Host=b,Zone=z}", "a Orders, b Orders"),
        ("m1 60 Sum Shop Orders\n m2 60 Sum Shop Orders{Host=b,Zone=z}", "Orders, b z Orders"),
        ("m1 60 Sum Shop Orders\n m2 60 Sum Depot Orders{Host=b}", "Shop Orders, Depot b Orders"),
        ("m1 60 Sum Shop Orders\n m2 30 Sum Shop Orders hidden", "Orders 60"),
    ];
    for (queries, expected) in cases {
        let labels: Vec<_> = answer(request(queries), "").results.into_iter().map(|result| result.label).collect();
        assert_eq!(labels.join(", "), expected, "{queries}");
    }
}

#[test]
fn dynamic_labels_tell_of_the_datapoints_of_the_whole_range() {
    let cases = [
        ("plain", "plain"),
        ("[max: ${MAX}] cpu", "[max: 8] cpu"),
        ("${LABEL} by host", "Orders by host"),
        ("${AVG} ${MIN} ${SUM} ${FIRST} ${LAST} ${DATAPOINT_COUNT}", "4.33333 2 13 3 2 3"),
        ("${MIN_TIME}, ${MAX_TIME}", "2026-05-04 14:20, 2026-05-04 13:40"),
        ("${FIRST_TIME}, ${LAST_TIME}", "2026-05-04 13:30, 2026-05-04 14:20"),
        ("${MIN_TIME_RELATIVE}, ${MAX_TIME_RELATIVE}", "10 min ago, 50 min ago"),
        ("${FIRST_TIME_RELATIVE}, ${LAST_TIME_RELATIVE}", "1 h ago, 10 min ago"),
        ("${MIN_MAX_RANGE} in ${MIN_MAX_TIME_RANGE}", "6 in 40 min"),
        ("${FIRST_LAST_RANGE} in ${FIRST_LAST_TIME_RANGE}", "-1 in 50 min"),
        ("${PROP('Namespace')}/${PROP('MetricName')} ${PROP('Dim.Host')}${PROP('Dim.No')}", "Shop/Orders a-"),
        ("${PROP('Stat')} ${PROP('Period')} ${PROP('Region')}", "Sum 60 eu-west-1"),
        ("${PROP(\"AccountId\")} ${PROP('AccountLabel')}", "123456789012 123456789012"),
        ("$ { $$ } {} $MAX $${MAX}", "$ { $$ } {} $MAX $8"),
    ];
    for (label, expected) in cases {
        let mut request = request(&format!("m1 60 Sum Shop Orders{{Host=a}} label={label}"));
        request.zone = Zone::parse("+0130").unwrap();
        request.max_datapoints = 1;
        let answer = answer(request, "Shop Orders{Host=a} Count 0=3 10=8 50=2");
        assert_eq!(answer.results[0].label, expected, "{label}");
    }
}

#[test]
fn dynamic_labels_without_datapoints_have_dashes() {
    let label = "label=${MAX} ${MAX_TIME} ${LAST_TIME_RELATIVE} ${MIN_MAX_RANGE} ${DATAPOINT_COUNT} ${PROP('Stat')}";
    check(&format!("m1 60 Sum Shop Orders {label}"), "", "m1 [- - - - 0 Sum] Complete");
}

#[test]
fn a_bad_label_is_told_what_is_wrong_with_it() {
    let cases = [
        ("${MAX", "label \"${MAX\" has a ${ without a }"),
        ("a ${max} b", "label has ${max}, which is no dynamic value"),
        ("${}", "label has ${}, which is no dynamic value"),
        ("${PROP('Unit')}", "label has PROP('Unit'), which is no property"),
        ("${PROP('Dim.')}", "label has PROP('Dim.'), which is no property"),
        ("${PROP(Stat)}", "label has PROP(Stat), whose name is not in quotes"),
        ("${LABEL} ${LABEL}", "label has ${LABEL} more than once"),
        (&"${MAX}".repeat(7), "label has 7 dynamic values, more than the limit of 6"),
    ];
    for (label, expected) in cases {
        let fault = Label::parse(label).unwrap_err().to_string();
        assert!(fault.starts_with(expected), "{fault:?} does not start with {expected:?}");
    }
    assert!(Label::parse(&"${MAX}".repeat(6)).is_ok());
}

#[test]
fn a_read_that_failed_spoils_only_its_own_results() {
    let queries = "
        m1 60 Sum Shop Orders
        m2 60 Sum Shop Returns
        m3 60 Average Shop Returns
    ";
    let plan = planned(request(queries));
    let orders = UnitSeries { unit: Unit::Count, points: vec![Point { time: NOON, cell: Cell::of(1.0) }] };
    let answer = finish(&plan, &[Ok(vec![orders]), Err("segment 7 is damaged at byte 12".to_owned())]);
    let expected = "
        m1 [Orders Sum] Complete 0=1
        m2 [Returns Sum] InternalError | InternalError: segment 7 is damaged at byte 12
        m3 [Returns Average] InternalError | InternalError: segment 7 is damaged at byte 12
    ";
    assert_eq!(written(&answer), lines(expected));
}

#[test]
fn old_data_is_answered_in_short_periods_too_with_a_message() {
    let day_minutes = 24 * 60;
    let stored = format!("Shop Orders Count {}=1 {}=2", -20 * day_minutes, -20 * day_minutes + 5);
    let mut old = request("m1 60 Sum Shop Orders\n m2 300 Sum Shop Orders");
    old.start = NOON.plus_seconds(-20 * DAY);
    let answer = answer(old, &stored);
    assert_eq!(answer.results[0].values, [2.0, 1.0]);
    let message = &answer.results[0].messages[0];
    assert_eq!(message.code, "PeriodTooShort");
    assert!(message.value.contains("steps of 300 seconds, and a period of 60 seconds"), "{}", message.value);
    assert_eq!(answer.results[1].values, [2.0, 1.0]);
    assert_eq!(answer.results[1].messages, []);
}

#[test]
fn queries_of_one_metric_share_a_read() {
    let queries = "
        m1 60 Sum Shop Orders
        m2 60 p99 Shop Orders
        m3 60 Sum Shop Returns
        m4 300 Sum Shop Orders
        m5 60 Sum Shop Orders unit=Count
        m6 60 Sum Shop Silent hidden
    ";
    let plan = planned(request(queries));
    let reads: Vec<_> = plan
        .reads()
        .iter()
        .map(|read| (read.metric.key().name(), read.period_seconds, read.unit, read.detail))
        .collect();
    let expected = [
        ("Orders", 60, None, Detail::Distribution),
        ("Returns", 60, None, Detail::Numbers),
        ("Orders", 300, None, Detail::Numbers),
        ("Orders", 60, Some(Unit::Count), Detail::Numbers),
    ];
    assert_eq!(reads, expected);
}

#[test]
fn requests_that_do_not_hold_together_are_refused() {
    let one = "m1 60 Sum Shop Orders";
    let refused = |change: &dyn Fn(&mut DataRequest), expected: DataError, text: &str| {
        let mut request = request(one);
        change(&mut request);
        let error = plan(request, &scope(), NOON).unwrap_err();
        assert_eq!((error.to_string().as_str(), &error), (text, &expected));
    };
    let many = |count: usize| -> String { (0..count).map(|at| format!("m{at} 60 Sum Shop Orders\n")).collect() };
    assert!(plan(request(&many(MAX_QUERIES)), &scope(), NOON).is_ok());
    refused(
        &|r| r.queries = queries(&many(MAX_QUERIES + 1)),
        DataError::TooManyQueries,
        "The collection MetricDataQueries must not have a size greater than 500.",
    );
    refused(&|r| r.queries.clear(), DataError::NoQueries, "The parameter MetricDataQueries is required.");
    refused(
        &|r| r.queries = queries(&format!("{one}\n{one}")),
        DataError::RepeatedId("m1".to_owned()),
        "The values for parameter id in MetricDataQueries are not unique.",
    );
    refused(&|r| r.end = r.start, DataError::RangeEmpty, "The parameter StartTime must not equal parameter EndTime.");
    refused(
        &|r| r.end = r.start.plus_seconds(-1),
        DataError::RangeReversed,
        "The parameter EndTime must be greater than StartTime.",
    );
    for size in [0, MAX_PAGE_DATAPOINTS + 1] {
        refused(
            &|r| r.max_datapoints = size,
            DataError::PageSize(size),
            "The parameter MaxDatapoints must be between 1 and 100800.",
        );
    }
}

const TWO: &str = "
    m1 60 Sum Shop Orders
    m2 60 Sum Shop Returns
    m3 60 Sum Shop Silent
";
const TWO_STORED: &str = "
    Shop Orders Count 0=1 1=2 2=3
    Shop Returns Count 1=4 2=5
";

#[test]
fn pages_go_on_where_the_one_before_ended() {
    check_pages(
        ScanBy::TimestampDescending,
        "
        m1 [Orders] PartialData 2=3
        m2 [Returns] PartialData 2=5
        m3 [Silent] Complete
        --
        m1 [Orders] PartialData 1=2
        m2 [Returns] Complete 1=4
        m3 [Silent] Complete
        --
        m1 [Orders] Complete 0=1
        m2 [Returns] Complete
        m3 [Silent] Complete
        ",
    );
    check_pages(
        ScanBy::TimestampAscending,
        "
        m1 [Orders] PartialData 0=1 1=2
        m2 [Returns] PartialData
        m3 [Silent] Complete
        --
        m1 [Orders] Complete 2=3
        m2 [Returns] PartialData 1=4
        m3 [Silent] Complete
        --
        m1 [Orders] Complete
        m2 [Returns] Complete 2=5
        m3 [Silent] Complete
        ",
    );
}

fn check_pages(scan_by: ScanBy, expected: &str) {
    let mut request = request(TWO);
    (request.scan_by, request.max_datapoints) = (scan_by, 2);
    let pages = pages(&request, TWO_STORED).iter().map(written).collect::<Vec<_>>();
    assert_eq!(pages, expected.split("--").map(lines).collect::<Vec<_>>());
}

#[test]
fn a_token_is_good_for_its_request_only() {
    let mut first = request(TWO);
    first.max_datapoints = 2;
    let token = answer(first.clone(), TWO_STORED).next_token.unwrap();
    let with = |token: &str, change: &dyn Fn(&mut DataRequest)| {
        let mut request = first.clone();
        request.next_token = Some(token.to_owned());
        change(&mut request);
        plan(request, &scope(), NOON).map(drop)
    };
    assert_eq!(with(&token, &|_| {}), Ok(()));
    assert_eq!(with(&token, &|r| r.max_datapoints = 100), Ok(()));
    let changes: [&dyn Fn(&mut DataRequest); 5] = [
        &|r| r.end = r.end.plus_seconds(1),
        &|r| r.start = r.start.plus_seconds(1),
        &|r| r.scan_by = ScanBy::TimestampAscending,
        &|r| r.queries.truncate(2),
        &|r| match &mut r.queries[0].source {
            Source::Metric(stat) => stat.statistic = Statistic::AVERAGE,
            Source::Expression(_) => {}
        },
    ];
    for change in changes {
        assert_eq!(with(&token, change), Err(DataError::NextToken));
    }
    let far = token.rsplit_once('.').unwrap().0.to_owned() + ".3";
    for bad in
        ["", "x", "1.2.3.4", &token[1..], &token[..token.len() - 2], &format!("{token}.0"), &format!("{token}x"), &far]
    {
        assert_eq!(with(bad, &|_| {}), Err(DataError::NextToken), "{bad:?}");
    }
}

#[test]
fn every_page_rounds_the_start_as_the_first_did() {
    let mut first = request("m1 60 Sum Shop Orders");
    (first.start, first.max_datapoints) = (NOON.plus_seconds(-15 * DAY + 60), 1);
    let minutes = -15 * 24 * 60;
    let stored = format!("Shop Orders Count {}=1 {}=2", minutes + 1, minutes + 2);
    let plan_at = |token: Option<String>, now| {
        let mut request = first.clone();
        request.next_token = token;
        plan(request, &scope(), now).unwrap()
    };
    let one = plan_at(None, NOON);
    let token = finish(&one, &read_all(one.reads(), &stored)).next_token;
    assert_eq!(plan_at(token, NOON.plus_seconds(120)).reads(), one.reads());
}

proptest! {
    #[test]
    fn pages_add_up_to_the_whole(
        series in prop::collection::vec(prop::collection::btree_map(0i64..60, 0u32..100, 0..30), 1..6),
        size in 1usize..40,
        is_ascending in any::<bool>(),
    ) {
        let queries: String = (0..series.len()).map(|at| format!("m{at} 60 Sum Shop M{at}\n")).collect();
        let line = |(at, points): (usize, &std::collections::BTreeMap<i64, u32>)| {
            let points: String = points.iter().map(|(minute, value)| format!(" {minute}={value}")).collect();
            format!("Shop M{at} Count{points}\n")
        };
        let stored: String = series.iter().enumerate().map(line).collect();
        let mut request = request(&queries);
        request.scan_by = if is_ascending { ScanBy::TimestampAscending } else { ScanBy::TimestampDescending };
        let whole = answer(request.clone(), &stored);
        prop_assert_eq!(&whole.next_token, &None);
        request.max_datapoints = size;
        let pages = pages(&request, &stored);
        for (at, result) in whole.results.iter().enumerate() {
            let parts = || pages.iter().map(|page| &page.results[at]);
            let times: Vec<_> = parts().flat_map(|part| part.timestamps.clone()).collect();
            let values: Vec<_> = parts().flat_map(|part| part.values.clone()).collect();
            prop_assert_eq!((&times, &values), (&result.timestamps, &result.values));
            let mut left = times.len();
            for part in parts() {
                left -= part.values.len();
                prop_assert_eq!(part.status == StatusCode::PartialData, left > 0);
            }
        }
        let sizes: Vec<usize> = pages.iter().map(|page| page.results.iter().map(|r| r.values.len()).sum()).collect();
        prop_assert!(sizes[..sizes.len() - 1].iter().all(|found| *found == size), "{sizes:?}");
    }

    #[test]
    fn any_token_is_read_or_refused(token in "[0-9a-f.-]{0,60}") {
        let mut request = request(TWO);
        request.next_token = Some(token);
        prop_assert_eq!(plan(request, &scope(), NOON), Err(DataError::NextToken));
    }
}
