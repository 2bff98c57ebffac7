//! From a node to a definition that is found.

use std::cell::RefCell;

use super::error::ReadError;
use super::found::Found;
use super::members::{Members, Report, Spelling};
use super::node::Node;
use super::place::Place;
use super::unresolved::Unresolved;

/// A node that holds a definition, and what is known about it.
pub(crate) struct Finding<'n> {
    pub(crate) spelling: Spelling,
    pub(crate) address: String,
    /// Where the definition begins, which may be before its members.
    pub(crate) place: &'n Place,
    pub(crate) node: &'n Node,
    /// Keys that are no members.
    pub(crate) ignored: &'n [&'n str],
    /// What of it could not be told already.
    pub(crate) unresolved: Vec<Unresolved>,
}

impl Finding<'_> {
    /// Reads the definition.
    ///
    /// # Errors
    ///
    /// The first member that is not what it must be.
    pub(crate) fn read<T>(self, read: impl FnOnce(&mut Members<'_>) -> T) -> Result<Found<T>, ReadError> {
        let report = RefCell::new(Report { unresolved: self.unresolved, ..Report::default() });
        let mut members = Members::of(self.spelling, self.node, &report);
        members.ignore(self.ignored);
        let value = read(&mut members);
        members.finish();
        let Report { unresolved, places, faults } = report.into_inner();
        match faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Found { address: self.address, place: self.place.clone(), value, unresolved, places }),
        }
    }
}
