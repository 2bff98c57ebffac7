use std::path::Path;

use super::*;
use crate::artefacts::budget::STEPS_MAX;
use crate::artefacts::read_text;

fn read(text: &str, options: &Options) -> Result<Artefacts, ReadError> {
    read_text(Path::new("t.yaml"), text.as_bytes().to_vec(), options)
}

fn found(text: &str) -> Artefacts {
    read(text, &Options::default()).unwrap()
}

const SCENE: &str = r#"
Parameters:
  Env: { Type: String, Default: prod }
  Limit: { Type: Number, Default: 5 }
  Names: { Type: CommaDelimitedList, Default: "a, b" }
  Secret: { Type: "AWS::SSM::Parameter::Value<String>", Default: /x }
  Given: { Type: String }
Mappings:
  Sizes: { prod: { Small: 1, Big: 10 } }
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsTest: !Not [!Condition IsProd]
  Either: !Or [!Condition IsTest, !Equals [!Ref Given, x], !Condition IsProd]
  Both: !And [!Condition IsProd, !Equals [a, a]]
  Unsure: !Equals [!Ref Given, x]
  Cyclic: !Condition Cyclic
Resources:
  Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: !Sub "ops-${Env}" } }
  Unnamed: { Type: "AWS::SNS::Topic" }
  Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: q } }
  Function: { Type: "AWS::Lambda::Function", Properties: { FunctionName: f } }
  Balancer: { Type: "AWS::ElasticLoadBalancingV2::LoadBalancer" }
  Other: { Type: "AWS::CloudWatch::Alarm", Properties: { AlarmName: other } }
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: a
"#;

/// The description that a value gives, and what of it is not resolved.
#[track_caller]
fn check(value: &str, expect: &str, unresolved: &[&str]) {
    let artefacts = found(&format!("{SCENE}      AlarmDescription: {value}\n"));
    let alarm = artefacts.metric_alarms.iter().find(|found| found.address == "Alarm").unwrap();
    let told: Vec<_> = alarm.unresolved.iter().map(|one| format!("{} {}", one.source, one.reason)).collect();
    assert_eq!(
        (alarm.value.alarm_description.as_deref().unwrap_or("(none)"), told),
        (expect, owned(unresolved)),
        "{value}"
    );
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(str::to_owned).collect()
}

