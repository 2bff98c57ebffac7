//! CloudFormation's templates, and so CDK's output.

mod condition;
mod function;
mod pseudo;
mod reference;
mod resource;
mod substitution;
mod template;

use std::path::{Path, PathBuf};

use super::budget::Budget;
use super::error::ReadError;
use super::files::entries;
use super::found::Artefacts;
use super::node::{Node, Value};
use super::options::Options;
use super::unresolved::Unresolved;
use template::Template;

/// Whether a document is a template.
pub(crate) fn is_template(document: &Node) -> bool {
    let is_resource = |node: &Node| node.get("Type").is_some();
    match document.get("Resources").map(|node| &node.value) {
        Some(Value::Map(entries)) => {
            entries.iter().any(|entry| is_resource(&entry.node)) || document.get("AWSTemplateFormatVersion").is_some()
        }
        _ => false,
    }
}

/// Reads a template.
pub(crate) fn read(document: &Node, budget: &Budget, options: &Options) -> Result<Artefacts, ReadError> {
    let template = Template::new(document, budget, options)?;
    let variables = template.parameters().map(str::to_owned).collect();
    let mut artefacts = Artefacts { variables, ..Artefacts::default() };
    if let Some(transform) = document.get("Transform") {
        artefacts.unresolved.extend(macros(transform));
    }
    for (logical_id, resource) in template.resources() {
        resource::read(&template, logical_id, resource, &mut artefacts)?;
    }
    match budget.is_exhausted() {
        false => Ok(artefacts),
        true => {
            let message = format!("the template takes more than {} steps to read", super::STEPS_MAX);
            Err(ReadError::at(&document.place, message))
        }
    }
}

/// Macros of Amazon's that make no alarms.
const HARMLESS: [&str; 3] = ["AWS::LanguageExtensions", "AWS::SecretsManager-", "AWS::Serverless-"];

/// A remark for each macro that may make more than is written.
fn macros(transform: &Node) -> Vec<Unresolved> {
    let one = std::slice::from_ref(transform);
    let remark = |node: &Node| {
        let name = node.value.to_text().map_or_else(|| "Transform".to_owned(), |text| text.text);
        let is_harmless = HARMLESS.iter().any(|harmless| name.starts_with(harmless));
        (!is_harmless).then(|| Unresolved {
            member: String::new(),
            place: node.place.clone(),
            source: name,
            reason: "is a macro, which may make more than is written here".to_owned(),
        })
    };
    transform.elements().unwrap_or(one).iter().filter_map(remark).collect()
}

/// The ends of names of templates as CDK and its users write them.
const ENDS: [&str; 3] = [".template.json", ".template.yaml", ".template.yml"];

/// The most folders in each other in CDK's output, which has one for each stage.
const FOLDERS_MAX: usize = 4;

/// The templates in a folder, and in those of CDK's stages.
pub(crate) fn templates(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut templates = Vec::new();
    gather_templates(folder, FOLDERS_MAX, &mut templates)?;
    Ok(templates)
}

fn gather_templates(folder: &Path, folders: usize, templates: &mut Vec<PathBuf>) -> Result<(), ReadError> {
    let is_template = |file: &PathBuf| ENDS.iter().any(|end| file.to_string_lossy().ends_with(end));
    templates.extend(entries(folder, Path::is_file)?.into_iter().filter(is_template));
    let Some(folders) = folders.checked_sub(1) else {
        return Ok(());
    };
    let is_stage =
        |folder: &&PathBuf| folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("assembly-"));
    for stage in entries(folder, Path::is_dir)?.iter().filter(is_stage) {
        gather_templates(stage, folders, templates)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
