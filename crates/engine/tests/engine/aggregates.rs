//! Searches whose metrics are aggregated as they are read. That an answer is the same as series by series is seen to by
//! `text::searched`, for these cases and for all others there are.

use nepho_engine::{
    Aggregating, Answers, DataRequest, FoundMetrics, MAX_AGGREGATED_PERIODS, Plan, finish_with, prepare,
};
use nepho_model::{Metric, Numbers};
use proptest::prelude::*;

use crate::text::{DAY, HOUR, NOON, each_run, lines, read_all, request, scope, searched, written};

const STORED: &str = "
    Shop Errors{Host=a} Count 0=1 1=2 7=5
    Shop Errors{Host=b} Count 1=3 2=-4
    Shop Errors{Host=c} Count 70=9
";

fn check(queries: &str, stored: &str, expected: &str) {
    assert_eq!(written(&searched(request(queries), stored)), lines(expected), "{queries}");
}

/// A plan for which every search finds two metrics.
fn planned(request: DataRequest) -> Plan {
    let prepared = prepare(request, &scope(), NOON.plus_seconds(HOUR)).unwrap();
    let found = |at: usize| Metric::new("Shop", &format!("Errors{at}"), &[]).unwrap();
    let found = |_: &_| FoundMetrics { metrics: vec![found(0), found(1)], is_cut: false };
    let found = prepared.searches().iter().map(found).collect();
    prepared.plan_aggregated(found).unwrap()
}

#[test]
fn a_search_is_aggregated_when_nothing_but_one_number_a_period_is_taken_of_it() {
    let numbers = |count, sum, min, max| Some(Numbers { count, sum, min, max });
    for (expression, expected) in [
        ("SUM(SEARCH('e', 'Sum', 60))", numbers(true, true, false, false)),
        ("2 * AVG(SEARCH('e', 'Sum', 60)) + 1", numbers(true, true, false, false)),
        ("SUM(SEARCH('e', 'SampleCount', 60))", numbers(true, false, false, false)),
        ("MIN(SEARCH('e', 'Minimum', 60))", numbers(true, false, true, false)),
        ("[MAX(SEARCH('e', 'Maximum', 60))]", numbers(true, false, false, true)),
        ("SUM(SEARCH('e', 'Average', 60))", None),
        ("AVG(SEARCH('e', 'Average', 60))", None),
        ("SUM(SEARCH('e', 'p90', 60))", None),
        ("SUM(SEARCH('e', 'Maximum', 60))", None),
        ("MAX(SEARCH('e', 'Sum', 60))", None),
        ("STDDEV(SEARCH('e', 'Sum', 60))", None),
        ("SEARCH('e', 'Sum', 60)", None),
        ("SUM(SEARCH('e', 'Sum', 60) * 2)", None),
        ("SUM([SEARCH('e', 'Sum', 60)])", None),
        ("SUM(FILL(SEARCH('e', 'Sum', 60), 0))", None),
    ] {
        let plan = planned(request(&format!("e = {expression}")));
        let found = (plan.aggregated().len(), plan.reads().len());
        assert_eq!(found, if expected.is_some() { (2, 0) } else { (0, 2) }, "{expression}");
        assert_eq!(plan.aggregated_numbers(), expected.unwrap_or_default(), "{expression}");
    }
    let two = planned(request("e = SUM(SEARCH('e', 'Sum', 60)) / MAX(SEARCH('e', 'Maximum', 60))"));
    assert_eq!(two.aggregated().len(), 4);
    assert_eq!(two.aggregated_numbers(), Numbers { count: true, sum: true, min: false, max: true });
}

#[test]
fn cells_are_added_up_by_period() {
    check(
        "
        sum = SUM(SEARCH('{Shop,Host}', 'Sum', 60))
        avg = AVG(SEARCH('{Shop,Host}', 'Sum', 60))
        count = SUM(SEARCH('{Shop,Host}', 'SampleCount', 300))
        counts = AVG(SEARCH('{Shop,Host}', 'SampleCount', 300))
        min = MIN(SEARCH('{Shop,Host}', 'Minimum', 60))
        max = MAX(SEARCH('{Shop,Host}', 'Maximum', 300))
        none = SUM(SEARCH('nothing', 'Sum', 60))
        late = SUM(SEARCH('{Shop,Host} c', 'Sum', 60))
        both = SUM(SEARCH('{Shop,Host}', 'Sum', 60)) / SUM(SEARCH('{Shop,Host}', 'SampleCount', 60)) ; label=each
        ",
        STORED,
        "
        sum [sum] Complete 7=5 2=-4 1=5 0=1
        avg [avg] Complete 7=1.6666666666666667 2=-1.3333333333333333 1=1.6666666666666667 0=0.3333333333333333
        count [count] Complete 5=1 0=4
        counts [counts] Complete 5=0.3333333333333333 0=1.3333333333333333
        min [min] Complete 7=5 2=-4 1=2 0=1
        max [max] Complete 5=5 0=3
        none [none] Complete
        late [late] Complete
        both [each] Complete 7=5 2=-4 1=2.5 0=1
        ",
    );
}

