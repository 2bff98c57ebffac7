//! Modules, and files of values.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::artefacts::{FILES_MAX, read as read_paths};

/// A folder with files of these names and texts.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn found(files: &[(&str, &str)], options: &Options) -> Artefacts {
    let folder = folder(files);
    read_paths(&[folder.path().to_owned()], options).unwrap()
}

const ALARM: &str = r#"
variable "name" { type = string }
variable "topics" { default = [] }
resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name    = "a-${var.name}"
  alarm_actions = var.topics
}
resource "aws_sns_topic" "own" { name = "own-${var.name}" }
output "topic" { value = aws_sns_topic.own.arn }
"#;

fn names(artefacts: &Artefacts) -> Vec<(&str, &str)> {
    artefacts
        .metric_alarms
        .iter()
        .map(|found| (found.address.as_str(), found.value.alarm_name.as_deref().unwrap()))
        .collect()
}

#[test]
fn modules_beside_the_root() {
    let root = r#"
module "one" {
  source = "./modules/alarm"
  name   = "one"
  topics = [module.each["x"].topic]
}
module "each" {
  source   = "./modules/alarm/"
  for_each = toset(["x", "y"])
  name     = each.key
}
module "remote" { source = "terraform-aws-modules/cloudwatch/aws" }
module "lost" { source = "../nowhere" }
resource "aws_cloudwatch_metric_alarm" "root" {
  alarm_name    = "root"
  alarm_actions = [module.one.topic, module.remote.topic]
}
"#;
    let artefacts = found(&[("main.tf", root), ("modules/alarm/main.tf", ALARM)], &Options::default());
    let expect = [
        ("aws_cloudwatch_metric_alarm.root", "root"),
        ("module.each[\"x\"].aws_cloudwatch_metric_alarm.this", "a-x"),
        ("module.each[\"y\"].aws_cloudwatch_metric_alarm.this", "a-y"),
        ("module.one.aws_cloudwatch_metric_alarm.this", "a-one"),
    ];
    assert_eq!(names(&artefacts), expect);
    let topic = |name: &str| format!("arn:aws:sns:us-east-1:000000000000:own-{name}");
    assert_eq!(artefacts.metric_alarms[3].value.alarm_actions.as_deref().unwrap(), [topic("x")]);
    let root = &artefacts.metric_alarms[0];
    assert_eq!(root.value.alarm_actions.as_deref().unwrap(), [topic("one"), "${module.remote.topic}".to_owned()]);
    let not_local = "is not read: its source \"terraform-aws-modules/cloudwatch/aws\" is not a folder beside it";
    assert_eq!(root.unresolved[0].reason, format!("is not known: the module {not_local}"));
    let told: Vec<_> = artefacts.unresolved.iter().map(|one| (one.source.as_str(), one.reason.as_str())).collect();
    assert_eq!(told[1], ("module.remote", not_local));
    assert_eq!(told[0].0, "module.lost");
    assert!(told[0].1.starts_with("is not read: there is no folder "), "{told:?}");
}

#[test]
fn a_module_that_calls_itself_ends() {
    let text = "module \"again\" { source = \"./\" }\nresource \"aws_sns_topic\" \"a\" {}\n";
    let artefacts = found(&[("main.tf", text)], &Options::default());
    assert_eq!(artefacts.topics.len(), MODULE_DEPTH_MAX + 1);
    assert!(artefacts.unresolved[0].reason.ends_with("deeper than the limit of 16"));
}

#[test]
fn files_of_values_in_their_order() {
    let root = "variable \"a\" {}\nvariable \"b\" { default = \"default\" }\nvariable \"c\" {}\nvariable \"d\" {}\n\
                resource \"aws_cloudwatch_metric_alarm\" \"x\" { alarm_name = \"${var.a} ${var.b} ${var.c} ${var.d}\" }\n";
    let files = [
        ("main.tf", root),
        ("terraform.tfvars", "a = \"tfvars\"\nc = \"tfvars\"\nd = \"tfvars\"\n"),
        ("x.auto.tfvars.json", "{\"c\": \"auto\", \"d\": \"auto\"}"),
        ("ignored.tfvars", "b = \"ignored\"\n"),
    ];
    let variables = [("d".to_owned(), "option".to_owned())].into();
    let artefacts = found(&files, &Options { variables, ..Options::default() });
    assert_eq!(names(&artefacts)[0].1, "tfvars default auto option");
}

#[test]
fn a_file_is_read_with_its_folder() {
    let folder = folder(&[
        ("alarms.tf", "resource \"aws_cloudwatch_metric_alarm\" \"a\" { alarm_name = local.name }\n"),
        (
            "other.tf",
            "locals { name = \"n\" }\nresource \"aws_cloudwatch_metric_alarm\" \"b\" { alarm_name = \"b\" }\n",
        ),
    ]);
    let artefacts = read_paths(&[folder.path().join("alarms.tf")], &Options::default()).unwrap();
    assert_eq!(names(&artefacts), [("aws_cloudwatch_metric_alarm.a", "n")]);
}

#[test]
fn what_is_not_read_is_said() {
    for (name, text, expect) in [
        ("x.tf.json", "{}", "is Terraform in JSON, which is not read: expected HCL (*.tf)"),
        ("main_override.tf", "", "overrides other files, which is not read"),
    ] {
        let folder = folder(&[("main.tf", ""), (name, text)]);
        let error = read_paths(&[folder.path().to_owned()], &Options::default()).unwrap_err().to_string();
        assert!(error.ends_with(expect), "{error}");
    }
}

#[test]
fn files_are_bounded() {
    let folder = folder(&[("a.tf", "")]);
    for file in 1..FILES_MAX {
        fs::write(folder.path().join(format!("{file}")), "").unwrap();
    }
    let read = || read_paths(&[folder.path().to_owned()], &Options::default());
    assert!(read().is_ok());
    fs::write(folder.path().join("one more"), "").unwrap();
    assert!(read().unwrap_err().to_string().ends_with("has more files than the limit of 1000"));
}
