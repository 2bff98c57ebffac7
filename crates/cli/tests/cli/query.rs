//! `nepho query` against a server whose clock stands still.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::{Server, nepho};

/// In the ten minutes before noon: errors of the web service 0 to 9, its orders 100 in each, latencies in two units, and
/// a name and a value with spaces.
fn start(data: &Path) -> Server {
    let server = Server::start(data, &["--clock", "manual"]);
    server.set_clock("2026-05-04T12:00:00Z");
    let mut rows = "Namespace,MetricName,Dimension:Service,Dimension:Page,Value,Unit,Timestamp\n".to_owned();
    for minute in 0..10 {
        let time = format!("2026-05-04T11:5{minute}:00Z");
        rows.push_str(&format!("Shop,Errors,web,,{minute},Count,{time}\nShop,Orders,web,,100,Count,{time}\n"));
        rows.push_str(&format!("Shop,Orders,api,,20,Count,{time}\n"));
    }
    rows.push_str(
        "Shop,Latency,web,,3,Milliseconds,2026-05-04T11:58:00Z\nShop,Latency,web,,5,Seconds,2026-05-04T11:58:00Z\n",
    );
    rows.push_str("My App,Queue Depth,,/a b,7,Count,2026-05-04T11:58:00Z\n");
    let (said, code) = put(&server, &rows);
    assert_eq!(code, Some(0), "{said}");
    server
}

fn put(server: &Server, rows: &str) -> (String, Option<i32>) {
    let mut command = nepho();
    command.args(["put", "--from", "-"]);
    let (_, said, code) = fed(server, command, rows);
    (said, code)
}

/// Standard output, standard error and exit code of a command that is fed a text.
fn fed(server: &Server, mut command: Command, input: &str) -> (String, String, Option<i32>) {
    command.env("NEPHO_ENDPOINT", server.url()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap().replace(server.address(), "SERVER");
    (String::from_utf8(output.stdout).unwrap(), said, output.status.code())
}

fn query(server: &Server, arguments: &[&str]) -> (String, String, Option<i32>) {
    let mut command = nepho();
    command.arg("query").args(arguments);
    fed(server, command, "")
}

/// What a query prints that succeeds and has nothing to say beside it.
fn answer(server: &Server, arguments: &[&str]) -> String {
    let (out, said, code) = query(server, arguments);
    assert_eq!((said.as_str(), code), ("", Some(0)), "{arguments:?}");
    out
}

const ERRORS: &str = "errors = Shop Errors Service=web Sum 5m";
const ORDERS: &str = "orders = Shop Orders Service=web Sum 5m";

#[test]
fn expressions_show_without_what_they_are_made_of() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let cases: [(&[&str], &str); 13] = [
        (
            &[ERRORS, ORDERS, "100 * errors / orders"],
            "\
Timestamp,100 * errors / orders
2026-05-04T11:50:00Z,2
2026-05-04T11:55:00Z,7
",
        ),
        (
            &[ERRORS, ORDERS, "rate = 100 * errors / orders", "--all"],
            "\
Timestamp,Errors,Orders,rate
2026-05-04T11:50:00Z,10,500,2
2026-05-04T11:55:00Z,35,500,7
",
        ),
        (
            &["a = Shop Errors Service=web Sum 5m", "SUM(METRICS()) label:\"All, together\""],
            "\
Timestamp,\"All, together\"
2026-05-04T11:50:00Z,10
2026-05-04T11:55:00Z,35
",
        ),
        (
            &["SEARCH('{Shop,Service} Orders', 'Sum', 300)"],
            "\
Timestamp,api Orders,web Orders
2026-05-04T11:50:00Z,100,500
2026-05-04T11:55:00Z,100,500
",
        ),
        // Without a period of its own, a search has that of the option.
        (
            &["SEARCH('{Shop,Service} Orders', 'Sum')", "--period", "10m"],
            "\
Timestamp,api Orders,web Orders
2026-05-04T11:50:00Z,200,1000
",
        ),
        (
            &["Shop Orders Service=web Sum 10m", "Shop Orders Service=api Sum 10m"],
            "\
Timestamp,web Orders,api Orders
2026-05-04T11:50:00Z,1000,200
",
        ),
        (
            &["SELECT SUM(Orders) FROM Shop GROUP BY Service", "--period", "10m"],
            "\
Timestamp,api,web
2026-05-04T11:50:00Z,200,1000
",
        ),
        (
            &["all = select SUM(Orders) from Shop label:\"All orders\" period:10m", "all / 2", "--all"],
            "\
Timestamp,All orders,all / 2
2026-05-04T11:50:00Z,1200,600
",
        ),
        // The words of one query need no quotes.
        (&["Shop", "Orders", "Service=web", "Sum", "10m"], "Timestamp,Orders\n2026-05-04T11:50:00Z,1000\n"),
        (&["My App", "Queue Depth"], ""),
        (&["\"My App\" \"Queue Depth\" Page=\"/a b\" 5m"], "Timestamp,Queue Depth\n2026-05-04T11:55:00Z,7\n"),
        (
            &["Shop Errors Service=web 5m", "--stat", "Maximum"],
            "\
Timestamp,Errors
2026-05-04T11:50:00Z,4
2026-05-04T11:55:00Z,9
",
        ),
        (
            &["Shop Latency Service=web unit:Seconds Sum", "Shop Latency Service=web unit:Milliseconds Sum"],
            "\
Timestamp,Latency (q1),Latency (q2)
2026-05-04T11:58:00Z,5,3
",
        ),
    ];
    for (queries, expected) in cases {
        let arguments = [queries, &["--csv", "--from", "2026-05-04T11:50Z"]].concat();
        if expected.is_empty() {
            assert_eq!(query(&server, &arguments).2, Some(2), "{queries:?}");
        } else {
            assert_eq!(answer(&server, &arguments), expected, "{queries:?}");
        }
    }
}

