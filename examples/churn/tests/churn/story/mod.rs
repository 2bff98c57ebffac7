//! The whole story: files good and bad, a storage that breaks, a message that poisons, a worker that stops, and who is told
//! of each by mail and by webhook, and of the recovery, with what to do.

mod incidents;
mod mails;
mod outcome;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use churn::template::Template;
use http::Request;
use nepho_server::{MailSettings, Network, Tls};
use serde_json::{Value, json};

use crate::receivers::{Inbox, Mail, mail_server, webhook};
use crate::server::send;
use crate::stage::Stage;

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
        let undelivered_url = stage.server.queue(include_str!("../../../plain/queues/3-alerts-undelivered.json")).await;
        let story = Story { stage, mails, posts, undelivered_url, happened: BTreeMap::new() };
        let server = &story.stage.server;
        let topic = story.sns("CreateTopic", include_str!("../../../plain/topic.json"), "TopicArn").await;
        story.sns("Subscribe", include_str!("../../../plain/subscription.json"), "SubscriptionArn").await;
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

    incidents::a_broken_storage(&mut story).await;
    incidents::a_broken_database(&mut story).await;
    incidents::a_stopped_worker(&mut story).await;
    incidents::a_poisoned_message(&mut story).await;
    incidents::a_slow_worker(&mut story).await;
    incidents::an_unsure_model(&mut story).await;
    incidents::a_damaged_model(&mut story).await;

    outcome::everything_is_told(&story).await;
    outcome::everything_is_counted(&story).await;
}
