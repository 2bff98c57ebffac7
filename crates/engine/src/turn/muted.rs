//! What mute rules keep of an alarm's actions.

use nepho_model::AlarmState;

use crate::alarm::ContributorChange;
use crate::insights::MAX_INSIGHTS_SERIES;

/// The most contributors whose changes are kept while an alarm is muted: as many as a query has series. Of more, the
/// latest are.
pub const MUTED_CONTRIBUTORS_MAX: usize = MAX_INSIGHTS_SERIES;

/// A state that an alarm went into while it was muted, and the one before; of an alarm with contributors, what each went
/// into last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Muted {
    /// The state.
    pub state: AlarmState,
    /// The state before.
    pub previous: AlarmState,
    /// The last change of each contributor.
    pub contributors: Vec<ContributorChange>,
}

impl Muted {
    /// The same after what was kept before.
    pub(super) fn after(mut self, before: Option<Muted>) -> Self {
        let is_as_it_was = |change: &ContributorChange| {
            self.contributors.iter().all(|later| later.contributor.id != change.contributor.id)
        };
        let mut all: Vec<_> = before.into_iter().flat_map(|before| before.contributors).filter(is_as_it_was).collect();
        all.append(&mut self.contributors);
        all.drain(..all.len().saturating_sub(MUTED_CONTRIBUTORS_MAX));
        Muted { contributors: all, ..self }
    }
}
