//! Items of an alarm's history.

mod action;
mod configuration;
mod element;
mod state;

use crate::alarm::contributor::Contributor;

pub use action::{ActionOutcome, action_item, muted_item};
pub use configuration::{ConfigurationChange, ConfigurationFields, configuration_item};
pub use state::{Suppressed, contributor_item, state_item};

/// The longest HistorySummary, in characters.
pub const MAX_SUMMARY: usize = 255;

/// The longest HistoryData, in characters.
pub const MAX_HISTORY_DATA: usize = 4095;

/// The version of HistoryData.
const VERSION: &str = "1.0";

/// An item of an alarm's history, apart from when it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryItem {
    /// HistoryItemType.
    pub kind: HistoryItemType,
    /// HistorySummary.
    pub summary: String,
    /// HistoryData: JSON.
    pub data: String,
    /// Which contributor it is about, if it is not about the alarm as a whole.
    pub contributor: Option<Contributor>,
}

/// What an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HistoryItemType {
    /// The alarm was created, put anew or deleted.
    ConfigurationUpdate,
    /// The state was set.
    StateUpdate,
    /// An action was run, or should have been.
    Action,
    /// A contributor went into another state.
    AlarmContributorStateUpdate,
    /// An action was run for a contributor, or should have been.
    AlarmContributorAction,
}

impl HistoryItemType {
    /// All of them, in the order of CloudWatch's model.
    pub const ALL: [HistoryItemType; 5] = [
        HistoryItemType::ConfigurationUpdate,
        HistoryItemType::StateUpdate,
        HistoryItemType::Action,
        HistoryItemType::AlarmContributorStateUpdate,
        HistoryItemType::AlarmContributorAction,
    ];

    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            HistoryItemType::ConfigurationUpdate => "ConfigurationUpdate",
            HistoryItemType::StateUpdate => "StateUpdate",
            HistoryItemType::Action => "Action",
            HistoryItemType::AlarmContributorStateUpdate => "AlarmContributorStateUpdate",
            HistoryItemType::AlarmContributorAction => "AlarmContributorAction",
        }
    }

    /// The one of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        HistoryItemType::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl HistoryItem {
    fn new(kind: HistoryItemType, summary: &str, data: String, contributor: Option<&Contributor>) -> Self {
        let summary = summary.chars().take(MAX_SUMMARY).collect();
        HistoryItem { kind, summary, data, contributor: contributor.cloned() }
    }
}

/// The first of these texts that is short enough; the last if none is.
fn short_enough(texts: &mut dyn Iterator<Item = String>) -> String {
    let mut last = String::new();
    for text in texts {
        last = text;
        if last.chars().count() <= MAX_HISTORY_DATA {
            break;
        }
    }
    last
}
