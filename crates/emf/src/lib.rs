//! Embedded metric format (EMF): from the text of a document to samples, and from samples to the text.
//!
//! A document is a JSON object whose `_aws` member says which of its other members are metrics and
//! dimensions. A [`Decoder`] reads one at a time into a [`Batch`](nepho_model::Batch). Bad input is an
//! outcome, not an error: what can be used is used, and what cannot is told by [`Cause`], once for each.
//! `docs/decisions/emf-partial-failure.md` says how much each cause takes with it.
//!
//! A [`Skeleton`] writes documents that differ in their values only. What its [`Shape`] says is checked
//! once; values are the caller's care, who also splits what is over the limits.
//!
//! The crate does not split streams into documents, keeps no log events, does no I/O and reads no clock.
//!
//! ```
//! use nepho_emf::{Decoder, Member, MetricDefinition, Outcome, Shape, Skeleton, Target};
//! use nepho_model::{Batch, Resolution, Timestamp, Unit};
//!
//! let skeleton = Skeleton::new(&Shape {
//!     namespace: "Shop",
//!     dimension_sets: &[&["Service"]],
//!     metrics: &[MetricDefinition { name: "Orders", unit: Unit::Count, resolution: Resolution::Minute }],
//!     members: &["Service", "RequestId"],
//!     log_group: None,
//!     log_stream: None,
//! })?;
//! let now = Timestamp::from_millis(1_767_225_600_000);
//! let mut document = Vec::new();
//! skeleton.write(&mut document, now, [Target::Many(&[1.0, 2.0])], [Member::Text("web"), Member::Integer(17)]);
//! assert_eq!(
//!     std::str::from_utf8(&document)?,
//!     concat!(
//!         r#"{"_aws":{"Timestamp":1767225600000,"CloudWatchMetrics":[{"Namespace":"Shop","#,
//!         r#""Dimensions":[["Service"]],"Metrics":[{"Name":"Orders","Unit":"Count"}]}]},"#,
//!         r#""Orders":[1,2],"Service":"web","RequestId":17}"#,
//!     )
//! );
//!
//! let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
//! let Outcome::Emf(extraction) = decoder.decode(&document, now, &mut batch) else {
//!     panic!("the document has _aws.CloudWatchMetrics");
//! };
//! assert_eq!((extraction.samples, extraction.rejections.len()), (1, 0));
//! assert_eq!(batch.iter().next().expect("one sample was pushed").cell.sum(), 3.0);
//!
//! let incomplete = String::from_utf8(document)?.replace("\"Orders\":[1,2],", "");
//! let Outcome::Emf(extraction) = decoder.decode(incomplete.as_bytes(), now, &mut batch) else {
//!     panic!("the document has _aws.CloudWatchMetrics");
//! };
//! assert_eq!(extraction.rejections[0].to_string(), r#"metric_missing: metric "Orders" is no member of the document"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cache;
mod decoder;
mod encode;
mod evaluation;
mod number;
mod outcome;
mod root;
mod scan;
mod target;
mod template;

pub use decoder::Decoder;
pub use encode::{Member, MetricDefinition, Shape, ShapeError, Skeleton, Statistics, Target};
pub use evaluation::MAX_KEY_BYTES;
pub use nepho_model::{MAX_AGE_SECONDS, MAX_AHEAD_SECONDS};
pub use outcome::{Cause, Extraction, Kind, Outcome, Rejection};
pub use root::MAX_DOCUMENT_BYTES;
pub use scan::MAX_DEPTH;
pub use target::MAX_VALUES;
pub use template::{MAX_METRICS, MAX_SAMPLES};
