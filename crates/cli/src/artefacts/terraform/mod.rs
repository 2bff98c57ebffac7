//! Terraform's configuration language.
//!
//! The parser is `hcl-edit`, the one beneath `hcl-rs`: it tells where everything stands. The
//! evaluation of `hcl-rs` fails as a whole where one thing is not known, and so it is done here.

mod attribute;
mod block;
mod constraint;
mod evaluate;
mod evaluator;
mod expansion;
mod for_expression;
mod functions;
mod heredoc;
mod instance;
mod module;
mod operator;
mod policy_document;
mod reading;
mod reference;
mod scope;
mod template;
mod values;
mod variable;

use std::path::{Path, PathBuf};

use super::error::ReadError;
use super::found::Artefacts;
use super::options::Options;
use super::source::Source;
use evaluator::Evaluator;
pub use expansion::INSTANCES_MAX;
pub use instance::MODULE_DEPTH_MAX;
use module::Modules;
use values::Values;

/// Reads a folder as the root module.
pub(crate) fn read_folder(folder: &Path, options: &Options) -> Result<Artefacts, ReadError> {
    let values = Values::of_folder(folder, options)?;
    let modules = Modules::of_folder(folder)?;
    read_modules(&modules, &values, options)
}

/// Reads a file together with the folder it is in, which gives its expressions their values. Only
/// the file's own alarms and mute rules are kept; what else there is belongs to them.
pub(crate) fn read_file(file: &Path, options: &Options) -> Result<Artefacts, ReadError> {
    Source::read(file)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut artefacts = read_folder(folder, options)?;
    artefacts.metric_alarms.retain(|found| &*found.place.file == file);
    artefacts.composite_alarms.retain(|found| &*found.place.file == file);
    artefacts.mute_rules.retain(|found| &*found.place.file == file);
    Ok(artefacts)
}

/// Reads a text as the only file of the root module.
pub(crate) fn read_text(source: &Source, options: &Options) -> Result<Artefacts, ReadError> {
    let copy = Source::from_bytes(&PathBuf::from(&*source.file), source.text.clone().into_bytes())?;
    let values = Values::of_options(options)?;
    let modules = Modules::of_text(copy)?;
    read_modules(&modules, &values, options)
}

fn read_modules(modules: &Modules, values: &Values, options: &Options) -> Result<Artefacts, ReadError> {
    let mut artefacts = Evaluator::new(modules, values, options).read()?;
    artefacts.variables.extend(modules.root().variables.keys().cloned());
    Ok(artefacts)
}

#[cfg(test)]
mod tests;
