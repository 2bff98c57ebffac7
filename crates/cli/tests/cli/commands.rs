//! The commands against a server whose clock stands still, so that what they print is known.

use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::server::{Server, nepho};

const NOON: &str = "2026-05-04T12:00:00Z";

fn start(data: &Path) -> Server {
    let server = Server::start(data, &["--clock", "manual"]);
    server.set_clock(NOON);
    server
}

fn run(server: &Server, line: &[&str]) -> Output {
    nepho().args(line).env("NEPHO_ENDPOINT", server.url()).output().unwrap()
}

/// Standard output and standard error of a command that succeeds.
fn done(server: &Server, line: &str) -> (String, String) {
    let output = run(server, &line.split_whitespace().collect::<Vec<_>>());
    let (out, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{line}: {said}");
    (out, said)
}

fn refused(server: &Server, line: &str) -> String {
    let output = run(server, &line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(2), "{line}");
    String::from_utf8(output.stderr).unwrap().replace(server.address(), "SERVER")
}

fn put_input(server: &Server, namespace: &[&str], input: &str) -> Output {
    let mut command = nepho();
    command.arg("put").args(namespace).args(["--from", "-", "--endpoint"]).arg(server.url());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    process.wait_with_output().unwrap()
}

#[test]
fn what_is_put_is_got() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    done(&server, "put Shop Latency 10x99 20 --unit Milliseconds --dimension Service=web --at 10m");
    done(
        &server,
        "put Shop Latency --statistics count=2,sum=6,min=1,max=5 --unit Milliseconds --dimension Service=web",
    );
    done(&server, "put Shop Temperature -5.5");
    let get =
        "get Shop Latency --dimension Service=web --stat SampleCount,Maximum,p99 --from 1h --to 2026-05-04T12:01Z";
    let (csv, _) = done(&server, &format!("{get} --csv"));
    let expected = "\
Timestamp,SampleCount,Maximum,p99
2026-05-04T11:50:00Z,100,20,10
2026-05-04T12:00:00Z,2,5,
";
    assert_eq!(csv, expected);
    let (rows, _) = done(&server, get);
    assert_eq!(rows, "2026-05-04 11:50:00+00:00\t100\t20\t10\n2026-05-04 12:00:00+00:00\t2\t5\t\n");
    let (json, _) = done(&server, &format!("{get} --json"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["Datapoints"][0]["p99"], 10.0);
    assert_eq!(json["Datapoints"][1]["p99"], serde_json::Value::Null);
    let (table, _) = done(&server, &format!("{get} --table"));
    insta::assert_snapshot!("table", table);
    let (csv, _) = done(&server, "get Shop Temperature --to 2026-05-04T12:01Z --csv");
    assert_eq!(csv, "Timestamp,Average\n2026-05-04T12:00:00Z,-5.5\n");
}

#[test]
fn a_chart_is_drawn_where_it_is_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let line = |minute: i64| {
        let value = 50 + (minute - 30) * (minute - 30) / 10;
        let time = 1_777_896_000 - 3600 + 60 * minute;
        format!(r#"{{"MetricName":"Load","Value":{value},"Timestamp":{time}}}"#) + "\n"
    };
    let output = put_input(&server, &["Shop"], &(0..60).map(line).collect::<String>());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "60 datums written in 1 request\n");
    let get = "get Shop Load --from 1h --stat Average,SampleCount --chart --width 70 --height 9";
    insta::assert_snapshot!("chart", done(&server, get).0);
    insta::assert_snapshot!("chart_in_colours", done(&server, &format!("{get} --color always")).0.replace('\x1b', "^"));
}

#[test]
fn what_does_not_exist_is_explained() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let mut all = refused(&server, "get Shop Orders");
    for service in ["web", "api"] {
        done(&server, &format!("put Shop Orders 3 --dimension Service={service} --dimension Stage=live --at 20h"));
    }
    for line in [
        "get Shop Orders",
        "get Shop Orders --dimension Service=api",
        "get Shop Ordres",
        "get Shop Temperature",
        "get Shp Orders",
        "get Weather Temperature",
    ] {
        all.push_str(&format!("\n$ nepho {line}\n{}", refused(&server, line)));
    }
    let (out, said) = done(&server, "get Shop Orders --dimension Service=web --dimension Stage=live");
    assert_eq!(out, "");
    all.push_str(&format!("\nwithout data in the range:\n{}", said.replace(server.address(), "SERVER")));
    insta::assert_snapshot!(all);
}

#[test]
fn metrics_are_listed() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    assert!(done(&server, "list").1.starts_with("there are no metrics. To put one: nepho put Shop Orders 3"));
    for line in
        ["Shop Orders 3 --dimension Service=web", "Shop Orders 4 --dimension Service=api", "Jobs Failed 1 --at 5h"]
    {
        done(&server, &format!("put {line}"));
    }
    assert_eq!(done(&server, "list").0, "Jobs\t1\t1\tFailed\nShop\t2\t1\tOrders\n");
    assert_eq!(done(&server, "list --recent").0, "Shop\t2\t1\tOrders\n");
    assert_eq!(done(&server, "list Shop").0, "Shop\tOrders\tService=api\nShop\tOrders\tService=web\n");
    assert_eq!(done(&server, "list --dimension Service=web").0, "Shop\tOrders\tService=web\n");
    assert_eq!(done(&server, "list --name Failed").0, "Jobs\tFailed\t\n");
    let (one, said) = done(&server, "list Shop --limit 1 --json");
    assert_eq!(one, "{\"Namespace\":\"Shop\",\"MetricName\":\"Orders\",\"Dimensions\":{\"Service\":\"api\"}}\n");
    assert!(said.starts_with("only 1 metric of more"), "{said}");
}

