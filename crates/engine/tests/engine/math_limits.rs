//! Pages of expressions, and their limits.

use nepho_engine::{DataRequest, MAX_QUERIES, ScanBy, StatusCode, finish, plan, prepare};
use nepho_model::Timestamp;

use crate::text::{HOUR, NOON, STORED, answer, lines, pages, read_all, request, scope, written};

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
