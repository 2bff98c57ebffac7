//! The whole story: files good and bad, a storage that breaks, a message that poisons, a worker that stops, and who is told
//! of each by mail and by webhook, and of the recovery, with what to do.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use churn::model::synthetic;
use churn::queue::{Priority, Task};
use churn::template::Template;
use http::Request;
use nepho_server::{MailSettings, Network, Tls};
use serde_json::{Value, json};

use crate::receivers::{Inbox, Mail, mail_server, webhook};
use crate::server::{NOON, send};
use crate::stage::{Stage, TIME, USER};

const MINUTE: Duration = Duration::from_secs(60);
const PREFIX: &str = "churn-production-";

struct Story {
    stage: Stage,
    mails: Inbox<Mail>,
    posts: Inbox<Value>,
    /// The queue of messages that mail did not take.
    undelivered_url: String,
    /// What happened, as namespace and name of the metric that counts it.
    happened: BTreeMap<(&'static str, &'static str), f64>,
}

impl Story {
    /// Everything as the plain files say, with a webhook besides, and both subscribers confirmed.
    async fn begin() -> Self {
        let (mails, posts) = (mail_server().await, webhook().await);
        let mail = MailSettings {
            host: mails.address.ip().to_string(),
            port: Some(mails.address.port()),
            tls: Tls::None,
            from: "alerts@example.com".to_owned(),
            user: None,
            password: None,
        };
        let stage = Stage::with(|config| {
            config.mail = Some(mail);
            config.deliveries.allow = vec!["127.0.0.0/8".parse::<Network>().unwrap()];
        });
        let stage = stage.await;
        let undelivered_url = stage.server.queue(include_str!("../../plain/queues/3-alerts-undelivered.json")).await;
        let story = Story { stage, mails, posts, undelivered_url, happened: BTreeMap::new() };
        let server = &story.stage.server;
        let topic = story.sns("CreateTopic", include_str!("../../plain/topic.json"), "TopicArn").await;
        story.sns("Subscribe", include_str!("../../plain/subscription.json"), "SubscriptionArn").await;
        let hook = format!("http://{}/", story.posts.address);
        let hook = [("TopicArn", topic.as_str()), ("Protocol", "http"), ("Endpoint", &hook)];
        server.sns("Subscribe", &hook, "SubscriptionArn").await;
        story.confirm().await;
        for alarm in alarms() {
            server.ask("PutMetricAlarm", &alarm).await;
        }
        story
    }

    /// Calls an operation of SNS with what a plain file says.
    async fn sns(&self, operation: &str, input: &str, element: &str) -> String {
        let input: BTreeMap<String, Value> = serde_json::from_str(input).unwrap();
        let mut parameters = Vec::new();
        for (name, value) in &input {
            match value {
                Value::Object(entries) => {
                    for (number, (key, value)) in (1..).zip(entries) {
                        parameters.push((format!("{name}.entry.{number}.key"), key.clone()));
                        parameters.push((format!("{name}.entry.{number}.value"), value.as_str().unwrap().to_owned()));
                    }
                }
                value => parameters.push((name.clone(), value.as_str().unwrap().to_owned())),
            }
        }
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.stage.server.sns(operation, &parameters, element).await
    }

    /// Both subscribers follow the link that they are sent.
    async fn confirm(&self) {
        let mail = self.mails.until(1).await.remove(0);
        assert_eq!(mail.to, "oncall@retainwise.example");
        let post = self.posts.until(1).await.remove(0);
        let origin = self.stage.server.origin();
        let in_mail = mail.text.split_whitespace().find(|word| word.contains("Action=ConfirmSubscription"));
        for link in [in_mail.unwrap(), post["SubscribeURL"].as_str().unwrap()] {
            let path = link.strip_prefix(&origin).unwrap_or_else(|| panic!("{link}"));
            let answer = send(self.stage.server.address, Request::get(path).body(Bytes::new()).unwrap()).await;
            assert!(answer.status().is_success(), "{answer:?}");
        }
    }

    fn count(&mut self, namespace: &'static str, name: &'static str, times: usize) {
        *self.happened.entry((namespace, name)).or_default() += times as f64;
    }

    async fn good(&mut self, text: &str) {
        self.stage.uploaded("a.csv", text).await;
        self.count("API", "UploadSuccess", 1);
    }

    async fn bad(&mut self, times: usize, metric: (&'static str, &'static str)) {
        for _ in 0..times {
            assert_eq!(self.stage.upload("a.csv", &example()).await.status(), 503);
        }
        self.count(metric.0, metric.1, times);
    }

    /// The worker does all there is: so many files come out well.
    async fn work(&mut self, successes: usize) {
        self.stage.work().await;
        self.count("Worker", "WorkerSuccess", successes);
    }

