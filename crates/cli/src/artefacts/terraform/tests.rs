use std::path::Path;

use super::*;
use crate::artefacts::budget::{DEPTH_MAX, STEPS_MAX};
use crate::artefacts::found::Found;
use crate::artefacts::read_text as read_bytes;

fn read(text: &str, options: &Options) -> Result<Artefacts, ReadError> {
    read_bytes(Path::new("main.tf"), text.as_bytes().to_vec(), options)
}

fn found(text: &str) -> Artefacts {
    read(text, &Options::default()).unwrap()
}

/// An alarm whose description is an expression, with what else is needed.
fn described(expression: &str) -> String {
    format!("resource \"aws_cloudwatch_metric_alarm\" \"a\" {{\n  alarm_description = {expression}\n}}\n{SCENE}")
}

const SCENE: &str = r#"
variable "given" { default = "v" }
variable "missing" {}
variable "typed" {
  type = object({ a = optional(number, 7), b = optional(list(string)), c = bool })
  default = { c = "true", extra = 1 }
}
locals {
  list   = ["a", "b", "c"]
  map    = { one = 1, two = { deep = [10, 20] } }
  cyclic = local.other
  other  = "${local.cyclic}!"
}
data "aws_vpc" "main" {}
data "aws_region" "here" {}
data "aws_caller_identity" "me" {}
resource "aws_lb" "main" { name = "web" }
resource "aws_sns_topic" "named" { name = "ops-${var.given}" }
resource "aws_sns_topic" "counted" {
  count = 2
  name  = "t${count.index}"
}
resource "aws_sqs_queue" "each" {
  for_each = toset(["x", "y"])
  name     = "q-${each.value}"
}
"#;

/// The description that an expression gives, and what of it is not resolved.
#[track_caller]
fn check(expression: &str, expect: &str, unresolved: &[&str]) {
    let artefacts = found(&described(expression));
    let alarm = &artefacts.metric_alarms[0];
    let told: Vec<_> = alarm.unresolved.iter().map(|one| format!("{} {}", one.source, one.reason)).collect();
    assert_eq!(
        (alarm.value.alarm_description.as_deref().unwrap_or("(none)"), told),
        (expect, owned(unresolved)),
        "{expression}"
    );
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(str::to_owned).collect()
}