#[test]
fn files_are_put_line_by_line() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let rows: String = (0..2500).map(|n| format!("Shop,Load,host-{n},{n},{}m\n", n % 60 + 1)).collect();
    let output = put_input(&server, &[], &format!("Namespace,MetricName,Dimension:Host,Value,Timestamp\n{rows}"));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "2,500 datums written in 3 requests\n");
    assert_eq!(done(&server, "list Shop --limit 5000").0.lines().count(), 2500);

    let output =
        put_input(&server, &["Shop"], "{\"MetricName\":\"A\",\"Value\":1}\n{\"MetricName\":\"A\",\"Value\":\"x\"}\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.starts_with("nepho: standard input, line 2: invalid type: string \"x\", expected f64"), "{said}");
    assert!(said.ends_with("before that line: 1 datum written in 1 request; from it on, nothing\n"), "{said}");

    let output = put_input(&server, &["Shop"], "MetricName,Value,Timestamp\nA,1,1h\nA,2,30d\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("line 3: http://"), "{said}");
    assert!(said.contains("MetricData.member.2.Timestamp must specify a time within the past two weeks"), "{said}");
    assert!(said.ends_with("nothing of the request with lines 2 to 3\n"), "{said}");
}

#[test]
fn what_was_dropped_upstream_is_missed_at_the_end() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let lines = "{\"MetricName\":\"A\",\"Value\":1}\n{\"dropped\":1200}\n{\"MetricName\":\"A\",\"Value\":2}\n";
    let output = put_input(&server, &["Shop"], lines);
    let expected = "\
warning: 1,200 samples dropped upstream: tail could not keep up
2 datums written in 1 request
nepho: not everything: 1,200 samples dropped upstream
";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn arrivals_are_followed() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let mut tail = nepho();
    tail.args(["tail", "Shop", "--dimension", "Service=web", "--count", "2", "--endpoint", &server.url()]);
    let tail = tail.stdout(Stdio::piped()).spawn().unwrap();
    wait_for_follower(&server);
    done(&server, "put Shop Orders 1 --dimension Service=api");
    done(&server, "put Shop Orders 2 --dimension Service=web --unit Count");
    done(&server, "put Shop Latency 1 2 6 --dimension Service=web");
    let output = tail.wait_with_output().unwrap();
    assert!(output.status.success());
    let expected = "\
12:00:00 Shop Orders Service=web  2 Count
12:00:00 Shop Latency Service=web  3 mean of 3 (1 to 6)
";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

/// A server's own metrics, 50 a minute, once buried what arrived.
#[test]
fn what_a_server_says_of_itself_is_followed_where_it_is_named() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path());
    let followed = |words: &[&str]| {
        let mut tail = nepho();
        let tail = tail.arg("tail").args(words).args(["--count", "1", "--endpoint", &server.url()]);
        let tail = tail.stdout(Stdio::piped()).spawn().unwrap();
        wait_for_follower(&server);
        done(&server, "put Nephoscope Uptime 1");
        done(&server, "put Shop Orders 2");
        String::from_utf8(tail.wait_with_output().unwrap().stdout).unwrap()
    };
    assert_eq!(followed(&[]), "12:00:00 Shop Orders  2\n");
    assert!(followed(&["--json"]).starts_with("{\"Namespace\":\"Shop\""));
    assert_eq!(followed(&["Nephoscope"]), "12:00:00 Nephoscope Uptime  1\n");
}

/// Waits until somebody follows: the server counts them at `/metrics`.
fn wait_for_follower(server: &Server) {
    let mut connection = crate::http::Connection::open(server.address()).unwrap();
    loop {
        let metrics = connection.get("/metrics").unwrap().text();
        if metrics.lines().any(|line| line == "nepho_tails 1") {
            return;
        }
    }
}

#[test]
fn credentials_are_used_when_the_server_asks_for_them() {
    let data = tempfile::tempdir().unwrap();
    let keys = data.path().join("keys.toml");
    let text = "[[credentials]]\naccess-key-id = \"AKIDSHOP\"\nsecret = \"s3cret\"\naccount = \"123456789012\"\n";
    std::fs::write(&keys, text).unwrap();
    let server = Server::start(&data.path().join("data"), &["--credentials", keys.to_str().unwrap()]);
    for line in ["put Shop Orders 3", "list", "tail"] {
        let output = run(&server, &line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(3));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with(&format!("nepho: {} refuses: ", server.url())) && !said.contains('{'), "{said}");
        assert!(said.contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile NAME"), "{said}");
    }

    let put = nepho()
        .args(["put", "Shop", "Orders", "3", "--endpoint", &server.url()])
        .envs([("AWS_ACCESS_KEY_ID", "AKIDSHOP"), ("AWS_SECRET_ACCESS_KEY", "s3cret")])
        .output()
        .unwrap();
    assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));

    let profiles = data.path().join("profiles");
    std::fs::write(&profiles, "[shop]\naws_access_key_id = AKIDSHOP\naws_secret_access_key = s3cret\n").unwrap();
    let list = nepho()
        .args(["list", "Shop", "--profile", "shop", "--endpoint", &server.url()])
        .env("AWS_SHARED_CREDENTIALS_FILE", &profiles)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&list.stdout), "Shop\tOrders\t\n");
}
