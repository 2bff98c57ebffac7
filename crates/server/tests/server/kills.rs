//! The server is killed after each of its commits in turn while alarms are told, also by a noise policy, and another one goes
//! on. What comes to a queue is what comes without a kill: nothing is lost, and nothing is told twice.

use serde_json::{Value, json};

use crate::support::{NOON, Server};

const URL: &str = "/000000000000/q";
/// More commits than a story takes.
const COMMITS_MAX: usize = 200;
/// How often everything else has its turn before a kill that is not at once.
const LINGERING_TURNS: usize = 1000;

/// Alarms that change their states: `SECONDS NAME STATE` in the order of time; without a state, only time passes.
struct Story {
    policy: &'static str,
    description: &'static str,
    changes: &'static str,
}

/// What came, and how many deliveries were held, folded and delivered in the end.
#[derive(Debug, PartialEq, Eq)]
struct Ending {
    told: Vec<String>,
    standing: [usize; 3],
}

impl Story {
    /// Plays it with a kill after so many commits, at once or after what can be done without another. `None`: there were not so
    /// many.
    async fn play(&self, commits: Option<usize>, lingers: bool) -> Option<Ending> {
        let mut server = Server::start().await;
        server.spared(self.policy).await;
        let changes: Vec<Vec<&str>> = self.changes.split(';').map(|one| one.split_whitespace().collect()).collect();
        for name in ["a", "b"] {
            server.alarm(name, self.description).await;
        }
        let mut to_come = commits;
        if let Some(commits) = commits {
            server.records.die_after(commits);
        }
        for change in &changes {
            let now = NOON + change[0].parse::<i64>().unwrap();
            let change = change.get(1).copied().zip(change.get(2).copied());
            let records = server.records.clone();
            let is_killed = tokio::select! {
                () = records.died(), if to_come.is_some() => true,
                () = turn(&server, now, change) => false,
            };
            if is_killed {
                to_come = None;
                for _ in 0..if lingers { LINGERING_TURNS } else { 0 } {
                    tokio::task::yield_now().await;
                }
                server = server.killed(now).await;
                turn(&server, now, change).await;
            }
        }
        if to_come.is_some() {
            return None;
        }
        let told = drain(&server).await;
        let standing =
            [server.standing("held").await, server.standing("folded").await, server.standing("delivered").await];
        Some(Ending { told, standing })
    }

    async fn check(&self, expect: &str) {
        let undisturbed = self.play(None, false).await.unwrap();
        assert_eq!(undisturbed.told.join("; "), expect);
        for commits in 1..COMMITS_MAX {
            for lingers in [false, true] {
                let Some(ending) = self.play(Some(commits), lingers).await else {
                    assert!(commits > undisturbed.told.len(), "{commits}");
                    return;
                };
                assert_eq!(ending, undisturbed, "killed after commit {commits}, lingers: {lingers}");
            }
        }
        panic!("a story takes less than {COMMITS_MAX} commits");
    }
}

/// It is `now`, and an alarm is in another state, if it is not yet.
async fn turn(server: &Server, now: i64, change: Option<(&str, &str)>) {
    let time = jiff::Timestamp::from_second(now).unwrap();
    assert_eq!(server.post("/clock", json!({"now": time.to_string()}).to_string()).await.status, 200);
    if let Some((name, state)) = change {
        let found = server.ask("DescribeAlarms", &json!({"AlarmNames": [name]})).await;
        if found["MetricAlarms"][0]["StateValue"] != state {
            let input = json!({"AlarmName": name, "StateValue": state, "StateReason": "testing"});
            // A disk that is gone refuses, and the kill follows.
            server.call("SetAlarmState", &input).await;
        }
    }
    server.advance("PT0S").await;
}

/// What came, in its order: name, state, and the note.
async fn drain(server: &Server) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let received = server.sqs("ReceiveMessage", &json!({"QueueUrl": URL, "MaxNumberOfMessages": 10})).await.json();
        let Some(messages) = received["Messages"].as_array().filter(|messages| !messages.is_empty()).cloned() else {
            return told;
        };
        for message in messages {
            let alarm: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let note = [&alarm["NephoscopeNoise"], &alarm["NephoscopeGroup"]].into_iter().find(|note| note.is_object());
            let note = note.map(|note| format!(" {} {}", text(&note["Kind"]), note["Messages"])).unwrap_or_default();
            told.push(format!("{} {}{note}", text(&alarm["AlarmName"]), text(&alarm["NewStateValue"])));
        }
    }
}

#[tokio::test]
async fn each_change_comes_to_a_standard_queue_once() {
    Story { policy: "", description: "", changes: "0 a ALARM; 1 b ALARM; 2 a OK; 3 b OK; 4" }
        .check("a ALARM; b ALARM; a OK; b OK")
        .await;
}

#[tokio::test]
async fn repeats_that_are_kept_are_folded_once() {
    Story {
        policy: r#"{"deduplicationPolicy": {"windowSeconds": 300}}"#,
        description: "",
        changes: "0 a ALARM; 10 a OK; 20 a ALARM; 30 a OK; 40 b ALARM; 309; 310; 900",
    }
    .check("a ALARM; a OK; b ALARM; a OK Repeats 2")
    .await;
}

#[tokio::test]
async fn flapping_is_summed_up_once() {
    Story {
        policy: r#"{"flappingPolicy": {"changes": 3, "windowSeconds": 600, "summarySeconds": 600}}"#,
        description: "",
        changes: "0 a ALARM; 10 a OK; 20 a ALARM; 30 a OK; 40 a ALARM; 620; 700; 1300; 2000",
    }
    .check("a ALARM; a OK; a ALARM Flapping 1; a ALARM StillFlapping 2; a ALARM Settled 0")
    .await;
}

#[tokio::test]
async fn a_group_arrives_once() {
    Story {
        policy: r#"{"groupingPolicy": {"waitSeconds": 30}}"#,
        description: "",
        changes: "0 a ALARM; 10 b ALARM; 30; 60 a OK; 70 b OK; 90; 200",
    }
    .check("b ALARM Group 2; b OK Group 2")
    .await;
}

#[tokio::test]
async fn what_is_open_reminds_once_each_time() {
    Story {
        policy: r#"{"reminderPolicy": {"everyHours": 1}, "groupingPolicy": {"waitSeconds": 30}}"#,
        description: "Severity: critical",
        changes: "0 a ALARM; 30; 3629; 3630; 3660; 7259; 7260; 7290; 7300 a OK; 7330; 20000",
    }
    .check("a ALARM; a ALARM Reminder 0; a ALARM Reminder 0; a OK")
    .await;
}
