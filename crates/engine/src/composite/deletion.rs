//! Which alarms DeleteAlarms may delete.

use std::collections::HashSet;

use super::graph::AlarmGraph;
use crate::fault_code::FaultCode;

/// The most alarms of one DeleteAlarms.
pub const MAX_DELETED: usize = 100;

/// The most composite alarms of one DeleteAlarms.
pub const MAX_DELETED_COMPOSITES: usize = 1;

/// Why DeleteAlarms deletes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeletionFault {
    /// More than [`MAX_DELETED`].
    #[error("The collection AlarmNames must not have a size greater than {MAX_DELETED}.")]
    TooMany(usize),
    /// An alarm that does not exist; CloudWatch says nothing about it.
    #[error("")]
    Unknown(String),
    /// More than [`MAX_DELETED_COMPOSITES`].
    #[error("Cannot delete more than {MAX_DELETED_COMPOSITES} composite alarm in one operation, found {}.", .0.join(","))]
    TooManyComposites(Vec<String>),
    /// Alarms in rules of composite alarms that stay.
    #[error("Cannot delete {} as there are composite alarm(s) depending on {}.", .0.join(","), it_or_them(.0))]
    Needed(Vec<String>),
}

fn it_or_them(names: &[String]) -> &'static str {
    if names.len() == 1 { "it" } else { "them" }
}

impl DeletionFault {
    /// CloudWatch's code for it.
    pub const fn code(&self) -> FaultCode {
        match self {
            DeletionFault::TooMany(_) => FaultCode::InvalidParameterValue,
            DeletionFault::Unknown(_) => FaultCode::ResourceNotFound,
            DeletionFault::TooManyComposites(_) | DeletionFault::Needed(_) => FaultCode::Validation,
        }
    }
}

/// Checks that alarms may be deleted together. An alarm in a cycle never may, since another one of it stays.
///
/// # Errors
/// The first rule that they break; nothing is to be deleted then.
pub fn check_deletion(names: &[&str], graph: &AlarmGraph, exists: &dyn Fn(&str) -> bool) -> Result<(), DeletionFault> {
    if names.len() > MAX_DELETED {
        return Err(DeletionFault::TooMany(names.len()));
    }
    if let Some(name) = names.iter().find(|name| !exists(name)) {
        return Err(DeletionFault::Unknown((*name).to_owned()));
    }
    let deleted: HashSet<&str> = names.iter().copied().collect();
    let named = |is_wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
        let mut rest = deleted.clone();
        names.iter().filter(|name| rest.remove(*name) && is_wanted(name)).map(|name| (*name).to_owned()).collect()
    };
    let composites = named(&|name| graph.is_composite(name));
    if composites.len() > MAX_DELETED_COMPOSITES {
        return Err(DeletionFault::TooManyComposites(composites));
    }
    let needed = named(&|name| graph.parents(name).any(|parent| !deleted.contains(parent)));
    if needed.is_empty() { Ok(()) } else { Err(DeletionFault::Needed(needed)) }
}
