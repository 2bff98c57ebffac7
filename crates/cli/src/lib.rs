//! What the binary `nepho` is made of, as far as it is of use without it.
//!
//! [`artefacts`] reads definitions of alarms, and of what belongs to them, from the files in which
//! people keep them. [`alarm_test`] tests such alarms, [`alarm_lint`] finds
//! those that cannot work, and [`nearest`] guesses what somebody meant.

pub mod alarm_lint;
pub mod alarm_test;
pub mod artefacts;
pub mod nearest;
