//! Files that are none of the artefacts, or are damaged: the error names file, line and what was
//! expected.

use std::path::{Path, PathBuf};

use nepho_cli::artefacts::{self, Options};

#[track_caller]
fn check(name: &str, content: &[u8], expect: &str) {
    let error = artefacts::read_text(Path::new(name), content.to_vec(), &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), expect);
}

const FORMS: &str = "expected a plan of Terraform (planned_values), a CloudFormation template (Resources), the output \
                     of describe-alarms (MetricAlarms), or alarms with an AlarmName";

#[test]
fn files_that_are_something_else() {
    for (name, content, expect) in [
        (
            "package.json",
            r#"{"name":"x","version":"1"}"#,
            "1:1: no definitions of alarms: FORMS, found a map of name, version",
        ),
        ("map.json", "{}", "1:1: no definitions of alarms: FORMS, found an empty map"),
        ("list.json", "[1, 2]", "1:1: no definitions of alarms: FORMS, found a list"),
        ("notes.txt", "Call me.", "1:1: no definitions of alarms: FORMS, found \"Call me.\""),
        ("compose.yaml", "\nservices:\n  web: {}", "2:1: no definitions of alarms: FORMS, found a map of services"),
        ("empty.yaml", "# nothing\n", "1:1: the file is empty: FORMS"),
        ("Resources.yaml", "Resources: []", "1:1: no definitions of alarms: FORMS, found a map of Resources"),
    ] {
        check(name, content.as_bytes(), &format!("{name}:{}", expect.replace("FORMS", FORMS)));
    }
}

#[test]
fn files_that_are_damaged() {
    for (name, content, expect) in [
        ("a.json", "{\"AlarmName\": \"a\",\n \"Period\": }", "a.json:2:12: not JSON: expected value"),
        (
            "a.yaml",
            "AlarmName: a\nPeriod: [60",
            "a.yaml:2:12: not YAML: while parsing a flow sequence, expected ',' or ']'",
        ),
        (
            "a.tf",
            "resource \"aws_sns_topic\" \"a\" {\n  name = \n}\n",
            "a.tf:2:10: not HCL: invalid expression; expected `\"`, `[`, `{`, `-`, `!`, `(`, `_`, `<`, letter or digit",
        ),
        (
            "a.tf",
            "resource \"aws_sns_topic\" \"a\" {}\nresource \"aws_sns_topic\" \"a\" {}\n",
            "a.tf:2:1: resource aws_sns_topic.a is declared twice",
        ),
    ] {
        check(name, content.as_bytes(), expect);
    }
    check("plan.tfplan", b"PK\x03\x04\xff", "plan.tfplan: is not text: expected JSON, YAML or HCL in UTF-8");
    check("a.tf.json", b"{}", "a.tf.json: is Terraform in JSON, which is not read: expected HCL (*.tf)");
}

#[test]
fn members_that_are_wrong() {
    for (name, content, expect) in [
        ("a.yaml", "AlarmName: a\nPeriod: soon", "a.yaml:2:9: Period: expected a whole number, found \"soon\""),
        ("a.yaml", "AlarmName: a\nTreshold: 1", "a.yaml:2:1: there is no member Treshold"),
        ("a.yaml", "- AlarmName: a\n- Threshold: 1", "a.yaml:2:3: expected an alarm with an AlarmName"),
        (
            "a.json",
            "{\"MetricAlarms\": [{\"AlarmName\": \"a\", \"Dimensions\": {\"a\": \"b\"}}]}",
            "a.json:1:52: Dimensions: expected a list, found a map",
        ),
        ("a.json", "{\"MetricAlarms\": {}}", "a.json:1:18: MetricAlarms: expected a list, found a map"),
        (
            "a.yaml",
            "Resources:\n  A:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      Period: x",
            "a.yaml:5:15: Period: expected a whole number, found \"x\"",
        ),
        ("a.yaml", "Resources:\n  A: {Type: B}\n  C: {}\n", "a.yaml:3:6: C: expected a resource with a Type"),
        (
            "a.tf",
            "resource \"aws_cloudwatch_metric_alarm\" \"a\" {\n  alarm_name = \"a\"\n  period = [60]\n}",
            "a.tf:3:12: Period: expected a whole number, found a list",
        ),
        (
            "plan.json",
            "{\"planned_values\": {\"root_module\": {\"resources\": [{}]}}}",
            "plan.json:1:51: expected a resource with an address and a type",
        ),
        ("plan.json", "{\"planned_values\": {}}", "plan.json:1:1: expected planned_values with a root_module"),
    ] {
        check(name, content.as_bytes(), expect);
    }
}

#[test]
fn paths_that_are_not_there_or_empty() {
    let message = |path: &Path| artefacts::read(&[path.to_owned()], &Options::default()).unwrap_err().to_string();
    assert!(message(&PathBuf::from("missing.tf")).starts_with("missing.tf: cannot be read: "));
    let folder = tempfile::tempdir().unwrap();
    let expect = "expected a folder of Terraform (*.tf) or of CDK's output (*.template.json)";
    assert_eq!(message(folder.path()), format!("{}: {expect}", folder.path().display()));
}