#[test]
fn expressions() {
    for (expression, expect) in [
        ("\"${1 + 2 * 3}-${10 / 4}-${7 % 4}-${-2}\"", "7-2.5-3--2"),
        ("\"${!false && (1 < 2 || false)} ${\"a\" == \"a\"} ${[1] == [1]} ${1 != 1}\"", "true true true false"),
        ("local.list[1]", "b"),
        ("local.map.two.deep[1]", "20"),
        ("local.map[\"one\"]", "1"),
        ("join(\",\", local.list[*])", "a,b,c"),
        ("join(\",\", [for i, v in local.list : \"${i}${v}\" if v != \"b\"])", "0a,2c"),
        ("jsonencode({ for k, v in local.map : upper(k) => k })", r#"{"ONE":"one","TWO":"two"}"#),
        ("jsonencode({ for v in [\"a\", \"b\", \"a\"] : v => 1... })", r#"{"a":[1,1],"b":[1]}"#),
        ("true ? \"yes\" : local.nothing", "yes"),
        ("\"%{ for v in local.list }${v};%{ endfor }%{ if false }x%{ else }y%{ endif }\"", "a;b;c;y"),
        ("\"a ${~ \"b\" ~} c $${d} %%{e}\"", "abc ${d} %{e}"),
        ("<<-EOT\n    one\n      two ${var.given}\n  EOT", "one\n  two v\n"),
        ("<<EOT\n  raw\nEOT", "  raw\n"),
        ("aws_sns_topic.named.arn", "arn:aws:sns:us-east-1:000000000000:ops-v"),
        ("aws_sns_topic.named.id", "arn:aws:sns:us-east-1:000000000000:ops-v"),
        ("join(\" \", aws_sns_topic.counted[*].name)", "t0 t1"),
        ("join(\" \", aws_sns_topic.counted.*.name)", "t0 t1"),
        ("aws_sns_topic.counted.1.name", "t1"),
        ("join(\" \", [for q in aws_sqs_queue.each : q.name])", "q-x q-y"),
        ("aws_sqs_queue.each[\"y\"].arn", "arn:aws:sqs:us-east-1:000000000000:q-y"),
        ("aws_lb.main.name", "web"),
        ("data.aws_region.here.name", "us-east-1"),
        ("data.aws_caller_identity.me.account_id", "000000000000"),
        ("jsonencode(var.typed)", r#"{"a":7,"b":null,"c":true}"#),
        ("\"${path.module} ${terraform.workspace}\"", ". default"),
        ("null", "(none)"),
        ("\"\"", "(none)"),
    ] {
        check(expression, expect, &[]);
    }
}

#[test]
fn functions() {
    for (call, expect) in [
        (
            "[format(\"%s-%03d|%5s|%-3s|\", \"a\", 7, \"b\", \"c\"), format(\"%.2f %d %v %q %%\", 1.005, 2, true, \"x\")]",
            r#"["a-007|    b|c  |","1.00 2 true \"x\" %"]"#,
        ),
        (
            "[join(\"-\", [\"a\", 1], [true]), lower(\"Äb\"), upper(\"äß\"), title(\"one two\")]",
            r#"["a-1-true","äb","Äß","One Two"]"#,
        ),
        ("[length(local.list), length(local.map), length(\"äb\")]", "[3,2,2]"),
        (
            "[toset([\"b\", \"a\", \"b\"]), tolist([\"b\"]), tostring(1.50), tonumber(\"2.0\"), tobool(\"true\")]",
            r#"[["a","b"],["b"],"1.5",2,true]"#,
        ),
        (
            "[merge({ a = 1, b = 2 }, { b = 3 }, null), concat([1], [], [2]), lookup({ a = 1 }, \"b\", 9), lookup({ a = 1 }, \"a\")]",
            r#"[{"a":1,"b":3},[1,2],9,1]"#,
        ),
        (
            "[element(local.list, 4), element(local.list, -1), max(1, 5, \"3\"), min(4, 2), sum([1, 2.5])]",
            r#"["b","c",5,2,3.5]"#,
        ),
        (
            "[coalesce(null, \"\", \"x\"), try(local.map.nope, \"t\"), can(local.map.nope), can(local.map.one)]",
            r#"["x","t",false,true]"#,
        ),
        (
            "[keys({ b = 1, a = 2 }), values({ b = 1, a = 2 }), contains([\"a\"], \"a\"), index([\"a\", \"b\"], \"b\")]",
            r#"[["a","b"],[2,1],true,1]"#,
        ),
        (
            "[flatten([[1], [[2]]]), distinct([1, 1, 2]), compact([\"a\", \"\", null]), sort([\"b\", \"a\"]), reverse([1, 2])]",
            r#"[[1,2],[1,2],["a"],["a","b"],[2,1]]"#,
        ),
        (
            "[slice([1, 2, 3], 1, 3), range(3), range(4, 0, -2), zipmap([\"a\"], [1]), one([]), setunion([\"b\"], [\"a\"])]",
            r#"[[2,3],[0,1,2],[4,2],{"a":1},null,["a","b"]]"#,
        ),
        (
            "[split(\",\", \"a,b\"), replace(\"a.b\", \".\", \"-\"), substr(\"hello\", 1, 3), trimprefix(\"ab\", \"a\"), trimspace(\" a \")]",
            r#"[["a","b"],"a-b","ell","b","a"]"#,
        ),
        (
            "[startswith(\"ab\", \"a\"), endswith(\"ab\", \"a\"), trim(\"xax\", \"x\"), trimsuffix(\"ab\", \"b\"), chomp(\"a\\n\"), strcontains(\"abc\", \"b\")]",
            r#"[true,false,"a","a","a",true]"#,
        ),
        (
            "[abs(-1), ceil(1.1), floor(1.9), signum(-3), parseint(\"ff\", 16), formatlist(\"%s!\", [\"a\", \"b\"])]",
            r#"[1,2,1,-1,255,["a!","b!"]]"#,
        ),
        (
            "[jsondecode(\"{\\\"a\\\":[1,null]}\"), jsonencode(\"<&>\")]",
            r#"[{"a":[1,null]},"\"\\u003c\\u0026\\u003e\""]"#,
        ),
    ] {
        check(&format!("jsonencode({call})"), expect, &[]);
    }
    check(
        "join(\",\", [\"a\", \"b\"]...)",
        "${join(\",\", [\"a\", \"b\"]...)}",
        &["join(\",\", [\"a\", \"b\"]...) is wrong: expected a list, found \"a\""],
    );
    check("format([\"%s%s\", \"a\", \"b\"]...)", "ab", &[]);
}

/// Nothing is dropped without a word: a text has a placeholder, and there is a reason.
#[test]
fn what_is_not_known() {
    let made = "is known only when it is made";
    let data = "comes from a data source, which only Terraform asks";
    for (expression, expect, source, reason) in [
        ("var.missing", "${var.missing}", "var.missing", "has no value: variable missing has no default"),
        ("\"a-${var.missing}\"", "a-${var.missing}", "var.missing", "has no value: variable missing has no default"),
        ("data.aws_vpc.main.id", "${data.aws_vpc.main.id}", "data.aws_vpc.main.id", data),
        ("aws_lb.main.arn_suffix", "${aws_lb.main.arn_suffix}", "aws_lb.main.arn_suffix", made),
        ("lower(aws_lb.main.arn_suffix)", "${lower(aws_lb.main.arn_suffix)}", "lower(aws_lb.main.arn_suffix)", made),
        ("format(\"x-%s\", aws_lb.main.arn_suffix)", "x-${aws_lb.main.arn_suffix}", "aws_lb.main.arn_suffix", made),
        (
            "var.missing ? \"a\" : \"b\"",
            "${var.missing ? \"a\" : \"b\"}",
            "var.missing ? \"a\" : \"b\"",
            "has no value: variable missing has no default",
        ),
        ("file(\"x\")", "${file(\"x\")}", "file(\"x\")", "calls file, which is not computed here"),
        (
            "provider::x::y(1)",
            "${provider::x::y(1)}",
            "provider::x::y(1)",
            "is a function of a provider, which is not computed here",
        ),
        ("local.cyclic", "${local.cyclic}!", "local.cyclic", "refers to itself"),
        ("local.nope", "${local.nope}", "local.nope", "is not declared: there is no local value nope"),
        ("var.nope", "${var.nope}", "var.nope", "is not declared: there is no variable nope"),
        (
            "aws_sns_topic.nope.arn",
            "${aws_sns_topic.nope.arn}",
            "aws_sns_topic.nope.arn",
            "is not declared, or its number depends on itself",
        ),
        ("local.map.nope", "${local.map.nope}", "local.map.nope", "is not there: nothing is called nope"),
        ("local.list[7]", "${local.list[7]}", "local.list[7]", "is not there: the list has no element 7"),
        ("1 + \"x\"", "${1 + \"x\"}", "1 + \"x\"", "is wrong: the operator does not fit the values"),
        ("\"${local.list}\"", "${\"${local.list}\"}", "\"${local.list}\"", "is wrong"),
        ("each.key", "${each.key}", "each.key", "is not known here"),
        ("module.nope.x", "${module.nope.x}", "module.nope.x", "is not there: no module is called nope"),
        ("nonsense", "${nonsense}", "nonsense", "is no name that is known here"),
        ("var.typed.nope", "${var.typed.nope}", "var.typed.nope", "is not there: nothing is called nope"),
    ] {
        match reason {
            "is wrong" => {
                let error = read(&described(expression), &Options::default()).unwrap_err().to_string();
                assert_eq!(error, "main.tf:2:23: AlarmDescription: expected a text, found a list");
            }
            _ => check(expression, expect, &[&format!("{source} {reason}")]),
        }
    }
}

#[test]
fn places_are_those_of_causes() {
    let text = "locals {\n  limit = data.aws_ssm_parameter.limit.value\n}\n\
                data \"aws_ssm_parameter\" \"limit\" { name = \"l\" }\n\
                resource \"aws_cloudwatch_metric_alarm\" \"a\" {\n  threshold = local.limit\n}\n";
    let artefacts = found(text);
    let alarm = &artefacts.metric_alarms[0];
    let told: Vec<_> = alarm.unresolved.iter().map(ToString::to_string).collect();
    let expect = "main.tf:2:11: Threshold: data.aws_ssm_parameter.limit.value comes from a data source, which only Terraform asks";
    assert_eq!(told, [expect]);
    assert_eq!((alarm.value.threshold, alarm.place.to_string()), (None, "main.tf:5:1".to_owned()));
    assert_eq!(alarm.place_of("Threshold").to_string(), "main.tf:6:15");
}

fn addresses<T>(found: &[Found<T>]) -> Vec<&str> {
    found.iter().map(|found| found.address.as_str()).collect()
}

#[test]
fn one_block_makes_many_or_none() {
    for (meta, expect) in [
        ("count = 2", vec!["aws_cloudwatch_metric_alarm.a[0]", "aws_cloudwatch_metric_alarm.a[1]"]),
        ("count = var.off ? 1 : 0", vec![]),
        (
            "for_each = { y = 1, x = 2 }",
            vec!["aws_cloudwatch_metric_alarm.a[\"x\"]", "aws_cloudwatch_metric_alarm.a[\"y\"]"],
        ),
        ("for_each = toset([])", vec![]),
        ("count = var.unset", vec!["aws_cloudwatch_metric_alarm.a[?]"]),
        ("for_each = var.unset", vec!["aws_cloudwatch_metric_alarm.a[?]"]),
    ] {
        let text = format!(
            "variable \"off\" {{ default = false }}\nvariable \"unset\" {{}}\n\
             resource \"aws_cloudwatch_metric_alarm\" \"a\" {{\n  {meta}\n  alarm_name = \"a\"\n}}\n"
        );
        let artefacts = found(&text);
        assert_eq!(addresses(&artefacts.metric_alarms), expect, "{meta}");
        let told = artefacts.metric_alarms.iter().flat_map(|found| &found.unresolved).count();
        assert_eq!(told, usize::from(meta.contains("unset")), "{meta}");
    }
}

#[test]
fn instances_are_bounded() {
    let text = |count: usize| format!("resource \"aws_sns_topic\" \"a\" {{\n  count = {count}\n}}\n");
    assert_eq!(found(&text(INSTANCES_MAX)).topics.len(), INSTANCES_MAX);
    let error = read(&text(INSTANCES_MAX + 1), &Options::default()).unwrap_err().to_string();
    assert_eq!(error, "main.tf:1:1: aws_sns_topic.a makes 10001 resources, more than the limit of 10000");
    assert!(read(&text(usize::MAX), &Options::default()).is_err());
}

#[test]
fn work_is_bounded() {
    let text = described("length([for a in range(10000) : length([for b in range(1000) : b])])");
    let error = read(&text, &Options::default()).unwrap_err().to_string();
    assert!(error.ends_with(&format!("the module takes more than {STEPS_MAX} steps to read")), "{error}");
}

/// What doubles with every line, as a list, a text, or lists in each other.
#[test]
fn values_are_bounded() {
    let too_large = "is larger or more nested than can be read";
    for (first, next, used, small, large) in [
        ("[1]", "concat(L, L)", "length(L)", (14, "16384"), 15),
        ("\"a\"", "join(\"\", [L, L])", "length(L)", (20, "1048576"), 21),
        ("1", "[L]", "length(jsonencode(L))", (100, "201"), 101),
    ] {
        let chain = |length: usize| {
            let mut text = described(&used.replace('L', &format!("local.l{length}"))) + "locals {\n";
            text += &format!("  l0 = {first}\n");
            for level in 1..=length {
                text += &format!("  l{level} = {}\n", next.replace('L', &format!("local.l{}", level - 1)));
            }
            found(&(text + "}\n")).metric_alarms[0].clone()
        };
        assert_eq!(chain(small.0).value.alarm_description.as_deref(), Some(small.1), "{next}");
        assert_eq!(chain(large).unresolved[0].reason, too_large, "{next}");
    }
}

/// A chain of references is followed to a depth at which the stack still holds, each level through
/// as many frames as one can have.
#[test]
fn depth_is_bounded() {
    let chain = |length: usize| {
        let mut text = described("local.l0") + "locals {\n";
        for level in 0..length {
            text += &format!(
                "  l{level} = \"%{{ for x in [1] }}${{element([for y in [local.l{}] : y], 0)}}%{{ endfor }}\"\n",
                level + 1
            );
        }
        text + &format!("  l{length} = \"end\"\n}}\n")
    };
    let description = |length: usize| found(&chain(length)).metric_alarms[0].value.alarm_description.clone().unwrap();
    assert_eq!(description(20), "end");
    assert!(description(DEPTH_MAX as usize).starts_with("${"));
}

#[test]
fn what_the_provider_sends_by_itself() {
    let text = "provider \"aws\" {\n  region = \"eu-west-1\"\n  default_tags {\n    tags = { team = \"a\", env = \"b\" }\n  }\n}\n\
                resource \"aws_cloudwatch_metric_alarm\" \"a\" {\n  alarm_name = \"a\"\n  tags = { team = \"own\" }\n\
                metric_query {\n    id = \"m\"\n  }\n}\n\
                resource \"aws_cloudwatch_composite_alarm\" \"c\" {\n  alarm_name = \"c\"\n  alarm_rule = \"ALARM(${aws_cloudwatch_metric_alarm.a.arn})\"\n\
                actions_suppressor {\n    alarm = \"s\"\n    wait_period = 1\n    extension_period = 2\n  }\n}\n";
    let artefacts = found(text);
    let alarm = serde_json::to_value(&artefacts.metric_alarms[0].value).unwrap();
    let expect = serde_json::json!({
        "AlarmName": "a", "ActionsEnabled": true, "Threshold": 0.0, "TreatMissingData": "missing",
        "Metrics": [{"Id": "m", "ReturnData": false}],
        "Tags": [{"Key": "env", "Value": "b"}, {"Key": "team", "Value": "own"}],
    });
    assert_eq!(alarm, expect);
    let composite = serde_json::to_value(&artefacts.composite_alarms[0].value).unwrap();
    let expect = serde_json::json!({
        "AlarmName": "c", "AlarmRule": "ALARM(arn:aws:cloudwatch:eu-west-1:000000000000:alarm:a)", "ActionsEnabled": true,
        "ActionsSuppressor": "s", "ActionsSuppressorWaitPeriod": 1, "ActionsSuppressorExtensionPeriod": 2,
        "Tags": [{"Key": "env", "Value": "b"}, {"Key": "team", "Value": "a"}],
    });
    assert_eq!(composite, expect);
}

#[test]
fn blocks_that_are_dynamic() {
    let text = "resource \"aws_cloudwatch_metric_alarm\" \"a\" {\n  dynamic \"metric_query\" {\n    for_each = { b = \"Sum\", a = \"p9\" }\n\
                iterator = q\n    content {\n      id = q.key\n      metric {\n        stat = q.value\n        period = 60\n        metric_name = \"m\"\n      }\n    }\n  }\n\
                dynamic \"metric_query\" {\n    for_each = var.unset\n    content {\n      id = \"x\"\n    }\n  }\n}\nvariable \"unset\" {}\n";
    let artefacts = found(text);
    let alarm = &artefacts.metric_alarms[0];
    let metrics = alarm.value.metrics.as_ref().unwrap();
    let found: Vec<_> = metrics
        .iter()
        .map(|query| (query.id.as_deref(), query.metric_stat.as_ref().and_then(|stat| stat.stat.as_deref())))
        .collect();
    assert_eq!(found, [(Some("a"), Some("p9")), (Some("b"), Some("Sum")), (None, None)]);
    assert_eq!(alarm.unresolved[0].member, "Metrics.member.3");
}

#[test]
fn policies_in_documents_of_data() {
    let text = "resource \"aws_sns_topic\" \"a\" { name = \"a\" }\n\
                data \"aws_iam_policy_document\" \"p\" {\n  statement {\n    sid = \"x\"\n    actions = [\"SNS:Publish\", \"SNS:Subscribe\"]\n    resources = [aws_sns_topic.a.arn]\n\
                principals {\n      type = \"Service\"\n      identifiers = [\"cloudwatch.amazonaws.com\"]\n    }\n\
                condition {\n      test = \"StringEquals\"\n      variable = \"aws:SourceAccount\"\n      values = [\"1\", \"2\"]\n    }\n  }\n}\n\
                resource \"aws_sns_topic_policy\" \"p\" {\n  arn = aws_sns_topic.a.arn\n  policy = data.aws_iam_policy_document.p.json\n}\n";
    let artefacts = found(text);
    let policy: serde_json::Value =
        serde_json::from_str(artefacts.topic_policies[0].value.policy.as_deref().unwrap()).unwrap();
    let arn = "arn:aws:sns:us-east-1:000000000000:a";
    let expect = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "x", "Effect": "Allow", "Action": ["SNS:Subscribe", "SNS:Publish"], "Resource": arn,
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": ["1", "2"]}},
        }],
    });
    assert_eq!(policy, expect);
    assert_eq!(artefacts.topic_policies[0].value.topic_arns, [arn]);
}

