use proptest::prelude::*;

use super::*;

/// `metric` or `expression`, and the line as it is printed; or the character and the message of what is wrong.
fn read(text: &str) -> Result<(Reading, String), (usize, String)> {
    let line = Line::parse(text).map_err(|wrong| (wrong.fault.position, wrong.fault.message))?;
    let reading = match line.asked {
        Asked::Metric { .. } => Reading::Metric,
        Asked::Expression(_) => Reading::Expression,
    };
    Ok((reading, line.to_string()))
}

#[test]
fn metrics() {
    let cases = [
        ("Shop Orders", "Shop Orders"),
        ("errors = Shop Errors Service=web Sum 1m", "errors = Shop Errors Service=web Sum 1m"),
        ("errors=Shop Errors", "errors = Shop Errors"),
        ("  Shop  Errors  60 Sum Stage=live Service=web ", "Shop Errors Service=web Stage=live Sum 1m"),
        ("AWS/EC2 CPUUtilization InstanceId=i-0 p99.9 5m", "AWS/EC2 CPUUtilization InstanceId=i-0 p99.9 5m"),
        ("Shop \"Queue Depth\" Maximum", "Shop \"Queue Depth\" Maximum"),
        ("'My App' 'it''s'", "\"My App\" its"),
        ("\"My App\" \"it's\" Page=\"/a b\"", "\"My App\" \"it's\" Page=\"/a b\""),
        ("Shop Latency 'Page=/a b'", "Shop Latency Page=\"/a b\""),
        ("Shop Latency \"a=b\"=c", "Shop Latency \"a=b\"=c"),
        ("Shop Latency Path=/?a=b", "Shop Latency Path=/?a=b"),
        ("Shop Latency \"label:x\"=1", "Shop Latency \"label:x\"=1"),
        ("Shop Latency TM(10%:90%) unit:Milliseconds", "Shop Latency TM(10%:90%) unit:Milliseconds"),
        ("Shop Latency label:\"a = b\" PR(0:300)", "Shop Latency PR(0:300) label:\"a = b\""),
        ("Shop Latency label:\"\"", "Shop Latency label:\"\""),
        ("Shop Latency period:1h", "Shop Latency 1h"),
        ("Shop 5XXError", "Shop 5XXError"),
        ("100 Orders", "100 Orders"),
        ("a/b c", "a/b c"),
        ("m1 m2", "m1 m2"),
        ("\"SELECT\" x", "\"SELECT\" x"),
        ("\"a\" \"-b\"", "\"a\" -b"),
        ("a \"=b\"", "a \"=b\""),
        ("Shop ORDERS", "Shop ORDERS"),
        ("Shop AND-gates", "Shop AND-gates"),
        ("Größe Länge", "Größe Länge"),
    ];
    for (text, expected) in cases {
        // A name that begins as an operator would is printed behind quotes.
        let expected = if text == "a \"=b\"" { "\"a\" =b" } else { expected };
        assert_eq!(read(text), Ok((Reading::Metric, expected.to_owned())), "{text}");
    }
}

#[test]
fn expressions() {
    let cases = [
        ("errors", "errors"),
        ("100 * errors / orders", "100 * errors / orders"),
        ("rate = 100*errors/orders", "rate = 100*errors/orders"),
        ("rate=errors / orders  ", "rate = errors / orders"),
        ("errors /orders", "errors /orders"),
        ("errors/ orders", "errors/ orders"),
        ("-m1 + m2", "-m1 + m2"),
        ("m1 == m2", "m1 == m2"),
        ("x = m1 == m2", "x = m1 == m2"),
        ("m1>m2", "m1>m2"),
        ("m1 AND m2", "m1 AND m2"),
        ("m1 OR(m2)", "m1 OR(m2)"),
        ("SUM (METRICS())", "SUM (METRICS())"),
        ("[m1, m2]", "[m1, m2]"),
        ("IF(m1 > 5, m1)", "IF(m1 > 5, m1)"),
        (
            "SEARCH('{Shop,Service} label: \"Orders\"', 'Sum', 300)",
            "SEARCH('{Shop,Service} label: \"Orders\"', 'Sum', 300)",
        ),
        ("select AVG(Latency) FROM Shop", "select AVG(Latency) FROM Shop"),
        (
            "top = SELECT MAX(x) FROM \"My App\" label:top period:300",
            "top = SELECT MAX(x) FROM \"My App\" period:5m label:\"top\"",
        ),
        ("m1 / m2 label:\"Error rate, %\"", "m1 / m2 label:\"Error rate, %\""),
        ("FILL(m1, 0) label:'it\"s'", "FILL(m1, 0) label:\"it\\\"s\""),
        ("SEARCH('it\\'s label:x', 'Sum')", "SEARCH('it\\'s label:x', 'Sum')"),
        ("'unclosed label:x + 1", ""),
    ];
    for (text, expected) in cases {
        if expected.is_empty() {
            assert!(read(text).is_err(), "{text}");
            continue;
        }
        assert_eq!(read(text), Ok((Reading::Expression, expected.to_owned())), "{text}");
    }
}

#[test]
fn an_expression_knows_where_it_stands() {
    let offset = |text: &str| match Line::parse(text).unwrap().asked {
        Asked::Expression(expression) => expression.offset,
        Asked::Metric { .. } => panic!("{text}"),
    };
    assert_eq!((offset("m1 + m2"), offset("  x  =  m1 + m2"), offset("x=m1")), (0, 8, 2));
}