    async fn pass(&self, minutes: usize) {
        self.stage.flush();
        for _ in 0..minutes {
            self.stage.server.advance(MINUTE).await;
        }
    }

    async fn state(&self, alarm: &str) -> String {
        let input = json!({"AlarmNames": [format!("{PREFIX}{alarm}")]});
        let found = self.stage.server.ask("DescribeAlarms", &input).await;
        found["MetricAlarms"][0]["StateValue"].as_str().unwrap().to_owned()
    }

    /// Lets time pass until an alarm is in a state.
    async fn until(&self, alarm: &str, state: &str, minutes_max: usize) {
        for _ in 0..minutes_max {
            if self.state(alarm).await == state {
                return;
            }
            self.pass(1).await;
        }
        assert_eq!(self.state(alarm).await, state, "{alarm} after {minutes_max} minutes");
    }

    /// Changes of state that an alarm has had, the oldest first.
    async fn changes(&self, alarm: &str) -> Vec<String> {
        let input = json!({"AlarmName": alarm, "HistoryItemType": "StateUpdate", "ScanBy": "TimestampAscending"});
        let history = self.stage.server.ask("DescribeAlarmHistory", &input).await;
        let items = history["AlarmHistoryItems"].as_array().unwrap();
        items.iter().map(|item| item["HistorySummary"].as_str().unwrap().to_owned()).collect()
    }
}

fn example() -> String {
    Template::find("example.csv").unwrap().text()
}

/// The alarms as the plain files have them.
pub(crate) fn alarms() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plain/alarms");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_alarm_reaches_a_person_with_what_to_do_and_so_does_its_end() {
    let mut story = Story::begin().await;
    // A quiet quarter of an hour.
    for _ in 0..3 {
        story.good(&example()).await;
        story.work(1).await;
        story.pass(5).await;
    }
    for alarm in alarms() {
        let name = alarm["AlarmName"].as_str().unwrap().strip_prefix(PREFIX).unwrap().to_owned();
        assert_eq!(story.state(&name).await, "OK", "{name}");
    }
    // Bad files are their owners' matter.
    assert_eq!(story.stage.upload("a.pdf", "%PDF").await.status(), 415);
    story.good(&example().replace(",monthly,", ",sometimes,")).await;
    story.work(0).await;

    a_broken_storage(&mut story).await;
    a_broken_database(&mut story).await;
    a_stopped_worker(&mut story).await;
    a_poisoned_message(&mut story).await;
    a_slow_worker(&mut story).await;
    an_unsure_model(&mut story).await;
    a_damaged_model(&mut story).await;

    everything_is_told(&story).await;
    everything_is_counted(&story).await;
}

/// Four uploads in five minutes fail, and go on failing.
async fn a_broken_storage(story: &mut Story) {
    story.stage.pipeline.storage.faults().set("put", "the disk is full").unwrap();
    story.bad(4, ("API", "S3UploadFailure")).await;
    story.until("s3-upload-failures", "ALARM", 3).await;
    for _ in 0..4 {
        story.pass(5).await;
        story.bad(1, ("API", "S3UploadFailure")).await;
    }
    story.until("upload-success-rate", "ALARM", 5).await;
    story.stage.pipeline.storage.faults().clear("put").unwrap();
    story.good(&example()).await;
    story.work(1).await;
    story.until("s3-upload-failures", "OK", 15).await;
    story.until("upload-success-rate", "OK", 60).await;
}

/// Six predictions cannot be recorded.
async fn a_broken_database(story: &mut Story) {
    let faults = story.stage.pipeline.records.faults().clone();
    faults.set("predictions-insert", "too many connections").unwrap();
    story.good(&example()).await;
    story.good(&example()).await;
    assert_eq!(story.stage.work().await, 6, "both are tried three times");
    story.count("Database", "DatabaseWriteError", 6);
    story.until("database-write-errors", "ALARM", 3).await;
    faults.clear("predictions-insert").unwrap();
    story.until("database-write-errors", "OK", 40).await;
    look_after_dead_letters(story, 2).await;
}

/// Files come in, and nobody works.
async fn a_stopped_worker(story: &mut Story) {
    for _ in 0..11 {
        story.good(&example()).await;
    }
    story.until("queue-depth", "ALARM", 8).await;
    story.until("oldest-message-age", "ALARM", 20).await;
    story.work(11).await;
    story.until("queue-depth", "OK", 15).await;
    story.until("oldest-message-age", "OK", 15).await;
}