#[test]
fn mute_rules() {
    let text = "resource \"aws_cloudwatch_alarm_mute_rule\" \"n\" {\n  name = \"nights\"\n  start_date = \"2026-05-04T12:00:00Z\"\n\
                rule {\n    schedule {\n      expression = \"cron(0 22 * * *)\"\n      duration = \"PT8H\"\n    }\n  }\n\
                mute_targets {\n    alarm_names = [\"a\"]\n  }\n}\n";
    let artefacts = found(text);
    let rule = serde_json::to_value(&artefacts.mute_rules[0].value).unwrap();
    let expect = serde_json::json!({
        "Name": "nights", "StartDate": 1_777_896_000.0,
        "Rule": {"Schedule": {"Expression": "cron(0 22 * * *)", "Duration": "PT8H"}},
        "MuteTargets": {"AlarmNames": ["a"]},
    });
    assert_eq!((rule, artefacts.mute_rules[0].unresolved.len()), (expect, 0));
}

#[test]
fn arguments_that_nobody_knows() {
    let text = "resource \"aws_cloudwatch_metric_alarm\" \"a\" {\n  alarm_name = \"a\"\n  alarm_nmae = \"b\"\n\n  lifecycle {\n    ignore_changes = [tags]\n  }\n}\n";
    let artefacts = found(text);
    let told: Vec<_> = artefacts.metric_alarms[0].unresolved.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["main.tf:3:3: alarm_nmae: alarm_nmae is not known here, and is left out"]);
}