#[test]
fn what_is_wrong_is_named_and_pointed_at() {
    let cases = [
        ("", 1, "the query is empty"),
        ("x =", 4, "the query is empty"),
        ("X = Shop Orders", 1, "id \"X\" is not a lowercase letter followed by"),
        ("Service=web Shop Orders", 1, "what stands in front of '=' is the id of the query"),
        ("\"Shop\"", 7, "the name of the metric is missing"),
        ("Shop Latency avg", 14, "CloudWatch's name for the statistic is Average"),
        ("Shop Latency p101", 14, "\"p101\" is no statistic: a percentage is at most 100"),
        ("Shop Queue Depth", 12, "a name with spaces is in quotes"),
        ("Shop Latency p50,p99", 14, "a query has one statistic"),
        ("Shop Latency Sum p99", 18, "a query has one statistic, and this is the second"),
        ("Shop Latency 1m 5m", 17, "a query has one period, and this is the second"),
        ("Shop Latency 90s", 14, "90 seconds are no period of CloudWatch: expected 1, 5, 10,"),
        ("Shop Latency unit:ms", 14, "\"ms\" is no unit: CloudWatch's name for it is Milliseconds"),
        ("Shop Latency a=1 a=2", 18, "a metric has one dimension a, and this is the second"),
        ("Shop Latency a=", 14, "the value has 0 of 1 to 1024 characters"),
        ("Shop Latency =b", 14, "the name \"\" is empty"),
        ("Shop Latency 'orders = Shop Orders'", 14, "each is one argument in quotes"),
        ("Shop 'Queue", 6, "this quote is not closed"),
        ("größe = Größe 'x", 1, "id \"größe\" is not"),
        (":Shop Orders", 1, "a namespace begins with a colon"),
        ("m1 / m2 unit:Percent", 9, "an expression has no unit"),
        ("m1 / m2 label:a b", 17, "b stands behind the options of an expression"),
        ("m1 / m2 label:'a", 15, "this quote is not closed"),
    ];
    for (text, position, message) in cases {
        let (at, said) = read(text).unwrap_err();
        assert_eq!(at, position, "{text}: {said}");
        assert!(said.contains(message), "{text}: {said}");
    }
}

/// Pieces of queries, in orders that make sense and in orders that do not.
fn texts() -> impl Strategy<Value = String> {
    let pieces = [
        "Shop",
        "Orders",
        "errors",
        "\"My App\"",
        "'a b'",
        "=",
        "==",
        "a=b",
        "\"a=b\"=c",
        "label:",
        "label:\"x\"",
        "unit:Count",
        "period:5m",
        "Sum",
        "p99",
        "1m",
        "60",
        "*",
        "/",
        "-",
        "(",
        ")",
        "[",
        ",",
        "AND",
        "SELECT",
        "SEARCH('a b', 'Sum')",
        "'",
        "\"",
        "\\",
        " ",
        "  ",
        "ä",
        "m1",
        "100",
        "#",
    ];
    let pieces = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12);
    let likely = "[a-z]{1,3} ?= ?[A-Za-z]{1,5} [A-Za-z]{1,5}( [a-z]=\"?[a-z ]{1,3}\"?)? ?(Sum|p9|5m|label:x)?";
    prop_oneof![pieces.prop_map(|pieces| pieces.join(" ")), ".{0,40}", likely]
}

/// A metric with names that nobody would write.
fn metrics_of_any_name() -> impl Strategy<Value = Line> {
    let name = || prop_oneof!["[a-zA-Z=*/ \"'()\\\\-]{1,8}", "(SELECT|AND|OR|label:|unit:|-|=)[a-z ]{0,3}"];
    let named = (name(), name(), prop::collection::btree_map(name(), name(), 0..3), prop::option::of("[ -~]{0,12}"));
    named.prop_filter_map("names that there can be", |(namespace, name, dimensions, label)| {
        crate::metric::parse_namespace(&namespace).and(crate::metric::parse_name(&name)).ok()?;
        let dimension = |(name, value): (String, String)| crate::dimension::checked(&name, &value).ok();
        let dimensions: Vec<_> = dimensions.into_iter().map(dimension).collect::<Option<_>>()?;
        let is_odd = |name: &str| name.ends_with(char::is_whitespace);
        if dimensions.iter().any(|dimension| is_odd(&dimension.name)) {
            return None;
        }
        let metric = Metric::new(&namespace, &name, &dimensions);
        let asked = Asked::Metric { metric, statistic: Some(Statistic::SUM), unit: Some(Unit::Count) };
        Some(Line { id: QueryId::parse("m1").ok(), asked, period: Some(Period::MINUTE), label })
    })
}

proptest! {
    #[test]
    fn what_is_read_is_printed_and_read_again(text in texts()) {
        if let Ok(line) = Line::parse(&text) {
            let printed = line.to_string();
            let mut again = Line::parse(&printed).map_err(|wrong| TestCaseError::fail(format!("{printed}: {wrong:?}")))?;
            // Where an expression stands is a matter of the text, and white space around it goes.
            if let (Asked::Expression(one), Asked::Expression(other)) = (&line.asked, &mut again.asked) {
                other.offset = one.offset;
            }
            prop_assert_eq!(&again, &line, "{}", printed);
            prop_assert_eq!(again.to_string(), printed);
        }
    }

    #[test]
    fn any_metric_can_be_written(line in metrics_of_any_name()) {
        let printed = line.to_string();
        prop_assert_eq!(Line::parse(&printed).map_err(|wrong| format!("{printed}: {wrong:?}")), Ok(line));
    }
}