/// A task for a file that is not there, once in each of three windows of ten minutes.
async fn a_poisoned_message(story: &mut Story) {
    let task = Task {
        upload_id: "0d4f7f0c-6d0e-4b6c-9a53-3b6a7f8f2c11".to_owned(),
        user_id: USER.to_owned(),
        s3_file_path: "uploads/none.csv".to_owned(),
        priority: Priority::Normal,
    };
    for _ in 0..3 {
        story.stage.pipeline.queue.send(&task).await.unwrap();
        assert_eq!(story.stage.work().await, 3);
        story.count("Worker", "S3DownloadFailure", 3);
        story.until("dead-letters", "ALARM", 5).await;
        story.pass(7).await;
    }
    story.until("worker-error-rate", "ALARM", 3).await;
    look_after_dead_letters(story, 3).await;
    story.until("worker-error-rate", "OK", 60).await;
}

/// What the runbook says: they are read, and gone.
async fn look_after_dead_letters(story: &Story, expected: u64) {
    story.until("dead-letters", "ALARM", 5).await;
    let url = &story.stage.dead_letters_url;
    assert_eq!(story.stage.server.depth(url).await, expected);
    story.stage.server.sqs("PurgeQueue", &json!({ "QueueUrl": url })).await;
    story.until("dead-letters", "OK", 10).await;
}

/// The storage takes six minutes for each file.
async fn a_slow_worker(story: &mut Story) {
    story.stage.pipeline.storage.faults().set("get", "slow 360").unwrap();
    for _ in 0..3 {
        story.good(&example()).await;
        story.work(1).await;
        story.pass(8).await;
    }
    story.until("slow-worker", "ALARM", 3).await;
    story.stage.pipeline.storage.faults().clear("get").unwrap();
    story.until("slow-worker", "OK", 60).await;
}

/// Customers about whom nothing can be said.
async fn an_unsure_model(story: &mut Story) {
    let model = story.stage.load(&story.stage.model()).unwrap();
    let file = synthetic::file(5, 2000, false);
    let (header, rows) = file.split_once('\n').unwrap();
    let alone = |row: &str| format!("{header}\n{row}\n");
    let unsure: Vec<&str> = rows.lines().filter(|row| confidence(&model, &alone(row)) < 0.55).collect();
    assert!(unsure.len() > 10, "{}", unsure.len());
    let file = alone(&unsure.join("\n"));
    for _ in 0..3 {
        story.good(&file).await;
        story.work(1).await;
        story.pass(8).await;
    }
    story.until("model-confidence-low", "ALARM", 3).await;
    story.good(&example()).await;
    story.work(1).await;
    story.until("model-confidence-low", "OK", 60).await;
}

fn confidence(model: &churn::model::Model, file: &str) -> f64 {
    let sheet = churn::sheet::Sheet::read(file.as_bytes()).unwrap();
    let Ok(churn::columns::Mapped::Sure(mapping)) = churn::columns::map(&sheet.header, &BTreeMap::new()) else {
        panic!("{file}")
    };
    model.predict(&churn::customers::read(&sheet, &mapping).unwrap()[0]).confidence()
}

/// A worker starts with a model that somebody has changed.
async fn a_damaged_model(story: &mut Story) {
    let path = story.stage.model().join("model.json");
    let model = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, model.replacen("\"base\": ", "\"base\": 1", 1)).unwrap();
    assert!(story.stage.load(&story.stage.model()).is_err());
    story.count("MLPipeline", "ModelLoadError", 1);
    story.until("model-load-failures", "ALARM", 3).await;
    std::fs::write(&path, model).unwrap();
    assert!(story.stage.load(&story.stage.model()).is_ok());
    story.until("model-load-failures", "OK", 15).await;
}

