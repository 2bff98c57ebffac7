//! The alarms of the churn pipeline in each form: they are the same requests.
//!
//! The plan is what `terraform show -json` wrote for the folder, and `cdk.out` what CDK wrote.

use std::path::PathBuf;

use nepho_cli::artefacts::{Artefacts, Found};
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;

use crate::{churn, fixture, read};

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:churn-production-alerts";

fn expected() -> Vec<PutMetricAlarmInput> {
    let text = std::fs::read_to_string(fixture("churn/expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The requests, in an order that no form decides.
fn requests(artefacts: &Artefacts) -> Vec<PutMetricAlarmInput> {
    let mut requests: Vec<_> = artefacts.metric_alarms.iter().map(|found| found.value.clone()).collect();
    requests.sort_by(|one, other| one.alarm_name.cmp(&other.alarm_name));
    for metrics in requests.iter_mut().filter_map(|request| request.metrics.as_mut()) {
        // CDK names expressions by itself.
        for id in metrics.iter_mut().filter_map(|query| query.id.as_mut()).filter(|id| *id == "expr_1") {
            *id = "rate".to_owned();
        }
        metrics.sort_by(|one, other| one.id.cmp(&other.id));
    }
    requests
}

#[track_caller]
fn check(name: &str) -> Artefacts {
    check_at(fixture("churn").join(name))
}

#[track_caller]
fn check_at(path: PathBuf) -> Artefacts {
    let name = path.display().to_string();
    let artefacts = read(path);
    for (found, expect) in requests(&artefacts).iter().zip(&expected()) {
        assert_eq!(found, expect, "{name}");
    }
    assert_eq!(artefacts.metric_alarms.len(), 10, "{name}");
    let unresolved: Vec<_> = artefacts.metric_alarms.iter().flat_map(|found| &found.unresolved).collect();
    assert!(unresolved.is_empty(), "{name}: {unresolved:?}");
    artefacts
}

fn alarm<'a>(artefacts: &'a Artefacts, address: &str) -> &'a Found<PutMetricAlarmInput> {
    artefacts.metric_alarms.iter().find(|found| found.address == address).unwrap()
}

/// Topic, policy, subscription and queues hang together by their ARNs.
#[track_caller]
fn check_links(artefacts: &Artefacts) {
    let topics: Vec<_> = artefacts.topics.iter().map(|found| found.value.arn.as_str()).collect();
    assert_eq!(topics, [TOPIC]);
    let subscription = &artefacts.subscriptions[0].value;
    assert_eq!(subscription.topic_arn.as_deref(), Some(TOPIC));
    assert_eq!(subscription.protocol.as_deref(), Some("email"));
    assert_eq!(subscription.endpoint.as_deref(), Some("oncall@retainwise.example"));
    assert_eq!(artefacts.topic_policies[0].value.topic_arns, [TOPIC]);
    let mut queues: Vec<_> = artefacts.queues.iter().map(|found| found.value.name.as_deref().unwrap()).collect();
    queues.sort_unstable();
    assert_eq!(
        queues,
        ["churn-production-alerts-undelivered", "churn-production-predictions", "churn-production-predictions-dlq"]
    );
}

/// What the files say about documents is there, too.
#[track_caller]
fn check_documents(artefacts: &Artefacts) {
    let json = |text: &Option<String>| serde_json::from_str::<serde_json::Value>(text.as_deref().unwrap()).unwrap();
    let policy = json(&artefacts.topic_policies[0].value.policy);
    let statement = &policy["Statement"][0];
    assert_eq!(statement["Principal"]["Service"], "cloudwatch.amazonaws.com");
    assert_eq!(statement["Resource"], TOPIC);
    let redrive = json(&artefacts.subscriptions[0].value.redrive_policy);
    let undelivered = "arn:aws:sqs:us-east-1:000000000000:churn-production-alerts-undelivered";
    assert_eq!(redrive["deadLetterTargetArn"], undelivered);
    assert!(artefacts.queues.iter().any(|found| found.value.arn == undelivered));
}

/// The queue for what the topic could not deliver lets it send: without that it would be lost.
#[track_caller]
fn check_queue_policy(name: &str) {
    let text = std::fs::read_to_string(fixture("churn").join(name)).unwrap();
    let template: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut resources = template["Resources"].as_object().unwrap().values();
    let policy = resources.find(|resource| resource["Type"] == "AWS::SQS::QueuePolicy").unwrap();
    let (queue, statement) =
        (&policy["Properties"]["Queues"][0]["Ref"], &policy["Properties"]["PolicyDocument"]["Statement"][0]);
    assert_eq!((&statement["Resource"]["Fn::GetAtt"][0], &statement["Action"]), (queue, &"sqs:SendMessage".into()));
    assert_eq!(statement["Principal"]["Service"], "sns.amazonaws.com");
    let undelivered = &template["Resources"][queue.as_str().unwrap()]["Properties"]["QueueName"];
    assert!(undelivered.to_string().contains("alerts-undelivered"), "{undelivered}");
}

#[test]
fn terraform() {
    let artefacts = check_at(churn("terraform"));
    check_links(&artefacts);
    check_documents(&artefacts);
    let policy = artefacts.topics[0].value.delivery_policy.as_deref().unwrap();
    assert!(policy.contains(r#""backoffFunction":"linear""#), "{policy}");
    let slow = alarm(&artefacts, "aws_cloudwatch_metric_alarm.slow_worker");
    let file = churn("terraform/alarms.tf");
    assert_eq!(slow.place_of("ExtendedStatistic").to_string(), format!("{}:138:25", file.display()));
    let depth = alarm(&artefacts, "aws_cloudwatch_metric_alarm.queue_depth");
    assert_eq!(depth.place_of("Dimensions.member.1.Value").line, 43);
    let rate = alarm(&artefacts, "aws_cloudwatch_metric_alarm.worker_error_rate");
    assert_eq!(rate.place_of("Metrics.member.3.MetricStat.Metric.MetricName").line, 124);
    assert!(artefacts.unresolved.is_empty());
}

#[test]
fn one_file_of_terraform() {
    let artefacts = check_at(churn("terraform/alarms.tf"));
    check_links(&artefacts);
}

#[test]
fn plan() {
    let artefacts = check("plan.json");
    check_links(&artefacts);
    alarm(&artefacts, "aws_cloudwatch_metric_alarm.counted[\"s3-upload-failures\"]");
    alarm(&artefacts, "aws_cloudwatch_metric_alarm.model_confidence_low[0]");
    // The plan knows neither the policies nor the ARNs in them.
    let unresolved: Vec<_> = artefacts.topic_policies[0].unresolved.iter().map(|one| one.member.as_str()).collect();
    assert_eq!(unresolved, ["Policy"]);
    assert_eq!(artefacts.unresolved.len(), 1);
    assert!(artefacts.unresolved[0].to_string().contains("the plan does not know ARNs"));
}

#[test]
fn cloudformation() {
    for name in ["cloudformation.yaml", "cloudformation.json"] {
        let artefacts = check(name);
        check_links(&artefacts);
        check_documents(&artefacts);
        assert!(artefacts.unresolved.is_empty());
    }
    check_queue_policy("cloudformation.json");
    let artefacts = check("cloudformation.yaml");
    let depth = alarm(&artefacts, "QueueDepthAlarm");
    assert_eq!((depth.place.line, depth.place.column), (85, 3));
    assert_eq!((depth.place_of("Threshold").line, depth.place_of("Dimensions.member.1.Value").line), (101, 95));
}

#[test]
fn cdk() {
    for name in ["cdk.out", "cdk.out/Churn.template.json"] {
        let artefacts = check(name);
        check_links(&artefacts);
        check_documents(&artefacts);
    }
    check_queue_policy("cdk.out/Churn.template.json");
}

#[test]
fn describe_alarms() {
    check("describe-alarms.json");
}

#[test]
fn inline() {
    check("inline.json");
    let artefacts = check("inline.yaml");
    let depth = alarm(&artefacts, "churn-production-queue-depth");
    assert!(depth.place_of("Threshold").line > depth.place.line);
}

/// Those that the AWS CLI puts are the same again, one in a file.
#[test]
fn plain_files() {
    let paths = std::fs::read_dir(churn("plain/alarms")).unwrap().map(|entry| entry.unwrap().path());
    let request = |path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut requests: Vec<PutMetricAlarmInput> = paths.map(request).collect();
    requests.sort_by(|one, other| one.alarm_name.cmp(&other.alarm_name));
    for metrics in requests.iter_mut().filter_map(|request| request.metrics.as_mut()) {
        metrics.sort_by(|one, other| one.id.cmp(&other.id));
    }
    assert_eq!(requests, expected());
}
