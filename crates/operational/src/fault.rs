//! What is wrong with a sample.

use crate::confidence::{SCORE_MAX, SCORE_MIN};
use crate::labels::{LABEL_NAME_LENGTH_MAX, LABELS_KEY_LENGTH_MAX, LABELS_MAX};
use crate::metric_type::TYPE_LENGTH_MAX;
use crate::recorder::BATCH_SAMPLES_MAX;
use crate::sample::{TIME_END, TIME_MIN};

/// Why a sample is not recorded, with the value and the limit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A type without a name.
    #[error("the metric type is empty")]
    EmptyType,
    /// The name of a type is too long.
    #[error("metric type {name:?} has {length} characters, more than the limit of {TYPE_LENGTH_MAX}")]
    LongType {
        /// The name.
        name: String,
        /// Its length in characters.
        length: usize,
    },
    /// The name of a type has a character that is neither a letter of ASCII nor a digit nor `_`, `-`, `.` or `:`.
    #[error("metric type {name:?} contains {found:?}; letters, digits, '_', '-', '.' and ':' are allowed")]
    TypeCharacter {
        /// The name.
        name: String,
        /// The character.
        found: char,
    },
    /// A type that was not declared.
    #[error("metric type {name:?} is not declared; declared are {declared}")]
    UnknownType {
        /// The name.
        name: String,
        /// The types that there are.
        declared: String,
    },
    /// A value that is no number.
    #[error("{metric_type}: value {value} is not finite")]
    NotFinite {
        /// Of which type.
        metric_type: String,
        /// The value.
        value: f64,
    },
    /// A value beyond what CloudWatch takes.
    #[error("{metric_type}: value {value} exceeds the magnitude limit of 2^360")]
    TooLarge {
        /// Of which type.
        metric_type: String,
        /// The value.
        value: f64,
    },
    /// A time in no calendar.
    #[error("{metric_type}: time {time} is not within {TIME_MIN} and {TIME_END}")]
    Time {
        /// Of which type.
        metric_type: String,
        /// The time.
        time: jiff::Timestamp,
    },
    /// A confidence that is none.
    #[error("confidence {value} is not between {SCORE_MIN} and {SCORE_MAX}")]
    Confidence {
        /// The value.
        value: f64,
    },
    /// Bounds of buckets that leave one of them empty.
    #[error("confidence thresholds: medium from {medium} and high from {high} are not 0 < medium < high <= 1")]
    Thresholds {
        /// Where medium begins.
        medium: f64,
        /// Where high begins.
        high: f64,
    },
    /// Too many labels.
    #[error("{metric_type}: {count} labels, more than the limit of {LABELS_MAX}")]
    TooManyLabels {
        /// Of which type.
        metric_type: String,
        /// How many there are.
        count: usize,
    },
    /// A label that the type does not have.
    #[error("{metric_type}: label {label:?} is unknown; the type has {allowed}")]
    UnknownLabel {
        /// Of which type.
        metric_type: String,
        /// The label.
        label: String,
        /// Those that it has.
        allowed: String,
    },
    /// A label that is given twice.
    #[error("{metric_type}: label {label:?} is given twice")]
    RepeatedLabel {
        /// Of which type.
        metric_type: String,
        /// The label.
        label: String,
    },
    /// The name of a label that a type cannot have.
    #[error(
        "label {label:?} is no name: 1 to {LABEL_NAME_LENGTH_MAX} letters of ASCII, digits, '_', '-' and '.' are wanted"
    )]
    LabelName {
        /// The name.
        label: String,
    },
    /// A label without a value.
    #[error("{metric_type}: label {label:?} is empty")]
    EmptyLabel {
        /// Of which type.
        metric_type: String,
        /// The label.
        label: String,
    },
    /// A label that would not fit the daily table.
    #[error(
        "{metric_type}: label \"{label}:{value}\" has {length} characters, more than the limit of {LABELS_KEY_LENGTH_MAX}"
    )]
    LongLabel {
        /// Of which type.
        metric_type: String,
        /// The label.
        label: String,
        /// Its value, cut to the limit.
        value: String,
        /// The length of both with the colon, in characters.
        length: usize,
    },
    /// A control character.
    #[error("{metric_type}: label {label:?} contains the control character {found:?}")]
    Control {
        /// Of which type.
        metric_type: String,
        /// The label.
        label: String,
        /// The character.
        found: char,
    },
    /// An email id of another kind than the table's column.
    #[error("email id {id} does not go into a column of type {column}")]
    EmailId {
        /// The id.
        id: String,
        /// The type of the column.
        column: &'static str,
    },
    /// Too many samples for one call.
    #[error("{count} samples in one batch, more than the limit of {BATCH_SAMPLES_MAX}")]
    LongBatch {
        /// How many there are.
        count: usize,
    },
}