#[test]
fn alarms_of_types_that_are_not_read() {
    let artefacts = found("resource \"awscc_cloudwatch_alarm\" \"a\" {}\nresource \"aws_vpc\" \"v\" {}\n");
    let told: Vec<_> = artefacts.unresolved.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["main.tf:1:1: awscc_cloudwatch_alarm.a is of a type that is not read"]);
}

#[test]
fn resources_may_have_a_region_of_their_own() {
    let artefacts = found("resource \"aws_sns_topic\" \"a\" {\n  name = \"a\"\n  region = \"eu-west-1\"\n}\n");
    assert_eq!(artefacts.topics[0].value.arn, "arn:aws:sns:eu-west-1:000000000000:a");
}

#[test]
fn variables_come_from_options_too() {
    let text = "variable \"n\" { type = number }\nvariable \"l\" { type = list(string) }\nvariable \"s\" { type = string }\n\
                resource \"aws_cloudwatch_metric_alarm\" \"a\" {\n  alarm_name = var.s\n  threshold = var.n\n  ok_actions = var.l\n}\n";
    let variables = [("n", "1.5"), ("l", "[\"x\", 2]"), ("s", "007")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let artefacts = read(text, &Options { variables, ..Options::default() }).unwrap();
    let alarm = &artefacts.metric_alarms[0].value;
    assert_eq!(alarm.alarm_name.as_deref(), Some("007"));
    assert_eq!(alarm.threshold.unwrap().get(), 1.5);
    assert_eq!(alarm.ok_actions.as_deref().unwrap(), ["x", "2"]);
}

mod folders;
