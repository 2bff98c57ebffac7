//! The eight methods: what the model is asked, and what its answer must look like.

mod assess_section_confidence;
mod check_question_relevance;
mod generate_artifacts;
mod generate_brief;
mod generate_execution_options;
mod generate_idea_brief;
mod generate_questions;
mod generate_understanding_questions;

pub use generate_artifacts::{Artifact, Artifacts};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// All of them.
pub static METHODS: [Method; 8] = [
    generate_questions::METHOD,
    generate_brief::METHOD,
    generate_understanding_questions::METHOD,
    generate_idea_brief::METHOD,
    check_question_relevance::METHOD,
    assess_section_confidence::METHOD,
    generate_execution_options::METHOD,
    generate_artifacts::METHOD,
];

/// A method.
#[derive(Debug)]
pub struct Method {
    /// Its name in paths and in the dimension `Method`.
    pub name: &'static str,
    /// What the model is told to do.
    pub task: &'static str,
    /// An answer, which shows the model the form that is wanted.
    pub form: &'static str,
    /// A request, which shows a person the form that is wanted.
    pub example: &'static str,
    read: fn(&[u8]) -> Result<String, Error>,
    check: fn(&str) -> Result<Value, Error>,
}

impl Method {
    /// The method of this name.
    pub fn find(name: &str) -> Option<&'static Method> {
        METHODS.iter().find(|method| method.name == name)
    }

    /// Reads a request, and says it in the words the model gets.
    ///
    /// # Errors
    /// When it is not a request of this method.
    pub fn read(&self, request: &[u8]) -> Result<String, Error> {
        (self.read)(request)
    }

    /// Reads an answer of the model.
    ///
    /// # Errors
    /// When it is not JSON, or not of the form that is wanted.
    pub fn check(&self, answer: &str) -> Result<Value, Error> {
        (self.check)(answer)
    }
}

/// A request as text: what it has, and nothing else.
fn read<R: DeserializeOwned + Serialize>(request: &[u8]) -> Result<String, Error> {
    serde_json::to_string_pretty(&serde_json::from_slice::<R>(request)?)
}

/// An answer: what was asked for, and nothing else.
fn check<A: DeserializeOwned + Serialize>(answer: &str) -> Result<Value, Error> {
    serde_json::to_value(serde_json::from_str::<A>(answer)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_take_their_own_examples_and_nothing_broken() {
        for method in &METHODS {
            assert!(std::ptr::eq(Method::find(method.name).unwrap(), method));
            method.read(method.example.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", method.name));
            let answer = method.check(method.form).unwrap_or_else(|error| panic!("{}: {error}", method.name));
            assert_eq!(answer, serde_json::from_str::<Value>(method.form).unwrap(), "{}", method.name);
            for broken in ["", "{}", "[]", "Sure! Here it is.", &method.form[..method.form.len() - 1]] {
                assert!(method.check(broken).is_err(), "{} takes {broken:?}", method.name);
                assert!(method.read(broken.as_bytes()).is_err(), "{} reads {broken:?}", method.name);
            }
        }
        assert!(Method::find("generate").is_none());
    }

    #[test]
    fn confidence_is_a_share() {
        let method = Method::find("assess_section_confidence").unwrap();
        for (confidence, is_one) in [("0", true), ("1.0", true), ("1.01", false), ("-0.1", false), ("\"high\"", false)]
        {
            let answer = format!(r#"{{"confidence":{confidence},"missing":[]}}"#);
            assert_eq!(method.check(&answer).is_ok(), is_one, "{confidence}");
        }
    }

    #[test]
    fn artifacts_are_at_least_one() {
        assert!(Method::find("generate_artifacts").unwrap().check(r#"{"artifacts":[]}"#).is_err());
    }
}