#[test]
fn every_form_has_all_series() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let queries = ["errors = Shop Errors Service=web Sum 1m", "Shop Orders Service=web Sum 5m", "errors * 2"];
    let form = |flags: &[&str]| {
        answer(&server, &[&queries[..], &["--from", "2026-05-04T11:55Z", "--width", "70"], flags].concat())
    };
    insta::assert_snapshot!("query_table", form(&["--table"]));
    insta::assert_snapshot!("query_json", form(&["--json"]));
    insta::assert_snapshot!("query_lines", form(&[]));
    let chart = ["--chart", "--height", "6", "--all"];
    insta::assert_snapshot!("query_chart", form(&chart));
    insta::assert_snapshot!(
        "query_chart_in_colours",
        form(&[&chart[..], &["--color", "always"]].concat()).replace('\x1b', "^")
    );
}

#[test]
fn queries_come_from_files() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data.path().join("data"));
    let lines = data.path().join("shop.txt");
    std::fs::write(&lines, format!("# The shop\n{ERRORS}\n\n{ORDERS}\n")).unwrap();
    let lines = lines.to_str().unwrap();
    let range = ["--csv", "--from", "2026-05-04T11:50Z"];
    let csv = answer(&server, &[&["--file", lines, "100 * errors / orders"], &range[..]].concat());
    assert_eq!(csv, "Timestamp,100 * errors / orders\n2026-05-04T11:50:00Z,2\n2026-05-04T11:55:00Z,7\n");

    // A request as the AWS CLI has it, whose pages are followed.
    let request = r#"{"StartTime": "2026-05-04T11:55:00Z", "EndTime": "2026-05-04T12:00:00Z", "MaxDatapoints": 2,
        "ScanBy": "TimestampDescending", "MetricDataQueries": [
        {"Id": "m1", "ReturnData": false, "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": {"Namespace": "Shop",
         "MetricName": "Errors", "Dimensions": [{"Name": "Service", "Value": "web"}]}}},
        {"Id": "e1", "Expression": "m1 * 10", "Label": "ten"}]}"#;
    let from_input = |flags: &[&str], input: &str| {
        let mut command = nepho();
        command.args(["query", "--file", "-"]).args(flags);
        fed(&server, command, input)
    };
    let (json, said, code) = from_input(&["--json"], request);
    assert_eq!((said.as_str(), code), ("", Some(0)));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let result = &json["MetricDataResults"][0];
    assert_eq!(
        result["Values"],
        serde_json::json!([90.0, 80.0, 70.0, 60.0, 50.0]),
        "newest first, as it was asked for"
    );
    assert_eq!(
        (&result["Id"], &result["Label"], &result["StatusCode"]),
        (&"e1".into(), &"ten".into(), &"Complete".into())
    );
    let list = r#"[{"Id": "q", "Expression": "SEARCH('{Shop,Service} Errors', 'Sum', 300)"}]"#;
    let (csv, ..) = from_input(&["--csv", "--from", "2026-05-04T11:55Z"], list);
    assert_eq!(csv, "Timestamp,Errors\n2026-05-04T11:55:00Z,35\n");

    for (input, code, expected) in [
        ("", 2, "nepho: standard input has no queries: expected one a line, "),
        ("\nShop Latency avg\n", 2, "nepho: standard input, line 2 is read as a metric, "),
        (
            "[{\"Id\": \"a\"}]",
            2,
            "nepho: standard input, as JSON: MetricDataQueries[0]: it has neither MetricStat nor ",
        ),
    ] {
        let (_, said, found) = from_input(&[], input);
        assert_eq!(found, Some(code), "{input}");
        assert!(said.starts_with(expected), "{input}: {said}");
    }
    let (_, said, code) = query(&server, &["--file", "/nowhere/shop.txt"]);
    assert_eq!(code, Some(3));
    assert!(said.starts_with("nepho: cannot read /nowhere/shop.txt: "), "{said}");
}

