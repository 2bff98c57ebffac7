//! What a rule is.

use super::definitions::Definitions;
use super::finding::{Finding, Severity};
use super::inventory::Inventory;
use crate::artefacts::{Found, Place};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub id: &'static str,
    /// How bad it is what it finds.
    pub severity: Severity,
    /// Whether it compares with what is published, and so is skipped offline.
    pub needs_inventory: bool,
    /// What it finds, as a sentence.
    pub what: &'static str,
    /// Why that is wrong.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    pub(super) find: fn(&'static Rule, &Definitions<'_>, &Inventory) -> Vec<Finding>,
}

impl Rule {
    /// A finding about a member of a definition.
    pub(super) fn at<T>(&self, found: &Found<T>, alarm: &str, member: &str, message: impl Into<String>) -> Finding {
        self.there(found.place_of(member).clone(), alarm, message)
    }

    /// A finding at a place.
    pub(super) fn there(&self, place: Place, alarm: &str, message: impl Into<String>) -> Finding {
        Finding {
            rule: self.id,
            severity: self.severity,
            place,
            alarm: alarm.to_owned(),
            message: message.into(),
            fix: self.fix,
        }
    }
}