#[test]
fn a_metric_with_several_units_is_read_for_itself() {
    let several = "
        Shop Errors{Host=a} Count 0=1
        Shop Errors{Host=b} Bytes 0=10 1=20
        Shop Errors{Host=b} Seconds 1=400
    ";
    let queries = "
        sum = SUM(SEARCH('{Shop,Host}', 'Sum', 60))
        one = SUM(SEARCH('{Shop,Host} a', 'Sum', 60))
    ";
    let expected = "
        sum [sum] Complete 1=20 0=11 | MultipleUnits: Multiple units returned: '[Bytes, Seconds]'
        one [one] Complete 0=1
    ";
    check(queries, several, expected);
    let apart = several.replace("Errors{Host=b} Seconds", "Errors{Host=c} Seconds");
    check("sum = SUM(SEARCH('{Shop,Host}', 'Sum', 60))", &apart, "sum [sum] Complete 1=420 0=11");
}

#[test]
fn what_cannot_be_read_fails_the_results_that_need_it() {
    let plan = planned(request("bad = SUM(SEARCH('e', 'Sum', 60))\n good = SUM(SEARCH('f', 'Sum', 60))"));
    let mut aggregating = plan.aggregating();
    aggregating.fail(1, "segment 7 is damaged");
    aggregating.fail(0, "segment 8 is damaged");
    let aggregates = aggregating.finish();
    let answer = finish_with(&plan, &Answers { aggregates: &aggregates, ..Answers::default() });
    let expected = "
        bad [bad] InternalError | InternalError: segment 7 is damaged
        good [good] Complete
    ";
    assert_eq!(written(&answer), lines(expected));
}

#[test]
fn what_is_older_than_its_period_is_told() {
    let mut old = request("sum = SUM(SEARCH('e', 'Sum', 60))");
    (old.start, old.end) = (NOON.plus_seconds(-20 * DAY), NOON.plus_seconds(-20 * DAY + HOUR));
    let messages = |stored: &str| searched(old.clone(), stored).results[0].messages.len();
    assert_eq!(messages(&format!("Shop e Count -{}=4", 20 * 24 * 60 - 5)), 1);
    assert_eq!(messages("Shop e Count 0=4"), 0);
}

#[test]
fn periods_that_are_aggregated_have_a_limit() {
    let with = |seconds: usize| {
        let mut long = request("a = SUM(SEARCH('e', 'Sum', 1))\n b = SUM(SEARCH('e', 'Sum', 1))");
        long.end = NOON.plus_seconds(seconds as i64);
        let plan = planned(long);
        (plan.aggregated().len(), plan.reads().len())
    };
    assert_eq!(with(MAX_AGGREGATED_PERIODS / 2), (4, 0));
    assert_eq!(with(MAX_AGGREGATED_PERIODS / 2 + 1), (2, 2));
    assert_eq!(with(MAX_AGGREGATED_PERIODS), (2, 2));
    assert_eq!(with(MAX_AGGREGATED_PERIODS + 1), (0, 2), "both searches share their reads");
}

/// The host of a metric, its unit, and minutes with their values.
type Stored = (String, String, Vec<(u8, i8)>);

proptest! {
    #[test]
    fn parts_together_are_the_whole(
        metrics in prop::collection::vec(("[abc]", "Count|Bytes", prop::collection::vec((0u8..70, -9i8..9), 0..9)), 0..6),
        shared_out in prop::collection::vec(0usize..3, 6),
        period in prop::sample::select(vec![60, 300]),
    ) {
        let line = |(at, (host, unit, points)): (usize, &Stored)| {
            let mut points = points.clone();
            points.sort_unstable();
            let points: Vec<_> = points.iter().map(|(minute, value)| format!("{minute}={value}")).collect();
            format!("Shop M{at}{{Host={host}}} {unit} {}", points.join(" "))
        };
        let stored: Vec<_> = metrics.iter().enumerate().map(line).collect();
        let all = [("SUM", "Sum"), ("AVG", "SampleCount"), ("MIN", "Minimum"), ("MAX", "Maximum")];
        let queries = all.map(|(function, statistic)| {
            format!("{} = {function}(SEARCH('{{Shop,Host}}', '{statistic}', {period}))", function.to_lowercase())
        });
        let (stored, request) = (stored.join("\n"), request(&queries.join("\n")));
        let whole = searched(request.clone(), &stored);

        let prepared = prepare(request, &scope(), NOON.plus_seconds(HOUR)).unwrap();
        let names = metrics.iter().enumerate().map(|(at, (host, ..))| (format!("M{at}"), host));
        let found: Vec<_> = names.map(|(name, host)| Metric::new("Shop", &name, &[("Host", host.as_str())]).unwrap()).collect();
        let plan = prepared.plan_aggregated(vec![FoundMetrics { metrics: found, is_cut: false }; 4]).unwrap();
        let mut parts: Vec<Aggregating<'_>> = vec![plan.aggregating(); 3];
        each_run(plan.aggregated(), &stored, |read, run| parts[shared_out[read % metrics.len()]].add(read, run));
        let [mut one, two, three] = <[_; 3]>::try_from(parts).unwrap();
        one.absorb(&two);
        one.absorb(&three);
        let (reads, aggregates) = (read_all(plan.reads(), &stored), one.finish());
        let answer = finish_with(&plan, &Answers { reads: &reads, aggregates: &aggregates, ..Answers::default() });
        prop_assert_eq!(written(&answer), written(&whole));
    }
}
