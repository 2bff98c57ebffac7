//! `nepho alarm lint`: definitions of alarms that can never work.

mod live;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use nepho_cli::alarm_lint::{self, Definitions, Finding, Inventory, RULES, Severity};
use nepho_cli::artefacts::{self, Artefacts};
use serde::Serialize;

use super::artefact_options;
use crate::exit::{self, Failure};
use crate::number::counted;
use crate::{endpoint, print};

const EXAMPLES: &str = "\
Examples:
  nepho alarm lint terraform/ --offline
  nepho alarm lint template.yaml --endpoint aws --sarif alarms.sarif
  nepho alarm lint --rules

Exit code 1 when there is an error, with --strict also when there is a warning.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Artefacts: Terraform, CloudFormation, the output of describe-alarms; files or folders
    #[arg(required_unless_present = "rules", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Do not compare with what is published
    #[arg(long)]
    offline: bool,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// Leave a rule out
    #[arg(long, value_name = "RULE", value_parser = rule)]
    ignore: Vec<String>,
    /// Print the page about the rules
    #[arg(long)]
    rules: bool,
    /// Print JSON
    #[arg(long, env = "NEPHO_JSON", help_heading = "Output")]
    json: bool,
    /// Write the findings as SARIF
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    sarif: Option<PathBuf>,
    #[command(flatten)]
    artefacts: artefact_options::Arguments,
    #[command(flatten)]
    endpoint: endpoint::Arguments,
}

/// Everything that is printed, for programs.
#[derive(Serialize)]
struct Document<'a> {
    findings: &'a [Finding],
    remarks: &'a [String],
}

fn rule(text: &str) -> Result<String, String> {
    match RULES.iter().any(|rule| rule.id == text) {
        true => Ok(text.to_owned()),
        false => {
            let ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
            Err(format!("expected one of {}", ids.join(", ")))
        }
    }
}

/// Looks for what cannot work.
pub(crate) fn command(arguments: Arguments) -> ExitCode {
    match arguments.rules {
        true => exit::end(print::out(&alarm_lint::page())),
        false => exit::run(lint(arguments)),
    }
}

async fn lint(arguments: Arguments) -> Result<(), Failure> {
    let options = arguments.artefacts.options(arguments.endpoint.region());
    let artefacts = artefacts::read(&arguments.files, &options).map_err(|error| Failure::from(&error))?;
    arguments.artefacts.check(&[&artefacts])?;
    let definitions = Definitions::new(&artefacts, &options.region, &options.account);
    let mut remarks = unresolved(&artefacts);
    let inventory = match arguments.offline {
        true => None,
        false => Some(live::inventory(&arguments.endpoint, &definitions, &mut remarks).await?),
    };
    remarks.extend(elsewhere(&artefacts, &definitions, inventory.as_ref()));
    let mut findings = alarm_lint::lint(&definitions, inventory.as_ref());
    findings.retain(|finding| !arguments.ignore.iter().any(|rule| rule == finding.rule));
    if let Some(path) = &arguments.sarif {
        let written = std::fs::write(path, alarm_lint::sarif(&findings));
        written.map_err(|error| Failure::unreachable(format!("cannot write {}: {error}", path.display())))?;
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if arguments.json {
        let document = Document { findings: &findings, remarks: &remarks };
        let text = serde_json::to_string_pretty(&document).expect("findings have only texts and numbers");
        print::out(&(text + "\n"))?;
    } else {
        print::out(&findings.iter().map(|finding| format!("{finding}\n")).collect::<String>())?;
        remarks.iter().for_each(|remark| print::note(remark));
        let alarms = artefacts.metric_alarms.len() + artefacts.composite_alarms.len();
        let [alarms, told_errors, told_warnings] = [(alarms, "alarm"), (errors, "error"), (warnings, "warning")]
            .map(|(count, what)| counted(count as u64, what));
        print::note(&format!("{alarms}: {told_errors}, {told_warnings}"));
    }
    match errors + if arguments.strict { warnings } else { 0 } {
        0 => Ok(()),
        found => Err(Failure::Incomplete(format!("{} to correct", counted(found as u64, "finding")))),
    }
}

/// What is not known of the files.
fn unresolved(artefacts: &Artefacts) -> Vec<String> {
    let metric = artefacts.metric_alarms.iter().flat_map(|found| &found.unresolved);
    let composite = artefacts.composite_alarms.iter().flat_map(|found| &found.unresolved);
    metric.chain(composite).chain(&artefacts.unresolved).map(|one| format!("remark: {one}")).collect()
}

/// The topics that are not in the files, when nobody was asked about any.
fn elsewhere(artefacts: &Artefacts, definitions: &Definitions<'_>, inventory: Option<&Inventory>) -> Vec<String> {
    if inventory.is_some() {
        return Vec::new();
    }
    let is_defined = |arn: &str| artefacts.topics.iter().any(|topic| topic.value.arn == arn);
    let elsewhere = definitions.topics().into_keys().filter(|arn| !is_defined(arn));
    elsewhere
        .map(|arn| format!("remark: {arn} is not in the files, so that nobody knows who subscribes to it"))
        .collect()
}
