//! Anomaly detection: what is expected of a metric, learnt from two weeks of it.
//!
//! [`train`] makes a [`Model`] of datapoints; the model tells a [`Band`](crate::math::Band) for any period. How it
//! works, where the ideas come from and how well it does is in `docs/decisions/anomaly-detection.md`; the bytes of
//! [`Model::to_bytes`] are in `docs/format/anomaly-model.md`.

mod bytes;
mod fit;
mod lesson;
mod model;
mod offsets;
mod reach;
mod robust;
mod scale;
mod season;
mod shape;
mod spikes;
mod subject;
mod training;
mod trend;

pub use bytes::ModelBytesFault;
pub use lesson::{Lesson, RETRAINING_SECONDS, UNTRAINED_SECONDS, next_training};
pub use model::{Model, VALID_SECONDS};
pub use offsets::{MAX_OFFSET_CHANGES, MAX_OFFSET_SECONDS, Offsets, OffsetsFault};
pub use subject::{
    MAX_BANDS, MAX_EXPRESSION_PERIOD, MAX_SUBJECT_QUERIES, MIN_SUBJECT_PERIOD, QueriesFault, Subject, SubjectFault,
};
pub use training::{Configuration, MIN_POINTS, MIN_SPAN_SECONDS, TRAINING_SECONDS, TimeRange, train};