/// For each change of state there is one mail and one message to the webhook, in its order, and no other one.
async fn everything_is_told(story: &Story) {
    let mut total = 0;
    let mut told = BTreeMap::new();
    for alarm in alarms() {
        let name = alarm["AlarmName"].as_str().unwrap().to_owned();
        let changes = story.changes(&name).await;
        total += changes.len();
        assert!(changes.contains(&"Alarm updated from OK to ALARM".to_owned()), "{name}: {changes:?}");
        assert_eq!(changes.last().unwrap(), "Alarm updated from ALARM to OK", "{name}: {changes:?}");
        told.insert(name, changes);
    }
    let (mails, posts) = (story.mails.until(total + 1).await, story.posts.until(total + 1).await);
    assert_eq!((mails.len(), posts.len()), (total + 1, total + 1));
    let mut posted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for post in &posts[1..] {
        let message: Value = serde_json::from_str(post["Message"].as_str().unwrap()).unwrap();
        let (old, new) = (message["OldStateValue"].as_str().unwrap(), message["NewStateValue"].as_str().unwrap());
        let name = message["AlarmName"].as_str().unwrap();
        assert_eq!(post["Subject"], format!("{new}: \"{name}\" in US East (N. Virginia)"));
        says_what_to_do(name, message["AlarmDescription"].as_str().unwrap());
        posted.entry(name.to_owned()).or_default().push(format!("Alarm updated from {old} to {new}"));
    }
    posted.values_mut().zip(told.values()).for_each(|(posted, told)| {
        // Deliveries of one minute may overtake each other.
        posted.sort();
        let mut told = told.clone();
        told.sort();
        assert_eq!(*posted, told);
    });
    for (name, changes) in &told {
        for state in ["ALARM", "OK"] {
            let subject = format!("{state}: \"{name}\" in US East (N. Virginia)");
            let found: Vec<&Mail> = mails.iter().filter(|mail| mail.subject == subject).collect();
            let expected = changes.iter().filter(|change| change.ends_with(&format!(" to {state}"))).count();
            assert_eq!(found.len(), expected, "{subject}");
            found.iter().for_each(|mail| says_what_to_do(name, &mail.text));
        }
    }
}

#[track_caller]
fn says_what_to_do(name: &str, text: &str) {
    let runbook = format!("Runbook: https://runbooks.retainwise.example/churn/{}", name.strip_prefix(PREFIX).unwrap());
    for part in ["Severity: ", "Impact: ", "To do: ", &runbook] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// What is stored is what happened.
async fn everything_is_counted(story: &Story) {
    story.stage.flush();
    for ((namespace, name), expected) in &story.happened {
        let input = json!({
            "Namespace": format!("RetainWise/{namespace}"), "MetricName": name, "Statistics": ["Sum"], "Period": 86_400,
            "StartTime": NOON - 86_400, "EndTime": NOON + 86_400,
        });
        let answer = story.stage.server.ask("GetMetricStatistics", &input).await;
        let points = answer["Datapoints"].as_array().unwrap();
        let sum: f64 = points.iter().map(|point| point["Sum"].as_f64().unwrap()).sum();
        assert_eq!(sum, *expected, "{namespace} {name}");
    }
    assert_eq!(story.stage.metrics.accounting().dropped_total(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_nobody_takes_is_kept_for_somebody_to_see() {
    let story = Story::begin().await;
    story.mails.refuse();
    let alarm = json!({"AlarmName": format!("{PREFIX}dead-letters"), "StateValue": "ALARM", "StateReason": "a drill"});
    story.stage.server.ask("SetAlarmState", &alarm).await;
    let told = story.posts.until(2).await.remove(1);
    // It answers when a message is there.
    let received = json!({ "QueueUrl": story.undelivered_url, "WaitTimeSeconds": 20 });
    let received = tokio::time::timeout(TIME, story.stage.server.sqs("ReceiveMessage", &received)).await.unwrap();
    let kept: Value = serde_json::from_str(received["Messages"][0]["Body"].as_str().unwrap()).unwrap();
    assert_eq!((&kept["MessageId"], &kept["Subject"]), (&told["MessageId"], &told["Subject"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_are_one_mail_for_who_wants_that() {
    let story = Story::begin().await;
    // Who is subscribed already is answered with the subscription there is.
    let mail = story.sns("Subscribe", include_str!("../../plain/subscription.json"), "SubscriptionArn").await;
    let policy = json!({"deduplicationPolicy": {"windowSeconds": 3600}}).to_string();
    let policy =
        [("SubscriptionArn", mail.as_str()), ("AttributeName", "NoisePolicy"), ("AttributeValue", policy.as_str())];
    story.stage.server.sns("SetSubscriptionAttributes", &policy, "RequestId").await;
    for _ in 0..5 {
        for state in ["ALARM", "OK"] {
            let alarm =
                json!({"AlarmName": format!("{PREFIX}dead-letters"), "StateValue": state, "StateReason": "a drill"});
            story.stage.server.ask("SetAlarmState", &alarm).await;
        }
    }
    assert_eq!(story.posts.until(11).await.len(), 11);
    story.pass(61).await;
    // The question, three of this alarm, and one of each other's first state.
    let mails = story.mails.until(1 + 3 + 9).await;
    let of_it: Vec<&Mail> = mails.iter().filter(|mail| mail.subject.contains("dead-letters")).collect();
    let subject = |state: &str| format!("{state}: \"{PREFIX}dead-letters\" in US East (N. Virginia)");
    let subjects: Vec<&str> = of_it.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, [subject("ALARM"), subject("OK"), subject("OK") + " (8 changes)"]);
    assert!(of_it[2].text.starts_with("This message stands for 8 changes of the alarm:"), "{}", of_it[2].text);
}
