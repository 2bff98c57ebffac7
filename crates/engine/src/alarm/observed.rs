//! What an evaluation sees.

use nepho_model::Timestamp;

use super::contributor::Contributor;
use super::windows::Windows;
use crate::math::Band;

/// What was found in the periods that an evaluation looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The time that the evaluation is about.
    pub time: Timestamp,
    /// The periods.
    pub windows: Windows,
    /// What was found in them.
    pub answer: Answer,
    /// Whether there are more metrics or series than were looked at.
    pub is_partial: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// For each of the periods its datapoint, the newest first; `None` where it is missing.
    Series(Vec<Option<Datum>>),
    /// The series of a query with GROUP BY, in its order.
    Contributors(Vec<ContributorSeries>),
    /// It could not be read or computed.
    Failed {
        /// Why.
        reason: String,
        /// Whether it may go well the next time.
        is_transient: bool,
    },
}

/// A datapoint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Datum {
    /// Its value.
    pub value: f64,
    /// How many samples it is of; `None` when it was computed of others.
    pub sample_count: Option<f64>,
    /// What it is compared with, where that is no fixed threshold.
    pub band: Option<Band>,
}

/// The datapoints of a contributor.
#[derive(Debug, Clone, PartialEq)]
pub struct ContributorSeries {
    /// Which contributor.
    pub contributor: Contributor,
    /// For each of the periods its datapoint, the newest first; `None` where it is missing.
    pub data: Vec<Option<Datum>>,
}

impl Datum {
    /// A datapoint of which only the value is known.
    pub const fn of(value: f64) -> Self {
        Datum { value, sample_count: None, band: None }
    }
}
