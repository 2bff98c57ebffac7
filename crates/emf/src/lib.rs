//! Embedded metric format (EMF): from the text of a document to samples.
//!
//! A document is a JSON object whose `_aws` member says which of its other members are metrics and
//! dimensions. A [`Decoder`] reads one at a time into a [`Batch`](nepho_model::Batch). Bad input is an
//! outcome, not an error: what can be used is used, and what cannot is told by [`Cause`], once for each.
//! `docs/decisions/emf-partial-failure.md` says how much each cause takes with it.
//!
//! The crate does not split streams into documents, keeps no log events, does no I/O and reads no clock.
//!
//! ```
//! use nepho_emf::{Decoder, Outcome};
//! use nepho_model::{Batch, Timestamp};
//!
//! let document = br#"{
//!     "_aws": {
//!         "Timestamp": 1767225600000,
//!         "CloudWatchMetrics": [{
//!             "Namespace": "Shop",
//!             "Dimensions": [["Service"]],
//!             "Metrics": [{"Name": "Orders", "Unit": "Count"}, {"Name": "Refunds"}]
//!         }]
//!     },
//!     "Service": "web",
//!     "Orders": [1, 2]
//! }"#;
//! let now = Timestamp::from_millis(1_767_225_600_000);
//! let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
//! let Outcome::Emf(extraction) = decoder.decode(document, now, &mut batch) else {
//!     panic!("the document has _aws.CloudWatchMetrics");
//! };
//! assert_eq!(extraction.samples, 1);
//! assert_eq!(extraction.rejections[0].to_string(), r#"metric_missing: metric "Refunds" is no member of the document"#);
//! assert_eq!(batch.iter().next().expect("one sample was pushed").cell.sum(), 3.0);
//! ```

mod cache;
mod decoder;
mod evaluation;
mod number;
mod outcome;
mod root;
mod scan;
mod target;
mod template;

pub use decoder::Decoder;
pub use evaluation::MAX_KEY_BYTES;
pub use nepho_model::{MAX_AGE_SECONDS, MAX_AHEAD_SECONDS};
pub use outcome::{Cause, Extraction, Kind, Outcome, Rejection};
pub use root::MAX_DOCUMENT_BYTES;
pub use scan::MAX_DEPTH;
pub use target::MAX_VALUES;
pub use template::{MAX_METRICS, MAX_SAMPLES};
