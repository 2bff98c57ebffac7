//! The rules against real definitions, broken ones and the page about them.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod record;

use std::path::{Path, PathBuf};

use nepho_cli::alarm_lint::{self, Definitions, Finding, Inventory, RULES};
use nepho_cli::artefacts::{self, Artefacts, Options};
use nepho_model::Metric;

/// The alarms of churn, in a form.
fn fixture(name: &str) -> Artefacts {
    let folder = if name == "terraform" { "../../examples/churn" } else { "tests/artefacts/churn" };
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
    artefacts::read(&[path], &Options::default()).unwrap()
}

/// What is published when all that the alarms of churn are on is.
fn live(artefacts: &Artefacts) -> Inventory {
    let definitions = Definitions::new(artefacts, "us-east-1", "000000000000");
    let metrics = definitions.stats().map(|one| one.stat.metric.clone()).collect();
    Inventory { metrics, ..Inventory::default() }
}

fn lint(artefacts: &Artefacts, inventory: Option<&Inventory>) -> Vec<Finding> {
    alarm_lint::lint(&Definitions::new(artefacts, "us-east-1", "000000000000"), inventory)
}

#[test]
fn the_alarms_of_churn_are_clean() {
    for form in ["terraform", "plan.json", "cloudformation.yaml", "cloudformation.json", "cdk.out"] {
        let artefacts = fixture(form);
        assert_eq!(lint(&artefacts, Some(&live(&artefacts))), [], "{form}");
    }
}

#[test]
fn what_breaks_them_is_found() {
    let cases = [
        ("\"WorkerSuccess\"", "\"WorkerSucces\"", "unknown-metric"),
        ("\"RetainWise/Database\"", "\"Retainwise/Database\"", "unknown-metric"),
        ("Operation = \"insert\"", "Operations = \"insert\"", "unknown-dimensions"),
        ("        Table     = \"uploads\"\n", "", "unknown-dimensions"),
        ("100 * errors / (errors + FILL", "100 * errors / (error + FILL", "refused"),
        ("(success / (success + errors)) * 100", "success * 100", "unused-query"),
        ("datapoints_to_alarm = 2", "datapoints_to_alarm = 3", "refused"),
        ("evaluation_periods  = 2", "evaluation_periods  = 145", "too-long"),
        ("\"cloudwatch.amazonaws.com\"", "\"events.amazonaws.com\"", "topic-policy-denies"),
        ("  alarm_actions       = [aws_sns_topic.alerts.arn]\n", "", "no-action"),
        (
            "resource \"aws_sns_topic_subscription\" \"email\"",
            "resource \"aws_sns_other\" \"email\"",
            "topic-without-subscriber",
        ),
        ("return_data = \"true\"", "return_data = \"false\"", "refused"),
    ];
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/churn/terraform");
    let inventory = live(&fixture("terraform"));
    for (right, wrong, rule) in cases {
        let copy = tempfile::tempdir().unwrap();
        let mut changed = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            changed += text.matches(right).count();
            std::fs::write(copy.path().join(path.file_name().unwrap()), text.replace(right, wrong)).unwrap();
        }
        assert!(changed > 0, "{right}");
        let artefacts = artefacts::read(&[copy.path().to_owned()], &Options::default()).unwrap();
        let found = lint(&artefacts, Some(&inventory));
        assert!(found.iter().any(|finding| finding.rule == rule), "{wrong}: {found:#?}");
    }
}

/// A namespace that all metrics of an alarm share was once told of as often as they are.
#[test]
fn a_finding_is_told_once() {
    let mut told: Vec<_> =
        lint(&fixture("terraform"), Some(&Inventory::default())).iter().map(ToString::to_string).collect();
    let all = told.len();
    told.sort();
    told.dedup();
    assert_eq!(all, told.len());
    assert!(told.iter().any(|one| one.contains("nobody publishes to RetainWise/Worker")), "{told:#?}");
}

#[test]
fn what_was_missed_is_found() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artefacts/broken.yaml");
    let artefacts = artefacts::read(&[path], &Options::default()).unwrap();
    let metric = |name: &str, dimensions: &[(&str, &str)]| Metric::new("Jobs", name, dimensions).unwrap();
    let metrics = [metric("Heartbeat", &[]), metric("Depth", &[("Queue", "mail")])].into();
    let found = lint(&artefacts, Some(&Inventory { metrics, ..Inventory::default() }));
    let lines: Vec<_> = found.iter().filter(|one| one.rule != "no-action").map(|one| (one.rule, &*one.alarm)).collect();
    let expected = [
        ("composite-constant", "contradiction"),
        ("composite-constant", "always"),
        ("hidden-outage", "heartbeat"),
        ("unknown-metric", "query"),
        ("unfilled-placeholder", "text"),
    ];
    for line in expected {
        assert!(lines.contains(&line), "{line:?}: {found:#?}");
    }
}

#[test]
fn a_variable_that_no_file_has_is_a_mistake() {
    let check = |artefacts: &Artefacts, name: &str| artefacts::check_variables(&[name], &[artefacts]);
    let template = b"Parameters: {Threshold: {Type: Number}}\nResources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: a}}}\n";
    let read =
        |name: &str, text: &[u8]| artefacts::read_text(Path::new(name), text.to_vec(), &Options::default()).unwrap();
    let template = read("t.yaml", template);
    assert_eq!(check(&template, "Threshold"), Ok(()));
    assert_eq!(check(&template, "AWS::StackName"), Ok(()));
    let meant = "there is no variable or parameter Treshold: did you mean Threshold?";
    assert_eq!(check(&template, "Treshold"), Err(meant.to_owned()));
    let terraform = read("t.tf", b"variable \"stage\" {}\nvariable \"team\" {}\n");
    assert_eq!(check(&terraform, "stage"), Ok(()));
    let listed = "there is no variable or parameter limit: the files have stage, team";
    assert_eq!(check(&terraform, "limit"), Err(listed.to_owned()));
    assert_eq!(artefacts::check_variables(&["stage", "Threshold"], &[&terraform, &template]), Ok(()));
    let none = "there is no variable or parameter x: the files have none (those of a plan have their values already)";
    assert_eq!(check(&Artefacts::default(), "x"), Err(none.to_owned()));
}

#[test]
fn without_an_inventory_rules_that_need_one_are_skipped() {
    let artefacts = fixture("terraform");
    assert_eq!(lint(&artefacts, None), []);
    assert!(lint(&artefacts, Some(&Inventory::default())).iter().all(|finding| finding.rule == "unknown-metric"));
}

#[test]
fn every_rule_is_on_the_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/alarm-lint.md");
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        alarm_lint::page(),
        "it is what `nepho alarm lint --rules` prints"
    );
}

#[test]
fn rules_are_in_the_order_of_their_names() {
    assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
}

#[test]
fn sarif_names_rule_level_and_place() {
    let artefacts = fixture("terraform");
    let findings = lint(&artefacts, Some(&Inventory::default()));
    let log: serde_json::Value = serde_json::from_str(&alarm_lint::sarif(&findings)).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), RULES.len());
    let result = &run["results"][0];
    assert_eq!((result["ruleId"].as_str(), result["level"].as_str()), (Some("unknown-metric"), Some("error")));
    let place = &result["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("alarms.tf"));
    assert_eq!(place["region"]["startLine"], findings[0].place.line);
}
