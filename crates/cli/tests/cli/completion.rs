//! Completion as a shell does it: a real one on a terminal, with the script loaded, keys typed, and its line read back.

use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::json;

use crate::http::Connection;
use crate::server::{Server, nepho};

/// Prints the line that is edited, and empties it: bound to Ctrl-T.
const SHOWN: &str = "LINE<";

struct Shell {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    /// Starts a shell on a pseudo-terminal, with the binary in its path.
    fn start(command: &str, home: &Path, endpoint: &str) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_nepho")).parent().unwrap();
        let mut process = Command::new("script")
            .args(["-qfec", command, "/dev/null"])
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", binary.display()))
            .envs([("TERM", "dumb"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("NEPHO_ENDPOINT", endpoint)])
            .env("HOME", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Shell { process, input, output: BufReader::new(output) }
    }

    fn keys(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Reads on until a text has come, and gives everything up to its end.
    fn until(&mut self, text: &str) -> String {
        let mut read = Vec::new();
        let mut byte = [0];
        while !read.ends_with(text.as_bytes()) {
            assert_eq!(self.output.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&read));
            read.push(byte[0]);
        }
        String::from_utf8_lossy(&read).into_owned()
    }

    /// Types a line, which ends with a tab, and reads back what it has become.
    fn completed(&mut self, keys: &str) -> String {
        self.keys(&format!("{keys}\t\x14"));
        self.until(SHOWN);
        let shown = self.until(">END");
        shown.trim_end_matches(">END").to_owned()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(data: &Path) -> Server {
    let server = Server::start(data, &["--clock", "manual"]);
    server.set_clock("2026-05-04T12:00:00Z");
    let metrics = [
        ("Shop", "Orders", "Service=web"),
        ("Shop", "Orders", "Service=api"),
        ("Shop", "Errors", "Service=web"),
        ("My App", "Queue Depth", "Page=/a b"),
    ];
    for (namespace, name, dimension) in metrics {
        let line = ["put", namespace, name, "1", "--dimension", dimension, "--endpoint", &server.url()];
        assert!(nepho().args(line).status().unwrap().success());
    }
    let mut connection = Connection::open(server.address()).unwrap();
    let alarm = json!({
        "AlarmName": "queue is long", "Namespace": "Shop", "MetricName": "Orders", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    });
    let composite = json!({"AlarmName": "site", "AlarmRule": "ALARM(\"queue is long\")"});
    for (operation, alarm) in [("PutMetricAlarm", alarm), ("PutCompositeAlarm", composite)] {
        assert_eq!(connection.call(operation, &alarm).unwrap().status, 200);
    }
    server
}

/// What is offered behind a line, with `_` for a space at the end.
fn offered(endpoint: &str, line: &str) -> Vec<String> {
    let output = nepho().args(["complete", "bash", "--", line, "=:"]).env("NEPHO_ENDPOINT", endpoint).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stderr, b"", "{line}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|one| one.strip_suffix(' ').map_or(one.to_owned(), |one| format!("{one}_"))).collect()
}

#[test]
fn what_there_is_is_offered() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data.path().join("data"));
    let cases: [(&str, &[&str]); 24] = [
        (
            "nepho ",
            &[
                "serve_",
                "put_",
                "get_",
                "query_",
                "list_",
                "tail_",
                "alarm_",
                "deliveries_",
                "operational_",
                "completion_",
                "help_",
            ],
        ),
        ("nepho get ", &["My\\ App_", "Shop_"]),
        ("nepho get Shop ", &["Errors_", "Orders_"]),
        ("nepho get Nothing ", &[]),
        ("nepho alarm explain ", &["queue\\ is\\ long_", "site_"]),
        ("nepho alarm explain si", &["site_"]),
        ("nepho alarm explain 'queue i", &["queue is long"]),
        ("nepho list Shop --name ", &["Errors_", "Orders_"]),
        ("nepho list --name ", &["Errors_", "Orders_", "Queue\\ Depth_"]),
        ("nepho get Shop Orders --dimension ", &["Service="]),
        ("nepho get Shop Orders --dimension Service=", &["api_", "web_"]),
        ("nepho get Shop Errors --dimension Service=", &["web_"]),
        ("nepho get Shop Errors --dimension Service=web --dimension ", &[]),
        ("nepho list --dimension ", &["Page=", "Service="]),
        ("nepho get Shop Orders --stat p9", &["p90_", "p99_", "p99.9_"]),
        ("nepho get Shop Orders --unit Kilob", &["Kilobytes_", "Kilobits_", "Kilobytes/Second_", "Kilobits/Second_"]),
        ("nepho query ", &["'\"My App\"_", "Shop_"]),
        ("nepho query S", &["Shop_"]),
        ("nepho query Shop Orders Service=", &["api_", "web_"]),
        ("nepho query 'Shop ", &["Shop Errors_", "Shop Orders_"]),
        (
            "nepho query 'a = Shop Orders unit:Terab",
            &[
                "a = Shop Orders unit:Terabytes",
                "a = Shop Orders unit:Terabits",
                "a = Shop Orders unit:Terabytes/Second",
                "a = Shop Orders unit:Terabits/Second",
            ],
        ),
        ("nepho query 'ab = Shop Orders' 'ac = Shop Errors' '100 * a", &["100 * ab", "100 * ac"]),
        ("nepho query 'a = Shop Orders' 'RUN", &["RUNNING_SUM(", "RUNNING_SUM(…"]),
        ("nepho query \"SEARCH('Sh", &[]),
    ];
    for (line, expected) in cases {
        let mut found = offered(&server.url(), line);
        // Where there is nothing else, there are flags.
        found.retain(|one| !one.starts_with('-'));
        assert_eq!(found, expected, "{line}");
    }
}

/// Nobody, and somebody who takes a connection and never answers.
#[test]
fn an_endpoint_that_does_not_answer_is_silence() {
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [mute.local_addr().unwrap(), nobody] {
        let found = offered(&format!("http://{address}"), "nepho get Sho");
        assert_eq!(found, [""; 0], "{address}");
    }
}

#[test]
fn bash_completes() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data.path().join("data"));
    let mut bash = Shell::start("bash --norc --noprofile -i", data.path(), &server.url());
    bash.keys("PS1='READY> '; bind 'set enable-bracketed-paste off'; bind 'set bell-style none'\n");
    bash.until("READY> ");
    bash.keys("source <(nepho completion bash)\n");
    bash.keys(
        "show() { printf 'LINE<%s>END' \"$READLINE_LINE\"; READLINE_LINE=; }; bind -x '\"\\C-t\": show'; echo SET\n",
    );
    bash.until("\nSET");
    bash.until("READY> ");
    let cases = [
        ("nepho comp", "nepho completion "),
        ("nepho get Sh", "nepho get Shop "),
        ("nepho alarm explain qu", "nepho alarm explain queue\\ is\\ long "),
        ("nepho get Shop Or", "nepho get Shop Orders "),
        ("nepho get My", "nepho get My\\ App "),
        ("nepho get 'My", "nepho get 'My App'"),
        ("nepho get My\\ App Q", "nepho get My\\ App Queue\\ Depth "),
        ("nepho get Shop Orders --dim", "nepho get Shop Orders --dimension "),
        ("nepho get Shop Orders --dimension S", "nepho get Shop Orders --dimension Service="),
        ("nepho get Shop Orders --dimension Service=w", "nepho get Shop Orders --dimension Service=web "),
        ("nepho list --dimension Page=", "nepho list --dimension Page=/a\\ b "),
        ("nepho put Shop Orders 3 --unit Milli", "nepho put Shop Orders 3 --unit Milliseconds "),
        ("nepho tail Shop --name E", "nepho tail Shop --name Errors "),
        (
            "nepho get Shop Orders --endpoint http://127.0.0.1:1 --dimension S",
            "nepho get Shop Orders --endpoint http://127.0.0.1:1 --dimension S",
        ),
        ("nepho query Shop E", "nepho query Shop Errors "),
        ("nepho query 'errors = Shop Or", "nepho query 'errors = Shop Orders "),
        ("nepho query 'errors = Shop Orders Service=w", "nepho query 'errors = Shop Orders Service=web "),
        ("nepho query 'errors = Shop Errors Sum' '100 * err", "nepho query 'errors = Shop Errors Sum' '100 * errors"),
        ("nepho query 'Shop Errors Ser", "nepho query 'Shop Errors Service=web "),
        ("nepho query '\"My", "nepho query '\"My App\" \"Queue Depth\" "),
    ];
    for (keys, expected) in cases {
        assert_eq!(bash.completed(keys), expected, "{keys}");
    }
}

