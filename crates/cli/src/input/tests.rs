use nepho_model::Unit;

use super::*;
use crate::datum::Statistics;

fn defaults(namespace: Option<&str>) -> Defaults {
    Defaults { namespace: namespace.map(str::to_owned), now: "2026-05-04T12:00:00Z".parse().unwrap() }
}

fn all(text: &str, namespace: Option<&str>) -> Result<Vec<Numbered>, InputError> {
    let mut found = Vec::new();
    read(text.as_bytes(), &defaults(namespace), |entry| {
        match entry {
            Entry::Datum(numbered) => found.push(numbered),
            Entry::Dropped(_) => panic!("{entry:?}"),
        }
        true
    })?;
    Ok(found)
}

fn message(text: &str) -> (u64, String) {
    match all(text, None) {
        Err(InputError::Line { line, message }) => (line, message),
        other => panic!("{other:?}"),
    }
}

fn orders(amount: Amount) -> Datum {
    let dimensions = [Dimension { name: "Service".to_owned(), value: "web".to_owned() }];
    Datum {
        metric: Metric::new("Shop", "Orders", &dimensions),
        amount,
        unit: Some(Unit::Count),
        time: Some("2026-05-04T11:00:00Z".parse().unwrap()),
        resolution: Some(1),
    }
}

fn value(value: f64) -> Amount {
    Amount { value: Some(value), ..Amount::default() }
}

#[test]
fn json_lines_in_aws_words() {
    let text = concat!(
        r#"{"Namespace":"Shop","MetricName":"Orders","Dimensions":[{"Name":"Service","Value":"web"}],"Value":3,"#,
        r#""Unit":"Count","Timestamp":"2026-05-04T11:00:00Z","StorageResolution":1}"#,
        "\n\n",
        r#"{"MetricName":"Orders","Dimensions":{"Service":"web"},"Values":[1,2],"Counts":[3,4],"#,
        r#""Unit":"Count","Timestamp":1777892400,"StorageResolution":1}"#,
        "\n"
    );
    let found = all(text, Some("Shop")).unwrap();
    let values = Amount { values: vec![1.0, 2.0], counts: vec![3.0, 4.0], ..Amount::default() };
    let expected = [Numbered { line: 1, datum: orders(value(3.0)) }, Numbered { line: 3, datum: orders(values) }];
    assert_eq!(found, expected);
}

/// Lines of the server's stream: values beside the statistics that they add up to, and what was dropped.
#[test]
fn what_tail_prints_is_read() {
    let text = concat!(
        r#"{"Namespace":"Shop","MetricName":"Orders","Dimensions":{"Service":"web"},"Timestamp":"2026-05-04T11:00:00Z","#,
        r#""Unit":"Count","StorageResolution":1,"Values":[1.0,2.0],"Counts":[3.0,4.0],"#,
        r#""StatisticValues":{"SampleCount":7.0,"Sum":11.0,"Minimum":1.0,"Maximum":2.0}}"#,
        "\n",
        r#"{"dropped":1200}"#,
        "\n"
    );
    let mut found = Vec::new();
    let read = read(text.as_bytes(), &defaults(None), |entry| {
        found.push(entry);
        true
    });
    assert_eq!(read, Ok(()));
    let values = Amount { values: vec![1.0, 2.0], counts: vec![3.0, 4.0], ..Amount::default() };
    assert_eq!(found, [Entry::Datum(Numbered { line: 1, datum: orders(values) }), Entry::Dropped(1200)]);
}

#[test]
fn csv_rows_with_a_header() {
    let text = "\
namespace,MetricName,Dimension:Service,Dimension:Stage,Value,Unit,Timestamp,StorageResolution,SampleCount,Sum,Minimum,Maximum
Shop,Orders,web,,3,Count,2026-05-04T11:00Z,1,,,,
Shop,Orders,web,,,Count,1h,1,2,3,1,2
";
    let statistics = Statistics { count: 2.0, sum: 3.0, min: 1.0, max: 2.0 };
    let set = Amount { statistics: Some(statistics), ..Amount::default() };
    let expected = [Numbered { line: 2, datum: orders(value(3.0)) }, Numbered { line: 3, datum: orders(set) }];
    assert_eq!(all(text, None).unwrap(), expected);
}

#[test]
fn an_error_names_the_line_and_shows_what_works() {
    let cases = [
        ("{\"MetricName\":\"Orders\",\"Value\":1}\n", 1, "no Namespace"),
        (
            "{\"Namespace\":\"Shop\",\"MetricName\":\"Orders\",\"Value\":1}\n{\"Metric\":1}\n",
            2,
            "unknown field `Metric`",
        ),
        ("{\"Namespace\":\"Shop\",\"MetricName\":\"\",\"Value\":1}\n", 1, "metric name \"\" is empty"),
        ("{\"Namespace\":\"S\",\"MetricName\":\"O\",\"Unit\":\"ms\"}\n", 1, "Milliseconds"),
        ("Namespace,Name\nShop,Orders\n", 1, "unknown column \"Name\""),
        ("Namespace,MetricName,Value\nShop,Orders,3\nShop,Orders,three\n", 3, "Value \"three\" is no number"),
        ("Namespace,MetricName,Value\nShop,Orders\n", 2, "2 columns, but the header has 3"),
        ("Namespace,MetricName,Sum\nShop,Orders,3\n", 2, "needs all of SampleCount"),
        ("Namespace,MetricName,Value,Timestamp\nShop,Orders,3,soon\n", 2, "timestamp \"soon\""),
    ];
    for (text, line, expected) in cases {
        let (found, message) = message(text);
        assert_eq!(found, line, "{text}");
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn empty_input_is_no_datum() {
    assert_eq!(all("", None), Ok(Vec::new()));
    assert_eq!(all("\n \n", None), Ok(Vec::new()));
}