#[test]
fn functions() {
    for (value, expect) in [
        ("!Ref Env", "prod"),
        ("{ Ref: Limit }", "5"),
        ("!Sub '${Env}-${AWS::Region}-${!literal}-${Limit}'", "prod-us-east-1-${literal}-5"),
        ("!Sub ['${a}/${Env}', { a: !Ref Limit }]", "5/prod"),
        (
            "!Sub '${Queue.Arn} ${Topic.TopicName} ${Topic}'",
            "arn:aws:sqs:us-east-1:000000000000:q ops-prod arn:aws:sns:us-east-1:000000000000:ops-prod",
        ),
        ("!Join ['-', [a, !Ref Env, 1]]", "a-prod-1"),
        ("!Join ['+', !Ref Names]", "a+b"),
        ("!Select [1, !Ref Names]", "b"),
        ("!Select ['0', !Split [',', 'x,y']]", "x"),
        ("!FindInMap [Sizes, !Ref Env, Big]", "10"),
        ("!FindInMap [Sizes, test, Big, { DefaultValue: 3 }]", "3"),
        ("!If [IsProd, yes, no]", "yes"),
        ("!If [IsTest, yes, no]", "no"),
        ("!If [Either, yes, no]", "yes"),
        ("!If [Both, yes, no]", "yes"),
        ("!If [IsProd, !Ref AWS::NoValue, x]", "(none)"),
        ("!GetAtt Queue.QueueName", "q"),
        ("!GetAtt [Topic, TopicArn]", "arn:aws:sns:us-east-1:000000000000:ops-prod"),
        ("!Ref Topic", "arn:aws:sns:us-east-1:000000000000:ops-prod"),
        ("!Ref Unnamed", "arn:aws:sns:us-east-1:000000000000:Unnamed"),
        ("!Ref Function", "f"),
        ("!GetAtt Function.Arn", "arn:aws:lambda:us-east-1:000000000000:function:f"),
        ("!Ref Other", "other"),
        ("!GetAtt Other.Arn", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:other"),
        ("!Ref AWS::AccountId", "000000000000"),
        ("!Sub 'arn:${AWS::Partition}:x.${AWS::URLSuffix} ${AWS::StackName}'", "arn:aws:x.amazonaws.com stack"),
        ("!ToJsonString { a: !Ref Limit }", "{\"a\":5}"),
    ] {
        check(value, expect, &[]);
    }
}

/// Nothing is dropped without a word: a text has a placeholder, and there is a reason.
#[test]
fn what_is_not_known() {
    for (value, expect, told) in [
        ("!Ref Given", "${Given}", "Given is a parameter without a default"),
        ("!Sub 'x-${Given}'", "x-${Given}", "Given is a parameter without a default"),
        ("!Ref Secret", "${Secret}", "Secret is a parameter of the parameter store"),
        (
            "!GetAtt Balancer.LoadBalancerFullName",
            "${Balancer.LoadBalancerFullName}",
            "Balancer.LoadBalancerFullName is known only when the stack is made",
        ),
        ("!Ref Nothing", "${Nothing}", "Nothing is neither a parameter nor a resource of the template"),
        ("!Ref AWS::StackId", "${AWS::StackId}", "AWS::StackId is known only when the stack is made"),
        ("!ImportValue x", "${Fn::ImportValue:x}", "Fn::ImportValue:x comes from another stack"),
        ("!If [Unsure, a, b]", "${Fn::If:Unsure}", "Fn::If:Unsure depends on a condition that cannot be told"),
        ("!If [Cyclic, a, b]", "${Fn::If:Cyclic}", "Fn::If:Cyclic depends on a condition that cannot be told"),
        ("!If [a]", "${Fn::If}", "Fn::If is wrong: expected a condition and two values"),
        (
            "!FindInMap [Sizes, test, Big]",
            "${Fn::FindInMap:Sizes.test.Big}",
            "Fn::FindInMap:Sizes.test.Big is not in the mapping",
        ),
        ("!Join [1, 2]", "${Fn::Join:[1,2]}", "Fn::Join:[1,2] is wrong: expected a delimiter and a list"),
        (
            "!Select [7, [a]]",
            "${Fn::Select:[7,[\"a\"]]}",
            "Fn::Select:[7,[\"a\"]] is wrong: expected the index of an element of the list",
        ),
        ("!Sub '${open'", "${Fn::Sub:${open}", "Fn::Sub:${open is wrong: expected } behind ${"),
        ("!Cidr [a, b]", "${Fn::Cidr:[\"a\",\"b\"]}", "Fn::Cidr:[\"a\",\"b\"] is a function that is not computed here"),
    ] {
        check(value, expect, &[told]);
    }
}

#[test]
fn names_that_are_not_written() {
    let artefacts = found(
        "Resources:\n  A:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      Dimensions: [{Name: QueueName, Value: !GetAtt Q.QueueName}]\n\
         \x20     AlarmActions: [!Ref T]\n  T: {Type: 'AWS::SNS::Topic'}\n  Q: {Type: 'AWS::SQS::Queue'}\n\
         \x20 C: {Type: 'AWS::CloudWatch::CompositeAlarm', Properties: {AlarmRule: !Sub 'ALARM(\"${A}\")'}}\n",
    );
    let alarm = &artefacts.metric_alarms[0];
    assert_eq!(alarm.value.alarm_name.as_deref(), Some("A"));
    assert_eq!(alarm.value.dimensions.as_ref().unwrap()[0].value.as_deref(), Some("Q"));
    assert_eq!(alarm.value.alarm_actions.as_deref().unwrap(), [artefacts.topics[0].value.arn.clone()]);
    let members: Vec<_> = alarm.unresolved.iter().map(|one| one.member.as_str()).collect();
    assert_eq!(members, ["Dimensions.member.1.Value", "AlarmName"]);
    let composite = &artefacts.composite_alarms[0];
    assert_eq!(composite.value.alarm_rule.as_deref(), Some("ALARM(\"A\")"));
    assert_eq!(composite.unresolved.len(), 2);
}

#[test]
fn resources_with_conditions() {
    let text = |condition: &str| {
        format!(
            "{SCENE}  Maybe:\n    Type: AWS::SQS::Queue\n    Condition: {condition}\n    Properties: {{ QueueName: m }}\n"
        )
    };
    for (condition, queues, told) in [("IsProd", 2, 0), ("IsTest", 1, 0), ("Unsure", 2, 1), ("Nowhere", 2, 1)] {
        let artefacts = found(&text(condition));
        let unresolved: usize = artefacts.queues.iter().map(|found| found.unresolved.len()).sum();
        assert_eq!((artefacts.queues.len(), unresolved), (queues, told), "{condition}");
    }
    let artefacts = found(&text("Unsure"));
    let remark = artefacts.queues[1].unresolved[0].to_string();
    assert!(remark.ends_with("Maybe depends on a condition that cannot be told, and is taken as made"), "{remark}");
}

#[test]
fn values_of_parameters_come_from_options() {
    let variables = [("Given".to_owned(), "x".to_owned()), ("Names".to_owned(), "p,q".to_owned())].into();
    let text = format!("{SCENE}      AlarmDescription: !If [Unsure, !Select [1, !Ref Names], b]\n");
    let artefacts = read(&text, &Options { variables, ..Options::default() }).unwrap();
    let alarm = artefacts.metric_alarms.iter().find(|found| found.address == "Alarm").unwrap();
    assert_eq!(alarm.value.alarm_description.as_deref(), Some("q"));
}

#[test]
fn subscriptions_in_topics() {
    let artefacts = found(
        "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: t\n      Subscription:\n\
         \x20       - {Protocol: email, Endpoint: a@b.example}\n",
    );
    let subscription = &artefacts.subscriptions[0];
    assert_eq!(subscription.address, "T.Subscription.0");
    assert_eq!(subscription.value.topic_arn.as_deref(), Some(artefacts.topics[0].value.arn.as_str()));
    assert_eq!(subscription.value.endpoint.as_deref(), Some("a@b.example"));
}

#[test]
fn mute_rules_and_what_is_not_read() {
    let artefacts = found(
        "Resources:\n  M:\n    Type: AWS::CloudWatch::AlarmMuteRule\n    Properties:\n      Name: nights\n\
         \x20     Rule: {Schedule: {Expression: 'cron(0 22 * * *)', Duration: PT8H}}\n      MuteTargets: {AlarmNames: [a]}\n\
         \x20 S: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: x}}\n\
         \x20 L: {Type: 'AWS::CloudWatch::LogAlarm'}\n  Fn::ForEach::X: [I, [a], {}]\n",
    );
    let rule = &artefacts.mute_rules[0].value;
    assert_eq!(rule.mute_targets.as_ref().unwrap().alarm_names.as_deref().unwrap(), ["a"]);
    let told: Vec<_> = artefacts.unresolved.iter().map(|one| one.source.as_str()).collect();
    assert_eq!(told, ["S", "L", "Fn::ForEach::X"]);
}

#[test]
fn properties_that_nobody_knows() {
    let artefacts =
        found("Resources:\n  A:\n    Type: AWS::CloudWatch::Alarm\n    Properties: {AlarmName: a, Treshold: 1}\n");
    let told: Vec<_> = artefacts.metric_alarms[0].unresolved.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["t.yaml:4:32: Treshold: Treshold is not known here, and is left out"]);
}

