use std::collections::BTreeMap;

use nepho_model::{Cell, Metric, Point, Scope, Timestamp, Unit, UnitSeries};
use proptest::prelude::*;

use super::*;
use crate::period::Period;

/// 2026-05-04 12:00 UTC.
const NOON: Timestamp = Timestamp::from_seconds(1_777_896_000);

fn scope() -> Scope {
    Scope::new("111122223333", "us-east-1")
}

#[test]
fn what_a_query_says() {
    // query, the same in full
    let cases = [
        ("select avg(CPUUtilization) from \"AWS/EC2\"", "SELECT AVG(CPUUtilization) FROM \"AWS/EC2\""),
        ("SELECT SUM(Orders) FROM Shop", "SELECT SUM(Orders) FROM Shop"),
        ("SELECT SUM(Orders)FROM SCHEMA( Shop )", "SELECT SUM(Orders) FROM SCHEMA(Shop)"),
        (
            "SELECT COUNT(CallCount) \nFROM SCHEMA(\"AWS/Usage\", Class, Resource, Service, Type) \nWHERE Type = 'API' AND \
             Service = 'CloudWatch' \nGROUP BY Resource \nORDER BY COUNT() DESC",
            "SELECT COUNT(CallCount) FROM SCHEMA(\"AWS/Usage\", \"Class\", \"Resource\", Service, \"Type\") WHERE \"Type\" = \
             'API' AND Service = 'CloudWatch' GROUP BY \"Resource\" ORDER BY COUNT() DESC",
        ),
        (
            "SELECT SUM(\"PutRecords.Bytes\") FROM SCHEMA(\"AWS/Kinesis\", StreamName) GROUP BY StreamName ORDER BY SUM() \
             LIMIT 10",
            "SELECT SUM(\"PutRecords.Bytes\") FROM SCHEMA(\"AWS/Kinesis\", StreamName) GROUP BY StreamName ORDER BY SUM() \
             ASC LIMIT 10",
        ),
        (
            "SELECT MAX(Latency) FROM Shop WHERE Host != 'a' GROUP BY Host, Zone order by min() asc limit 500",
            "SELECT MAX(Latency) FROM Shop WHERE Host != 'a' GROUP BY Host, \"Zone\" ORDER BY MIN() ASC LIMIT 500",
        ),
        (r#"SELECT AVG("Bytes\"Input\"") FROM "a\\b""#, r#"SELECT AVG("Bytes\"Input\"") FROM "a\\b""#),
        (r"SELECT AVG(m) FROM n WHERE k = 'it\'s C:\temp'", r"SELECT AVG(m) FROM n WHERE k = 'it\'s C:\\temp'"),
        ("SELECT AVG(\"LIMIT\") FROM \"select\"", "SELECT AVG(\"LIMIT\") FROM \"select\""),
        (
            "SELECT AVG(m) FROM n WHERE AWS.AccountId = '123456789012' GROUP BY AWS.AccountId, k",
            "SELECT AVG(m) FROM n WHERE AWS.AccountId = '123456789012' GROUP BY AWS.AccountId, k",
        ),
        (
            "SELECT AVG(m) FROM n WHERE AWS.AccountId != current_account_id()",
            "SELECT AVG(m) FROM n WHERE AWS.AccountId != CURRENT_ACCOUNT_ID()",
        ),
        ("SELECT AVG(5xx) FROM n GROUP BY \"AWS.AccountId\"", "SELECT AVG(5xx) FROM n GROUP BY \"AWS.AccountId\""),
    ];
    for (text, expected) in cases {
        match parse_insights(text) {
            Ok(query) => assert_eq!(query.to_string(), expected, "{text}"),
            Err(fault) => panic!("{text}: {fault}"),
        }
        assert_eq!(parse_insights(expected).unwrap().to_string(), expected);
    }
}

#[test]
fn what_is_wrong_and_where() {
    let label = "expected the name of a dimension, or AWS.AccountId";
    let cases = [
        ("", "at character 1: found the end, expected SELECT".to_owned()),
        ("SELEKT AVG(m) FROM n", "at character 1: found `SELEKT`, expected SELECT; did you mean SELECT?".to_owned()),
        ("SELECT m FROM n", "at character 8: found `m`, expected AVG, COUNT, MAX, MIN or SUM".to_owned()),
        (
            "SELECT SUMM(m) FROM n",
            "at character 8: found `SUMM`, expected AVG, COUNT, MAX, MIN or SUM; did you mean SUM?".to_owned(),
        ),
        ("SELECT AVG m FROM n", "at character 12: found `m`, expected `(`".to_owned()),
        ("SELECT AVG(*) FROM n", "at character 12: found `*`, expected the name of a metric".to_owned()),
        ("SELECT AVG() FROM n", "at character 12: found `)`, expected the name of a metric".to_owned()),
        (
            "SELECT AVG(limit) FROM n",
            "at character 12: found `limit`, expected the name of a metric; as a name, limit is a reserved word and stands \
             in double quotes"
                .to_owned(),
        ),
        (
            "SELECT AVG(My.Metric) FROM n",
            "at character 14: found `.`, expected a name of letters, digits and underscores; any other name stands in \
             double quotes"
                .to_owned(),
        ),
        (
            "SELECT AVG('m') FROM n",
            "at character 12: found `'m'`, expected the name of a metric; names stand in double quotes, values in single \
             quotes"
                .to_owned(),
        ),
        ("SELECT AVG(m, o) FROM n", "at character 13: found `,`, expected `)`".to_owned()),
        ("SELECT AVG(m)", "at character 14: found the end, expected FROM".to_owned()),
        ("SELECT AVG(m) FORM n", "at character 15: found `FORM`, expected FROM; did you mean FROM?".to_owned()),
        (
            "SELECT AVG(m) FROM AWS/EC2",
            "at character 23: found `/`, expected a name of letters, digits and underscores; any other name stands in \
             double quotes"
                .to_owned(),
        ),
        ("SELECT AVG(m) FROM", "at character 19: found the end, expected a namespace or SCHEMA".to_owned()),
        ("SELECT AVG(m) FROM SCHEMA()", "at character 27: found `)`, expected a namespace".to_owned()),
        ("SELECT AVG(m) FROM SCHEMA(n Host)", "at character 29: found `Host`, expected `,` or `)`".to_owned()),
        ("SELECT AVG(m) FROM SCHEMA(n,)", "at character 29: found `)`, expected the name of a dimension".to_owned()),
        ("SELECT AVG(m) FROM n WHERE", format!("at character 27: found the end, {label}")),
        (
            "SELECT AVG(m) FROM n WHERE (a = 'b')",
            format!("at character 28: found `(`, {label}; conditions are joined by AND only, without parentheses"),
        ),
        ("SELECT AVG(m) FROM n WHERE a > '1'", "at character 30: found `>`, expected `=` or `!=`".to_owned()),
        ("SELECT AVG(m) FROM n WHERE a LIKE '1'", "at character 30: found `LIKE`, expected `=` or `!=`".to_owned()),
        ("SELECT AVG(m) FROM n WHERE a = 1", "at character 32: found `1`, expected a value in single quotes".to_owned()),
        (
            "SELECT AVG(m) FROM n WHERE a = \"b\"",
            "at character 32: found `\"b\"`, expected a value in single quotes".to_owned(),
        ),
        (
            "SELECT AVG(m) FROM n WHERE a = 'b' OR a = 'c'",
            "at character 36: found `OR`, expected AND, GROUP BY, ORDER BY, LIMIT or the end; conditions are joined by AND \
             only"
                .to_owned(),
        ),
        (
            "SELECT AVG(m) FROM n WHERE AWS.AccountId = 123456789012",
            "at character 44: found `123456789012`, expected an account id in single quotes, or CURRENT_ACCOUNT_ID()"
                .to_owned(),
        ),
        ("SELECT AVG(m) FROM n WHERE AWS.Account = '1'", "at character 32: found `Account`, expected AccountId".to_owned()),
        (
            "SELECT AVG(m) FROM n GRUOP BY a",
            "at character 22: found `GRUOP`, expected WHERE, GROUP BY, ORDER BY, LIMIT or the end; did you mean GROUP?"
                .to_owned(),
        ),
        ("SELECT AVG(m) FROM n GROUP a", "at character 28: found `a`, expected BY".to_owned()),
        ("SELECT AVG(m) FROM n GROUP BY", format!("at character 30: found the end, {label}")),
        (
            "SELECT AVG(m) FROM n GROUP BY a WHERE a = 'b'",
            "at character 33: found `WHERE`, expected ORDER BY, LIMIT or the end; the clauses come in the order WHERE, \
             GROUP BY, ORDER BY, LIMIT, each once"
                .to_owned(),
        ),
        (
            "SELECT AVG(m) FROM n ORDER BY MAX(m)",
            "at character 35: found `m`, expected `)`; it is always the metric of the query that series are ordered by"
                .to_owned(),
        ),
        ("SELECT AVG(m) FROM n ORDER BY Host", "at character 31: found `Host`, expected AVG, COUNT, MAX, MIN or SUM".to_owned()),
        ("SELECT AVG(m) FROM n LIMIT", "at character 27: found the end, expected a number from 1 to 500".to_owned()),
        ("SELECT AVG(m) FROM n LIMIT -1", "at character 28: found `-`, expected a number from 1 to 500".to_owned()),
        ("SELECT AVG(m) FROM n LIMIT 1 2", "at character 30: found `2`, expected the end".to_owned()),
        ("SELECT AVG(m) FROM n;", "at character 21: found `;`, expected a name of letters, digits and underscores; any other \
             name stands in double quotes".to_owned()),
        ("SELECT AVG(m) FROM n ;", "at character 22: found `;`, expected WHERE, GROUP BY, ORDER BY, LIMIT or the end".to_owned()),
        (
            "SELECT AVG(m) FROM \"n",
            "at character 22: found the end, expected `\"`; it closes the quote at character 20".to_owned(),
        ),
        (
            "SELECT AVG(m) FROM n GROUP BY tag.\"aws:stack\"",
            "at character 31: tag.aws:stack is not available, because metrics are not tied to tagged resources here"
                .to_owned(),
        ),
    ];
    for (text, expected) in cases {
        let found = parse_insights(text).map(|query| query.to_string());
        assert_eq!(found.unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn limits() {
    let query = |length: usize| {
        let head = "SELECT AVG(m) FROM ";
        format!("{head}{}", "n".repeat(length - head.len()))
    };
    assert!(parse_insights(&query(MAX_INSIGHTS)).is_ok());
    assert_eq!(parse_insights(&query(MAX_INSIGHTS + 1)), Err(InsightsFault::TooLong(MAX_INSIGHTS + 1)));
    for (limit, is_ok) in [(0, false), (1, true), (MAX_INSIGHTS_SERIES, true), (MAX_INSIGHTS_SERIES + 1, false)] {
        assert_eq!(parse_insights(&format!("SELECT AVG(m) FROM n LIMIT {limit}")).is_ok(), is_ok, "{limit}");
    }
}

#[test]
fn queries_are_told_from_metric_math() {
    for (text, expected) in [
        ("SELECT AVG(m) FROM n", true),
        ("  select\nSUM(m)", true),
        ("SELECTED + 1", false),
        ("SELECT *", true),
        ("select * 2", false),
        ("select", false),
        ("select >= m1", false),
        ("select avg(m) from n", true),
        ("SUM(m1)", false),
        ("", false),
    ] {
        assert_eq!(is_insights(text), expected, "{text}");
    }
}

/// Metrics as text, one a line: `Namespace Name Host=a Zone=b : minute=value minute=value ...`, where a value may be
/// `count*value`.
fn stored(text: &str) -> Vec<(Metric, Vec<UnitSeries>)> {
    let one = |line: &str| {
        let (identity, points) = line.split_once(':').unwrap_or((line, ""));
        let mut words = identity.split_whitespace();
        let (namespace, name) = (words.next().unwrap(), words.next().unwrap());
        let dimensions: Vec<_> = words.map(|word| word.split_once('=').unwrap()).collect();
        let point = |word: &str| {
            let (minute, value) = word.split_once('=').unwrap();
            let (count, value) = value.split_once('*').unwrap_or(("1", value));
            let cell = Cell::of_values(&[value.parse().unwrap()], &[count.parse().unwrap()]).unwrap();
            Point { time: NOON.plus_seconds(minute.parse::<i64>().unwrap() * 60), cell }
        };
        let points = points.split_whitespace().map(point).collect();
        (Metric::new(namespace, name, &dimensions).unwrap(), vec![UnitSeries { unit: Unit::Count, points }])
    };
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(one).collect()
}

fn range() -> InsightsRange {
    let period = Period::from_seconds(60).unwrap();
    InsightsRange { start: NOON.plus_seconds(-600), end: NOON, period, now: NOON }
}

fn answer(query: &str, range: InsightsRange, stored: &[(Metric, Vec<UnitSeries>)], limit: usize) -> InsightsAnswer {
    let query = parse_insights(query).unwrap();
    let search = query.search();
    let matching: Vec<_> = stored.iter().filter(|(metric, _)| search.matches(&scope(), metric.key())).collect();
    let found = matching.iter().take(limit).map(|(metric, _)| metric.clone()).collect();
    let plan = InsightsPlan::new(query, range, &scope(), found, matching.len() > limit);
    let mut gathering = plan.gathering();
    for (at, read) in plan.reads().iter().enumerate() {
        assert_eq!(read.metric, matching[at].0);
        for series in &matching[at].1 {
            let whole_minutes = series.points.iter().all(|point| point.time.seconds() % 60 == 0);
            series.as_run(if whole_minutes { 60 } else { 1 }, |run| gathering.add_run(at, run));
        }
    }
    gathering.finish()
}

fn shown(answer: &InsightsAnswer) -> String {
    let series = |series: &InsightsSeries| {
        let minute = |time: Timestamp| (time.seconds() - NOON.seconds()) / 60;
        let points: Vec<_> = series.points.iter().map(|(time, value)| format!(" {}={value}", minute(*time))).collect();
        format!("[{}]{}", series.label.as_deref().unwrap_or_default(), points.concat())
    };
    let mut lines: Vec<_> = answer.series.iter().map(series).collect();
    lines.extend(answer.messages.iter().map(|message| message.code.to_owned()));
    lines.join("\n")
}

fn check(query: &str, text: &str, expected: &[&str]) {
    let found = answer(query, range(), &stored(text), MAX_INSIGHTS_METRICS);
    assert_eq!(shown(&found), expected.join("\n"), "{query}");
}

const SHOP: &str = "
    Shop Latency Host=a Zone=x : -5=2*10 -4=20
    Shop Latency Host=b Zone=x : -5=40
    Shop Latency Host=c        : -5=1 -3=3
    Shop Latency               : -5=100
    Shop Errors  Host=a Zone=x : -5=7
    Mall Latency Host=a Zone=x : -5=8
";

#[test]
fn observations_are_aggregated_not_series() {
    check("SELECT AVG(Latency) FROM SCHEMA(Shop, Zone, Host)", SHOP, &["[] -5=20 -4=20"]);
    check("SELECT SUM(Latency) FROM SCHEMA(Shop, Zone, Host)", SHOP, &["[] -5=60 -4=20"]);
    check("SELECT COUNT(Latency) FROM SCHEMA(Shop, Zone, Host)", SHOP, &["[] -5=3 -4=1"]);
    check("SELECT MIN(Latency) FROM SCHEMA(Shop, Zone, Host)", SHOP, &["[] -5=10 -4=20"]);
    check("SELECT MAX(Latency) FROM SCHEMA(Shop, Zone, Host)", SHOP, &["[] -5=40 -4=20"]);
}

#[test]
fn sources_and_conditions() {
    let cases = [
        ("SELECT SUM(Latency) FROM Shop", "[] -5=161 -4=20 -3=3"),
        ("SELECT SUM(Latency) FROM SCHEMA(Shop)", "[] -5=100"),
        ("SELECT SUM(Latency) FROM SCHEMA(Shop, Host)", "[] -5=1 -3=3"),
        ("SELECT SUM(Latency) FROM SCHEMA(Mall, Host, Zone)", "[] -5=8"),
        ("SELECT SUM(Latency) FROM Shop WHERE Host = 'a'", "[] -5=20 -4=20"),
        ("SELECT SUM(Latency) FROM Shop WHERE Host != 'a'", "[] -5=41 -3=3"),
        ("SELECT SUM(Latency) FROM Shop WHERE \"Zone\" = 'x' AND Host != 'a'", "[] -5=40"),
        ("SELECT SUM(Latency) FROM Shop WHERE Host = 'a' AND Host = 'b'", "[]"),
        ("SELECT SUM(Latency) FROM Mall WHERE AWS.AccountId = '111122223333'", "[] -5=8"),
        ("SELECT SUM(Latency) FROM Mall WHERE AWS.AccountId = CURRENT_ACCOUNT_ID()", "[] -5=8"),
        ("SELECT SUM(Latency) FROM Mall WHERE AWS.AccountId != CURRENT_ACCOUNT_ID()", "[]"),
        ("SELECT SUM(latency) FROM Shop", "[]"),
    ];
    for (query, expected) in cases {
        check(query, SHOP, &[expected]);
    }
}

#[test]
fn groups_are_in_the_order_of_their_labels_unless_told_otherwise() {
    check(
        "SELECT SUM(Latency) FROM Shop GROUP BY Host",
        SHOP,
        &["[a] -5=20 -4=20", "[b] -5=40", "[c] -5=1 -3=3", "[Other] -5=100"],
    );
    check(
        "SELECT SUM(Latency) FROM Shop GROUP BY \"Zone\", Host",
        SHOP,
        &["[x a] -5=20 -4=20", "[x b] -5=40", "[Other c] -5=1 -3=3", "[Other Other] -5=100"],
    );
    check("SELECT SUM(Latency) FROM Mall GROUP BY AWS.AccountId", SHOP, &["[111122223333] -5=8"]);
    check("SELECT SUM(Latency) FROM Shop GROUP BY Rack", SHOP, &["[Other] -5=161 -4=20 -3=3"]);
    check("SELECT SUM(Nothing) FROM Shop GROUP BY Host", SHOP, &[]);
}

#[test]
fn an_order_is_that_of_all_observations_of_a_series() {
    // a: 10 10 20, b: 40, c: 1 3, Other: 100
    let cases = [
        ("MAX() DESC", "Other b a c"),
        ("MAX()", "c a b Other"),
        ("MIN() ASC", "c a b Other"),
        ("COUNT() DESC", "a c b Other"),
        ("SUM() DESC", "Other a b c"),
        ("AVG()", "c a b Other"),
        ("SUM() DESC LIMIT 2", "Other a"),
    ];
    for (order, expected) in cases {
        let query = format!("SELECT AVG(Latency) FROM Shop GROUP BY Host ORDER BY {order}");
        let found = answer(&query, range(), &stored(SHOP), MAX_INSIGHTS_METRICS);
        let labels: Vec<_> = found.series.iter().map(|series| series.label.clone().unwrap()).collect();
        assert_eq!(labels.join(" "), expected, "{order}");
        assert!(!found.is_partial);
    }
}

#[test]
fn periods_are_minutes_at_least_and_begin_at_the_start() {
    let series = stored("Shop m : -10=1 -9=2 -8=4 -1=8 0=16");
    let at = |start: i64, period: i64| {
        let period = Period::from_seconds(period).unwrap();
        shown(&answer(
            "SELECT SUM(m) FROM Shop",
            InsightsRange { start: NOON.plus_seconds(start), period, ..range() },
            &series,
            1,
        ))
    };
    assert_eq!(at(-600, 10), "[] -10=1 -9=2 -8=4 -1=8");
    assert_eq!(at(-540, 60), "[] -9=2 -8=4 -1=8");
    assert_eq!(at(-600, 120), "[] -10=3 -8=4 -2=8");
    assert_eq!(at(-601, 300), "[] -11=7 -1=8");
}

#[test]
fn a_query_is_about_the_last_three_hours() {
    let series = stored("Shop m : -400=1 -181=2 -180=4 -179=8 -1=16");
    let at = |start: i64, period: i64| {
        let period = Period::from_seconds(period).unwrap();
        let range = InsightsRange { start: NOON.plus_seconds(start * 60), period, ..range() };
        shown(&answer("SELECT SUM(m) FROM Shop", range, &series, 1))
    };
    assert_eq!(at(-180, 60), "[] -180=4 -179=8 -1=16");
    assert_eq!(at(-181, 60), "[] -180=4 -179=8 -1=16\nRangeShortened");
    assert_eq!(at(-400, 60), "[] -180=4 -179=8 -1=16\nRangeShortened");
    // The first period may begin before, so that it is whole.
    assert_eq!(at(-181, 300), "[] -181=14 -1=16");
    let empty = InsightsRange { start: NOON, end: NOON.plus_seconds(-60), ..range() };
    assert_eq!(shown(&answer("SELECT SUM(m) FROM Shop", empty, &[], 1)), "[]");
    let ages =
        InsightsRange { start: Timestamp::from_millis(i64::MIN), end: Timestamp::from_millis(i64::MAX), ..range() };
    assert_eq!(shown(&answer("SELECT SUM(m) FROM Shop", ages, &series, 1)), "[] -180=4 -179=8 -1=16\nRangeShortened");
    let later =
        InsightsRange { start: Timestamp::from_millis(i64::MAX), end: Timestamp::from_millis(i64::MAX), ..range() };
    assert_eq!(shown(&answer("SELECT SUM(m) FROM Shop", later, &series, 1)), "[]");
}

#[test]
fn what_is_left_out_is_told() {
    let hosts = |count: usize| {
        let line = |host: usize| format!("Shop m Host=h{host:04} : -1={host}\n");
        stored(&(0..count).map(line).collect::<String>())
    };
    let query = "SELECT SUM(m) FROM Shop GROUP BY Host ORDER BY SUM() DESC";
    let told = |answer: &InsightsAnswer| {
        let codes: Vec<_> = answer.messages.iter().map(|message| message.code).collect();
        (answer.series.len(), answer.is_partial, codes.concat())
    };
    let all = hosts(MAX_INSIGHTS_SERIES + 1);
    let found = answer(query, range(), &all[..MAX_INSIGHTS_SERIES], MAX_INSIGHTS_METRICS);
    assert_eq!(told(&found), (MAX_INSIGHTS_SERIES, false, String::new()));
    let found = answer(query, range(), &all, MAX_INSIGHTS_METRICS);
    assert_eq!(told(&found), (MAX_INSIGHTS_SERIES, true, "MaxSeriesExceeded".to_owned()));
    assert_eq!(found.series[0].label.as_deref(), Some("h0500"), "ordered before it is cut");
    let found = answer(&format!("{query} LIMIT 3"), range(), &all, MAX_INSIGHTS_METRICS);
    assert_eq!(told(&found), (3, false, String::new()));
    let found = answer("SELECT SUM(m) FROM Shop", range(), &all, 2);
    assert_eq!(told(&found), (1, true, "MaxMetricsExceeded".to_owned()));
    assert_eq!(shown(&found), "[] -1=1\nMaxMetricsExceeded", "what was found first is aggregated");

    let plan = InsightsPlan::new(parse_insights(query).unwrap(), range(), &scope(), vec![all[0].0.clone()], false);
    let mut gathering = plan.gathering();
    (0..10).for_each(|n| gathering.fail(format!("file {n} is damaged")));
    let found = gathering.finish();
    assert!(found.is_partial && found.messages.iter().all(|message| message.code == "InternalError"));
    assert_eq!(found.messages.len(), 5);
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[A-Za-z0-9_]{1,6}",
        1 => "[a-z\"'\\\\ ./é]{1,6}",
        1 => prop::sample::select(vec!["LIMIT", "select", "Type", "AWS", "tag"]).prop_map(str::to_owned),
    ]
}

fn queries() -> impl Strategy<Value = InsightsQuery> {
    let function = || prop::sample::select(Function::ALL.to_vec());
    let label = || prop_oneof![4 => names().prop_map(Label::Dimension), 1 => Just(Label::Account)];
    let comparison = (label(), any::<bool>(), names(), any::<bool>()).prop_map(|(label, is_equal, text, is_own)| {
        let value = if is_own && label == Label::Account { Value::OwnAccount } else { Value::Text(text) };
        Comparison { label, is_equal, value }
    });
    let order = (function(), any::<bool>()).prop_map(|(function, is_descending)| Order { function, is_descending });
    (
        (function(), names(), names(), prop::option::of(prop::collection::vec(names(), 0..3))),
        prop::collection::vec(comparison, 0..3),
        prop::collection::vec(label(), 0..3),
        prop::option::of(order),
        prop::option::of(1..=MAX_INSIGHTS_SERIES),
    )
        .prop_map(|((function, metric_name, namespace, schema), conditions, group_by, order, limit)| {
            InsightsQuery { function, metric_name, namespace, schema, conditions, group_by, order, limit }
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read(query in queries()) {
        prop_assert_eq!(parse_insights(&query.to_string()), Ok(query));
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in r#"(SELECT|FROM|AVG|SCHEMA|WHERE|AND|GROUP|BY|ORDER|LIMIT|DESC|AWS|tag|a|"b"|'c'|[(),.=!;\\"' 15é]| ){0,30}|\PC{0,60}"#
    ) {
        for text in [text.clone(), format!("SELECT AVG(m) FROM n {text}"), format!("SELECT SUM({text}) FROM n WHERE a = 'b'")] {
            if let Err(InsightsFault::Unexpected(unexpected)) = parse_insights(&text) {
                prop_assert!((1..=text.chars().count() + 1).contains(&unexpected.position), "{} {}", text, unexpected);
            }
        }
    }

    /// The same by hand: observations into a map by group and period.
    #[test]
    fn series_are_what_a_map_says(
        metrics in prop::collection::vec((0usize..4, prop::collection::vec((-12i64..2, 1u32..4, -5i32..50), 0..12)), 0..12),
        function in prop::sample::select(Function::ALL.to_vec()),
        by_host in any::<bool>(),
        period in prop::sample::select(vec![60i64, 120, 300]),
        offset in 0i64..3,
    ) {
        let host = |number: usize| ["a", "b", "c", ""][number];
        let mut stored = Vec::new();
        let mut expected: BTreeMap<(String, i64), Vec<f64>> = BTreeMap::new();
        let start = NOON.plus_seconds(-600 - offset * 60);
        for (at, (number, points)) in metrics.iter().enumerate() {
            let unique = at.to_string();
            let mut dimensions = vec![("Number", unique.as_str())];
            dimensions.extend(Some(("Host", host(*number))).filter(|(_, host)| !host.is_empty()));
            let group = match (by_host, host(*number)) {
                (false, _) => String::new(),
                (true, "") => "~Other".to_owned(),
                (true, host) => host.to_owned(),
            };
            let mut cells = Vec::new();
            for (minute, count, value) in points {
                let time = NOON.plus_seconds(minute * 60);
                cells.push(Point { time, cell: Cell::of_values(&[f64::from(*value)], &[f64::from(*count)]).unwrap() });
                if time >= start && time < NOON {
                    let slot = (time.seconds() - start.seconds()) / period;
                    let all = expected.entry((group.clone(), start.seconds() + slot * period)).or_default();
                    all.extend(std::iter::repeat_n(f64::from(*value), *count as usize));
                }
            }
            // In any order, as what comes of several files and units.
            let runs = cells.chunk_by(|one, next| one.time < next.time);
            let runs = runs.map(|points| UnitSeries { unit: Unit::Count, points: points.to_vec() }).collect();
            stored.push((Metric::new("Shop", "m", &dimensions).unwrap(), runs));
        }
        let query = format!("SELECT {}(m) FROM Shop{}", function.as_str(), if by_host { " GROUP BY Host" } else { "" });
        let range = InsightsRange { start, period: Period::from_seconds(period).unwrap(), ..range() };
        let found = answer(&query, range, &stored, MAX_INSIGHTS_METRICS);
        let mut listed = BTreeMap::new();
        for series in &found.series {
            let label = series.label.clone().unwrap_or_default().replace("Other", "~Other");
            listed.extend(series.points.iter().map(|(time, value)| ((label.clone(), time.seconds()), *value)));
        }
        let value = |all: &Vec<f64>| match function {
            Function::Avg => all.iter().sum::<f64>() / all.len() as f64,
            Function::Count => all.len() as f64,
            Function::Max => all.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Function::Min => all.iter().copied().fold(f64::INFINITY, f64::min),
            Function::Sum => all.iter().sum(),
        };
        let expected: BTreeMap<_, _> = expected.iter().map(|(at, all)| (at.clone(), value(all))).collect();
        prop_assert_eq!(listed, expected);
    }
}