#[test]
fn a_metric_that_has_only_been_idle_for_long_is_nothing_to_tell_of() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    server.set_clock("2026-07-04T12:00:00Z");
    let range = ["--from", "2026-05-04T11:50Z", "--to", "2026-05-04T12:00Z", "--csv"];
    let listed = nepho().args(["list", "--endpoint", &server.url()]).output().unwrap().stdout;
    assert_eq!(String::from_utf8(listed).unwrap(), "");
    let rates = answer(&server, &[&[ERRORS, ORDERS, "100 * errors / orders"][..], &range[..]].concat());
    assert!(rates.contains("2026-05-04T11:50:00Z,2\n"), "{rates}");
}

/// Everything that is said beside the data, and what is said when there is none.
#[test]
fn what_is_wrong_is_pointed_at() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let cases: [&[&str]; 24] = [
        &["Shop Latency Service=web"],
        &[ERRORS, "rate = 100 * errors // 2", "errors +"],
        &[ERRORS, "SUMM(errors)"],
        &[ERRORS, "errors / ordres"],
        &["SEARCH('{Shop,Service} (Orders', 'Sum')"],
        &["Shop Orders Service=web label:\"${NONE}\""],
        &["Shop Latency avg"],
        &["Shop Latency Sum p99"],
        &["Shop Orders", "X = Shop Errors"],
        &["Shop Queue Depth"],
        &["a = Shop Orders", "a = Shop Errors"],
        &["Shop Orders Service=wbe Sum"],
        &["Shop Ordres Service=web Sum 5m label:\"All orders\""],
        &["Shp Orders"],
        &[ERRORS, "o = Shop Ordres Service=web Sum 5m", "errors / o"],
        &[ERRORS, "errors orders"],
        &["Shop Orders Service=web", "--to", "2026-05-03", "--from", "2026-05-02"],
        &["SEARCH('{Nowhere} Orders', 'Sum')"],
        &["My App", "Queue Depth"],
        &["a = Shop Orders Service=web 1m", "b = Shop Errors Service=web 5m", "a + b"],
        &["a = Shop Orders Service=web", "AVG(a)"],
        &["x = SELECT AVG(Latency) FROM Shop GRUOP BY Service"],
        &["SELECT AVG(Nothing) FROM Shop"],
        // Without its errors a rate is 0, and nothing was once said of that.
        &["errors = Shop Errros Service=web Sum 5m", ORDERS, "100 * errors / orders"],
    ];
    let mut all = String::new();
    for arguments in cases {
        let (out, said, code) = query(&server, arguments);
        let out = if out.is_empty() { String::new() } else { format!("({} lines)\n", out.lines().count()) };
        all.push_str(&format!("$ nepho query {}\n{out}{said}exit code {}\n\n", arguments.join(" | "), code.unwrap()));
    }
    insta::assert_snapshot!(all);
}
