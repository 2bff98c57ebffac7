//! Definitions of alarms as they are written in real life, in every form in which they are.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod churn;
mod mutation;
mod wrong_files;

use std::path::PathBuf;

use nepho_cli::artefacts::{self, Artefacts, Options};

/// A file or folder beside this one.
fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/artefacts").join(name)
}

/// A file or folder of the example whose alarms these are.
fn churn(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/churn").join(name)
}

fn read(path: PathBuf) -> Artefacts {
    artefacts::read(&[path], &Options::default()).unwrap()
}
