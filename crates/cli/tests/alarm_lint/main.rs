//! The rules against real definitions, broken ones and the page about them.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod record;

use std::path::{Path, PathBuf};

use nepho_cli::alarm_lint::{self, Definitions, Finding, Inventory, RULES};
use nepho_cli::artefacts::{self, Artefacts, Options};

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
