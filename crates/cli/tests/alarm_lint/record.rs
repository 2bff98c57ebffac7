//! Failures of the public record: what was defined, reduced to what was wrong with it, and what finds it.
//!
//! The definitions are written anew after what the source tells; names and numbers that do not matter are others.

use std::collections::BTreeSet;
use std::path::Path;

use nepho_cli::alarm_lint::{Finding, Inventory, LiveTopic, Published};
use nepho_cli::artefacts::{self, Options};
use nepho_model::Metric;

use super::lint;

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:alerts";

type Dimensions = &'static [(&'static str, &'static str)];
type Live = (&'static str, &'static str, Dimensions, &'static str, Option<i64>);

struct Case {
    /// Where it is told.
    source: &'static str,
    text: String,
    /// What is published: namespace, name, dimensions, unit, seconds from one datapoint to the next.
    published: &'static [Live],
    /// Confirmed subscriptions and policy of the topic, if it is there.
    topic: Option<(u64, Option<&'static str>)>,
    rule: &'static str,
    /// What corrects it.
    fix: (&'static str, &'static str),
}

impl Default for Case {
    fn default() -> Self {
        Case { source: "", text: String::new(), published: &[], topic: Some((1, None)), rule: "", fix: ("", "") }
    }
}

/// A template with one alarm on the topic of the account.
fn alarm(metric: &str, rest: &str) -> String {
    format!(
        "Resources:\n  Alarm:\n    Type: AWS::CloudWatch::Alarm\n    Properties: {{AlarmName: a, {metric}, {rest}, AlarmActions: ['{TOPIC}']}}\n"
    )
}

const SUM: &str = "Statistic: Sum, Period: 300, EvaluationPeriods: 1, Threshold: 1, \
                   ComparisonOperator: GreaterThanOrEqualToThreshold, TreatMissingData: notBreaching";

/// An alarm on a topic that is made beside it.
fn with_topic(resources: &str) -> String {
    let text = alarm("Namespace: AWS/States, MetricName: ExecutionsFailed", SUM);
    text.replace(&format!("'{TOPIC}'"), "!Ref Alerts")
        + "  Alerts: {Type: AWS::SNS::Topic, Properties: {TopicName: alerts}}\n"
        + resources
}

const SUBSCRIPTION: &str = "  Mail: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Alerts, Protocol: email, Endpoint: a@b.example}}\n";

fn cases() -> Vec<Case> {
    const EXECUTIONS: Live = ("AWS/States", "ExecutionsFailed", &[], "Count", None);
    let cpu = |more: &str| {
        let rest = "Statistic: Average, Period: 300, EvaluationPeriods: 1, Threshold: 70, ComparisonOperator: GreaterThanThreshold";
        alarm(
            "Namespace: AWS/EC2, MetricName: CPUUtilization, Dimensions: [{Name: InstanceId, Value: i-1}]",
            &format!("{rest}{more}"),
        )
    };
    let policy = |service: &str| {
        format!(
            "{SUBSCRIPTION}  Policy: {{Type: AWS::SNS::TopicPolicy, Properties: {{Topics: [!Ref Alerts], PolicyDocument: {{Statement: [{{Effect: Allow, Principal: {{Service: {service}}}, Action: 'sns:Publish', Resource: !Ref Alerts}}]}}}}}}\n"
        )
    };
    vec![
        Case {
            source: "aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#746: silent through \
                     141 failures, because no metric is called so",
            text: alarm("Namespace: AWS/States, MetricName: ExecutionsFailedCount", SUM),
            published: &[EXECUTIONS],
            rule: "unknown-metric",
            fix: ("ExecutionsFailedCount", "ExecutionsFailed"),
            ..Case::default()
        },
        Case {
            source: "plus3it/cfn#143: the metric is in another namespace",
            text: alarm("Namespace: CWAgent/Watchmaker, MetricName: LogMonitor", SUM),
            published: &[("System/Linux", "LogMonitor", &[], "Count", None)],
            rule: "unknown-metric",
            fix: ("CWAgent/Watchmaker", "System/Linux"),
            ..Case::default()
        },
        Case {
            source: "aws-quickstart/quickstart-compliance-hipaa#7: a metric that EC2 does not have",
            text: cpu("").replace("CPUUtilization", "CPUUtilizationHigh"),
            published: &[("AWS/EC2", "CPUUtilization", &[("InstanceId", "i-1")], "Percent", None)],
            rule: "unknown-metric",
            fix: ("CPUUtilizationHigh", "CPUUtilization"),
            ..Case::default()
        },
        Case {
            source: "hashicorp/terraform-provider-aws#4732: the dimension is called FunctionName",
            text: alarm(
                "Namespace: AWS/Lambda, MetricName: Errors, Dimensions: [{Name: function_name, Value: resize}]",
                SUM,
            ),
            published: &[("AWS/Lambda", "Errors", &[("FunctionName", "resize")], "Count", None)],
            rule: "unknown-dimensions",
            fix: ("function_name", "FunctionName"),
            ..Case::default()
        },
        Case {
            source: "cloudposse/terraform-aws-elasticache-redis#56: nodes are called after the cluster, with a number",
            text: alarm(
                "Namespace: AWS/ElastiCache, MetricName: FreeableMemory, Dimensions: [{Name: CacheClusterId, Value: myredis}]",
                "Statistic: Average, Period: 60, EvaluationPeriods: 1, Threshold: 10000000, ComparisonOperator: LessThanThreshold",
            ),
            published: &[(
                "AWS/ElastiCache",
                "FreeableMemory",
                &[("CacheClusterId", "myredis-001")],
                "Bytes",
                Some(60),
            )],
            rule: "unknown-dimensions",
            fix: ("Value: myredis}", "Value: myredis-001}"),
            ..Case::default()
        },
        Case {
            source: "dashpay/dash-network-deploy#587: the agent adds dimensions that the alarm lacks",
            text: alarm(
                "Namespace: CWAgent, MetricName: disk_used_percent, Dimensions: [{Name: path, Value: /}]",
                "Statistic: Average, Period: 60, EvaluationPeriods: 2, Threshold: 90, ComparisonOperator: GreaterThanThreshold",
            ),
            published: &[(
                "CWAgent",
                "disk_used_percent",
                &[("InstanceId", "i-1"), ("path", "/")],
                "Percent",
                Some(60),
            )],
            rule: "unknown-dimensions",
            fix: ("[{Name: path", "[{Name: InstanceId, Value: i-1}, {Name: path"),
            ..Case::default()
        },
        Case {
            source: "awsdocs/aws-doc-sdk-examples#409: the example of the developer guide looked for seconds",
            text: cpu(", Unit: Seconds"),
            published: &[("AWS/EC2", "CPUUtilization", &[("InstanceId", "i-1")], "Percent", None)],
            rule: "unknown-unit",
            fix: ("Unit: Seconds", "Unit: Percent"),
            ..Case::default()
        },
        Case {
            source: "marbot-io/monitoring-jump-start#12 and aws/aws-cli#180: queues reported every five minutes",
            text: alarm(
                "Namespace: AWS/SQS, MetricName: ApproximateNumberOfMessagesVisible, Dimensions: [{Name: QueueName, Value: q}]",
                "Statistic: Maximum, Period: 60, EvaluationPeriods: 1, Threshold: 10, ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching",
            ),
            published: &[("AWS/SQS", "ApproximateNumberOfMessagesVisible", &[("QueueName", "q")], "Count", Some(300))],
            rule: "sparse-data",
            fix: ("Period: 60", "Period: 300"),
            ..Case::default()
        },
        Case {
            source: "ministryofjustice/modernisation-platform-environments#17107: an idle database has no latency",
            text: alarm(
                "Namespace: AWS/RDS, MetricName: ReadLatency, Dimensions: [{Name: DBInstanceIdentifier, Value: db}]",
                "Statistic: Average, Period: 60, EvaluationPeriods: 5, Threshold: 1, ComparisonOperator: GreaterThanThreshold",
            ),
            published: &[("AWS/RDS", "ReadLatency", &[("DBInstanceIdentifier", "db")], "", None)],
            rule: "insufficient-data",
            fix: ("Threshold: 1", "Threshold: 1, TreatMissingData: notBreaching"),
            ..Case::default()
        },
        Case {
            source: "aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#922 and \
                     Bike4Mind/bike4mind#2334: dozens of alarms, and nobody subscribes",
            text: with_topic(""),
            published: &[EXECUTIONS],
            rule: "topic-without-subscriber",
            fix: (
                "TopicName: alerts}}\n",
                "TopicName: alerts}}\n  Mail: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Alerts, Protocol: email, Endpoint: a@b.example}}\n",
            ),
            ..Case::default()
        },
        Case {
            source: "traceroot-ai/traceroot#2040: SubscriptionsConfirmed was 0 in production",
            text: alarm("Namespace: AWS/States, MetricName: ExecutionsFailed", SUM),
            published: &[EXECUTIONS],
            topic: Some((0, None)),
            rule: "topic-unconfirmed",
            fix: ("arn:aws:sns:us-east-1:000000000000:alerts", "arn:aws:sns:us-east-1:000000000000:heard"),
        },
        Case {
            source: "aws-solutions/automated-security-response-on-aws#43: no policy allows the alarm to publish",
            text: with_topic(&policy("events.amazonaws.com")),
            published: &[EXECUTIONS],
            rule: "topic-policy-denies",
            fix: ("events.amazonaws.com", "cloudwatch.amazonaws.com"),
            ..Case::default()
        },
        Case {
            source: "aws-samples/sample-citadel#99: 20 of 29 alarms had no action",
            text: alarm("Namespace: AWS/States, MetricName: ExecutionsFailed", SUM)
                .replace("AlarmActions", "OKActions"),
            published: &[EXECUTIONS],
            rule: "no-action",
            fix: ("OKActions", "AlarmActions"),
            ..Case::default()
        },
        Case {
            source: "hashicorp/terraform#24070: 15 datapoints of one",
            text: alarm(
                "Namespace: AWS/States, MetricName: ExecutionsFailed",
                &format!("{SUM}, DatapointsToAlarm: 15"),
            ),
            published: &[EXECUTIONS],
            rule: "refused",
            fix: ("DatapointsToAlarm: 15", "DatapointsToAlarm: 1"),
            ..Case::default()
        },
        Case {
            source: "hashicorp/terraform-provider-aws#29894: no element of Metrics returns data",
            text: alarm(
                "Metrics: [{Id: m1, ReturnData: false, MetricStat: {Metric: {Namespace: AWS/States, MetricName: ExecutionsFailed}, Period: 120, Stat: Average}}]",
                "EvaluationPeriods: 2, Threshold: 80, ComparisonOperator: GreaterThanOrEqualToThreshold",
            ),
            published: &[EXECUTIONS],
            rule: "refused",
            fix: ("ReturnData: false", "ReturnData: true"),
            ..Case::default()
        },
        Case {
            source: "aws-cloudformation/cfn-lint#1059: services of AWS report no seconds",
            text: cpu("").replace("Period: 300", "Period: 30"),
            published: &[("AWS/EC2", "CPUUtilization", &[("InstanceId", "i-1")], "Percent", None)],
            rule: "short-period",
            fix: ("Period: 30", "Period: 300"),
            ..Case::default()
        },
    ]
}

fn findings(case: &Case, text: &str) -> Vec<Finding> {
    let artefacts = artefacts::read_text(Path::new("t.yaml"), text.into(), &Options::default()).unwrap();
    let mut inventory = Inventory::default();
    for (namespace, name, dimensions, unit, interval_seconds) in case.published {
        let metric = Metric::new(namespace, name, dimensions).unwrap();
        let units: BTreeSet<String> = [*unit].into_iter().filter(|unit| !unit.is_empty()).map(str::to_owned).collect();
        let published = Published { units, has_percentiles: None, interval_seconds: *interval_seconds };
        inventory.metrics.insert(metric.clone());
        inventory.published.insert(metric, published);
    }
    let present = |confirmed, policy: Option<&str>| LiveTopic::Present { confirmed, policy: policy.map(str::to_owned) };
    let topic = case.topic.map_or(LiveTopic::Absent, |(confirmed, policy)| present(confirmed, policy));
    inventory.topics.insert(TOPIC.to_owned(), topic);
    inventory.topics.insert(TOPIC.replace("alerts", "heard"), present(1, None));
    lint(&artefacts, Some(&inventory))
}

#[test]
fn what_has_failed_before_is_found_and_what_corrects_it_is_clean() {
    let cases = cases();
    assert!(cases.len() >= 10, "at least ten are tried");
    for case in cases {
        let rules: Vec<_> = findings(&case, &case.text).iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [case.rule], "{}", case.source);
        let (wrong, right) = case.fix;
        assert!(case.text.contains(wrong), "{wrong}");
        assert_eq!(findings(&case, &case.text.replace(wrong, right)), [], "{}: corrected", case.source);
    }
}
