//! What the binary says before it talks to anybody: help, and what is wrong with a command line. The texts are files in
//! `snapshots/`; `cargo insta accept` or `INSTA_UPDATE=always` takes over what has changed.

use crate::server::nepho;

fn said(line: &str) -> (String, Option<i32>) {
    let output = nepho().args(line.split_whitespace()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code())
}

#[test]
fn help() {
    let of_operational = ["operational", "operational migrate", "operational migrate up", "operational migrate sql"];
    let of_roll_up = ["operational rollup", "operational status", "operational schedule"];
    for command in [
        "",
        "put",
        "get",
        "query",
        "list",
        "tail",
        "alarm",
        "alarm explain",
        "alarm backtest",
        "deliveries",
        "completion",
    ]
    .into_iter()
    .chain(of_operational)
    .chain(of_roll_up)
    {
        let (text, code) = said(&format!("{command} --help"));
        assert_eq!(code, Some(0));
        insta::assert_snapshot!(format!("help_{}", command.replace(' ', "_")), text);
    }
}

#[test]
fn wrong_use() {
    let lines = [
        "puts",
        "put",
        "put Shop",
        "put Shop Orders",
        "put Shop Orders five",
        "put Shop Orders 3 --unit ms",
        "put Shop Orders 3 --unit furlongs",
        "put Shop Orders 3 --dimension Service",
        "put Shop Orders 3 --at soon",
        "put Shop Orders 3 --resolution 30",
        "put Shop Orders --statistics count=3,sum=9",
        "put Shop Orders 3 --from orders.csv",
        "put :Shop Orders 3",
        "get Shop",
        "get Shop Latency --stat avg",
        "get Shop Latency --stat P99",
        "get Shop Latency --stat variance",
        "get Shop Latency --stat TM(90%:10%)",
        "get Shop Latency --period 90",
        "get Shop Latency --period hour",
        "get Shop Latency --from tomorrow",
        "get Shop Latency --form 3h",
        "get Shop Latency --json --csv",
        "get Shop Latency --endpoint ftp://example",
        "query",
        "query Shop Latency Service=web avg",
        "query Shop Latency --stat p50,p99",
        "query Shop Latency --period 90",
        "query X = Shop Latency",
        "query Shop Latency --json --table",
        "list Shop --limit 0",
        "list Shop --dimension =x",
        "tail --endpoint aws",
        "deliveries --endpoint aws",
        "deliveries --state lost",
        "deliveries --from 2026-05-05 --to 2026-05-04",
        "tail Shop --count 0",
        "alarm",
        "alarm explain",
        "alarm explain Latency --at soon",
        "alarm backtest",
        "alarm backtest alarms.tf --from never",
        "completion tcsh",
        "serve --listen localhost:4590",
        "serve --emf metrics.example:25888",
        "operational",
        "operational rollup",
        "operational rollup --database localhost",
        "operational rollup --database postgres://localhost/mail --to 2026-05-01",
        "operational rollup --database postgres://localhost/mail --from 2026-05-02 --to 2026-05-01",
        "operational status --database postgres://localhost/mail --zone Atlantis",
        "operational schedule --database postgres://localhost/mail --cron soon",
        "operational migrate down --database postgres://localhost/mail",
        "operational migrate up",
        "operational migrate status",
        "operational migrate sql --references mails.",
        "operational schedule",
    ];
    let mut all = String::new();
    for line in lines {
        let (text, code) = said(line);
        assert_eq!(code, Some(2), "{line}: {text}");
        all.push_str(&format!("$ nepho {line}\n{text}\n\n"));
    }
    insta::assert_snapshot!(all);
}

/// Clap counts a variable as a flag that was typed, and would show it as one that has to be.
#[test]
fn the_usage_does_not_depend_on_the_environment() {
    for line in ["put Shop", "get Shop"] {
        let said = |variables: &[(&str, &str)]| {
            nepho().args(line.split_whitespace()).envs(variables.iter().copied()).output().unwrap().stderr
        };
        let variables = [("NEPHO_ENDPOINT", "http://127.0.0.1:4582"), ("NEPHO_REGION", "eu-west-1")];
        assert_eq!(String::from_utf8(said(&variables)), String::from_utf8(said(&[])), "{line}");
    }
}

#[test]
fn nobody_is_there() {
    // The port is taken and given back: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for line in ["put Shop Orders 3", "get Shop Orders", "query Shop Orders", "list", "tail", "deliveries"] {
        let (text, code) = said(&format!("{line} --endpoint http://127.0.0.1:{port}"));
        let expected = format!(
            "nepho: nothing listens at http://127.0.0.1:{port} (connection refused)\nstart the server with `nepho serve`"
        );
        assert!(text.starts_with(&expected), "{line}: {text}");
        assert_eq!(code, Some(3), "{line}");
    }
}
