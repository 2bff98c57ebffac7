//! What muting means for the actions of one alarm.

use nepho_model::AlarmState;

use super::muting::Muting;

/// What is kept of actions that were muted, between two events: the state that the alarm went into.
pub type MutedState = AlarmState;

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// There are actions to run for the state that the alarm is in: they are enabled, there is at least one, and nothing
    /// suppresses them.
    ActionsDue,
    /// What mutes the alarm may have changed: a window has begun or ended, or a rule was put or deleted. That its
    /// actions were enabled or disabled is no such event.
    MutingChanged,
}

/// What an event leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is to be kept.
    pub muted: Option<MutedState>,
    /// What is to be done.
    pub effect: Option<Effect>,
}

/// Something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Run the actions that the alarm has now for its state, if they are enabled now.
    RunActions {
        /// ActionExecutedAfterMuteWindow.
        is_after_mute_window: bool,
    },
    /// Write into the history that the actions were muted.
    MuteActions,
}

/// What an event means for an alarm that is in a `state`.
///
/// When the alarm ceases to be muted, the actions of the state that it went into last while it was muted run, if it is
/// still in that state.
pub fn step(muted: Option<MutedState>, event: Event, state: AlarmState, muting: Option<&Muting>) -> Step {
    match (event, muting) {
        (Event::ActionsDue, Some(_)) => Step { muted: Some(state), effect: Some(Effect::MuteActions) },
        (Event::ActionsDue, None) => {
            Step { muted: None, effect: Some(Effect::RunActions { is_after_mute_window: false }) }
        }
        (Event::MutingChanged, Some(_)) => Step { muted, effect: None },
        (Event::MutingChanged, None) => {
            let is_still = muted == Some(state);
            Step { muted: None, effect: is_still.then_some(Effect::RunActions { is_after_mute_window: true }) }
        }
    }
}
