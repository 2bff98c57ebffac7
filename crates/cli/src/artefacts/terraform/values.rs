//! Values of variables from outside of the configuration.

use std::path::Path;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;

use super::module::parse;
use crate::artefacts::error::ReadError;
use crate::artefacts::files::entries;
use crate::artefacts::json;
use crate::artefacts::node::Node;
use crate::artefacts::options::Options;
use crate::artefacts::source::Source;

/// What is given for the variables of the root module; later ones go before earlier ones.
pub(super) struct Values(Vec<Given>);

enum Given {
    Hcl(Source, Body),
    Json(Node),
    /// From the options: the name, the text, and the text as an expression, if it is one.
    Option(String, Source, Option<Expression>),
}

/// The value that is given for a variable.
pub(super) enum GivenValue<'v> {
    Expression(&'v Source, &'v Expression),
    Node(&'v Node),
    /// A text, or else the expression that it may be.
    Text(&'v Source, Option<&'v Expression>),
}

impl Values {
    /// What Terraform finds by itself in the folder of the root module, and what the options add.
    pub(super) fn of_folder(folder: &Path, options: &Options) -> Result<Self, ReadError> {
        let mut values = Self(Vec::new());
        let files = entries(folder, Path::is_file)?;
        let named =
            |name: &'static str| files.iter().filter(move |file| file.file_name().is_some_and(|found| found == name));
        let is_auto = |end: &'static str| files.iter().filter(move |file| file.to_string_lossy().ends_with(end));
        let mut automatic: Vec<_> = is_auto(".auto.tfvars").chain(is_auto(".auto.tfvars.json")).collect();
        automatic.sort();
        for file in named("terraform.tfvars").chain(named("terraform.tfvars.json")).chain(automatic) {
            values.add(file)?;
        }
        values.add_options(options)?;
        Ok(values)
    }

    /// What the options give.
    pub(super) fn of_options(options: &Options) -> Result<Self, ReadError> {
        let mut values = Self(Vec::new());
        values.add_options(options)?;
        Ok(values)
    }

    fn add_options(&mut self, options: &Options) -> Result<(), ReadError> {
        for file in &options.variable_files {
            self.add(file)?;
        }
        for (name, text) in &options.variables {
            let source = Source::from_bytes(Path::new("(option)"), text.clone().into_bytes())?;
            let expression = text.parse().ok();
            self.0.push(Given::Option(name.clone(), source, expression));
        }
        Ok(())
    }

    fn add(&mut self, file: &Path) -> Result<(), ReadError> {
        let source = Source::read(file)?;
        self.0.push(match file.extension().is_some_and(|extension| extension == "json") {
            true => Given::Json(json::parse(&source)?),
            false => {
                let body = parse(&source)?;
                Given::Hcl(source, body)
            }
        });
        Ok(())
    }

    /// What is given for a variable.
    pub(super) fn get(&self, name: &str) -> Option<GivenValue<'_>> {
        self.0.iter().rev().find_map(|given| match given {
            Given::Hcl(source, body) => Some(GivenValue::Expression(source, &body.get_attribute(name)?.value)),
            Given::Json(node) => node.get(name).map(GivenValue::Node),
            Given::Option(of, source, expression) => {
                (of == name).then_some(GivenValue::Text(source, expression.as_ref()))
            }
        })
    }
}
