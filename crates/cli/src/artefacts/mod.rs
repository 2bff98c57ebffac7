//! Definitions of alarms, and of what belongs to them, from the files in which people keep them.
//!
//! | artefact | what is read |
//! | --- | --- |
//! | Terraform, a folder or a file of it | alarms, composite alarms, mute rules, topics, subscriptions, topic policies, queues |
//! | Terraform's plan, `terraform show -json` | the same, as far as the plan knows them |
//! | a CloudFormation template in YAML or JSON, CDK's output | the same |
//! | the output of `aws cloudwatch describe-alarms` | alarms, composite alarms |
//! | alarms as PutMetricAlarm and PutCompositeAlarm take them, in YAML or JSON | alarms, composite alarms |
//!
//! Which it is, content and extension tell. Every definition comes as the request that would put
//! it, with its place, the places of its members, and what of it cannot be told from the files.
//! Nothing is left out without a word: what is not known is [`Unresolved`], what is wrong a
//! [`ReadError`].
//!
//! This is **not** Terraform or CloudFormation: it asks nobody, so that data sources, modules from
//! elsewhere and imports stay unknown, and it does not judge. Whether an alarm is legal is for
//! others to say.
//!
//! ```
//! use std::path::Path;
//!
//! use nepho_cli::artefacts::{self, Options};
//!
//! let template = r#"
//! Resources:
//!   Depth:
//!     Type: AWS::CloudWatch::Alarm
//!     Properties:
//!       AlarmName: !Sub "${AWS::Region}-depth"
//!       Threshold: "10"
//!       AlarmActions: [!ImportValue ops]
//! "#;
//! let found = artefacts::read_text(Path::new("alarms.yaml"), template.into(), &Options::default())?;
//!
//! let alarm = &found.metric_alarms[0];
//! assert_eq!(alarm.value.alarm_name.as_deref(), Some("us-east-1-depth"));
//! assert_eq!(alarm.place_of("Threshold").to_string(), "alarms.yaml:7:18");
//! assert_eq!(
//!     alarm.unresolved[0].to_string(),
//!     "alarms.yaml:8:22: AlarmActions.member.1: Fn::ImportValue:ops comes from another stack",
//! );
//! # Ok::<(), artefacts::ReadError>(())
//! ```

pub(crate) mod budget;
mod cloudformation;
mod describe_alarms;
mod error;
mod files;
mod finding;
mod found;
pub(crate) mod inline;
pub(crate) mod json;
mod members;
pub(crate) mod node;
mod options;
mod place;
mod plan;
pub(crate) mod source;
mod spelling;
mod terraform;
mod unresolved;
mod wire;
pub(crate) mod yaml;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub use budget::{DEPTH_MAX, ELEMENTS_MAX, STEPS_MAX, TEXT_BYTES_MAX, VALUE_NESTING_MAX};
pub use error::ReadError;
pub use files::FILES_MAX;
pub use found::{Artefacts, Found, Queue, Subscription, Topic, TopicPolicy};
pub use json::NESTING_MAX;
pub use options::Options;
pub use place::Place;
pub use source::{FILE_BYTES_MAX, HCL_BYTES_MAX, YAML_BYTES_MAX};
pub use terraform::{INSTANCES_MAX, MODULE_DEPTH_MAX};
pub use unresolved::Unresolved;

use crate::nearest::nearest;
use budget::Budget;
use node::Node;
use source::Source;

/// What a document may be, for those who have none of them.
const FORMS: &str = "expected a plan of Terraform (planned_values), a CloudFormation template (Resources), the output of \
                     describe-alarms (MetricAlarms), or alarms with an AlarmName";

/// Reads artefacts, each a file or a folder, into one.
///
/// # Errors
///
/// The first file that cannot be read, or is none of the artefacts, or has something at a place
/// where it cannot stand.
pub fn read(paths: &[PathBuf], options: &Options) -> Result<Artefacts, ReadError> {
    let mut artefacts = Artefacts::default();
    for path in paths {
        artefacts.append(read_path(path, options)?);
    }
    Ok(artefacts)
}

