use std::path::Path;

use super::*;
use crate::artefacts::read_text;

/// A plan of resources with what is not known after the change, and of modules.
fn plan(resources: &serde_json::Value, changes: &serde_json::Value, configuration: &serde_json::Value) -> Artefacts {
    let plan = serde_json::json!({
        "format_version": "1.2",
        "planned_values": {"root_module": resources},
        "resource_changes": changes,
        "configuration": configuration,
    });
    read_text(Path::new("plan.json"), plan.to_string().into_bytes(), &Options::default()).unwrap()
}

fn alarm(address: &str, values: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({"address": address, "mode": "managed", "type": "aws_cloudwatch_metric_alarm", "values": values})
}

fn topic(address: &str, name: &str) -> serde_json::Value {
    serde_json::json!({"address": address, "mode": "managed", "type": "aws_sns_topic", "values": {"name": name}})
}

fn unknown(address: &str, after_unknown: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({"address": address, "change": {"after_unknown": after_unknown}})
}

fn actions(artefacts: &Artefacts, address: &str) -> Vec<String> {
    let found = artefacts.metric_alarms.iter().find(|found| found.address == address).unwrap();
    let short = |arn: &String| arn.rsplit(':').next().unwrap().to_owned();
    found.value.alarm_actions.iter().flatten().map(short).collect()
}

/// References go through variables of modules and outputs, and stay within one instance.
#[test]
fn references_through_modules() {
    let alarm_in = |module: &str| {
        alarm(&format!("{module}.aws_cloudwatch_metric_alarm.a"), &serde_json::json!({"alarm_name": "a"}))
    };
    let resources = serde_json::json!({
        "resources": [topic("aws_sns_topic.root", "root"), alarm("aws_cloudwatch_metric_alarm.top", &serde_json::json!({"alarm_name": "t"}))],
        "child_modules": [
            {"resources": [alarm_in("module.m[\"x\"]"), topic("module.m[\"x\"].aws_sns_topic.own", "own-x")]},
            {"resources": [alarm_in("module.m[\"y\"]"), topic("module.m[\"y\"].aws_sns_topic.own", "own-y")]},
        ],
    });
    let all = serde_json::json!({"alarm_actions": true, "arn": true});
    let changes = serde_json::json!([
        unknown("aws_cloudwatch_metric_alarm.top", &all),
        unknown("module.m[\"x\"].aws_cloudwatch_metric_alarm.a", &all),
        unknown("module.m[\"y\"].aws_cloudwatch_metric_alarm.a", &all),
    ]);
    let references = |all: &[&str]| serde_json::json!({"references": all});
    let configuration = serde_json::json!({"root_module": {
        "resources": [{
            "address": "aws_cloudwatch_metric_alarm.top",
            "expressions": {"alarm_actions": references(&["module.m[\"y\"].topic", "module.m[\"y\"]", "module.m"])},
        }],
        "module_calls": {"m": {
            "expressions": {"topics": references(&["aws_sns_topic.root.arn", "aws_sns_topic.root"])},
            "module": {
                "resources": [{
                    "address": "aws_cloudwatch_metric_alarm.a",
                    "expressions": {"alarm_actions": references(&["var.topics", "aws_sns_topic.own.arn", "aws_sns_topic.own"])},
                }],
                "outputs": {"topic": {"expression": references(&["aws_sns_topic.own.arn", "aws_sns_topic.own"])}},
            },
        }},
    }});
    let artefacts = plan(&resources, &changes, &configuration);
    assert_eq!(actions(&artefacts, "aws_cloudwatch_metric_alarm.top"), ["own-y"]);
    assert_eq!(actions(&artefacts, "module.m[\"x\"].aws_cloudwatch_metric_alarm.a"), ["root", "own-x"]);
    assert_eq!(actions(&artefacts, "module.m[\"y\"].aws_cloudwatch_metric_alarm.a"), ["root", "own-y"]);
    let unresolved: usize = artefacts.metric_alarms.iter().map(|found| found.unresolved.len()).sum();
    assert_eq!((unresolved, artefacts.unresolved.len()), (0, 1));
}

/// What a plan does not say is told, with the reference that it has.
#[test]
fn what_is_not_known() {
    let values = serde_json::json!({"alarm_name": "a", "dimensions": {"B": "b"}, "threshold": null});
    let resources = serde_json::json!({"resources": [alarm("aws_cloudwatch_metric_alarm.a[0]", &values)]});
    let changes = serde_json::json!([unknown(
        "aws_cloudwatch_metric_alarm.a[0]",
        &serde_json::json!({"alarm_actions": true, "dimensions": {"A": true}, "threshold": true, "id": true}),
    )]);
    let expression = |reference: &str| serde_json::json!({"references": [reference]});
    let configuration = serde_json::json!({"root_module": {"resources": [{
        "address": "aws_cloudwatch_metric_alarm.a",
        "expressions": {
            "alarm_actions": expression("local.topics"),
            "dimensions": expression("aws_lb.main.arn_suffix"),
            "threshold": expression("data.aws_ssm_parameter.x.value"),
        },
    }]}});
    let artefacts = plan(&resources, &changes, &configuration);
    let alarm = &artefacts.metric_alarms[0];
    assert_eq!(alarm.value.alarm_actions.as_deref().unwrap(), ["${local.topics}"]);
    let dimensions: Vec<_> = alarm.value.dimensions.iter().flatten().map(|one| one.value.as_deref().unwrap()).collect();
    assert_eq!(dimensions, ["${aws_lb.main.arn_suffix}", "b"]);
    assert_eq!(alarm.value.threshold, None);
    let told: Vec<_> = alarm.unresolved.iter().map(|one| (one.member.as_str(), one.source.as_str())).collect();
    let expect = [
        ("AlarmActions.member.1", "local.topics"),
        ("Dimensions.member.1.Value", "aws_lb.main.arn_suffix"),
        ("Threshold", "data.aws_ssm_parameter.x.value"),
    ];
    assert_eq!(told, expect);
}

#[test]
fn a_state_is_read_too() {
    let state = serde_json::json!({
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": [
            {"address": "aws_sns_topic.a", "mode": "managed", "type": "aws_sns_topic", "values": {"name": "a", "arn": "arn:real"}},
            {"address": "data.aws_sns_topic.b", "mode": "data", "type": "aws_sns_topic", "values": {"name": "b"}},
            alarm("aws_cloudwatch_metric_alarm.a", &serde_json::json!({
                "alarm_name": "a", "alarm_actions": ["arn:real"], "tags": {"a": "1"}, "tags_all": {"a": "1", "b": "2"}, "id": "a",
            })),
        ]}},
    });
    let artefacts = read_text(Path::new("state.json"), state.to_string().into_bytes(), &Options::default()).unwrap();
    assert_eq!(artefacts.topics.len(), 1);
    assert_eq!(artefacts.topics[0].value.arn, "arn:real");
    let alarm = &artefacts.metric_alarms[0];
    assert_eq!((alarm.value.tags.as_ref().unwrap().len(), alarm.unresolved.len()), (2, 0));
    assert!(artefacts.unresolved.is_empty());
}