#[test]
fn zsh_completes() {
    if !is_installed("zsh") {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let server = start(&data.path().join("data"));
    let mut zsh = Shell::start("zsh -f -i", data.path(), &server.url());
    zsh.keys(
        "PS1='READY> '; unsetopt zle_bracketed_paste; unset zle_bracketed_paste; autoload -Uz compinit; compinit -u\n",
    );
    zsh.until("READY> ");
    zsh.keys("source <(nepho completion zsh)\n");
    zsh.keys("show() { printf 'LINE<%s>END' $BUFFER; BUFFER= }; zle -N show; bindkey '^T' show; echo S''ET\n");
    zsh.until("SET\r\n");
    let cases = [
        ("nepho comp", "nepho completion "),
        ("nepho get --heig", "nepho get --height "),
        ("nepho get Sh", "nepho get Shop "),
        ("nepho get Shop Or", "nepho get Shop Orders "),
        ("nepho get My", "nepho get My\\ App "),
        ("nepho get 'My", "nepho get 'My App' "),
        ("nepho get My\\ App Q", "nepho get My\\ App Queue\\ Depth "),
        ("nepho get Shop Orders --dimension S", "nepho get Shop Orders --dimension Service="),
        ("nepho get Shop Orders --dimension Service=w", "nepho get Shop Orders --dimension Service=web "),
        ("nepho list --dimension Page=", "nepho list --dimension Page=/a\\ b "),
        ("nepho query Shop E", "nepho query Shop Errors "),
        ("nepho query 'Shop E", "nepho query 'Shop Errors "),
        ("nepho query 'errors = Shop Or", "nepho query 'errors = Shop Orders "),
        ("nepho query 'errors = Shop Orders Service=w", "nepho query 'errors = Shop Orders Service=web "),
    ];
    for (keys, expected) in cases {
        assert_eq!(zsh.completed(keys), expected, "{keys}");
    }
}

#[test]
fn fish_completes() {
    if !is_installed("fish") {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let server = start(&data.path().join("data"));
    let mut fish = Shell::start("fish --no-config -i", data.path(), &server.url());
    fish.keys("nepho completion fish | source\n");
    fish.keys("function show; printf 'LINE<%s>END' (commandline); commandline ''; end; bind \\ct show; echo S''ET\n");
    fish.until("SET\r\n");
    let cases = [
        ("nepho comp", "nepho completion "),
        ("nepho get --heig", "nepho get --height "),
        ("nepho get Sh", "nepho get Shop "),
        ("nepho get Shop Or", "nepho get Shop Orders "),
        ("nepho get My", "nepho get My\\ App "),
        ("nepho get 'My", "nepho get 'My App' "),
        ("nepho get Shop Orders --dimension S", "nepho get Shop Orders --dimension Service="),
        ("nepho get Shop Orders --dimension Service=w", "nepho get Shop Orders --dimension Service=web "),
        ("nepho query Shop E", "nepho query Shop Errors "),
        ("nepho query 'Shop E", "nepho query 'Shop Errors "),
        ("nepho query 'errors = Shop Or", "nepho query 'errors = Shop Orders "),
    ];
    for (keys, expected) in cases {
        assert_eq!(fish.completed(keys), expected, "{keys}");
    }
}

/// Bash is everywhere; `./test` installs the others where it can, and notes where it cannot.
fn is_installed(shell: &str) -> bool {
    Command::new(shell).arg("--version").output().is_ok()
}