/// Checks that every variable that is given a value is one of what was read.
///
/// # Errors
/// Names the first that is none, with what may have been meant.
pub fn check_variables(given: &[&str], artefacts: &[&Artefacts]) -> Result<(), String> {
    let known: BTreeSet<&str> = artefacts
        .iter()
        .flat_map(|one| &one.variables)
        .map(String::as_str)
        .filter(|name| !name.contains(':'))
        .collect();
    let is_known = |name: &str| artefacts.iter().any(|one| one.variables.contains(name));
    let Some(stray) = given.iter().find(|name| !is_known(name)) else { return Ok(()) };
    let hint = match nearest(stray, known.iter().copied()) {
        Some(meant) => format!("did you mean {meant}?"),
        None if known.is_empty() => "the files have none (those of a plan have their values already)".to_owned(),
        None => format!("the files have {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    };
    Err(format!("there is no variable or parameter {stray}: {hint}"))
}

fn read_path(path: &Path, options: &Options) -> Result<Artefacts, ReadError> {
    if path.is_dir() {
        return read_folder(path, options);
    }
    match path.extension().and_then(OsStr::to_str) {
        Some("tf") => terraform::read_file(path, options),
        _ => read_source(&Source::read(path)?, options),
    }
}

/// Reads the content of one file.
///
/// What stands around the file, such as other files of a Terraform module, is not looked at.
///
/// # Errors
///
/// As [`read`].
pub fn read_text(path: &Path, content: Vec<u8>, options: &Options) -> Result<Artefacts, ReadError> {
    read_source(&Source::from_bytes(path, content)?, options)
}

fn read_folder(folder: &Path, options: &Options) -> Result<Artefacts, ReadError> {
    let files = files::entries(folder, Path::is_file)?;
    if files.iter().any(|file| file.to_string_lossy().ends_with(".tf")) {
        return terraform::read_folder(folder, options);
    }
    let templates = cloudformation::templates(folder)?;
    if templates.is_empty() {
        let message = "expected a folder of Terraform (*.tf) or of CDK's output (*.template.json)";
        return Err(ReadError::file(folder, message));
    }
    read(&templates, options)
}

fn read_source(source: &Source, options: &Options) -> Result<Artefacts, ReadError> {
    let name = source.file.to_string_lossy();
    if name.ends_with(".tf.json") {
        return Err(ReadError::file(&source.file, "is Terraform in JSON, which is not read: expected HCL (*.tf)"));
    }
    if name.ends_with(".tf") {
        return terraform::read_text(source, options);
    }
    let budget = Budget::default();
    let begins_as_json = source.text.trim_start().starts_with(['{', '[']);
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    let documents = match name.ends_with(".json") || (begins_as_json && !is_yaml) {
        true => vec![json::parse(source)?],
        false => yaml::parse(source, &budget)?,
    };
    if documents.is_empty() {
        return Err(ReadError::at(&source.place(0), format!("the file is empty: {FORMS}")));
    }
    let mut artefacts = Artefacts::default();
    for document in &documents {
        artefacts.append(read_document(document, &budget, options)?);
    }
    Ok(artefacts)
}

fn read_document(document: &Node, budget: &Budget, options: &Options) -> Result<Artefacts, ReadError> {
    if plan::is_plan(document) {
        return plan::read(document, options);
    }
    if cloudformation::is_template(document) {
        return cloudformation::read(document, budget, options);
    }
    if describe_alarms::is_output(document) {
        return describe_alarms::read(document);
    }
    if inline::is_inline(document) {
        return inline::read(document);
    }
    let found = match document.entries() {
        Some([]) => "an empty map".to_owned(),
        Some(entries) => {
            let keys: Vec<_> = entries.iter().take(5).map(|entry| entry.key.as_str()).collect();
            format!("a map of {}", keys.join(", "))
        }
        None => document.value.kind(),
    };
    Err(ReadError::at(&document.place, format!("no definitions of alarms: {FORMS}, found {found}")))
}
