//! Test files.

use std::path::{Path, PathBuf};

use nepho_model::Scope;

use super::case::Case;
use super::definitions::Definitions;
use super::error::TestFileError;
use super::fields::{self, Fields};
use crate::artefacts::budget::Budget;
use crate::artefacts::node::Node;
use crate::artefacts::source::Source;
use crate::artefacts::{self, Artefacts, Options, check_variables, inline, json, yaml};

/// A test file that was read, with the alarms that it is about.
#[derive(Debug)]
pub struct TestFile {
    pub(super) path: PathBuf,
    pub(super) definitions: Definitions,
    pub(super) cases: Vec<Case>,
    /// The artefacts that it names, and what is written in it.
    pub artefacts: Artefacts,
}

/// Reads a test file in YAML or JSON, and the artefacts that it names, whose paths are relative to it.
///
/// What the options say of Region, account and variables, the file may say otherwise.
///
/// # Errors
/// What cannot be read, and the first mistake with its place.
pub fn read(path: &Path, options: &Options) -> Result<TestFile, TestFileError> {
    read_source(&Source::read(path)?, options)
}

/// Reads the content of a test file.
///
/// # Errors
/// As [`read`].
pub fn read_text(path: &Path, content: Vec<u8>, options: &Options) -> Result<TestFile, TestFileError> {
    read_source(&Source::from_bytes(path, content)?, options)
}

fn read_source(source: &Source, options: &Options) -> Result<TestFile, TestFileError> {
    let is_json = source.file.extension().is_some_and(|extension| extension == "json");
    let documents = match is_json {
        true => vec![json::parse(source)?],
        false => yaml::parse(source, &Budget::default())?,
    };
    let [document] = &documents[..] else {
        let message = format!("expected one document with alarms and tests, found {}", documents.len());
        return Err(TestFileError::at(&source.place(0), message));
    };
    let keys = ["alarms", "definitions", "variables", "region", "account", "workspace", "tests"];
    let fields = Fields::of(document, "a test file", &keys)?;
    let options = own_options(&fields, options)?;
    let artefacts = artefacts(&fields, source, &options)?;
    for entry in fields.get("variables").and_then(Node::entries).unwrap_or_default() {
        check_variables(&[&entry.key], &[&artefacts])
            .map_err(|message| TestFileError::at(&entry.node.place, format!("variables: {message}")))?;
    }
    let scope = Scope::new(options.account.as_str(), options.region.as_str());
    let definitions = Definitions::new(scope, &artefacts)?;
    fields.required("tests")?;
    let tests = fields.list("tests")?.iter().enumerate();
    let cases = tests.map(|(at, node)| Case::read(node, at + 1, &definitions)).collect::<Result<Vec<_>, _>>()?;
    Ok(TestFile { path: source.file.to_path_buf(), definitions, cases, artefacts })
}

fn own_options(fields: &Fields<'_>, options: &Options) -> Result<Options, TestFileError> {
    let mut options = options.clone();
    options.region = fields.text("region")?.unwrap_or(options.region);
    options.account = fields.text("account")?.unwrap_or(options.account);
    options.workspace = fields.text("workspace")?.unwrap_or(options.workspace);
    if let Some(node) = fields.get("variables") {
        let expected = || format!("variables: expected a map of names and values, found {}", node.value.kind());
        for entry in node.entries().ok_or_else(|| TestFileError::at(&node.place, expected()))? {
            let value = fields::text(&entry.node, &entry.key)?;
            options.variables.entry(entry.key.clone()).or_insert(value);
        }
    }
    Ok(options)
}

fn artefacts(fields: &Fields<'_>, source: &Source, options: &Options) -> Result<Artefacts, TestFileError> {
    let folder = source.file.parent().unwrap_or(Path::new(""));
    let mut all = Artefacts::default();
    let named = fields.get("alarms").map(paths).transpose()?.unwrap_or_default();
    for (path, node) in named {
        let path = folder.join(path);
        if !path.exists() {
            return Err(TestFileError::at(&node.place, format!("alarms: there is no {}", path.display())));
        }
        all.append(artefacts::read(&[path], options)?);
    }
    if let Some(node) = fields.get("definitions") {
        all.append(inline::read(node)?);
    }
    if all.metric_alarms.is_empty() && all.composite_alarms.is_empty() {
        let message = "there are no alarms: name artefacts under alarms, or write alarms under definitions";
        return Err(TestFileError::at(&fields.node.place, message));
    }
    Ok(all)
}

/// One path, or a list of them.
fn paths(node: &Node) -> Result<Vec<(String, &Node)>, TestFileError> {
    let nodes = node.elements().unwrap_or(std::slice::from_ref(node));
    nodes.iter().map(|node| Ok((fields::text(node, "alarms")?, node))).collect()
}