/// Names that double with every resource.
#[test]
fn texts_are_bounded() {
    let mut text = "Resources:\n  A0: {Type: 'AWS::SQS::Queue', Properties: {QueueName: x}}\n".to_owned();
    for level in 1..30 {
        let before = level - 1;
        text += &format!(
            "  A{level}: {{Type: 'AWS::SQS::Queue', Properties: {{QueueName: !Sub '${{A{before}.QueueName}}${{A{before}.QueueName}}'}}}}\n"
        );
    }
    let artefacts = found(&text);
    assert_eq!(artefacts.queues[20].value.name.as_ref().unwrap().len(), 1 << 20);
    assert_eq!(artefacts.queues[21].unresolved[0].reason, "is longer than can be read");
}

/// Conditions that are looked at twice as often with every one.
#[test]
fn work_is_bounded() {
    let mut text =
        "Resources:\n  A: {Type: 'AWS::SQS::Queue', Condition: C40}\nConditions:\n  C0: !Equals [a, a]\n".to_owned();
    for level in 1..=40 {
        let before = level - 1;
        text += &format!("  C{level}: !And [!Condition C{before}, !Condition C{before}]\n");
    }
    let error = read(&text, &Options::default()).unwrap_err().to_string();
    assert_eq!(error, format!("t.yaml:1:1: the template takes more than {STEPS_MAX} steps to read"));
}

#[test]
fn names_that_need_themselves_end() {
    let artefacts = found("Resources:\n  A: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !GetAtt A.QueueName}}\n");
    assert_eq!(artefacts.queues[0].unresolved[0].reason, "needs itself for its name");
}

#[test]
fn macros_are_told() {
    let text = |transform: &str| format!("Transform: {transform}\nResources:\n  Q: {{Type: 'AWS::SQS::Queue'}}\n");
    for (transform, expect) in [
        ("AWS::Serverless-2016-10-31", vec![]),
        (
            "[AWS::LanguageExtensions, Mine]",
            vec!["t.yaml:1:38: Mine is a macro, which may make more than is written here"],
        ),
    ] {
        let told: Vec<_> = found(&text(transform)).unresolved.iter().map(ToString::to_string).collect();
        assert_eq!(told, expect, "{transform}");
    }
}

#[test]
fn stages_of_cdk() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, name: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let template = format!(r#"{{"Resources":{{"{name}":{{"Type":"AWS::CloudWatch::Alarm"}}}}}}"#);
        std::fs::write(path, template).unwrap();
    };
    write("Root.template.json", "Root");
    write("assembly-Prod/Stack.template.json", "Prod");
    write("asset.1/Other.template.json", "Asset");
    let artefacts = crate::artefacts::read(&[folder.path().to_owned()], &Options::default()).unwrap();
    let addresses: Vec<_> = artefacts.metric_alarms.iter().map(|found| found.address.as_str()).collect();
    assert_eq!(addresses, ["Root", "Prod"]);
}
