//! `nepho alarm test`: unit tests for alarms.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use nepho_cli::alarm_test::{self, FileReport, TestFileError};

use super::artefact_options;
use crate::exit::{self, Failure};
use crate::number::counted;
use crate::print;

const EXAMPLES: &str = "\
Examples:
  nepho alarm test alarms.test.yaml
  nepho alarm test tests/*.yaml --coverage --junit report.xml

A test file names Terraform, CloudFormation or describe-alarms output, and has tests:
  alarms: ../terraform
  tests:
  - name: the queue backs up
    input:
    - {namespace: AWS/SQS, metric: ApproximateNumberOfMessagesVisible,
       dimensions: {QueueName: jobs}, values: 0x10 50x10 0x10}
    expect:
    - {at: 5m, alarm: queue-depth, state: OK}
    - {at: 15m, alarm: queue-depth, state: ALARM}

Exit code 1 when a test fails, 2 when a file has a mistake, 3 when one cannot be read.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Test files, in YAML or JSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List the alarms of which no test expects anything
    #[arg(long)]
    coverage: bool,
    /// Write a report in JUnit's XML
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    junit: Option<PathBuf>,
    /// Print JSON
    #[arg(long, env = "NEPHO_JSON", help_heading = "Output")]
    json: bool,
    /// Region of the alarms, where the files name none
    #[arg(long, env = "NEPHO_REGION", default_value = "us-east-1", help_heading = "Artefacts")]
    region: String,
    #[command(flatten)]
    artefacts: artefact_options::Arguments,
}

/// Runs the tests.
pub(crate) fn command(arguments: &Arguments) -> ExitCode {
    exit::end(test(arguments))
}

fn test(arguments: &Arguments) -> Result<(), Failure> {
    let options = arguments.artefacts.options(&arguments.region);
    let files = arguments.files.iter().map(|path| alarm_test::read(path, &options));
    let files = files.collect::<Result<Vec<_>, _>>().map_err(|error| failure(&error))?;
    arguments.artefacts.check(&files.iter().map(|file| &file.artefacts).collect::<Vec<_>>())?;
    let reports: Vec<FileReport> = files.iter().map(alarm_test::run).collect();
    if let Some(path) = &arguments.junit {
        let written = std::fs::write(path, alarm_test::junit(&reports));
        written.map_err(|error| Failure::unreachable(format!("cannot write {}: {error}", path.display())))?;
    }
    print::out(&match arguments.json {
        true => serde_json::to_string_pretty(&reports).expect("a report has only texts and numbers") + "\n",
        false => reports.iter().map(|report| report.text(arguments.coverage)).collect(),
    })?;
    let failed = reports.iter().flat_map(|report| &report.cases).filter(|case| !case.has_passed()).count();
    match failed {
        0 => Ok(()),
        failed => Err(Failure::Incomplete(format!("{} failed", counted(failed as u64, "test")))),
    }
}

fn failure(error: &TestFileError) -> Failure {
    match error {
        TestFileError::Unreadable(error) => Failure::from(error),
        TestFileError::Mistake { .. } => Failure::usage(error.to_string()),
    }
}
